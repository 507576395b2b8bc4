// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.Registration;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectionKey;

/**
 * A key of a {@link PolluxSelector}: a thread-safe {@link SelectionKey} that also has the descriptor.
 *
 * <p>A change of the interest set costs no system call: the next selection passes it to the kernel.
 */
public final class PolluxSelectionKey extends AbstractSelectionKey {
    private static final VarHandle INTEREST_OPS = field(PolluxSelectionKey.class, "interestOps", int.class);
    private static final VarHandle READY_OPS = field(PolluxSelectionKey.class, "readyOps", int.class);
    private static final VarHandle QUEUED = field(PolluxSelectionKey.class, "queued", boolean.class);

    private static final int ALL_OPS = OP_READ | OP_WRITE | OP_CONNECT | OP_ACCEPT;
    private static final int OPS_OF_READ = OP_READ | OP_ACCEPT;
    private static final int OPS_OF_WRITE = OP_WRITE | OP_CONNECT;

    private final Selector selector;
    private final Changes changes;
    private final SelectableChannel channel;
    private final SocketChannel socket;
    private final int fd;
    private volatile int interestOps;
    private int readyOps;
    private volatile boolean queued;

    private PolluxSelectionKey nextChanged;

    /** The index in the selected-key set, negative if it is not selected; guarded by that set. */
    int selectedIndex = -1;

    // Used by the selecting thread only.
    private Registration registration;
    private Interest armed = Interest.NONE;

    PolluxSelectionKey(Selector selector, Changes changes, SelectableChannel channel, int fd, Object attachment) {
        this.selector = selector;
        this.changes = changes;
        this.channel = channel;
        this.socket = channel instanceof SocketChannel ? (SocketChannel) channel : null;
        this.fd = fd;
        attach(attachment);
    }

    private static VarHandle field(Class<?> owner, String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(owner, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * A selector's list of keys whose interest set may differ from the kernel's, the latest first. Any thread adds
     * keys, the selecting thread takes them.
     */
    static final class Changes {
        private static final VarHandle LATEST = field(Changes.class, "latest", PolluxSelectionKey.class);

        private volatile PolluxSelectionKey latest;

        /** Adds a key that is not in the list. */
        private void add(PolluxSelectionKey key) {
            PolluxSelectionKey before;
            do {
                before = latest;
                key.nextChanged = before;
            } while (!LATEST.compareAndSet(this, before, key));
        }

        /** Empties the list, and returns its first key; null if there is none. */
        PolluxSelectionKey takeAll() {
            return latest == null ? null : (PolluxSelectionKey) LATEST.getAndSet(this, null);
        }
    }

    /** Leaves the list, and returns the next key in it. A later change adds this key again. */
    PolluxSelectionKey leaveChanges() {
        PolluxSelectionKey next = nextChanged;
        nextChanged = null;
        queued = false;
        return next;
    }

    /** The watched descriptor, also if the key has a channel. */
    public int fd() {
        return fd;
    }

    /** The channel; null for a {@link PolluxSelector#register(int, int, Object) descriptor without a channel}. */
    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public int interestOps() {
        requireValid();
        return interestOps;
    }

    @Override
    public SelectionKey interestOps(int ops) {
        requireValid();
        requireKnown(ops);
        changed((int) INTEREST_OPS.getAndSet(this, ops), ops);
        return this;
    }

    @Override
    public int interestOpsOr(int ops) {
        requireValid();
        requireKnown(ops);
        int before = (int) INTEREST_OPS.getAndBitwiseOr(this, ops);
        changed(before, before | ops);
        return before;
    }

    @Override
    public int interestOpsAnd(int ops) {
        requireValid();
        int before = (int) INTEREST_OPS.getAndBitwiseAnd(this, ops);
        changed(before, before & ops);
        return before;
    }

    @Override
    public int readyOps() {
        requireValid();
        return (int) READY_OPS.getAcquire(this);
    }

    private void requireValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }

    void requireKnown(int ops) {
        if ((ops & ~(channel == null ? ALL_OPS : channel.validOps())) != 0) {
            throw new IllegalArgumentException(
                    "operations " + ops + " are not all valid for " + (channel == null ? "a descriptor" : channel));
        }
    }

    private void changed(int before, int after) {
        if (before != after && QUEUED.compareAndSet(this, false, true)) {
            changes.add(this);
        }
    }

    // For the selector.

    /** Makes the kernel watch for the current interest set, if it has changed. */
    void arm(Poller poller) throws IOException {
        int ops = interestOps;
        Interest wanted = ((ops & OPS_OF_READ) != 0 ? Interest.READ : Interest.NONE)
                .plus((ops & OPS_OF_WRITE) != 0 ? Interest.WRITE : Interest.NONE);
        if (wanted == armed) {
            return;
        }
        if (registration == null) {
            register(poller, wanted);
        } else {
            modify(wanted);
        }
        armed = wanted;
    }

    private void register(Poller poller, Interest wanted) throws IOException {
        try {
            registration = poller.register(fd, wanted, this);
        } catch (IllegalStateException e) { // the descriptor is registered without a channel too
            throw new IOException(e.getMessage(), e);
        }
    }

    private void modify(Interest wanted) throws IOException {
        try {
            registration.modify(wanted);
        } catch (IllegalStateException e) { // the poller has noticed that the descriptor was closed
            cancel();
        }
    }

    /**
     * Registers the descriptor before the key is published, so that the poller can refuse it. If the number belonged to
     * another key, whose descriptor was closed, that key is cancelled.
     */
    void introduce(Poller poller) throws IOException {
        Registration before = poller.registration(fd);
        registration = poller.register(fd, Interest.NONE, this);
        if (before != null) {
            ((PolluxSelectionKey) before.attachment()).cancel();
        }
    }

    /** Makes the kernel stop watching the descriptor. */
    void disarm() throws IOException {
        if (registration != null) {
            registration.cancel();
        }
    }

    /**
     * The ready operations of the interest set. After a hang-up or an error all are ready: each of them fails or
     * returns at once. A socket that is neither connected nor connecting can only have hung up, so all are ready, also
     * where the mechanism does not report hang-ups.
     */
    int readyOps(Readiness ready) {
        int asked = interestOps;
        if (ready.isHangup() || ready.isError()) {
            return asked;
        }
        int ops = asked & ((ready.isReadable() ? OPS_OF_READ : 0) | (ready.isWritable() ? OPS_OF_WRITE : 0));
        if (socket == null) {
            return ops;
        } else if (socket.isConnected()) {
            return ops & ~OP_CONNECT;
        }
        return socket.isConnectionPending() ? ops & OP_CONNECT : asked;
    }

    void setReadyOps(int ops) {
        READY_OPS.setRelease(this, ops);
    }

    /** Adds to the ready set. Returns whether that added an operation. */
    boolean addReadyOps(int ops) {
        int before = readyOps;
        setReadyOps(before | ops);
        return (ops & ~before) != 0;
    }

    /** The descriptor: cheaper than an identity hash, and keys are often added to sets and removed. */
    @Override
    public int hashCode() {
        return fd;
    }

    @Override
    public String toString() {
        return "PolluxSelectionKey[fd=" + fd + (channel == null ? "" : ", " + channel)
                + (isValid() ? ", interestOps=" + interestOps + "]" : ", cancelled]");
    }
}
