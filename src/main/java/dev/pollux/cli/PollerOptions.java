// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.SelectLimit;
import dev.pollux.syscall.trace.TraceFormat;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options for the poller of a command. The probe chooses what is not given. */
final class PollerOptions {
    @Option(
            names = "--mechanism",
            paramLabel = "M",
            description = "The mechanism: ${COMPLETION-CANDIDATES}. Default: the preferred one.")
    private Mechanism mechanism;

    @Option(
            names = "--binding",
            paramLabel = "B",
            description = "The binding: ${COMPLETION-CANDIDATES}. Default: the preferred one.")
    private Binding binding;

    @Option(
            names = "--select-limit",
            paramLabel = "L",
            defaultValue = "FD_SETSIZE",
            description = "The descriptor limit of select: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private SelectLimit selectLimit;

    @Option(
            names = "--spin",
            paramLabel = "T",
            converter = Micros.class,
            description = "Check for events this long before each wait, such as 50us. Default: wait at once.")
    private Duration spin = Duration.ZERO;

    @Option(
            names = "--busy-poll",
            paramLabel = "T",
            converter = Micros.class,
            description = "Let the kernel poll the network devices this long, such as 50us (EPOLL, Linux 6.9).")
    private Duration busyPoll;

    Poller open() throws IOException {
        return open(null);
    }

    /** The same with a trace in JSON; a null sink means none. */
    Poller open(Consumer<String> sink) throws IOException {
        Pollers.Builder builder = Pollers.builder()
                .mechanism(mechanism)
                .binding(binding)
                .selectLimit(selectLimit)
                .spin(spin)
                .trace(TraceFormat.JSON, sink);
        return (busyPoll == null ? builder : builder.busyPoll(busyPoll, 0, false)).open();
    }

    /** A short duration: {@code 50us}, {@code 2ms}. */
    static final class Micros implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(us|ms)");

        @Override
        public Duration convert(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new TypeConversionException("'" + text + "' is not a duration such as 50us or 2ms");
            }
            return Duration.of(
                    Long.parseLong(form.group(1)), form.group(2).equals("us") ? ChronoUnit.MICROS : ChronoUnit.MILLIS);
        }
    }

    /** {@code EPOLL through JNA}. */
    static String text(Poller poller) {
        return poller.mechanism() + " through " + poller.binding();
    }
}
