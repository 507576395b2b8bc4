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
 * One descriptor on an {@link EventLoop}, and what is called when it is ready. It has a callback for reading and one for
 * writing; the loop watches for what has a callback, and with none the watch is silent.
 *
 * <pre>{@code
 * try (EventLoop loop = new EventLoop(Pollers.open())) {
 *     Watch watch = loop.onWritable(fd, (each, ready) -> each.stopWriting());      // silent once it was called
 *     watch.onReadable((each, ready) -> handle(each.fd(), ready));
 * }
 * }</pre>
 *
 * <p>{@link #onReadable}, {@link #onWritable} and {@link #onConnected} replace the callback before; {@link #stopReading}
 * and {@link #stopWriting} remove it. All of them may be called from any thread and from inside a callback, and return
 * this watch. An event that was already fetched for a removed callback is not delivered. When a descriptor is both
 * readable and writable, the readable callback comes first; what it changes holds for the writable one.
 *
 * <p>They throw {@link IllegalStateException} when this watch was cancelled, or its loop closed, and
 * {@link dev.pollux.SyscallException} when the descriptor turns out to be closed.
 */
public final class Watch {
    /** What is called on the loop's thread. What it throws goes to the loop's exception handler. */
    @FunctionalInterface
    public interface Callback {
        /** The descriptor of this watch is ready, in this way, for what the callback was set for. */
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

    /** The loop may call back before this returns; the callback's own changes wait for it. */
    synchronized Watch begin(Poller poller, int fd) throws IOException {
        registration = poller.register(fd, interest(), this);
        return this;
    }

    /** The same for a descriptor that other pollers watch too: where that can be, one of them is woken. */
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

    /** Calls this for as long as a read will not block. */
    public synchronized Watch onReadable(Callback callback) throws IOException {
        readable = required(callback, "stopReading");
        return ask();
    }

    /** Removes the callback of {@link #onReadable}, if there is one. */
    public synchronized Watch stopReading() throws IOException {
        readable = null;
        return ask();
    }

    /** Calls this for as long as a write will not block. */
    public synchronized Watch onWritable(Callback callback) throws IOException {
        return setWritable(required(callback, "stopWriting"), false);
    }

    /** Calls this once, when a connect is over; see {@link EventLoop#onConnected}. It replaces onWritable. */
    public synchronized Watch onConnected(Callback callback) throws IOException {
        return setWritable(required(callback, "stopWriting"), true);
    }

    /** Removes the callback of {@link #onWritable} or {@link #onConnected}, if there is one. */
    public synchronized Watch stopWriting() throws IOException {
        return setWritable(null, false);
    }

    /**
     * Stops watching. When this returns no callback begins any more, and the descriptor can be closed. A callback that
     * the loop's thread has begun by then is not waited for. A second cancel does nothing.
     *
     * @see Registration#cancel
     */
    public synchronized void cancel() throws IOException {
        readable = null;
        writable = null;
        registration.cancel();
    }

    /** The descriptor, also after it was cancelled. */
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
