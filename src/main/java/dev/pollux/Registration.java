// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One descriptor watched by one poller. May be used from any thread, and from inside a handler. */
public interface Registration {
    /** The descriptor. The number stays after {@link #cancel}, but may then belong to another file. */
    int fd();

    /** The current interest; a ONESHOT that has fired keeps its interest. */
    Interest interest();

    /** The trigger it was registered with. */
    Trigger trigger();

    /** The attachment given to {@link Poller#register}; may be null. */
    @Nullable
    Object attachment();

    /**
     * Whether events can still come. False once it was cancelled, its poller was closed, or its descriptor was found to
     * be closed. Where the kernel does not report a closed descriptor (epoll, kqueue, io_uring), this calls
     * {@code fcntl(2)}.
     */
    boolean isValid();

    /**
     * Changes the interest, also for a poll that is already waiting. It re-arms a ONESHOT that has fired, and makes
     * EDGE report current readiness again, even if the interest stays the same. An event that was already fetched for
     * the old interest is not delivered; if it is still true, it comes again.
     *
     * @throws ClosedPollerException if the poller is closed
     * @throws IllegalStateException if this registration is no longer valid
     * @throws java.nio.channels.ClosedChannelException if its channel was closed; the registration is dropped
     * @throws SyscallException if the kernel refuses (epoll, kqueue, /dev/poll): EBADF or ENOENT if the descriptor is
     *     no longer open; the registration is then dropped. select, poll and io_uring find that out in the next poll,
     *     and report {@link Readiness#isInvalid}
     */
    void modify(Interest interest) throws IOException;

    /**
     * Stops watching. When this returns, the kernel no longer watches the descriptor: you can close it and its number
     * can be reused at once. No event of this registration is delivered afterwards, but this does not wait for a
     * handler that another thread is already running. A second cancel, or one on a closed poller, does nothing.
     *
     * <p>Cancel before you close the descriptor: some kernels keep watching a closed descriptor while a duplicate of it
     * is open.
     */
    void cancel() throws IOException;
}
