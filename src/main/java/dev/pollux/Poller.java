// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.Objects;

/**
 * Watches descriptors and tells which are ready. The same promise over every mechanism; {@link Pollers} opens one.
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
 * <p><b>Threads.</b> One thread polls at a time. Everything else may be called from any thread and from inside a
 * handler, and takes effect in the poll that is already waiting, on every mechanism. Poll on a platform thread: a
 * virtual thread that waits in a system call keeps its carrier from all others.
 *
 * <p><b>Errors.</b> What the kernel refuses is a {@link SyscallException} with the call, its arguments and the errno.
 * After an error nothing is half registered. On a closed poller every method but {@link #wakeup}, {@link #supports},
 * {@link #supportsExclusive}, {@link #mechanism}, {@link #binding}, {@link #isOpen} and {@link #close} throws {@link ClosedPollerException}.
 *
 * <p><b>Closed descriptors.</b> Cancel a registration before its descriptor is closed. A descriptor that is closed without
 * a cancel neither hangs nor spins the poller: its registration is dropped.
 *
 * <table>
 * <caption>Where mechanisms differ</caption>
 * <tr><th></th><th>select, poll, /dev/poll</th><th>epoll, kqueue</th><th>io_uring</th></tr>
 * <tr><td>a change by another thread during a wait</td><td>wakes the waiting thread, which waits again: two thread
 *     switches, no event</td><td>goes to the kernel</td><td>as select</td></tr>
 * <tr><td>a descriptor closed without a cancel</td><td>{@link Readiness#isInvalid}, once</td><td>dropped silently</td>
 *     <td>isInvalid, once, if a poll finds it</td></tr>
 * <tr><td>{@link #size}, {@link Registration#isValid}</td><td>no system call</td><td>one {@code fcntl(2)} a
 *     registration</td><td>as epoll</td></tr>
 * <tr><td>{@link #registerExclusive}</td><td>no</td><td>epoll: Linux 4.5 and later; kqueue: no</td><td>no</td></tr>
 * </table>
 */
public interface Poller extends Closeable {
    /**
     * Begins to watch a descriptor.
     *
     * @param fd an open descriptor that this poller does not watch yet; it should be non-blocking, though the poller
     *     never reads or writes it
     * @param interest what to watch for; {@link Interest#NONE} watches for nothing until it is modified
     * @param trigger when to report
     * @param attachment anything, or null; it comes back with each event
     * @throws IllegalArgumentException if the descriptor is negative, or one of the poller's own
     * @throws IllegalStateException if the descriptor is already registered here
     * @throws UnsupportedOperationException if the mechanism lacks the trigger, or (kqueue of some systems) the
     *     interest PRIORITY; the message says who has it
     * @throws DescriptorLimitException if the descriptor is beyond what the mechanism can watch
     * @throws SyscallException if the kernel refuses the descriptor: EBADF if it is not open
     * @throws ClosedPollerException if the poller is closed
     */
    Registration register(int fd, Interest interest, Trigger trigger, Object attachment) throws IOException;

    /** The same with {@link Trigger#LEVEL}. */
    default Registration register(int fd, Interest interest, Object attachment) throws IOException {
        return register(fd, interest, Trigger.LEVEL, attachment);
    }

    /** The same with {@link Trigger#LEVEL} and no attachment. */
    default Registration register(int fd, Interest interest) throws IOException {
        return register(fd, interest, Trigger.LEVEL, null);
    }

    /**
     * Begins to watch the descriptor of a {@code java.nio} channel. The channel must be in non-blocking mode. A
     * channel that is closed while it is registered is dropped like a closed descriptor.
     *
     * @throws java.nio.channels.IllegalBlockingModeException if the channel is in blocking mode
     * @throws java.nio.channels.ClosedChannelException if the channel is closed
     * @throws UnsupportedOperationException if the JVM does not give its descriptor away; the message says the flag
     *     that makes it
     * @see #register(int, Interest, Trigger, Object) the other errors
     */
    Registration register(SelectableChannel channel, Interest interest, Trigger trigger, Object attachment)
            throws IOException;

