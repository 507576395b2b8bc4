// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Set;

/**
 * Calls {@link #interrupted} when the thread between {@link #enter} and {@link #leave} is interrupted. The JDK calls a
 * selector's {@code wakeup} on such an interrupt; only for that reason this is a selector.
 */
abstract class InterruptHook extends AbstractSelector {
    InterruptHook() {
        super(null);
    }

    /** The thread was interrupted. Called on the thread that interrupts it. */
    abstract void interrupted();

    /** Calls {@link #interrupted} at once if the thread is interrupted already. */
    final void enter() {
        begin();
    }

    final void leave() {
        end();
    }

    @Override
    public final Selector wakeup() {
        interrupted();
        return this;
    }

    @Override
    protected void implCloseSelector() {}

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> keys() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int selectNow() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select(long timeoutMillis) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select() {
        throw new UnsupportedOperationException();
    }
}
