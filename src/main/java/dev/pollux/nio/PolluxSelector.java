// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.syscall.ChannelBridge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A {@link Selector} on a {@link Poller}: all that {@link Selector} promises, on any mechanism, and {@link
 * #register(int, int, Object) bare descriptors} beside channels. It is opened by {@link
 * PolluxSelectorProvider#openSelector()}, or by {@code Selector.open()} where that is the system-wide provider. {@code
 * toString} tells the mechanism.
 *
 * <pre>{@code
 * try (PolluxSelector selector = new PolluxSelectorProvider().openSelector()) {
 *     selector.register(fd, SelectionKey.OP_WRITE, attachment);       // a channel: channel.register(selector, ...)
 *     selector.select(key -> handle(((PolluxSelectionKey) key).fd(), key.attachment()));
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> As {@link Selector} says. A selection on a virtual thread lets a platform thread wait while the
 * virtual one is parked, so that its carrier is free for others (from JDK 24 on; in 21 to 23 a thread parked inside
 * {@code synchronized}, as selections are, keeps its carrier whoever waits). Actions run on the thread that selects. A
 * selection from inside an action is an {@link IllegalStateException}.
 *
 * <p><b>Errors.</b> On SELECT, which watches descriptors 0 to 1023, {@code register} throws an {@link
 * UncheckedIOException} around the {@link dev.pollux.DescriptorLimitException} for a channel beyond. If the kernel
 * refuses a descriptor later, when a selection asks for it, that selection throws what the kernel said and the key is
 * cancelled, so that the next one goes on without it.
 *
 * <p>A select loop makes no garbage, except on virtual threads: not with actions, and with the selected-key set none but
 * its iterator, which the JIT compiler takes away.
 */
public final class PolluxSelector extends AbstractSelector {
    private final Poller poller;
    private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
    private final Set<SelectionKey> keysToRead = Collections.unmodifiableSet(keys);
    private final SelectedKeys selectedKeys = new SelectedKeys();
    private final PolluxSelectionKey.Changes changes = new PolluxSelectionKey.Changes();

    /** Held while a key is published, which must not meet {@link #implCloseSelector}. No other lock is taken inside. */
    private final Object publishing = new Object();

    private final ReadyHandler select = this::select;
    private final ReadyHandler act = this::act;
    private final ReadyHandler look = this::look;

    // Guarded by this selector's monitor.
    private boolean selecting;
    private Consumer<SelectionKey> action;
    private int updated;

    PolluxSelector(SelectorProvider provider, Poller poller) {
        super(provider);
        this.poller = poller;
    }

    // Registering.

    /**
     * Watches a descriptor that no channel stands for. The key is like any other, but for {@link SelectionKey#channel},
     * which is null.
     *
     * <p>OP_READ and OP_ACCEPT mean that a read, or an accept, will not block, OP_WRITE and OP_CONNECT that a write will
     * not, or that a connection is established or refused; after a hang-up or an error all that was asked for is ready.
     * The kernel does not know what the descriptor is used for, so of OP_READ and OP_ACCEPT, if both are asked for, both
     * or none are ready, and so with the others.
     *
     * <p>The descriptor stays the caller's. Close it after its key was cancelled and a selection has begun since, or the
     * selector was closed: then the kernel has let go of it. A descriptor that is closed before loses its key when that
     * is found out: where the kernel forgets what is closed (epoll, kqueue), at the latest when its number is registered
     * again; elsewhere in the next selection, unless its number is in use again by then, whose the key is from then on.
     *
     * @param fd an open descriptor that is not registered with this selector
     * @param ops a union of OP_READ, OP_WRITE, OP_CONNECT and OP_ACCEPT
     * @param attachment anything, or null
     * @throws IllegalArgumentException if there are other bits in {@code ops}, or the descriptor is negative or one of
     *     the selector's own
     * @throws IllegalStateException if the descriptor is registered here, or was cancelled and no selection has let go of
     *     it yet; if it is a channel's that is registered, the selection that asks for both may be the one that fails
     * @throws dev.pollux.DescriptorLimitException if the descriptor is beyond what the mechanism can watch
     * @throws dev.pollux.SyscallException if the kernel refuses the descriptor: EBADF if it is not open
     * @throws ClosedSelectorException if this selector is closed
     */
    public PolluxSelectionKey register(int fd, int ops, Object attachment) throws IOException {
        PolluxSelectionKey key = new PolluxSelectionKey(this, changes, null, fd, attachment);
        publish(key, ops, true);
        return key;
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        if (!ChannelBridge.isOfTheJdk(channel)) {
            throw new IllegalSelectorException();
        }
        int fd = ChannelBridge.fd(channel);
        PolluxSelectionKey key = new PolluxSelectionKey(this, changes, channel, fd, attachment);
        try {
            publish(key, ops, poller.mechanism() == Mechanism.SELECT);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        return key;
    }

    /** After an error the key was never there. */
    private void publish(PolluxSelectionKey key, int ops, boolean mayBeRefused) throws IOException {
        synchronized (publishing) {
            requireOpen();
            key.requireKnown(ops);
            if (mayBeRefused) {
                key.introduce(poller);
            }
            keys.add(key);
            try {
                key.interestOps(ops);
            } catch (CancelledKeyException e) {
                // by who has found it among the keys: it is returned as it is
            }
        }
    }

    @Override
    public Set<SelectionKey> keys() {
        requireOpen();
        return keysToRead;
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        requireOpen();
        return selectedKeys;
    }

    private void requireOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }

    // Selecting.

    @Override
    public int select() throws IOException {
        return lockAndSelect(null, -1);
    }

    @Override
    public int select(long timeoutMillis) throws IOException {
        return lockAndSelect(null, nanos(timeoutMillis));
    }

    @Override
    public int selectNow() throws IOException {
        return lockAndSelect(null, 0);
    }

    @Override
    public int select(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action, "action"), -1);
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action, "action"), nanos(timeoutMillis));
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action, "action"), 0);
    }

    /** For the poller, to which 0 means something else. */
    private static long nanos(long timeoutMillis) {
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeout " + timeoutMillis + " ms is negative");
        }
        return timeoutMillis == 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    private int lockAndSelect(Consumer<SelectionKey> consumer, long timeoutNanos) throws IOException {
        synchronized (this) {
            requireOpen();
            if (selecting) {
                throw new IllegalStateException("a selection from inside an action of the same selector");
            }
            selecting = true;
            if (action != consumer) {
                action = consumer;
            }
            updated = 0;
            try {
                synchronized (selectedKeys) {
                    return doSelect(consumer == null ? select : act, timeoutNanos);
                }
            } finally {
                selecting = false;
            }
        }
    }

    private int doSelect(ReadyHandler handler, long timeoutNanos) throws IOException {
        deregisterCancelled();
        tellChanges();
        if (timeoutNanos != 0 && VirtualThreadWait.isNeeded()) {
            letWait(timeoutNanos);
            poller.poll(0, handler);
        } else {
            poller.poll(timeoutNanos, handler);
        }
        deregisterCancelled();
        return updated;
    }

    private void letWait(long timeoutNanos) throws IOException {
        begin();
        try {
            VirtualThreadWait.await(poller, timeoutNanos, look);
        } finally {
            end();
        }
    }

    private void look(Registration registration, Readiness ready) {
        if (ready.isInvalid()) {
            key(registration).cancel();
        }
    }

    private void select(Registration registration, Readiness ready) {
        PolluxSelectionKey key = key(registration);
        int ops = readyOps(key, ready);
        if (ops == 0) {
            return;
        }
        if (!selectedKeys.isSelected(key)) {
            key.setReadyOps(ops);
            selectedKeys.select(key);
            updated++;
        } else if (key.addReadyOps(ops)) {
            updated++;
        }
    }

    private void act(Registration registration, Readiness ready) {
        PolluxSelectionKey key = key(registration);
        int ops = readyOps(key, ready);
        if (ops != 0) {
            key.setReadyOps(ops);
            updated++;
            action.accept(key);
            requireOpen();
        }
    }

    private static PolluxSelectionKey key(Registration registration) {
        return (PolluxSelectionKey) registration.attachment();
    }

    private static int readyOps(PolluxSelectionKey key, Readiness ready) {
        if (ready.isInvalid()) {
            key.cancel();
        }
        return key.isValid() ? key.ready(ready.bits()) : 0;
    }

    /** Lets the kernel know what is asked for now. What it refuses loses its key; the others do not. */
    private void tellChanges() throws IOException {
        PolluxSelectionKey key = changes.takeAll();
        IOException refusal = null;
        while (key != null) {
            PolluxSelectionKey next = key.leaveChanges();
            try {
                if (key.isValid()) {
                    key.arm(poller);
                }
            } catch (IOException e) {
                key.cancel();
                refusal = first(refusal, e);
            }
            key = next;
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    private static IOException first(IOException before, IOException e) {
        if (before == null) {
            return e;
        }
        before.addSuppressed(e);
        return before;
    }

    @Override
    public Selector wakeup() {
        poller.wakeup();
        return this;
    }

    // Deregistering.

    /** The set is looked at without its lock first: who has cancelled a key before selecting sees it in there. */
    private void deregisterCancelled() throws IOException {
        Set<SelectionKey> cancelled = cancelledKeys();
        if (cancelled.isEmpty()) {
            return;
        }
        SelectionKey[] ended;
        synchronized (cancelled) {
            ended = cancelled.toArray(new SelectionKey[0]);
            cancelled.clear();
        }
        deregister(ended);
    }

    private void deregister(SelectionKey[] ended) throws IOException {
        IOException failure = null;
        for (SelectionKey key : ended) {
            try {
                end((PolluxSelectionKey) key);
            } catch (IOException e) {
                failure = first(failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void end(PolluxSelectionKey key) throws IOException {
        try {
            key.disarm();
        } finally {
            selectedKeys.deselect(key);
            keys.remove(key);
            if (key.channel() != null) {
                deregisterChannel(key);
            }
        }
    }

    /** What was closed while it was registered keeps its descriptor until the last selector lets go of it. */
    private void deregisterChannel(AbstractSelectionKey key) throws IOException {
        deregister(key);
        SelectableChannel channel = key.channel();
        if (!channel.isOpen() && !channel.isRegistered()) {
            ChannelBridge.channels().kill(channel);
        }
    }

    @Override
    protected void implCloseSelector() throws IOException {
        poller.wakeup();
        synchronized (this) {
            synchronized (selectedKeys) {
                SelectionKey[] ended;
                synchronized (publishing) { // who comes later sees that it is closed
                    ended = keys.toArray(new SelectionKey[0]);
                }
                poller.close();
                try {
                    deregister(ended);
                } finally {
                    for (SelectionKey key : ended) {
                        key.cancel();
                    }
                }
            }
        }
    }

    @Override
    public String toString() {
        return "PolluxSelector[" + poller.mechanism() + " through " + poller.binding() + (isOpen() ? "]" : ", closed]");
    }
}
