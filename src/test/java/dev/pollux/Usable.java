// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.probe.Finding;
import dev.pollux.probe.ProbeReport;
import dev.pollux.probe.trial.Probe;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.List;

/** The mechanisms and bindings that work on this machine, probed once for all tests of this JVM. */
public final class Usable {
    private static final ProbeReport REPORT = Pollers.probe();

    private Usable() {}

    /** A mechanism through a binding. */
    public record Combination(Mechanism mechanism, Binding binding) {
        public Poller open() throws IOException {
            return Pollers.builder().mechanism(mechanism).binding(binding).open();
        }

        @Override
        public String toString() {
            return mechanism + " through " + binding;
        }
    }

    /** Null if it is usable, else the reason why it is not. */
    public static String reasonAgainst(Mechanism mechanism, Binding binding) {
        for (Finding finding : REPORT.findings()) {
            if (finding.mechanism() == mechanism && finding.binding() == binding) {
                return finding.usable() ? null : finding.reason();
            }
        }
        return "the probe knows nothing of it";
    }

    /** All that is usable. */
    public static List<Combination> combinations() {
        return REPORT.findings().stream()
                .filter(Finding::usable)
                .map(finding -> new Combination(finding.mechanism(), finding.binding()))
                .toList();
    }

    /** Skips the test and prints the reason if a binding is not usable here. */
    public static void assume(Binding binding) {
        String reason = null;
        try {
            syscalls(binding);
        } catch (IOException e) {
            reason = e.getMessage();
            System.out.println("skipped: " + reason);
        }
        assumeThat(reason).isNull();
    }

    /** The untraced calls of a binding; null means the best one. */
    public static Syscalls syscalls(Binding binding) throws IOException {
        return new Probe(null, binding, SelectLimit.FD_SETSIZE, 0, null, null, false).syscalls();
    }
}
