// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static dev.pollux.posix.Signals.SIGKILL;
import static dev.pollux.posix.Signals.SIGTERM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.ptr.IntByReference;
import dev.pollux.Usable;
import dev.pollux.abi.Wait;
import dev.pollux.posix.Processes.Exit;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessesTest extends EventFixture {
    private final List<Process> children = new ArrayList<>();
    private Processes processes;

    @BeforeEach
    void open() throws IOException {
        super.open();
        processes = posix.processes();
        try {
            descriptors.opened(processes.pidfd(ProcessHandle.current().pid()));
        } catch (UnsupportedOperationException e) {
            System.out.println("skipped: " + e.getMessage());
            assumeThat(e).isNull();
        }
    }

    @AfterEach
    void killThem() {
        children.forEach(Process::destroyForcibly);
    }

    private Process sleeping() throws IOException {
        Process child = new ProcessBuilder("sleep", "600").start();
        children.add(child);
        return child;
    }

    @Test
    void aProcessIsReadableOnceItHasEnded() throws Exception {
        Process child = sleeping();
        int pidfd = descriptors.opened(processes.pidfd(child));
        register(pidfd);
        assertNothingIsReady();

        assertThat(processes.signal(pidfd, SIGTERM)).isTrue();

        awaitReadable(pidfd);
        assertThat(child.waitFor()).isEqualTo(128 + SIGTERM);
        awaitReadable(pidfd);
    }

    @Test
    void theDescriptorIsNonBlockingAndCloseOnExec() throws IOException {
        assertNonBlockingAndCloseOnExec(descriptors.opened(processes.pidfd(ProcessHandle.current())));
    }

    @Test
    void aProcessThatIsGoneTakesNoSignalAndHasNoNewDescriptor() throws Exception {
        Process child = sleeping();
        int pidfd = descriptors.opened(processes.pidfd(child.pid()));
        assertThat(processes.signal(pidfd, 0)).isTrue();
        child.destroyForcibly();
        assertThat(child.waitFor()).isEqualTo(128 + SIGKILL);

        assertThat(processes.signal(pidfd, 0)).isFalse();
        assertThat(processes.signal(pidfd, SIGTERM)).isFalse();
        assertThat(processes.pidfd(child)).isEqualTo(-1);
        assertThat(processes.pidfd(child.toHandle())).isEqualTo(-1);
        assertRefused("ECHILD", "waitid(P_PIDFD, " + pidfd, () -> processes.peek(pidfd));
    }

    /** A handle whose process has ended, while another one has its number. */
    private static ProcessHandle endedButItsNumberIsInUse(long pid) {
        return (ProcessHandle) Proxy.newProxyInstance(
                ProcessHandle.class.getClassLoader(),
                new Class<?>[] {ProcessHandle.class},
                (proxy, method, arguments) -> method.getName().equals("pid") ? (Object) pid : (Object) false);
    }

    @Test
    void aNumberThatAnotherProcessHasNowIsNotTakenForTheProcess() throws IOException {
        List<Integer> closed = new ArrayList<>();
        Syscalls calls = new ForwardingSyscalls(Usable.syscalls(combination.binding())) {
            @Override
            public int close(int fd) {
                closed.add(fd);
                return super.close(fd);
            }
        };
        ProcessHandle ended = endedButItsNumberIsInUse(ProcessHandle.current().pid());

        assertThat(new KernelPosix(calls).processes().pidfd(ended)).isEqualTo(-1);
        assertThat(closed).hasSize(1);
    }

    @Test
    void peekTellsNothingOfAChildThatRuns() throws IOException {
        assertThat(processes.peek(descriptors.opened(processes.pidfd(sleeping()))))
                .isNull();
    }

    /** A child whose status the JDK does not take: another library may start such ones. */
    private int spawn(String script) {
        IntByReference pid = new IntByReference();
        StringArray arguments = new StringArray(new String[] {"sh", "-c", script});
        int error = Function.getFunction("c", "posix_spawnp")
                .invokeInt(new Object[] {pid, "sh", Pointer.NULL, Pointer.NULL, arguments, Pointer.NULL});
        assertThat(error).isZero();
        return pid.getValue();
    }

    private void reap(int pid) throws IOException {
        Syscalls calls = Usable.syscalls(combination.binding());
        NativeMemory info = NativeMemory.allocate(calls, Wait.SIGINFO_SIZE);
        assertThat(calls.waitid(Wait.P_PID, pid, info, Wait.WEXITED)).isZero();
    }

    @Test
    void peekTellsTheExitStatusAndLeavesIt() throws IOException {
        int pid = spawn("exit 3");
        int pidfd = descriptors.opened(processes.pidfd(pid));
        register(pidfd);

        awaitReadable(pidfd);

        assertThat(processes.peek(pidfd)).isEqualTo(new Exit(pid, false, 3));
        assertThat(processes.peek(pidfd)).isEqualTo(new Exit(pid, false, 3));
        assertThat(processes.signal(pidfd, SIGTERM)).as("to a zombie").isTrue();
        reap(pid);
        assertRefused("ECHILD", "waitid(P_PIDFD, " + pidfd, () -> processes.peek(pidfd));
    }

    @Test
    void peekTellsTheSignalThatEndedAChild() throws IOException {
        int pid = spawn("kill -9 $$");
        int pidfd = descriptors.opened(processes.pidfd(pid));
        register(pidfd);

        awaitReadable(pidfd);

        assertThat(processes.peek(pidfd)).isEqualTo(new Exit(pid, true, SIGKILL));
        reap(pid);
    }

    @Test
    void misuseIsRefused() throws IOException {
        int own = descriptors.opened(processes.pidfd(ProcessHandle.current()));
        int pipe = descriptors.pipe().readFd();

        assertThatIllegalArgumentException().isThrownBy(() -> processes.pidfd(0));
        assertThatIllegalArgumentException().isThrownBy(() -> processes.pidfd(-5));
        assertThatIllegalArgumentException().isThrownBy(() -> processes.pidfd(1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> processes.signal(own, 65));
        assertThatIllegalArgumentException().isThrownBy(() -> processes.signal(-1, SIGTERM));
        assertThatIllegalArgumentException().isThrownBy(() -> processes.peek(-1));
        assertThat(processes.pidfd(Integer.MAX_VALUE)).as("no process").isEqualTo(-1);
        assertRefused("EBADF", "pidfd_send_signal(" + pipe + ", SIGTERM", () -> processes.signal(pipe, SIGTERM));
        assertRefused("ECHILD", "waitid(P_PIDFD, " + own, () -> processes.peek(own));
    }

    @Test
    void aSystemWithoutTheCallNamesTheCounterpart() {
        Processes elsewhere = elsewhere().processes();
        assertMissing("pidfd_open", "EVFILT_PROC", () -> elsewhere.pidfd(1));
        assertMissing("pidfd_send_signal", "EVFILT_PROC", () -> elsewhere.signal(1, SIGTERM));
        assertMissing("waitid", "EVFILT_PROC", () -> elsewhere.peek(1));
    }
}
