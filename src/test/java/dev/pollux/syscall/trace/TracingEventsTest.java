// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.pollux.abi.Errno;
import dev.pollux.abi.Inotify;
import dev.pollux.abi.Pidfd;
import dev.pollux.abi.Signal;
import dev.pollux.abi.SignalFd;
import dev.pollux.abi.TimerFd;
import dev.pollux.abi.Wait;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** How the trace shows the calls of timers, signals, processes and file watches. */
class TracingEventsTest {
    private static final JnaSyscalls JNA = new JnaSyscalls();

    /** A kernel that returns this from every call, and writes no memory. */
    private static Syscalls answering(int rc) {
        return (Syscalls) Proxy.newProxyInstance(
                Syscalls.class.getClassLoader(),
                new Class<?>[] {Syscalls.class},
                (proxy, method, arguments) ->
                        method.getName().equals("addressOf") ? JNA.addressOf((ByteBuffer) arguments[0]) : (Object) rc);
    }

    private static String line(int rc, ToIntFunction<Syscalls> call) {
        List<String> lines = new ArrayList<>();
        assertThat(call.applyAsInt(new TracingSyscalls(answering(rc), lines::add)))
                .isEqualTo(rc);
        assertThat(lines).hasSize(1);
        return lines.get(0).replaceFirst(" <[0-9.]+>$", "");
    }

    private static NativeMemory memory(int sizeBytes) {
        return NativeMemory.allocate(JNA, sizeBytes);
    }

    private static String address(NativeMemory memory) {
        return "0x" + Long.toHexString(NativeMemory.addressOf(memory));
    }

    private static NativeMemory set(int... signals) {
        NativeMemory set = memory(Signal.SIGSET_SIZE);
        for (int signal : signals) {
            Signal.add(set.buffer(), signal);
        }
        return set;
    }

    @Test
    void aTimerShowsItsClockItsFlagsAndBothTimes() {
        NativeMemory spec = memory(TimerFd.ITIMERSPEC_SIZE);
        NativeMemory old = memory(TimerFd.ITIMERSPEC_SIZE);
        TimerFd.put(spec.buffer(), TimerFd.IT_INTERVAL, 1, 2);
        TimerFd.put(spec.buffer(), TimerFd.IT_VALUE, 3, 4);
        TimerFd.put(old.buffer(), TimerFd.IT_VALUE, 5, 6);
        String specText = "{it_interval={tv_sec=1, tv_nsec=2}, it_value={tv_sec=3, tv_nsec=4}}";
        String oldText = "{it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=5, tv_nsec=6}}";

        assertThat(line(3, calls -> calls.timerfdCreate(1, TimerFd.TFD_CLOEXEC | TimerFd.TFD_NONBLOCK)))
                .isEqualTo("timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC|TFD_NONBLOCK) = 3");
        assertThat(line(-Errno.EINVAL, calls -> calls.timerfdCreate(99, 0)))
                .isEqualTo("timerfd_create(0x63 /* CLOCK_??? */, 0) = -1 EINVAL (Invalid argument)");
        assertThat(line(0, calls -> calls.timerfdSettime(3, TimerFd.TFD_TIMER_ABSTIME, spec, old)))
                .isEqualTo("timerfd_settime(3, TFD_TIMER_ABSTIME, " + specText + ", " + oldText + ") = 0");
        assertThat(line(-Errno.EBADF, calls -> calls.timerfdSettime(3, 0, spec, old)))
                .isEqualTo("timerfd_settime(3, 0, " + specText + ", " + address(old)
                        + ") = -1 EBADF (Bad file descriptor)");
        assertThat(line(0, calls -> calls.timerfdGettime(3, old))).isEqualTo("timerfd_gettime(3, " + oldText + ") = 0");
    }

    @Test
    void aSetOfSignalsShowsTheirNamesOrThoseThatAreNotInIt() {
        NativeMemory some = set(Signal.SIGUSR1, Signal.SIGTERM, 32, 34, 64);
        NativeMemory all = memory(Signal.SIGSET_SIZE);
        all.putLong(0, ~(1L << Signal.SIGHUP - 1));

        assertThat(line(3, calls -> calls.signalfd(-1, some, SignalFd.SFD_CLOEXEC | SignalFd.SFD_NONBLOCK)))
                .isEqualTo("signalfd(-1, [USR1 TERM RTMIN RT_2 RT_32], SFD_CLOEXEC|SFD_NONBLOCK) = 3");
        assertThat(line(0, calls -> calls.pthreadSigmask(Signal.SIG_SETMASK, all, set())))
                .isEqualTo("pthread_sigmask(SIG_SETMASK, ~[HUP], []) = 0");
        assertThat(line(0, calls -> calls.pthreadSigmask(Signal.SIG_BLOCK, null, null)))
                .isEqualTo("pthread_sigmask(SIG_BLOCK, NULL, NULL) = 0");
    }

