// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;

/**
 * One descriptor on an {@link EventLoop}, and its callbacks. There is one callback for reading and one for writing. The
 * loop watches only for what has a callback; without any, the watch is silent.
 *
 * <pre>{@code
 * try (EventLoop loop = new EventLoop(Pollers.open())) {
 *     Watch watch = loop.onWritable(fd, (each, ready) -> each.stopWriting());      // silent once it was called
 *     watch.onReadable((each, ready) -> handle(each.fd(), ready));
 * }
 * }</pre>
 *
 * <p>{@link #onReadable}, {@link #onWritable} and {@link #onConnected} replace the previous callback;
 * {@link #stopReading} and {@link #stopWriting} remove it. All of them return this watch, and may be called from any
 * thread and from inside a callback. An event that was already fetched for a removed callback is not delivered. When a
 * descriptor is both readable and writable, the readable callback runs first; its changes apply to the writable one.
 *
 * <p>They throw {@link IllegalStateException} if this watch was cancelled or its loop is closed, and
 * {@link dev.pollux.SyscallException} if the descriptor turns out to be closed.
 */
public final class Watch {
    /** A callback. It runs on the loop's thread; its exceptions go to the loop's exception handler. */
    @FunctionalInterface
    public interface Callback {
        /** The descriptor of this watch is ready for what the callback was set for; {@code ready} has the details. */
        void ready(Watch watch, Readiness ready) throws IOException;
    }

    private volatile Callback readable;
    private volatile Callback writable;
    private boolean isConnecting;
    private Registration registration;

    private Watch() {}

    static Watch forReading(Callback callback) {
        Watch watch = new Watch();
        watch.readable = Objects.requireNonNull(callback, "callback");
        return watch;
    }

    static Watch forWriting(Callback callback) {
        Watch watch = new Watch();
        watch.writable = Objects.requireNonNull(callback, "callback");
        return watch;
    }

    static Watch forConnecting(Callback callback) {
        Watch watch = forWriting(callback);
        watch.isConnecting = true;
        return watch;
    }

    /** The loop may call back before this returns; a change by that callback waits until it has. */
    synchronized Watch begin(Poller poller, int fd) throws IOException {
        registration = poller.register(fd, interest(), this);
        return this;
    }

    /** The same for a descriptor that several pollers share: exclusive, where the mechanism supports it. */
    synchronized Watch beginShared(Poller poller, int fd) throws IOException {
        registration = poller.supportsExclusive()
                ? poller.registerExclusive(fd, interest(), Trigger.LEVEL, this)
                : poller.register(fd, interest(), this);
        return this;
    }

    synchronized Watch beginShared(Poller poller, SelectableChannel channel) throws IOException {
        registration = poller.supportsExclusive()
                ? poller.registerExclusive(channel, interest(), Trigger.LEVEL, this)
                : poller.register(channel, interest(), Trigger.LEVEL, this);
        return this;
    }

    synchronized Watch begin(Poller poller, SelectableChannel channel) throws IOException {
        registration = poller.register(channel, interest(), Trigger.LEVEL, this);
        return this;
    }

    /** Sets the callback that runs while a read will not block. */
    public synchronized Watch onReadable(Callback callback) throws IOException {
        readable = required(callback, "stopReading");
        return ask();
    }

    /** Removes the {@link #onReadable} callback, if there is one. */
    public synchronized Watch stopReading() throws IOException {
        readable = null;
        return ask();
    }

    /** Sets the callback that runs while a write will not block. */
    public synchronized Watch onWritable(Callback callback) throws IOException {
        return setWritable(required(callback, "stopWriting"), false);
    }

    /**
     * Sets a callback that runs once, when a connect has ended; see {@link EventLoop#onConnected}. Replaces onWritable.
     */
    public synchronized Watch onConnected(Callback callback) throws IOException {
        return setWritable(required(callback, "stopWriting"), true);
    }

    /** Removes the {@link #onWritable} or {@link #onConnected} callback, if there is one. */
    public synchronized Watch stopWriting() throws IOException {
        return setWritable(null, false);
    }

    /**
     * Stops watching. After this returns no callback starts, and the descriptor can be closed. This does not wait for a
     * callback that is already running on the loop's thread. A second cancel does nothing.
     *
     * @see Registration#cancel
     */
    public synchronized void cancel() throws IOException {
        readable = null;
        writable = null;
        registration.cancel();
    }

    /** The descriptor, also after a cancel. */
    public synchronized int fd() {
        return registration.fd();
    }

    private Interest interest() {
        Interest interest = readable == null ? Interest.NONE : Interest.READ;
        return writable == null ? interest : interest.plus(Interest.WRITE);
    }

    private static Callback required(Callback callback, String stopper) {
        if (callback == null) {
            throw new NullPointerException("the callback is null; to remove it, call " + stopper + "()");
        }
        return callback;
    }

    private Watch setWritable(Callback callback, boolean connecting) throws IOException {
        writable = callback;
        isConnecting = connecting;
        return ask();
    }

    private Watch ask() throws IOException {
        registration.modify(interest());
        return this;
    }

    void readable(Readiness ready) throws IOException {
        if (ready.isInvalid()) {
            throw new IllegalStateException("descriptor " + fd() + " was closed before its watch was cancelled");
        }
        Callback callback = readable;
        if (callback != null && ready.isReadable()) {
            callback.ready(this, ready);
        }
    }

    void writable(Readiness ready) throws IOException {
        Callback callback = ready.isWritable() ? takeWritable() : null;
        if (callback != null) {
            callback.ready(this, ready);
        }
    }

    private synchronized Callback takeWritable() throws IOException {
        Callback callback = writable;
        if (callback != null && isConnecting) {
            stopWriting();
        }
        return callback;
    }
}
