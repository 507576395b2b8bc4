// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Readiness;
import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Timer;
import dev.pollux.loop.Watch;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Accepts connections on an event loop, a limited number in each round.
 *
 * <p>After a failed {@code accept} the connection stays in the backlog and the listening socket stays readable, so that
 * a loop that watches it spins. The acceptor therefore stops watching it. It resumes when one of its own connections has
 * closed, and after a second if the cause can disappear by itself.
 */
final class Acceptor {
    /** Takes over an accepted descriptor; if it throws, the acceptor closes the descriptor and pauses. */
    @FunctionalInterface
    interface Admission {
        void admit(int fd) throws IOException;
    }

    private static final int ACCEPTS_PER_ROUND = 64;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Posix posix;
    private final Admission admission;
    private final Consumer<IOException> onPause;
    private final RetryingWatch listening;
    private Timer retry;
    private volatile int connections;
    private volatile int accepted;
    private volatile IOException refusal;

    /**
     * Watches a listening descriptor, which remains the caller's to close.
     *
     * @param shared whether other loops accept from the descriptor too
     */
    Acceptor(
            EventLoop loop,
            Posix posix,
            int listeningFd,
            boolean shared,
            Admission admission,
            Consumer<IOException> onPause)
            throws IOException {
        this.loop = loop;
        this.posix = posix;
        this.admission = admission;
        this.onPause = onPause;
        listening = new RetryingWatch(
                loop,
                shared ? loop.onAcceptable(listeningFd, this::accept) : loop.onReadable(listeningFd, this::accept));
    }

    /** The number of open connections. From any thread. */
    int connections() {
        return connections;
    }

    /** The number of connections accepted so far. From any thread. */
    int accepted() {
        return accepted;
    }

    /** The reason why it accepts nothing now, or null. From any thread. */
    IOException refusal() {
        return refusal;
    }

    private void accept(Watch watch, Readiness ready) throws IOException {
        for (int i = 0; i < ACCEPTS_PER_ROUND && refusal == null; i++) {
            int fd;
            try {
                fd = posix.accept(watch.fd());
            } catch (SyscallException e) {
                pause(e);
                return;
            }
            if (fd < 0) {
                return;
            }
            admit(fd);
        }
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by the loop's thread only
    private void admit(int fd) throws IOException {
        try {
            if (!isConnected(fd)) {
                posix.close(fd);
                return;
            }
            admission.admit(fd);
        } catch (IOException e) {
            refuse(fd, e);
            return;
        } catch (OutOfMemoryError e) {
            refuse(fd, new IOException("no memory for another connection: " + e.getMessage(), e));
            return;
        }
        connections++;
        accepted++;
    }

    /** Some systems refuse to set options of a socket whose peer has closed. */
    private boolean isConnected(int fd) {
        try {
            posix.setNoDelay(fd, true);
            return true;
        } catch (SyscallException peerHasGone) {
            return false;
        }
    }

    /** Pauses first, so that {@link #refusal} has the reason when the peer sees the end of the connection. */
    private void refuse(int fd, IOException reason) throws IOException {
        try {
            pause(reason);
        } finally {
            posix.close(fd);
        }
    }

    /** A closing connection frees a descriptor. Without connections only another try finds a free one. */
    private void pause(IOException reason) throws IOException {
        refusal = reason;
        if (!(reason instanceof DescriptorLimitException) || connections == 0) {
            retry = loop.schedule(RETRY, this::retry);
        }
        listening.set(null, null);
        onPause.accept(reason);
    }

    private void retry() {
        try {
            resume();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void resume() throws IOException {
        refusal = null;
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        listening.set(this::accept, null);
    }

    /** Must be called when one of its connections has closed. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by the loop's thread only
    void closed() throws IOException {
        connections--;
        if (refusal != null) {
            resume();
        }
    }

    void cancel() throws IOException {
        listening.cancel();
    }
}
