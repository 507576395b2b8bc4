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

/**
 * The front door: opens a {@link Poller} on the best mechanism of this machine, or on the one that was asked for.
 *
 * <pre>{@code
 * Poller best = Pollers.open();
 * Poller named = Pollers.open(Mechanism.POLL);
 * Poller exact = Pollers.builder().mechanism(Mechanism.EPOLL).binding(Binding.JNA).open();
 * }</pre>
 *
 * <p>What the program leaves open can be forced from outside: the system properties {@code dev.pollux.mechanism} and
 * {@code dev.pollux.binding}, or, where those are not set, the environment variables {@code POLLUX_MECHANISM} and
 * {@code POLLUX_BINDING}, name a mechanism and a binding, in upper or lower case. A relocated copy of Pollux, whose
 * packages a shading tool has renamed, reads the same names.
 *
 * <p>Otherwise the order of preference decides: KQUEUE, EPOLL, DEVPOLL, POLL, SELECT, the first that really works, tried
 * out on a pipe by each call; IO_URING has to be asked for by name. All methods may be called from any thread.
 */
public final class Pollers {
    private Pollers() {}

    /**
     * Opens the best mechanism here through the best binding.
     *
     * @throws MechanismUnavailableException if nothing works, or not what was forced; the message says why
     * @throws SyscallException if the process has run out of descriptors or memory
     */
    public static Poller open() throws IOException {
        return builder().open();
    }

    /** Opens this mechanism through the best binding. Errors as {@link #open()}. */
    public static Poller open(Mechanism mechanism) throws IOException {
        return builder().mechanism(mechanism).open();
    }

    /** To say more precisely what to open. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Tries out every mechanism through every binding, now; nothing is remembered from an earlier call. Takes some
     * milliseconds.
     */
    public static ProbeReport probe() {
        return builder().probe().report();
    }

    /**
     * Makes and uses descriptors to poll: pipes, sockets, files; through the best binding.
     *
     * @throws UncheckedIOException if no binding works here; its cause is the {@link MechanismUnavailableException}
     */
    public static Posix posix() {
        try {
            return new KernelPosix(builder().syscalls());
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** What to open. Not for use by several threads. */
    public static final class Builder {
        private Mechanism mechanism;
        private Binding binding;
        private SelectLimit selectLimit = SelectLimit.FD_SETSIZE;
        private Trace trace;
        private long spinNanos;
        private BusyPoll busyPoll;

        private Builder() {}

        /** This mechanism and no other; null leaves it open. */
        public Builder mechanism(Mechanism wanted) {
            mechanism = wanted;
            return this;
        }

        /** This binding and no other; null leaves it open. */
        public Builder binding(Binding wanted) {
            binding = wanted;
            return this;
        }

        /** How far {@code select} may go; {@link SelectLimit#FD_SETSIZE} if this is not called. */
        public Builder selectLimit(SelectLimit limit) {
            if (limit == null) {
                throw new NullPointerException("limit");
            }
            selectLimit = limit;
            return this;
        }

        /**
         * Before it waits, a poll asks the kernel with a timeout of zero, again and again, for so long, though never
         * longer than its own timeout. What comes in that time is delivered without the two thread switches of a wait; the
         * price is a processor that is busy meanwhile, so this is for few threads on many processors. On every
         * mechanism; nothing else about a poll changes. Zero, as it is without this, does not spin.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder spin(Duration duration) {
            if (duration.isNegative()) {
                throw new IllegalArgumentException("to spin for " + duration + ": less than nothing");
            }
            spinNanos = duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0 ? Long.MAX_VALUE : duration.toNanos();
            return this;
        }

        /**
         * Before it waits, the kernel looks for packets in the queues of the network devices itself, for so long:
         * EPIOCSPARAMS of {@code ioctl_eventpoll(2)}, EPOLL on Linux 6.9 and later. It does something only for sockets
         * whose packets come from a device that takes part (NAPI), which the loopback does not. {@link #open} throws
         * {@link UnsupportedOperationException} on another mechanism, and where the kernel refuses, in words.
         *
         * @param busy how long; rounded up to microseconds
         * @param budget how many packets it takes at a time: 0 for the kernel's own choice; more than 64 need CAP_NET_ADMIN
         * @param prefer whether the devices hold their interrupts back for it
         * @throws IllegalArgumentException if the duration is negative or more than 2^31-1 microseconds, or the budget
         *     is not 0 to 65535
         */
        public Builder busyPoll(Duration busy, int budget, boolean prefer) {
            busyPoll = BusyPoll.of(busy, budget, prefer);
            return this;
        }

        /**
         * Hands each system call of the poller to the sink, one line a call in strace's grammar, on the thread that
         * made it: {@code epoll_create1(EPOLL_CLOEXEC) = 8 <0.000003>}. Null leaves it to who runs the program; if
         * nobody asks for a trace there is none, and it costs nothing.
         */
        public Builder trace(Consumer<String> sink) {
            return trace(TraceFormat.STRACE, sink);
        }

        /** The same in another format: JSON, with the thread, with the time. */
        public Builder trace(TraceFormat format, Consumer<String> sink) {
            trace = sink == null ? null : new Trace(format, sink);
            return this;
        }

        /** Opens it. Errors as {@link Pollers#open()}. */
        public Poller open() throws IOException {
            return probe().open();
        }

        /**
         * The bare calls of the binding, for who shows or measures them.
         *
         * @throws MechanismUnavailableException if the binding cannot be had
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
                    trace != null ? trace : forcedTrace());
        }

        /** Null if nobody wants one. */
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
                String source = System.getProperty(property(name)) != null ? property(name) : variable(name);
                throw new IllegalArgumentException(
                        source + "=" + value + " is none of " + Arrays.toString(type.getEnumConstants()));
            }
        }

        /** What the user says from outside; null if nothing. */
        private static String setting(String name) {
            String value = System.getProperty(property(name), System.getenv(variable(name)));
            return value == null || value.isBlank() ? null : value.strip();
        }

        private static String property(String name) {
            return PropertyNames.of(name);
        }

        private static String variable(String name) {
            return "POLLUX_" + name.toUpperCase(Locale.ROOT).replace('.', '_');
        }
    }
}
