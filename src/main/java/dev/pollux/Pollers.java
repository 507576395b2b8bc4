// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.abi.PropertyNames;
import dev.pollux.mechanism.BusyPoll;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.probe.ProbeReport;
import dev.pollux.probe.trial.Probe;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.trace.Trace;
import dev.pollux.syscall.trace.TraceFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens a {@link Poller}, on the best mechanism of this machine or on a given one. Start here.
 *
 * <pre>{@code
 * Poller best = Pollers.open();
 * Poller named = Pollers.open(Mechanism.POLL);
 * Poller exact = Pollers.builder().mechanism(Mechanism.EPOLL).binding(Binding.JNA).open();
 * }</pre>
 *
 * <p>Where the program gives no mechanism or binding, the system properties {@code dev.pollux.mechanism} and
 * {@code dev.pollux.binding} choose one; if they are not set, the environment variables {@code POLLUX_MECHANISM} and
 * {@code POLLUX_BINDING} do. Upper or lower case does not matter. A relocated copy of Pollux, whose packages a shading
 * tool has renamed, reads the same names.
 * {@code dev.pollux.trace} and {@code dev.pollux.jfr} make every poller of a program write its system calls, or events
 * for JDK Flight Recorder.
 *
 * <p>Otherwise Pollux takes the first of KQUEUE, EPOLL, DEVPOLL, POLL and SELECT that works; each call tests this on a
 * pipe. IO_URING is used only if selected by name. All methods may be called from any thread.
 */
public final class Pollers {
    private Pollers() {}

    /**
     * Opens the best mechanism here through the best binding.
     *
     * @throws MechanismUnavailableException if no mechanism works, or the selected one does not; the message says why
     * @throws SyscallException if the process has run out of descriptors or memory
     */
    public static Poller open() throws IOException {
        return builder().open();
    }

    /** Opens this mechanism through the best binding. It fails as {@link #open()} does. */
    public static Poller open(Mechanism mechanism) throws IOException {
        return builder().mechanism(mechanism).open();
    }

    /** A builder for a poller with other settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Tests every mechanism through every binding. Each call tests again, which takes some milliseconds. */
    public static ProbeReport probe() {
        return builder().probe().report();
    }