    @Test
    void aSignalThatIsSentShowsItsName() {
        assertThat(line(0, calls -> calls.kill(5, Signal.SIGTERM))).isEqualTo("kill(5, SIGTERM) = 0");
        assertThat(line(0, calls -> calls.kill(5, 0))).isEqualTo("kill(5, 0) = 0");
        assertThat(line(0, calls -> calls.raise(36))).isEqualTo("raise(SIGRT_4) = 0");
        assertThat(line(-3, calls -> calls.pidfdSendSignal(5, 65, 0)))
                .isEqualTo("pidfd_send_signal(5, 65, NULL, 0) = -1 ESRCH (No such process)");
    }

    @Test
    void theEndOfAProcessShowsItsStatusOrItsSignal() {
        NativeMemory info = memory(Wait.SIGINFO_SIZE);
        int options = Wait.WNOHANG | Wait.WEXITED | Wait.WNOWAIT;
        assertThat(line(3, calls -> calls.pidfdOpen(5, 0))).isEqualTo("pidfd_open(5, 0) = 3");
        assertThat(line(3, calls -> calls.pidfdOpen(5, Pidfd.PIDFD_NONBLOCK)))
                .isEqualTo("pidfd_open(5, PIDFD_NONBLOCK) = 3");
        assertThat(line(0, calls -> calls.waitid(Wait.P_PIDFD, 3, info, options)))
                .isEqualTo("waitid(P_PIDFD, 3, {}, WNOHANG|WEXITED|WNOWAIT) = 0");
        info.putInt(Wait.SI_SIGNO, Signal.SIGCHLD);
        info.putInt(Wait.SI_PID, 5);
        info.putInt(Wait.SI_UID, -2);
        info.putInt(Wait.SI_CODE, Wait.CLD_EXITED);
        info.putInt(Wait.SI_STATUS, 9);
        assertThat(line(0, calls -> calls.waitid(Wait.P_PID, 5, info, Wait.WEXITED)))
                .isEqualTo("waitid(P_PID, 5, {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=5, si_uid=4294967294,"
                        + " si_status=9, ...}, WEXITED) = 0");
        info.putInt(Wait.SI_CODE, Wait.CLD_KILLED);
        assertThat(line(0, calls -> calls.waitid(Wait.P_PID, 5, info, Wait.WEXITED)))
                .contains("si_code=CLD_KILLED", "si_status=SIGKILL");
    }

    @Test
    void aFileWatchShowsThePathAndTheEventsByName() {
        NativeMemory path = memory(8);
        path.buffer().put(0, "/tmp".getBytes(StandardCharsets.US_ASCII));
        assertThat(line(3, calls -> calls.inotifyInit1(Inotify.IN_CLOEXEC | Inotify.IN_NONBLOCK)))
                .isEqualTo("inotify_init1(IN_NONBLOCK|IN_CLOEXEC) = 3");
        assertThat(line(1, calls -> calls.inotifyAddWatch(3, path, Inotify.IN_CREATE | Inotify.IN_ONESHOT)))
                .isEqualTo("inotify_add_watch(3, \"/tmp\", IN_CREATE|IN_ONESHOT) = 1");
        assertThat(line(0, calls -> calls.inotifyRmWatch(3, 1))).isEqualTo("inotify_rm_watch(3, 1) = 0");
    }

    @Test
    void nothingThatCanBePassedMakesACallThrow() {
        Syscalls calls = new TracingSyscalls(answering(0), line -> {});
        NativeMemory small = memory(1);
        assertThatCode(() -> {
                    calls.timerfdSettime(-1, -1, small, small);
                    calls.timerfdGettime(-1, null);
                    calls.signalfd(-1, small, -1);
                    calls.pthreadSigmask(-1, small, small);
                    calls.kill(Integer.MIN_VALUE, Integer.MIN_VALUE);
                    calls.raise(Integer.MAX_VALUE);
                    calls.waitid(-1, -1, small, -1);
                    calls.inotifyAddWatch(-1, small, -1);
                })
                .doesNotThrowAnyException();
    }
}
