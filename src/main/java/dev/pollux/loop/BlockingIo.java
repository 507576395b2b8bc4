// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import dev.pollux.ClosedPollerException;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls that look as if they blocked, on any descriptor: the calling thread is parked until the descriptor is ready. A
 * parked virtual thread (JDK 21 and later) costs no platform thread, so thousands can wait, each in straight-line code.
 * One daemon thread polls for all of them.
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * Posix.Pipe pipe = posix.pipe();
 * try (BlockingIo io = new BlockingIo(Pollers.open(), posix)) {
 *     Runnable reading = () -> {
 *         try {
 *             io.read(pipe.readFd(), ByteBuffer.allocateDirect(100)); // waits
 *         } catch (java.io.IOException e) {
 *             throw new java.io.UncheckedIOException(e);
 *         }
 *     };
 *     Thread reader = new Thread(reading); // from JDK 21 on: Thread.startVirtualThread(reading)
 *     reader.start();
 *     io.write(pipe.writeFd(), ByteBuffer.allocateDirect(5));
 *     reader.join();
 *     io.close(pipe.readFd());
 *     io.close(pipe.writeFd());
 * }
 * }</pre>
 *
 * <p>Each call first tries, and parks only if the kernel answers EAGAIN. So descriptors must be non-blocking, which
 * those of {@link Posix} are. On platform threads everything works in the same way.
 *
 * <p><b>Threads.</b> All methods may be called from any number of threads. Several threads may wait for one descriptor,
 * for the same direction or for different ones. An event wakes all that wait for it; one that finds nothing left waits
 * again.
 *
 * <p><b>Interrupt.</b> An interrupt ends a wait with {@link java.io.InterruptedIOException}; the interrupt status stays
 * set, the descriptor stays open. To cancel a waiting thread, interrupt it.
 *
 * <p><b>Closing a descriptor.</b> Close it with {@link #close(int)}, never in another way, once a call here has waited
 * for it: threads that wait then get {@link java.nio.channels.AsynchronousCloseException}. To hand the open descriptor
 * to other code, {@link #release} it first.
 *
 * <p><b>Errors.</b> A {@link SyscallException} is that of the call, as in {@link Posix}. If the poller itself fails, all
 * threads that wait at that moment get an {@link IOException} with that cause, and later calls try again.
 *
 * <p><b>Cost.</b> On epoll, kqueue and io_uring a descriptor is registered once, with {@link Trigger#EDGE}, so a wait
 * of a read, a write or an accept makes no system call. select, poll and /dev/poll use {@link Trigger#ONESHOT}, which
 * each wait arms again.
 */
public final class BlockingIo implements Closeable {
    private static final String CLOSED_ELSEWHERE = "it was closed in another way than with BlockingIo.close(int)";

    private final Poller poller;
    private final Posix posix;
    private final Trigger trigger;
    private final ConcurrentHashMap<Integer, Parking> parkings = new ConcurrentHashMap<>();
    private final ReadyHandler delivery = this::deliver;
    private final Thread thread;
    private final long checkNanos;

    /** Whether there are waits that were not checked; see {@link #checkWaits}. */
    private volatile boolean needsCheck;

    /** The number of checks so far; written by the polling thread. */
    private volatile int checks;

    /** Set while the poller is broken; the next waiter clears it, and the poller is tried again. */
    private volatile boolean broken;

    /**
     * Starts the polling thread.
     *
     * @param poller now owned by this object: do not register with, poll or close it yourself
     * @param posix makes the calls
     */
    public BlockingIo(Poller poller, Posix posix) {
        this(poller, posix, 1_000_000_000);
    }

    /** With another time between two checks for descriptors that were closed in another way. */
    BlockingIo(Poller poller, Posix posix, long checkNanos) {
        this.checkNanos = checkNanos;
        this.poller = Objects.requireNonNull(poller, "poller");
        this.posix = Objects.requireNonNull(posix, "posix");
        trigger = poller.supports(Trigger.EDGE) ? Trigger.EDGE : Trigger.ONESHOT;
        thread = new Thread(null, this::run, "pollux-blocking-io", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    // Waiting.

    /** Waits without a limit; otherwise as {@link #await(int, Interest, Duration)}. */
    public Readiness await(int fd, Interest interest) throws IOException {
        return await(fd, interest, Deadline.NEVER);
    }

    /**
     * Waits until the descriptor is ready for something of the interest. It asks the kernel in each call, so it returns
     * at once if the descriptor is ready already.
     *
     * @return what it is ready for, or {@link Readiness#NOTHING} after the timeout
     * @throws IllegalArgumentException if the descriptor is negative, or the interest is {@link Interest#NONE}
     * @throws SyscallException EBADF if the descriptor is not open
     * @throws java.nio.channels.AsynchronousCloseException if the descriptor was closed or released meanwhile
     * @throws java.io.InterruptedIOException if the thread is interrupted; the interrupt status stays set
     * @throws ClosedPollerException if this object is closed, before or meanwhile
     */
    public Readiness await(int fd, Interest interest, Duration timeout) throws IOException {
        return await(fd, interest, Deadline.after(timeout));
    }

    private Readiness await(int fd, Interest interest, long deadlineNanos) throws IOException {
        if (interest.equals(Interest.NONE)) {
            throw new IllegalArgumentException("a wait for NONE would never end; take READ, WRITE or PRIORITY");
        }
        Parking parking = parking(fd);
        Parking.Waiter waiter = newWaiter(interest);
        parking.enter(waiter);
        return park(parking, waiter, deadlineNanos);
    }

    /** Attempts of a call that are repeated after EAGAIN. An event after the beginning of an attempt is not missed. */
    private final class Attempts {
        private final int fd;
        private final Interest interest;
        private final String call;
        private final long deadlineNanos;
        private Parking parking;
        private int seen;

        /** To be made before the first attempt. */
        Attempts(int fd, Interest interest, String call, long deadlineNanos) {
            this.fd = fd;
            this.interest = interest;
            this.call = call;
            this.deadlineNanos = deadlineNanos;
            parking = parkings.get(fd);
            seen = parking == null ? 0 : parking.events();
        }

        /** Waits until another attempt is worthwhile. */
        void awaitNext() throws IOException {
            if (parking == null) {
                parking = parking(fd);
            }
            Parking.Waiter waiter = newWaiter(interest);
            if (parking.enterUnlessEvent(waiter, seen) && park(parking, waiter, deadlineNanos) == Readiness.NOTHING) {
                throw timeout(call, fd);
            }
            seen = parking.events();
        }
    }

    private Parking parking(int fd) {
        Parking known = parkings.get(fd);
        if (known != null) {
            return known;
        }
        Parking added = new Parking(poller, trigger, fd);
        Parking raced = parkings.putIfAbsent(fd, added);
        return raced == null ? added : raced;
    }

    private Parking.Waiter newWaiter(Interest interest) {
        return new Parking.Waiter(interest, checks + 2);
    }

    /** Parks a thread that has entered, once the polling thread is sure to serve it. */
    private Readiness park(Parking parking, Parking.Waiter waiter, long deadlineNanos) throws IOException {
        if (broken) {
            broken = false;
            LockSupport.unpark(thread);
        }
        if (!needsCheck && trigger == Trigger.EDGE) {
            needsCheck = true;
            poller.wakeup();
        }
        if (!poller.isOpen()) {
            parking.fail(new ClosedPollerException(poller.mechanism()));
        }
        return parking.park(waiter, deadlineNanos);
    }

    private static SocketTimeoutException timeout(String call, int fd) {
        return new SocketTimeoutException(call + " on descriptor " + fd + " took longer than the timeout");
    }

    // Calls that wait.

    /** Waits without a limit; otherwise as {@link #read(int, ByteBuffer, Duration)}. */
    public int read(int fd, ByteBuffer direct) throws IOException {
        return read(fd, direct, Deadline.NEVER);
    }

    /**
     * Reads at least one byte into the buffer at its position, and waits for it if necessary: {@code read(2)}.
     *
     * @return the number of bytes; 0 only if the buffer is full; -1 at the end of the stream
     * @throws SocketTimeoutException if nothing came before the timeout
     * @throws IllegalArgumentException if the buffer is not direct, or is read-only
     * @see #await(int, Interest, Duration) the other errors
     */
    public int read(int fd, ByteBuffer direct, Duration timeout) throws IOException {
        return read(fd, direct, Deadline.after(timeout));
    }

    private int read(int fd, ByteBuffer direct, long deadlineNanos) throws IOException {
        Attempts attempts = new Attempts(fd, Interest.READ, "read", deadlineNanos);
        int count = posix.read(fd, direct);
        while (count == 0 && direct.hasRemaining()) {
            attempts.awaitNext();
            count = posix.read(fd, direct);
        }
        return count;
    }

    /** Waits without a limit; otherwise as {@link #write(int, ByteBuffer, Duration)}. */
    public int write(int fd, ByteBuffer direct) throws IOException {
        return write(fd, direct, Deadline.NEVER);
    }

    /**
     * Writes all that remains in the buffer, and waits for room as often as necessary: {@code write(2)}.
     *
     * @return the number of bytes
     * @throws SocketTimeoutException if not all was written before the timeout; the buffer's position says how much was
     * @throws IllegalArgumentException if the buffer is not direct
     * @see #await(int, Interest, Duration) the other errors
     */
    public int write(int fd, ByteBuffer direct, Duration timeout) throws IOException {
        return write(fd, direct, Deadline.after(timeout));
    }

    private int write(int fd, ByteBuffer direct, long deadlineNanos) throws IOException {
        int length = direct.remaining();
        Attempts attempts = new Attempts(fd, Interest.WRITE, "write", deadlineNanos);
        posix.write(fd, direct);
        while (direct.hasRemaining()) {
            attempts.awaitNext();
            posix.write(fd, direct);
        }
        return length;
    }

    /** Waits without a limit; otherwise as {@link #accept(int, Duration)}. */
    public int accept(int fd) throws IOException {
        return accept(fd, Deadline.NEVER);
    }

    /**
     * Waits for a connection: {@code accept(2)}. Several threads may accept from one socket.
     *
     * @return its descriptor, which is non-blocking and close-on-exec
     * @throws SocketTimeoutException if none came before the timeout
     * @throws SyscallException EMFILE if the process has no free descriptor: the connection stays in the backlog, so do
     *     not try again at once
     * @see #await(int, Interest, Duration) the other errors
     */
    public int accept(int fd, Duration timeout) throws IOException {
        return accept(fd, Deadline.after(timeout));
    }

    private int accept(int fd, long deadlineNanos) throws IOException {
        Attempts attempts = new Attempts(fd, Interest.READ, "accept", deadlineNanos);
        int accepted = posix.accept(fd);
        while (accepted < 0) {
            attempts.awaitNext();
            accepted = posix.accept(fd);
        }
        return accepted;
    }

    /** Waits without a limit; otherwise as {@link #connect(int, SocketAddress, Duration)}. */
    public void connect(int fd, SocketAddress address) throws IOException {
        connect(fd, address, Deadline.NEVER);
    }

    /**
     * Connects a socket and waits until that has ended: {@code connect(2)}.
     *
     * @throws SocketTimeoutException if it has not ended before the timeout; close the socket then
     * @throws SyscallException if it failed, such as ECONNREFUSED; EAGAIN if the backlog of a UNIX socket is full
     * @see #await(int, Interest, Duration) the other errors
     */
    public void connect(int fd, SocketAddress address, Duration timeout) throws IOException {
        connect(fd, address, Deadline.after(timeout));
    }

    private void connect(int fd, SocketAddress address, long deadlineNanos) throws IOException {
        if (posix.connect(fd, address)) {
            return;
        }
        if (await(fd, Interest.WRITE, deadlineNanos) == Readiness.NOTHING) {
            throw timeout("connect", fd);
        }
        posix.finishConnect(fd, address);
    }

    // Closing.

    /**
     * Closes a descriptor, {@code close(2)}, whether or not a call here has waited for it. Threads that wait for it get
     * {@link java.nio.channels.AsynchronousCloseException}.
     */
    public void close(int fd) throws IOException {
        try {
            release(fd);
        } finally {
            posix.close(fd);
        }
    }

    /**
     * Stops watching a descriptor, which stays open. Threads that wait for it get
     * {@link java.nio.channels.AsynchronousCloseException}.
     */
    public void release(int fd) throws IOException {
        Parking parking = parkings.get(fd);
        if (parking != null) {
            end(parking, "another thread closed or released it");
        }
    }

    /** Forgets it only when the poller has: until then another thread could not register the descriptor again. */
    private void end(Parking parking, String reason) throws IOException {
        try {
            parking.end(reason);
        } finally {
            parkings.remove(parking.fd(), parking);
        }
    }

    /**
     * Closes the poller and ends the polling thread; descriptors stay open. Threads that wait get
     * {@link ClosedPollerException}. A second close does nothing.
     */
    @Override
    public void close() throws IOException {
        try {
            poller.close();
        } finally {
            LockSupport.unpark(thread);
            failAll(new ClosedPollerException(poller.mechanism()));
        }
    }

    // The polling thread.

    private void run() {
        long checkedNanos = System.nanoTime();
        while (poller.isOpen()) {
            Thread.interrupted(); // nothing here uses it, and a poll of an interrupted thread does not wait
            try {
                poller.poll(needsCheck ? checkNanos : -1, delivery);
                if (needsCheck && System.nanoTime() - checkedNanos >= checkNanos) {
                    checkWaits();
                    checkedNanos = System.nanoTime();
                }
            } catch (Throwable e) {
                broken = true;
                failAll(e);
                awaitNextWaiter();
            }
        }
    }

    private void deliver(Registration registration, Readiness ready) throws IOException {
        Parking parking = (Parking) registration.attachment();
        if (ready.isInvalid()) {
            end(parking, CLOSED_ELSEWHERE);
        } else {
            parking.deliver(ready);
        }
    }

    /** Where the kernel drops closed descriptors silently: asks once about each wait that has lasted for two checks. */
    private void checkWaits() throws IOException {
        needsCheck = false;
        int check = ++checks;
        for (Parking each : parkings.values()) {
            if (!each.check(check)) {
                end(each, CLOSED_ELSEWHERE);
            }
            if (each.needsCheckAfter(check)) {
                needsCheck = true;
            }
        }
    }

    private void awaitNextWaiter() {
        while (broken && poller.isOpen()) {
            LockSupport.park(this);
        }
    }

    private void failAll(Throwable cause) {
        for (Parking each : parkings.values()) {
            each.fail(cause);
        }
    }
}
