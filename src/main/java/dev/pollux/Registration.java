// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;

/** One descriptor watched by one poller. May be used from any thread, and from inside a handler. */
public interface Registration {
    /** The descriptor; its number stays here after {@link #cancel}, though it may mean something else by then. */
    int fd();

    /** What is asked now. A ONESHOT that has fired still says what it asked. */
    Interest interest();

    /** As it was registered; it does not change. */
    Trigger trigger();

    /** What was given to {@link Poller#register}, perhaps null. */
    Object attachment();

    /**
     * Whether events can still come: false once it was cancelled, its poller closed, or its descriptor found to be
     * closed. Where the kernel does not report a closed descriptor (epoll, kqueue, io_uring), this asks with
     * {@code fcntl(2)}.
     */
    boolean isValid();

    /**
     * Asks for something else from now on, in the poll that is already waiting too. It also arms a ONESHOT that has
     * fired, and makes an EDGE report again what is ready at this moment, even if the interest is the same. What was
     * already fetched for the old interest is not delivered; if it still holds, it comes again.
     *
     * @throws ClosedPollerException if the poller is closed
     * @throws IllegalStateException if this registration is no longer valid
     * @throws java.nio.channels.ClosedChannelException if it is a channel's and that has been closed; the registration
     *     is dropped
     * @throws SyscallException if the kernel has to be asked (epoll, kqueue, /dev/poll) and refuses: EBADF or ENOENT if
     *     the descriptor is no longer open, and the registration is then dropped. select, poll and io_uring find that
     *     out in the next poll, and report {@link Readiness#isInvalid}
     */
    void modify(Interest interest) throws IOException;

    /**
     * Stops watching. When this returns, the kernel has let go: the descriptor can be closed and its number used
     * again at once, and no event of this registration begins to be delivered any more. (A handler that another
     * thread was already running for it may still be running: this does not wait for it.) A second cancel, or one
     * after the poller was closed, does nothing.
     *
     * <p>Cancel before you close the descriptor: some kernels keep the registration of a closed descriptor for as
     * long as a duplicate of it is open.
     */
    void cancel() throws IOException;
}
