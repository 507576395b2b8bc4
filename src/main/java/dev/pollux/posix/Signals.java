// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import dev.pollux.abi.Signal;

/**
 * Signals that are read from a descriptor, {@code signalfd(2)}, and the signal mask of the calling thread.
 *
 * <p><b>Take a handler first.</b> In a JVM the way that always works is {@code sun.misc.Signal} and a pipe:
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * Posix.Pipe pipe = posix.pipe();
 * sun.misc.Signal.handle(new sun.misc.Signal("TERM"), signal -> {
 *     try {
 *         posix.write(pipe.writeFd(), ByteBuffer.allocateDirect(1));
 *     } catch (SyscallException e) {
 *         throw new java.io.UncheckedIOException(e);
 *     }
 * });
 * try (Poller poller = Pollers.open()) {
 *     poller.register(pipe.readFd(), Interest.READ);
 *     sun.misc.Signal.raise(new sun.misc.Signal("TERM")); // or kill, from a shell
 *     poller.poll((registration, ready) -> posix.read(pipe.readFd(), ByteBuffer.allocateDirect(64)));
 * }
 * }</pre>
 *
 * <p>If nothing but a flag has to be set, {@code Poller.wakeup} does the work of the pipe.
 *
 * <p><b>What a signalfd needs.</b> A signalfd gets a signal only if no thread handles it first: the signal must be
 * blocked in every thread that could take it. A signal that is sent to a thread ({@link #raise}) needs the mask of that
 * thread only. A signal that is sent to the process ({@code kill}) goes to any thread that does not block it, and then
 * its default action usually ends the JVM. A thread inherits the mask of the thread that starts it, but a JVM has dozens
 * of threads before your first statement runs. So a signalfd for signals from outside needs a JVM that starts with the
 * signal blocked: {@code env --block-signal=USR1 java Program}.
 *
 * <p>Only the thread that polls and reads sees signals that were sent to it: with {@link #raise}, poll in the thread that
 * raised. The mask of a virtual thread is that of whichever thread carries it: block signals in platform threads only.
 *
 * <p><b>What the JVM (HotSpot) keeps for itself.</b>
 *
 * <table>
 * <caption>Signals and the JVM</caption>
 * <tr><th>signals</th><th>use</th><th>so</th></tr>
 * <tr><td>SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP</td><td>null checks, safepoints, mapped files</td><td>{@link #block} and
 *     {@link #signalfd} refuse them: blocked, the next one would end the JVM</td></tr>
 * <tr><td>SIGHUP, SIGINT, SIGTERM</td><td>an orderly end; each new thread unblocks them</td><td>a handler; or start the
 *     JVM with {@code -Xrs}: then they are like any other, but {@code sun.misc.Signal} refuses them</td></tr>
 * <tr><td>SIGQUIT</td><td>thread dumps; every Java thread blocks it</td><td>leave it; {@code -Xrs} frees it</td></tr>
 * <tr><td>SIGPIPE, SIGXFSZ</td><td>ignored: {@code write} returns EPIPE, EFBIG</td><td>nothing to do</td></tr>
 * <tr><td>SIGUSR2</td><td>suspends threads for Flight Recorder; each new thread unblocks it</td><td>leave it</td></tr>
 * <tr><td>SIGCHLD</td><td>not used; the default action ignores it</td><td>{@link Processes}</td></tr>
 * </table>
 *
 * <p>The constants are Linux's numbers; real-time signals are the numbers from 34 to 64. musl keeps 34 for itself, so
 * {@link #block}, {@link #unblock} and {@link #signalfd} refuse it with any C library; it can be sent.
 *
 * <p><b>Threads.</b> All methods may be called from any thread; {@link #block}, {@link #unblock}, {@link #isBlocked} and
 * {@link #raise} concern the calling one. {@link #read} makes no garbage.
 *
 * <p><b>Errors.</b> As in {@link Posix}; an {@link IllegalArgumentException} for a number that is no signal. Only Linux
 * has these calls in this form: elsewhere an {@link UnsupportedOperationException} says so. The counterpart of the BSDs
 * and macOS is kqueue's EVFILT_SIGNAL; a handler and a pipe work everywhere.
 */
public interface Signals {
    /** The terminal has gone. */
    int SIGHUP = Signal.SIGHUP;

    /** Ctrl-C. */
    int SIGINT = Signal.SIGINT;

    /** Ctrl-\. */
    int SIGQUIT = Signal.SIGQUIT;

    /** {@code abort(3)}. */
    int SIGABRT = Signal.SIGABRT;

    /** Ends a process, always. */
    int SIGKILL = Signal.SIGKILL;

    /** For any use. */
    int SIGUSR1 = Signal.SIGUSR1;

    /** For any use; the JVM has one. */
    int SIGUSR2 = Signal.SIGUSR2;

    /** A write that nobody can read. */
    int SIGPIPE = Signal.SIGPIPE;

    /** {@code alarm(2)}. */
    int SIGALRM = Signal.SIGALRM;

    /** The request to end. */
    int SIGTERM = Signal.SIGTERM;

    /** A child has ended or stopped. */
    int SIGCHLD = Signal.SIGCHLD;

    /** Continues a stopped process. */
    int SIGCONT = Signal.SIGCONT;

    /** Stops a process, always. */
    int SIGSTOP = Signal.SIGSTOP;

    /** Ctrl-Z. */
    int SIGTSTP = Signal.SIGTSTP;

    /** A background process reads from its terminal. */
    int SIGTTIN = Signal.SIGTTIN;

    /** A background process writes to its terminal. */
    int SIGTTOU = Signal.SIGTTOU;

    /** Urgent data at a socket. */
    int SIGURG = Signal.SIGURG;

    /** {@code setitimer(2)} for processor time. */
    int SIGVTALRM = Signal.SIGVTALRM;

    /** The size of the terminal's window has changed. */
    int SIGWINCH = Signal.SIGWINCH;

    /** {@code O_ASYNC}: input or output is possible. */
    int SIGIO = Signal.SIGIO;

    /**
     * A descriptor that is readable while one of these signals is pending for the process or for the thread that polls,
     * {@code signalfd(2)}. It does not block them: call {@link #block} first. Close it with {@link Posix#close}.
     *
     * @throws IllegalArgumentException if a signal cannot be blocked, or the JVM or musl needs it
     */
    int signalfd(int... signals) throws SyscallException;

    /**
     * Takes one pending signal, {@code read(2)}. The same signal sent twice may be pending once.
     *
     * @return its number, or 0 if none is pending
     */
    int read(int fd) throws SyscallException;

    /**
     * Blocks signals in the calling thread, and in threads that it starts from now on, {@code pthread_sigmask(3)}. A
     * blocked signal stays pending until it is read, or unblocked and handled.
     *
     * @throws IllegalArgumentException as {@link #signalfd}
     */
    void block(int... signals) throws SyscallException;

    /** Unblocks signals in the calling thread. Those that are pending are handled before this returns. */
    void unblock(int... signals) throws SyscallException;

    /** Whether the calling thread blocks a signal. */
    boolean isBlocked(int signal) throws SyscallException;

    /** Sends a signal to the calling thread, {@code raise(3)}. */
    void raise(int signal) throws SyscallException;

    /**
     * Sends a signal to a process, {@code kill(2)}. The number may belong to another process by now:
     * {@link Processes#signal} has no such race.
     *
     * @param pid positive
     * @param signal 0 sends nothing, but checks the process and the permission
     * @throws SyscallException ESRCH if there is no such process; EPERM if it belongs to another user
     */
    void send(long pid, int signal) throws SyscallException;
}
