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
        return open(mechanism, library, number(mechanism), fds, farFds);
    }

    static LoopInC open(RingSetup setup, Pairs pairs) throws IOException {
        return open(setup, PlainC.PLAIN, setup.number(), pairs.fds(), pairs.farFds());
    }

    private static LoopInC open(Object what, int library, int number, int[] fds, int[] farFds) throws IOException {
        return new LoopInC(PlainC.check("opening " + what, PlainC.open(library, number, fds, farFds)));
    }

    private static int number(Mechanism mechanism) {
        return switch (mechanism) {
            case SELECT -> PlainC.SELECT;
            case POLL -> PlainC.POLL;
            case EPOLL -> PlainC.EPOLL;
            case IO_URING -> RingSetup.USUAL.number();
            case DEVPOLL, KQUEUE ->
                throw new UnsupportedOperationException("there is no loop in plain C for " + mechanism);
        };
    }

    @Override
    public void close() {
        PlainC.close(handle);
    }
}
