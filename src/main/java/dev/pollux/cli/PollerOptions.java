// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.SelectLimit;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Which poller to open; what is not said is left to the probe. */
final class PollerOptions {
    @Option(names = "--mechanism", paramLabel = "M", description = "One of ${COMPLETION-CANDIDATES}.")
    private Mechanism mechanism;

    @Option(names = "--binding", paramLabel = "B", description = "One of ${COMPLETION-CANDIDATES}.")
    private Binding binding;

    @Option(
            names = "--select-limit",
            paramLabel = "L",
            defaultValue = "FD_SETSIZE",
            description = "How far select may go, ${COMPLETION-CANDIDATES}; without this, ${DEFAULT-VALUE}.")
    private SelectLimit selectLimit;

    Poller open() throws IOException {
        return Pollers.builder()
                .mechanism(mechanism)
                .binding(binding)
                .selectLimit(selectLimit)
                .open();
    }

    /** {@code EPOLL through JNA}. */
    static String text(Poller poller) {
        return poller.mechanism() + " through " + poller.binding();
    }
}
