// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.Closeable;
import java.io.IOException;

/**
 * A loop of {@code native/}, with its descriptors registered.
 *
 * @param handle for {@link PlainC}
 */
record LoopInC(long handle) implements Closeable {
    static LoopInC open(Caller caller, Mechanism mechanism, Pairs pairs) throws IOException {
        return open(caller, mechanism, pairs.fds(), pairs.farFds());
    }

    static LoopInC open(Caller caller, Mechanism mechanism, int[] fds, int[] farFds) throws IOException {
        int library = caller == Caller.LIBEVENT ? PlainC.LIBEVENT : PlainC.PLAIN;
        return new LoopInC(PlainC.check("opening " + mechanism, PlainC.open(library, number(mechanism), fds, farFds)));
    }

    private static int number(Mechanism mechanism) {
        return switch (mechanism) {
            case SELECT -> PlainC.SELECT;
            case POLL -> PlainC.POLL;
            case EPOLL -> PlainC.EPOLL;
            case IO_URING -> PlainC.IO_URING;
            case DEVPOLL, KQUEUE ->
                throw new UnsupportedOperationException("there is no loop in plain C for " + mechanism);
        };
    }

    @Override
    public void close() {
        PlainC.close(handle);
    }
}
