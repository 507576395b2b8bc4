// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.SyscallException;
import dev.pollux.abi.Signal;
import dev.pollux.abi.SignalFd;
import dev.pollux.posix.Signals;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.stream.Collectors;

/** {@link Signals} over {@link Syscalls}. Calls that never wait share memory, so they take turns. */
final class KernelSignals extends KernelEvents implements Signals {
    /** SIGSYNCCALL: in a JVM on musl, {@code setuid} would wait for ever for a thread that blocks it. */
    private static final int OF_MUSL = 34;

    private final NativeMemory set = calls.allocate(Signal.SIGSET_SIZE);

    KernelSignals(Syscalls syscalls) {
        super(
                syscalls,
                "Linux has it; the BSDs and macOS have kqueue's EVFILT_SIGNAL, and sun.misc.Signal works everywhere");
    }

    @Override
    public synchronized int signalfd(int... signals) throws SyscallException {
        fill(signals);
        int rc = syscalls.signalfd(-1, set, SignalFd.SFD_CLOEXEC | SignalFd.SFD_NONBLOCK);
        Reference.reachabilityFence(set);
        return check("signalfd", "-1, " + names(signals) + ", SFD_CLOEXEC|SFD_NONBLOCK", rc);
    }

    @Override
    public int read(int fd) throws SyscallException {
        NativeMemory info =
                calls.takeScratch(SignalFd.SIGINFO_SIZE); // a blocking signalfd must not keep others waiting
        try {
            return read(fd, info) == 0 ? 0 : info.getInt(SignalFd.SSI_SIGNO);
        } finally {
            calls.giveBack(info);
        }
    }

    @Override
    public void block(int... signals) throws SyscallException {
        mask(Signal.SIG_BLOCK, "SIG_BLOCK", signals);
    }

    @Override
    public void unblock(int... signals) throws SyscallException {
        mask(Signal.SIG_UNBLOCK, "SIG_UNBLOCK", signals);
    }

    private synchronized void mask(int how, String howName, int... signals) throws SyscallException {
        fill(signals);
        int rc = syscalls.pthreadSigmask(how, set, null);
        Reference.reachabilityFence(set);
        check("pthread_sigmask", howName + ", " + names(signals) + ", NULL", rc);
    }

    @Override
    public synchronized boolean isBlocked(int signal) throws SyscallException {
        requireSignal(signal);
        check("pthread_sigmask", "SIG_BLOCK, NULL", syscalls.pthreadSigmask(Signal.SIG_BLOCK, null, set));
        return Signal.contains(set.buffer(), signal);
    }

    private void fill(int... signals) {
        set.putLong(0, 0);
        for (int signal : signals) {
            requireSignal(signal);
            requireFree(signal);
            Signal.add(set.buffer(), signal);
        }
    }

    /** Refuses what the kernel would silently leave out, and what would end the JVM. */
    private static void requireFree(int signal) {
        switch (signal) {
            case Signal.SIGKILL, Signal.SIGSTOP ->
                throw new IllegalArgumentException(Signal.name(signal) + " cannot be blocked");
            case Signal.SIGSEGV, Signal.SIGBUS, Signal.SIGFPE, Signal.SIGILL, Signal.SIGTRAP ->
                throw new IllegalArgumentException("the JVM needs " + Signal.name(signal) + ": it must not be blocked");
            case OF_MUSL -> throw new IllegalArgumentException("musl keeps signal 34 for itself: take one of 35 to 64");
            default -> {}
        }
    }

    private static String names(int... signals) {
        return Arrays.stream(signals).mapToObj(Signal::shortName).collect(Collectors.joining(" ", "[", "]"));
    }

    @Override
    public void raise(int signal) throws SyscallException {
        requireSignal(signal);
        check("raise", Signal.name(signal), syscalls.raise(signal));
    }

    @Override
    public void send(long pid, int signal) throws SyscallException {
        int number = requirePid(pid);
        if (signal != 0) {
            requireSignal(signal);
        }
        check("kill", pid + ", " + Signal.name(signal), syscalls.kill(number, signal));
    }
}
