// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Timer;
import dev.pollux.loop.Watch;
import java.io.IOException;
import java.time.Duration;

/**
 * A watch whose changes are retried when the kernel refuses them, for example with ENOSPC or ENOMEM. All methods belong
 * to the loop's thread.
 */
final class RetryingWatch {
    private static final Duration RETRY = Duration.ofMillis(100);

    private final EventLoop loop;
    private final Watch watch;
    private Watch.Callback readable;
    private Watch.Callback writable;
    private Timer retry;

    RetryingWatch(EventLoop loop, Watch watch) {
        this.loop = loop;
        this.watch = watch;
    }

    int fd() {
        return watch.fd();
    }

    /**
     * Replaces both callbacks; null means no callback. If the kernel refuses, a retry replaces them later, and until then
     * the callbacks from before may still be called.
     */
    void set(Watch.Callback readable, Watch.Callback writable) throws IOException {
        this.readable = readable;
        this.writable = writable;
        apply();
    }

    private void apply() throws IOException {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        try {
            if (writable != null) { // add first: an empty interest would remove the registration and add it again
                watch.onWritable(writable);
            }
            if (readable != null) {
                watch.onReadable(readable);
            } else {
                watch.stopReading();
            }
            if (writable == null) {
                watch.stopWriting();
            }
        } catch (SyscallException refused) {
            retry = loop.schedule(RETRY, this::retry);
        }
    }

    private void retry() {
        try {
            apply();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    void cancel() throws IOException {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        watch.cancel();
    }
}