    /**
     * Creates and uses descriptors to poll (pipes, sockets, files), through the best binding.
     *
     * @throws UncheckedIOException if no binding works here; the cause is a {@link MechanismUnavailableException}
     */
    public static Posix posix() {
        try {
            return new KernelPosix(builder().syscalls());
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** The settings of a poller to open. Not thread-safe. */
    public static final class Builder {
        private Mechanism mechanism;
        private Binding binding;
        private SelectLimit selectLimit = SelectLimit.FD_SETSIZE;
        private Trace trace;
        private Boolean jfr;
        private long spinNanos;
        private BusyPoll busyPoll;

        private Builder() {}

        /** Use this mechanism only; null leaves the choice to Pollux. */
        public Builder mechanism(@Nullable Mechanism wanted) {
            mechanism = wanted;
            return this;
        }

        /** Use this binding only; null leaves the choice to Pollux. */
        public Builder binding(@Nullable Binding wanted) {
            binding = wanted;
            return this;
        }

        /** The highest descriptor for {@code select(2)}; the default is {@link SelectLimit#FD_SETSIZE}. */
        public Builder selectLimit(SelectLimit limit) {
            if (limit == null) {
                throw new NullPointerException("limit");
            }
            selectLimit = limit;
            return this;
        }

        /**
         * Polls spin this long before they wait: they ask the kernel again and again with a timeout of 0. An event that
         * arrives meanwhile is delivered without the two thread switches of a wait. Spinning keeps a processor busy, so
         * use it for few threads on many processors. A poll never spins longer than its timeout. This works on every
         * mechanism; the default, zero, does not spin.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder spin(Duration duration) {
            if (duration.isNegative()) {
                throw new IllegalArgumentException("the duration to spin for is negative: " + duration);
            }
            spinNanos = duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0 ? Long.MAX_VALUE : duration.toNanos();
            return this;
        }

        /**
         * Before it waits, the kernel polls the queues of the network devices for this long. It uses EPIOCSPARAMS of
         * {@code ioctl_eventpoll(2)}, for EPOLL on Linux 6.9 and later. It has an effect only on sockets whose packets
         * come from a NAPI device; the loopback is none. {@link #open} throws {@link UnsupportedOperationException} on
         * another mechanism or if the kernel refuses; the message says why.
         *
         * @param busy how long to poll the devices; rounded up to microseconds
         * @param budget how many packets to take at a time; 0 is the kernel's default, more than 64 needs CAP_NET_ADMIN
         * @param prefer whether the devices defer their interrupts meanwhile (prefer_busy_poll)
         * @throws IllegalArgumentException if the duration is negative or more than 2^31-1 microseconds, or the budget
         *     is not 0 to 65535
         */
        public Builder busyPoll(Duration busy, int budget, boolean prefer) {
            busyPoll = BusyPoll.of(busy, budget, prefer);
            return this;
        }

        /**
         * Traces the poller's system calls, one line a call in strace's grammar:
         * {@code epoll_create1(EPOLL_CLOEXEC) = 8 <0.000003>}. The thread that made the call passes the line to the
         * sink. Null, the default, leaves tracing to the property {@code dev.pollux.trace} and the variable
         * {@code POLLUX_TRACE}. Tracing costs nothing when it is off: the decorator is not installed.
         */
        public Builder trace(Consumer<String> sink) {
            return trace(TraceFormat.STRACE, sink);
        }

        /** The same in another format: JSON, or with the thread or the time in each line. */
        public Builder trace(TraceFormat format, Consumer<String> sink) {
            trace = sink == null ? null : new Trace(format, sink);
            return this;
        }

        /**
         * Makes the poller write events for JDK Flight Recorder, or not: {@code dev.pollux.Poll} for each poll, and
         * {@code dev.pollux.Handler} for each handler that takes longer than that event's threshold. Without this call
         * the property {@code dev.pollux.jfr} decides. Without events none of their classes is loaded.
         */
        public Builder jfr(boolean on) {
            jfr = on;
            return this;
        }

        /** Opens the poller. It fails as {@link Pollers#open()} does. */
        public Poller open() throws IOException {
            return probe().open();
        }

        /**
         * The system calls of the binding, for teaching and measurements.
         *
         * @throws MechanismUnavailableException if the binding is not available
         */
        public Syscalls syscalls() throws IOException {
            return probe().syscalls();
        }

        private Probe probe() {
            return new Probe(
                    mechanism != null ? mechanism : forced(Mechanism.class),
                    binding != null ? binding : forced(Binding.class),
                    selectLimit,
                    spinNanos,
                    busyPoll,
                    trace != null ? trace : forcedTrace(),
                    jfr != null ? jfr : isForced("jfr"));
        }

        /** Null if no trace is configured. */
        private static Trace forcedTrace() {
            String where = setting("trace");
            if (where == null) {
                return null;
            }
            boolean json = where.equals("json");
            String format = json ? where : setting("trace.format");
            return Trace.to(json ? "stderr" : where, TraceFormat.named(format, setting("trace.with")));
        }

        private static <E extends Enum<E>> E forced(Class<E> type) {
            String name = type.getSimpleName().toLowerCase(Locale.ROOT);
            String value = setting(name);
            if (value == null) {
                return null;
            }
            try {
                return Enum.valueOf(type, value.toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        source(name) + "=" + value + " is none of " + Arrays.toString(type.getEnumConstants()));
            }
        }

        private static boolean isForced(String name) {
            String value = setting(name);
            if (value == null || value.equalsIgnoreCase("false")) {
                return false;
            }
            if (value.equalsIgnoreCase("true")) {
                return true;
            }
            throw new IllegalArgumentException(source(name) + "=" + value + " is neither true nor false");
        }

        /** The value of the property or, if it is not set, of the variable; null if neither is set. */
        private static String setting(String name) {
            String value = System.getProperty(property(name), System.getenv(variable(name)));
            return value == null || value.isBlank() ? null : value.strip();
        }

        /** Where the setting comes from. */
        private static String source(String name) {
            return System.getProperty(property(name)) != null ? property(name) : variable(name);
        }

        private static String property(String name) {
            return PropertyNames.of(name);
        }

        private static String variable(String name) {
            return "POLLUX_" + name.toUpperCase(Locale.ROOT).replace('.', '_');
        }
    }
}
