// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Interest;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** A {@link Selector} with its set of selected keys, or with {@link Selector#select(Consumer)}. */
final class SelectorWatcher implements Watcher, Consumer<SelectionKey> {
    private final Selector selector;
    private final IntFunction<SelectableChannel> channels;
    private final boolean withConsumer;
    private Handler handler;

    SelectorWatcher(Selector selector, IntFunction<SelectableChannel> channels, boolean withConsumer) {
        this.selector = selector;
        this.channels = channels;
        this.withConsumer = withConsumer;
    }

    /** What is attached to a key: selectors know nothing of ONESHOT, so what frameworks do stands in for it. */
    private record Once(Object attachment) {}

    @Override
    public Object register(int index, boolean once, Object attachment) throws IOException {
        return channels.apply(index).register(selector, SelectionKey.OP_READ, once ? new Once(attachment) : attachment);
    }

    @Override
    public void modify(Object registration, Interest interest) {
        ((SelectionKey) registration)
                .interestOps((interest.isRead() ? SelectionKey.OP_READ : 0)
                        | (interest.isWrite() ? SelectionKey.OP_WRITE : 0));
    }

    @Override
    public void cancel(Object registration) {
        ((SelectionKey) registration).cancel();
    }

    @Override
    public void settle() throws IOException {
        selector.selectNow();
        selector.selectedKeys().clear(); // what is ready comes again with the next poll
    }

    @Override
    public int poll(boolean blocking, Handler ready) throws IOException {
        handler = ready;
        if (withConsumer) {
            return blocking ? selector.select(this) : selector.selectNow(this);
        }
        int found = blocking ? selector.select() : selector.selectNow();
        Iterator<SelectionKey> selected = selector.selectedKeys().iterator();
        while (selected.hasNext()) {
            accept(selected.next());
            selected.remove();
        }
        return found;
    }

    @Override
    public void accept(SelectionKey key) {
        if (key.isReadable()) {
            if (key.attachment() instanceof Once once) {
                key.interestOps(0);
                handler.readable(once.attachment);
            } else {
                handler.readable(key.attachment());
            }
        }
    }

    @Override
    public void wakeup() {
        selector.wakeup();
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
