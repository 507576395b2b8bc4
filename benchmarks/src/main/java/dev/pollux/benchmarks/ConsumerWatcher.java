// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** A {@link Selector} with {@link Selector#select(Consumer)}. */
final class ConsumerWatcher extends SelectorWatcher implements Consumer<SelectionKey> {
    private Handler told;

    ConsumerWatcher(Selector selector, IntFunction<SelectableChannel> channels) {
        super(selector, channels);
    }

    @Override
    public int poll(boolean blocking, Handler handler) throws IOException {
        told = handler;
        return blocking ? selector.select(this) : selector.selectNow(this);
    }

    @Override
    public void accept(SelectionKey key) {
        tell(key, told);
    }
}
