// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.Flags;
import dev.pollux.abi.Signal;
import dev.pollux.abi.TimerFd;
import dev.pollux.abi.Timespec;
import dev.pollux.abi.Wait;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The layer of {@link TracingSyscalls} that traces timers, signals, processes and file watches. */
final class TracingEvents extends ForwardingSyscalls {
    private final Trace trace;

    TracingEvents(Syscalls next, Trace trace) {
        super(next);
        this.trace = trace;
    }

    // timers

    @Override
    public int timerfdCreate(int clockid, int flags) {
        TraceLine line = new TraceLine("timerfd_create")
                .add(Flags.CLOCK.name(clockid))
                .add(Flags.TIMERFD.set(flags))
                .called();
        return trace.tell(line.returned(super.timerfdCreate(clockid, flags)));
    }

    @Override
    public int timerfdSettime(int fd, int flags, NativeMemory newValue, NativeMemory oldValue) {
        TraceLine line = new TraceLine("timerfd_settime")
                .add(fd)
                .add(Flags.TIMERFD_SET.set(flags))
                .input(newValue, TracingEvents::itimerspec)
                .called();
        line.returned(super.timerfdSettime(fd, flags, newValue, oldValue));
        return trace.tell(line.output(oldValue, TracingEvents::itimerspec));
    }

    @Override
    public int timerfdGettime(int fd, NativeMemory currValue) {
        TraceLine line = new TraceLine("timerfd_gettime").add(fd).called();
        return trace.tell(
                line.returned(super.timerfdGettime(fd, currValue)).output(currValue, TracingEvents::itimerspec));
    }

    private static String itimerspec(ByteBuffer bytes) {
        return "{it_interval=" + timespec(bytes, TimerFd.IT_INTERVAL) + ", it_value="
                + timespec(bytes, TimerFd.IT_VALUE) + "}";
    }

    private static String timespec(ByteBuffer bytes, int offset) {
        return Structs.timespec(bytes.slice(offset, Timespec.SIZE).order(ByteOrder.nativeOrder()));
    }

    // signals

    @Override
    public int signalfd(int fd, NativeMemory mask, int flags) {
        TraceLine line = new TraceLine("signalfd")
                .add(fd)
                .input(mask, TracingEvents::sigset)
                .add(Flags.SIGNALFD.set(flags))
                .called();
        return trace.tell(line.returned(super.signalfd(fd, mask, flags)));
    }

    @Override
    public int pthreadSigmask(int how, NativeMemory set, NativeMemory oldset) {
        TraceLine line = new TraceLine("pthread_sigmask")
                .add(Flags.SIGNAL_MASK.name(how))
                .input(set, TracingEvents::sigset)
                .called();
        return trace.tell(line.returned(super.pthreadSigmask(how, set, oldset)).output(oldset, TracingEvents::sigset));
    }

    /** Of a set with more than two thirds of all signals, the others are shown. */
    private static String sigset(ByteBuffer set) {
        IntPredicate isIn = signal -> Signal.contains(set, signal);
        boolean inverted = signals().filter(isIn).count() >= Signal.SIGNAL_MAX * 2 / 3;
        return signals()
                .filter(inverted ? isIn.negate() : isIn)
                .mapToObj(Signal::shortName)
                .collect(Collectors.joining(" ", inverted ? "~[" : "[", "]"));
    }

    private static IntStream signals() {
        return IntStream.rangeClosed(1, Signal.SIGNAL_MAX);
    }

    @Override
    public int kill(int pid, int sig) {
        TraceLine line = new TraceLine("kill").add(pid).add(Signal.name(sig)).called();
        return trace.tell(line.returned(super.kill(pid, sig)));
    }

    @Override
    public int raise(int sig) {
        TraceLine line = new TraceLine("raise").add(Signal.name(sig)).called();
        return trace.tell(line.returned(super.raise(sig)));
    }

    // processes

    @Override
    public int pidfdOpen(int pid, int flags) {
        TraceLine line =
                new TraceLine("pidfd_open").add(pid).add(Flags.PIDFD.set(flags)).called();
        return trace.tell(line.returned(super.pidfdOpen(pid, flags)));
    }

    @Override
    public int pidfdSendSignal(int pidfd, int sig, int flags) {
        TraceLine line = new TraceLine("pidfd_send_signal")
                .add(pidfd)
                .add(Signal.name(sig))
                .add("NULL")
                .add(Flags.hex(flags))
                .called();
        return trace.tell(line.returned(super.pidfdSendSignal(pidfd, sig, flags)));
    }

    @Override
    public int waitid(int idtype, int id, NativeMemory infop, int options) {
        TraceLine line =
                new TraceLine("waitid").add(Flags.WAIT_ID.name(idtype)).add(id).called();
        return trace.tell(line.returned(super.waitid(idtype, id, infop, options))
                .output(infop, TracingEvents::siginfo)
                .add(Flags.WAIT.set(options)));
    }

    /** Without the times, which Pollux does not read. */
    private static String siginfo(ByteBuffer info) {
        if (info.getInt(Wait.SI_SIGNO) == 0) {
            return "{}";
        }
        int code = info.getInt(Wait.SI_CODE);
        int status = info.getInt(Wait.SI_STATUS);
        return "{si_signo=" + Signal.name(info.getInt(Wait.SI_SIGNO))
                + ", si_code=" + Flags.CHILD.name(code)
                + ", si_pid=" + info.getInt(Wait.SI_PID)
                + ", si_uid=" + Integer.toUnsignedString(info.getInt(Wait.SI_UID))
                + ", si_status=" + (code == Wait.CLD_EXITED ? Integer.toString(status) : Signal.name(status))
                + ", ...}";
    }

    // file watches

    @Override
    public int inotifyInit1(int flags) {
        TraceLine line =
                new TraceLine("inotify_init1").add(Flags.INOTIFY.set(flags)).called();
        return trace.tell(line.returned(super.inotifyInit1(flags)));
    }

    @Override
    public int inotifyAddWatch(int fd, NativeMemory pathname, int mask) {
        TraceLine line = new TraceLine("inotify_add_watch")
                .add(fd)
                .input(pathname, CStrings::path)
                .add(Flags.FILE_EVENTS.set(mask))
                .called();
        return trace.tell(line.returned(super.inotifyAddWatch(fd, pathname, mask)));
    }

    @Override
    public int inotifyRmWatch(int fd, int wd) {
        TraceLine line = new TraceLine("inotify_rm_watch").add(fd).add(wd).called();
        return trace.tell(line.returned(super.inotifyRmWatch(fd, wd)));
    }
}
