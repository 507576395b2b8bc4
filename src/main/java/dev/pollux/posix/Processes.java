// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import org.jspecify.annotations.Nullable;

/**
 * Processes that are descriptors, {@code pidfd_open(2)}. Such a descriptor is readable from the moment at which the
 * process has ended. It names that process for ever, even after its number belongs to another one. Close it with
 * {@link Posix#close}.
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * Process sleep = new ProcessBuilder("sleep", "600").start();
 * int pidfd = posix.processes().pidfd(sleep);
 * try (Poller poller = Pollers.open()) {
 *     poller.register(pidfd, Interest.READ);
 *     posix.processes().signal(pidfd, Signals.SIGTERM);
 *     poller.poll((registration, ready) -> {}); // it has ended
 * }
 * posix.close(pidfd);
 * int status = sleep.waitFor(); // 128 + 15: the JDK has the status, not the pidfd
 * }</pre>
 *
 * <p><b>The status of a {@code Process}.</b> A thread of the JDK waits for each child that the JDK started, and takes its
 * exit status. So ask {@code Process.waitFor()} for it, which returns soon after the pidfd is readable, or
 * {@code Process.onExit()}. {@link #peek} is for children that other code in this process started.
 *
 * <p><b>Registration.</b> The descriptor stays readable, so cancel the registration once it was reported. After the
 * status was taken, some kernels report a hang-up as well.
 *
 * <p><b>Threads.</b> All methods may be called from any thread.
 *
 * <p><b>Errors.</b> As in {@link Posix}. Linux 5.3 and later have these calls ({@link #peek}: 5.4): elsewhere an
 * {@link UnsupportedOperationException} says so. The counterpart of the BSDs and macOS is kqueue's EVFILT_PROC;
 * {@code Process.onExit()} and {@code Poller.wakeup} work everywhere.
 */
public interface Processes {
    /**
     * How a process has ended.
     *
     * @param pid its number
     * @param killed whether a signal ended it
     * @param status the signal if one ended it, else the exit status
     */
    record Exit(long pid, boolean killed, int status) {}

    /**
     * A descriptor of a process, {@code pidfd_open(2)}. It need not be a child.
     *
     * @param pid the number of a process of which you know that it is still that process, such as a child whose status
     *     nobody has taken
     * @return -1 if there is no such process (ESRCH)
     * @throws SyscallException EINVAL if the number is that of a thread
     */
    int pidfd(long pid) throws SyscallException;

    /**
     * A descriptor of exactly this process, even if its number was used again.
     *
     * @return -1 if the process has ended and its status was taken: nothing is left to wait for
     */
    int pidfd(ProcessHandle process) throws SyscallException;

    /**
     * A descriptor of a child.
     *
     * @return -1 if it has ended already and the JDK has its status, as can happen right after the start
     */
    int pidfd(Process child) throws SyscallException;

    /**
     * Sends a signal to the process, and never to another one that has its number now, {@code pidfd_send_signal(2)}.
     *
     * @param signal of {@link Signals}; 0 sends nothing, but checks the process and the permission
     * @return false if there is no such process any more (ESRCH)
     * @throws IllegalArgumentException if the number is no signal
     * @throws SyscallException EPERM if it belongs to another user
     */
    boolean signal(int pidfd, int signal) throws SyscallException;

    /**
     * Looks how a child of this process has ended, and leaves the status to whoever waits for it, {@code waitid(2)} with
     * WNOWAIT.
     *
     * @return null if it has not ended
     * @throws SyscallException ECHILD if it is no child of this process, or its status was taken, as the JDK does at once
     *     for its own children
     */
    @Nullable
    Exit peek(int pidfd) throws SyscallException;
}
