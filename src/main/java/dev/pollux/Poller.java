// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Watches descriptors and reports which are ready, in the same way on every mechanism. {@link Pollers} opens one.
 *
 * <pre>{@code
 * try (Poller poller = Pollers.open()) {
 *     poller.register(fd, Interest.READ, attachment);
 *     while (running) {
 *         poller.poll((registration, ready) -> {
 *             if (ready.isReadable()) {
 *                 handle(registration.fd(), registration.attachment());
 *             }
 *         });
 *     }
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> One thread polls at a time. All other methods may be called from any thread and from inside a
 * handler; on every mechanism they take effect in a poll that is already waiting. Poll on a platform thread: a virtual
 * thread that waits in a system call pins its carrier.
 *
 * <p><b>Errors.</b> If the kernel refuses a call, a {@link SyscallException} names the call, its arguments and the
 * errno. After an error nothing is half registered. On a closed poller every method except {@link #wakeup},
 * {@link #supports}, {@link #supportsExclusive}, {@link #mechanism}, {@link #binding}, {@link #isOpen} and
 * {@link #close} throws {@link ClosedPollerException}.
 *
 * <p><b>Closed descriptors.</b> Cancel a registration before you close its descriptor. If you close the descriptor
 * first, the poller neither hangs nor spins: it drops the registration. select, poll, /dev/poll and io_uring report
 * {@link Readiness#isInvalid} once; epoll and kqueue drop it silently.
 *
 * <table>
 * <caption>Where mechanisms differ</caption>
 * <tr><th></th><th>select, poll, /dev/poll</th><th>epoll, kqueue</th><th>io_uring</th></tr>
 * <tr><td>a change by another thread during a wait</td><td>wakes the waiting thread, which then waits again: two
 *     thread switches, no event</td><td>goes straight to the kernel</td><td>as select</td></tr>
 * <tr><td>a descriptor closed without a cancel</td><td>{@link Readiness#isInvalid}, once</td><td>dropped silently</td>
 *     <td>isInvalid, once, when a poll notices</td></tr>
 * <tr><td>{@link #size}, {@link Registration#isValid}</td><td>no system call</td><td>one {@code fcntl(2)} for
 *     each registration</td><td>as epoll</td></tr>
 * <tr><td>{@link #registerExclusive}</td><td>no</td><td>epoll: Linux 4.5 and later; kqueue: no</td><td>no</td></tr>
 * </table>
 */
public interface Poller extends Closeable {
    /**
     * Starts to watch a descriptor.
     *
     * @param fd an open descriptor that is not registered here; make it non-blocking, although the poller never reads
     *     or writes it
     * @param interest what to watch for; {@link Interest#NONE} reports nothing until {@link Registration#modify}
     *     changes it
     * @param trigger when to report
     * @param attachment any object, or null; each event carries it
     * @throws IllegalArgumentException if the descriptor is negative, or belongs to the poller itself
     * @throws IllegalStateException if the descriptor is already registered here
     * @throws UnsupportedOperationException if the mechanism lacks the trigger, or (kqueue on some systems) the
     *     interest PRIORITY; the message says which mechanisms have it
     * @throws DescriptorLimitException if the descriptor is too high for the mechanism
     * @throws SyscallException if the kernel refuses the descriptor: EBADF if it is not open
     * @throws ClosedPollerException if the poller is closed
     */
    Registration register(int fd, Interest interest, Trigger trigger, @Nullable Object attachment) throws IOException;

    /** Registers with {@link Trigger#LEVEL}. */
    default Registration register(int fd, Interest interest, @Nullable Object attachment) throws IOException {
        return register(fd, interest, Trigger.LEVEL, attachment);
    }

    /** Registers with {@link Trigger#LEVEL} and no attachment. */
    default Registration register(int fd, Interest interest) throws IOException {
        return register(fd, interest, Trigger.LEVEL, null);
    }

    /**
     * Starts to watch the descriptor of a {@code java.nio} channel. The channel must be in non-blocking mode. If it is
     * closed while it is registered, the registration is dropped, as for a closed descriptor.
     *
     * @throws java.nio.channels.IllegalBlockingModeException if the channel is in blocking mode
     * @throws java.nio.channels.ClosedChannelException if the channel is closed
     * @throws UnsupportedOperationException if the JVM does not let Pollux read the channel's descriptor; the message
     *     names the flag that does
     * @see #register(int, Interest, Trigger, Object) the other errors
     */
    Registration register(SelectableChannel channel, Interest interest, Trigger trigger, @Nullable Object attachment)
            throws IOException;

    /**
     * Starts to watch a descriptor that several pollers share: an event wakes at least one waiting poller, usually only
     * one. It is for a listening socket shared by several threads, each with its own poller. It uses EPOLLEXCLUSIVE,
     * see {@code epoll_ctl(2)}.
     *
     * <ul>
     *   <li>Only waiting pollers are spared a wakeup: one that is busy may find the event in its next poll, and one
     *       that used {@link #register} for the descriptor is always woken.
     *   <li>After an event, call {@code accept} until EAGAIN: perhaps no other poller was woken for what is left.
     *   <li>{@link Readiness#isReadHangup} is never reported: the kernel does not accept EPOLLRDHUP with
     *       EPOLLEXCLUSIVE.
     *   <li>{@link Registration#modify} removes the descriptor and adds it again, so current readiness is reported once
     *       more. If the kernel has no room for it (ENOSPC, ENOMEM), it throws, and the old interest is added again
     *       before the next wait.
     * </ul>
     *
     * @param trigger LEVEL or EDGE
     * @throws UnsupportedOperationException if {@link #supportsExclusive} is false; the message says which mechanism
     *     has it
     * @throws IllegalArgumentException also if the trigger is ONESHOT or EDGE_ONESHOT, or the interest contains
     *     PRIORITY, here or in a later modify: the kernel does not accept these with EPOLLEXCLUSIVE
     * @throws SyscallException also EINVAL, if the descriptor is an epoll descriptor
     * @see #register(int, Interest, Trigger, Object) the other errors
     */
    Registration registerExclusive(int fd, Interest interest, Trigger trigger, @Nullable Object attachment)
            throws IOException;

    /**
     * The same for a channel; its conditions are those of
     * {@link #register(SelectableChannel, Interest, Trigger, Object)}.
     */
    Registration registerExclusive(
            SelectableChannel channel, Interest interest, Trigger trigger, @Nullable Object attachment)
            throws IOException;

    /** Whether {@link #registerExclusive} works here, according to the kernel. False on a closed poller. */
    boolean supportsExclusive();

    /** The registration of a descriptor, or null if it is not registered here. */
    @Nullable
    Registration registration(int fd);

    /**
     * The number of valid registrations; changes nothing. epoll, kqueue and io_uring do not tell which descriptors were
     * closed without a cancel, so there this makes one {@code fcntl(2)} call for each registration.
     */
    int size();

    /**
     * Waits, without a timeout, until a descriptor is ready or {@link #wakeup}, {@link Thread#interrupt} or
     * {@link #close} ends the wait. See {@link #poll(long, ReadyHandler)}.
     */
    int poll(ReadyHandler handler) throws IOException;

    /**
     * Waits until a descriptor is ready, and calls the handler once for each ready one, on this thread.
     *
     * <p>Returns 0 only after the timeout, a wakeup or an interrupt (the interrupt status stays set). A signal does not
     * end the wait, and the timeout is never cut short. If the interrupt status is already set, this does not wait, but
     * still delivers what is ready.
     *
     * <p>An exception from the handler leaves this method at once. No event is lost: the next poll delivers the rest.
     *
     * @param timeoutNanos the longest wait, in nanoseconds; 0 returns at once, negative waits without a timeout
     * @return the number of events delivered
     * @throws IllegalStateException if another thread is polling, or if called from inside a handler
     * @throws ClosedPollerException if the poller is closed, or another thread closes it while this waits. After a
     *     close while a handler runs, this returns the number of events delivered so far
     */
    int poll(long timeoutNanos, ReadyHandler handler) throws IOException;

    /** The same with a {@code Duration}. More than 292 years counts as 292 years. */
    default int poll(Duration timeout, ReadyHandler handler) throws IOException {
        Objects.requireNonNull(timeout, "timeout");
        long nanos;
        try {
            nanos = timeout.toNanos();
        } catch (ArithmeticException tooLong) {
            nanos = timeout.isNegative() ? -1 : Long.MAX_VALUE;
        }
        return poll(nanos, handler);
    }

    /**
     * Ends the poll that is waiting; if none is, the next poll returns at once. Several wakeups before a poll count as
     * one. May be called from any thread; does nothing on a closed poller.
     */
    void wakeup();

    /** Whether the mechanism supports this trigger. */
    boolean supports(Trigger trigger);

    /** The mechanism that this poller uses. */
    Mechanism mechanism();

    /** The binding that makes its system calls. */
    Binding binding();

    /** False once {@link #close} was called. */
    boolean isOpen();

    /**
     * Ends every registration and closes the poller's own descriptors; the watched descriptors stay open. A poll in
     * another thread ends with {@link ClosedPollerException}. A second close does nothing.
     */
    @Override
    void close() throws IOException;
}
