// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.spi.SelectorProvider;

/** A channel that the JDK did not make. */
public final class ForeignChannel extends Pipe.SourceChannel {
    public ForeignChannel() {
        super(SelectorProvider.provider());
    }

    @Override
    public int read(ByteBuffer dst) {
        return -1;
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) {
        return -1;
    }

    @Override
    public long read(ByteBuffer[] dsts) {
        return -1;
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}
}
