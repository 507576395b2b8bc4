// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.syscall.channel.ChannelBridge;
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
import org.jspecify.annotations.Nullable;

/**
 * A {@link Selector} that waits through a {@link Poller}.
 *
 * <p>It behaves as {@link Selector} specifies, on every mechanism, and also watches
 * {@link #register(int, int, Object) descriptors without a channel}. {@link PolluxSelectorProvider#openSelector()}
 * opens one; so does {@code Selector.open()} if {@link PolluxSelectorProvider} is the system-wide provider.
 * {@code toString} names the mechanism.
 *
 * <pre>{@code
 * try (PolluxSelector selector = new PolluxSelectorProvider().openSelector()) {
 *     selector.register(fd, SelectionKey.OP_WRITE, attachment);       // a channel: channel.register(selector, ...)
 *     selector.select(key -> handle(((PolluxSelectionKey) key).fd(), key.attachment()));
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> The rules of {@link Selector} apply. When a virtual thread selects, a platform thread waits for it
 * and the virtual thread is parked, which frees its carrier on JDK 24 and later. (In JDK 21 to 23 a thread that is
 * parked inside {@code synchronized}, as a selection is, keeps its carrier.) Actions run on the thread that selects. A
 * selection from inside an action is an {@link IllegalStateException}.
 *
 * <p><b>Errors.</b> SELECT watches descriptors 0 to 1023; for a channel with a higher one {@code register} throws an
 * {@link UncheckedIOException} whose cause is a {@link dev.pollux.DescriptorLimitException}. If the kernel refuses a
 * descriptor later, during a selection, that selection throws the error and the key is cancelled. The next selection
 * works without it.
 *
 * <p>A select loop makes no garbage, except on virtual threads. The selected-key set allocates an iterator, which the
 * JIT compiler removes; selections with an action allocate nothing.
 */
public final class PolluxSelector extends AbstractSelector {
    private final Poller poller;
    private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
    private final Set<SelectionKey> keysToRead = Collections.unmodifiableSet(keys);
    private final SelectedKeys selectedKeys = new SelectedKeys();
    private final PolluxSelectionKey.Changes changes = new PolluxSelectionKey.Changes();

    /** Excludes {@link #publish} and {@link #implCloseSelector} from one another. No other lock is taken inside it. */
    private final Object publishing = new Object();

    private final ReadyHandler select = this::select;
    private final ReadyHandler act = this::act;
    private final ReadyHandler cancelInvalid = this::cancelInvalid;

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
     * Watches a descriptor that has no channel.
     *
     * <p>The key works like any other, except that {@link SelectionKey#channel} returns null.
     *
     * <p>OP_READ or OP_ACCEPT is ready when a read or an accept does not block. OP_WRITE or OP_CONNECT is ready when a
     * write does not block, or a connection is established or refused. After a hang-up or an error, every operation of
     * interest is ready. The kernel does not know what the descriptor is used for: if OP_READ and OP_ACCEPT are both of
     * interest, both become ready together, and likewise OP_WRITE and OP_CONNECT.
     *
     * <p>The descriptor still belongs to the caller. Close it when its key has been cancelled and a selection has begun
     * since, or when the selector is closed: from then on the kernel no longer watches it. A descriptor that is closed
     * earlier loses its key when the selector notices. Where the kernel forgets closed descriptors (epoll, kqueue), that
     * is at the latest when the number is registered again. Elsewhere it is in the next selection, unless the number has
     * been reused by then: the key then watches the new descriptor.
     *
     * @param fd an open descriptor that is not registered with this selector
     * @param ops a union of OP_READ, OP_WRITE, OP_CONNECT and OP_ACCEPT
     * @param attachment anything, or null
     * @throws IllegalArgumentException if there are other bits in {@code ops}, or the descriptor is negative or one of
     *     the selector's own
     * @throws IllegalStateException if the descriptor is registered here, or its key was cancelled and no selection has
     *     begun since. If a registered channel has the same descriptor, the next selection may fail instead
     * @throws dev.pollux.DescriptorLimitException if the descriptor is beyond what the mechanism can watch
     * @throws dev.pollux.SyscallException if the kernel refuses the descriptor: EBADF if it is not open
     * @throws ClosedSelectorException if this selector is closed
     */
    public PolluxSelectionKey register(int fd, int ops, @Nullable Object attachment) throws IOException {
        PolluxSelectionKey key = new PolluxSelectionKey(this, changes, null, fd, attachment);
        publish(key, ops, true);
        return key;
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, @Nullable Object attachment) {
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

    /** Adds the key to the key set; after an error it is not in the set. */
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
                // another thread found the key in the key set and cancelled it: register returns a cancelled key
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

    /** The timeout for the poller: no timeout is 0 for a selector, negative for a poller. */
    private static long nanos(long timeoutMillis) {
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeout of " + timeoutMillis + " ms is negative");
        }
        return timeoutMillis == 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    private int lockAndSelect(Consumer<SelectionKey> consumer, long timeoutNanos) throws IOException {
        synchronized (this) {
            requireOpen();
            if (selecting) {
                throw new IllegalStateException("select was called from inside an action of the same selector");
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
        applyChanges();
        if (timeoutNanos != 0 && VirtualThreadWait.isNeeded()) {
            awaitOnPlatformThread(timeoutNanos);
            poller.poll(0, handler);
        } else {
            poller.poll(timeoutNanos, handler);
        }
        deregisterCancelled();
        return updated;
    }

    private void awaitOnPlatformThread(long timeoutNanos) throws IOException {
        begin();
        try {
            VirtualThreadWait.await(poller, timeoutNanos, cancelInvalid);
        } finally {
            end();
        }
    }

    private void cancelInvalid(Registration registration, Readiness ready) {
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
        return key.isValid() ? key.readyOps(ready) : 0;
    }

    /** Passes changed interests to the kernel. A key that the kernel refuses is cancelled; the others are still armed. */
    private void applyChanges() throws IOException {
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

    /** Checks the set without its lock first: a thread that cancels a key and then selects sees its own change. */
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

    /** A channel that was closed while registered keeps its descriptor until its last selector deregisters it. */
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
                synchronized (publishing) { // a later register sees that the selector is closed
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
