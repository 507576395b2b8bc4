// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import static dev.pollux.posix.kernel.KernelCalls.requireDescriptor;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Signal;
import dev.pollux.abi.Wait;
import dev.pollux.posix.Processes;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** {@link Processes} over {@link Syscalls}. */
final class KernelProcesses extends KernelEvents implements Processes {
    KernelProcesses(Syscalls syscalls) {
        super(
                syscalls,
                "Linux 5.3 and later have it, unless a seccomp filter refuses it; the BSDs and macOS have kqueue's"
                        + " EVFILT_PROC, and Process.onExit works everywhere");
    }

    @Override
    public int pidfd(long pid) throws SyscallException {
        int rc = syscalls.pidfdOpen(requirePid(pid), 0);
        return rc == -Errno.ESRCH ? -1 : calls.prepare(check("pidfd_open", pid + ", 0", rc));
    }

    /**
     * If the process is alive after the lookup, the number was its own all the time. The handle tells its process from a
     * later one with the same number by the time of its start.
     */
    @Override
    public int pidfd(ProcessHandle process) throws SyscallException {
        int fd = pidfd(process.pid());
        if (fd < 0 || process.isAlive()) {
            return fd;
        }
        syscalls.close(fd);
        return -1;
    }

    @Override
    public int pidfd(Process child) throws SyscallException {
        return pidfd(child.toHandle());
    }

    @Override
    public boolean signal(int pidfd, int signal) throws SyscallException {
        requireDescriptor(pidfd);
        if (signal != 0) {
            requireSignal(signal);
        }
        int rc = syscalls.pidfdSendSignal(pidfd, signal, 0);
        if (rc == -Errno.ESRCH) {
            return false;
        }
        check("pidfd_send_signal", pidfd + ", " + Signal.name(signal) + ", NULL, 0", rc);
        return true;
    }

    @Override
    public Exit peek(int pidfd) throws SyscallException {
        requireDescriptor(pidfd);
        NativeMemory info = calls.allocate(Wait.SIGINFO_SIZE);
        int options = Wait.WEXITED | Wait.WNOHANG | Wait.WNOWAIT;
        check(
                "waitid",
                "P_PIDFD, " + pidfd + ", WNOHANG|WEXITED|WNOWAIT",
                syscalls.waitid(Wait.P_PIDFD, pidfd, info, options));
        int pid = info.getInt(Wait.SI_PID);
        boolean killed = info.getInt(Wait.SI_CODE) != Wait.CLD_EXITED;
        return pid == 0 ? null : new Exit(pid, killed, info.getInt(Wait.SI_STATUS));
    }
}
