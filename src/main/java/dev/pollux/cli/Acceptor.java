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
 * <p>After a failed {@code accept} the connection still waits in the backlog, so the listening socket stays readable: a
 * loop that goes on to watch it spins. The acceptor stops watching it instead. It resumes when one of its own
 * connections has closed, and after a second if the cause can disappear by itself.
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

    /** How many admitted connections are open. From any thread. */
    int connections() {
        return connections;
    }

    /** How many connections were admitted so far. From any thread. */
    int accepted() {
        return accepted;
    }

    /** Why it accepts nothing now, or null. From any thread. */
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

    /** Some systems refuse options of a socket whose peer has gone. */
    private boolean isConnected(int fd) {
        try {
            posix.setNoDelay(fd, true);
            return true;
        } catch (SyscallException peerHasGone) {
            return false;
        }
    }

    /** Pauses first, so that the reason is there when the peer sees the end. */
    private void refuse(int fd, IOException reason) throws IOException {
        try {
            pause(reason);
        } finally {
            posix.close(fd);
        }
    }

    /** A descriptor limit ends when a connection closes; without connections, only another try can find that out. */
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

    /** One of its connections has closed. */
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