    /**
     * Begins to watch a descriptor that other pollers watch too, so that what happens to it wakes at least one of those
     * that wait and, mostly, no more: a listening socket shared by several threads, each with a poller of its own
     * (EPOLLEXCLUSIVE of {@code epoll_ctl(2)}).
     *
     * <ul>
     *   <li>Only pollers that wait at that moment are spared, and only from one another: who has registered the same
     *       descriptor plainly is always woken.
     *   <li>Who is woken should go on until the descriptor has no more, {@code accept} until EAGAIN: nobody else may
     *       have been told.
     *   <li>{@link Readiness#isReadHangup} is never told: the kernel does not take EPOLLRDHUP together with this.
     *   <li>{@link Registration#modify} works, by removing and adding: what is ready is reported once more. If the kernel
     *       has no room for the change (ENOSPC, ENOMEM), this throws, and the old interest is added again before the
     *       next wait.
     * </ul>
     *
     * @param trigger LEVEL or EDGE
     * @throws UnsupportedOperationException if {@link #supportsExclusive} says no; the message says who has it
     * @throws IllegalArgumentException also if the trigger is ONESHOT or EDGE_ONESHOT, or the interest contains
     *     PRIORITY, now or when it is modified: the kernel does not take these together with this
     * @throws SyscallException also EINVAL, if the descriptor is an epoll
     * @see #register(int, Interest, Trigger, Object) the other errors
     */
    Registration registerExclusive(int fd, Interest interest, Trigger trigger, Object attachment) throws IOException;

    /** The same for a channel, under the conditions of {@link #register(SelectableChannel, Interest, Trigger, Object)}. */
    Registration registerExclusive(SelectableChannel channel, Interest interest, Trigger trigger, Object attachment)
            throws IOException;

    /** Whether {@link #registerExclusive} works here; the kernel is asked. False once this is closed. */
    boolean supportsExclusive();

    /** The registration of a descriptor, or null if it is not registered here. */
    Registration registration(int fd);

    /**
     * How many registrations are valid. Changes nothing; epoll, kqueue and io_uring do not say which descriptors were
     * closed without a cancel, so there this asks for each one: n system calls for n registrations.
     */
    int size();

    /**
     * Waits without limit until a descriptor is ready, or until {@link #wakeup}, {@link Thread#interrupt} or
     * {@link #close}. See {@link #poll(long, ReadyHandler)}.
     */
    int poll(ReadyHandler handler) throws IOException;

    /**
     * Waits until a descriptor is ready and calls the handler once for each ready one, on this thread.
     *
     * <p>Returns 0 only when the time is over, or when it was woken or interrupted (the interrupt status stays set);
     * a signal does not end it, and the timeout is never cut short. A thread whose interrupt status is set already
     * does not wait, but still delivers what is ready.
     *
     * <p>An exception thrown by the handler leaves this method at once and loses nothing: what was not yet delivered
     * comes with the next poll.
     *
     * @param timeoutNanos nanoseconds to wait at most; 0 looks and returns; negative waits without limit
     * @return how many events were delivered
     * @throws IllegalStateException if another thread is polling, or if called from inside a handler
     * @throws ClosedPollerException if the poller is closed, or another thread closes it while this waits. A close
     *     while a handler runs lets this return what was delivered until then
     */
    int poll(long timeoutNanos, ReadyHandler handler) throws IOException;

    /** The same with a duration; longer than 292 years counts as 292 years. */
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
     * Makes the poll that is waiting return, or, if none is, the next one at once. Many wakeups before a poll count as
     * one. From any thread; on a closed poller it does nothing.
     */
    void wakeup();

    /** Whether the mechanism has this trigger. */
    boolean supports(Trigger trigger);

    /** The mechanism that this poller asks. */
    Mechanism mechanism();

    /** The binding through which it asks. */
    Binding binding();

    /** Whether {@link #close} was not called yet. */
    boolean isOpen();

    /**
     * Ends every registration and gives everything back to the kernel; the watched descriptors stay open. A poll in
     * another thread ends with {@link ClosedPollerException}. A second close does nothing.
     */
    @Override
    void close() throws IOException;
}
