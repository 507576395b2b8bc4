// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.util.Arrays;

/** Writes a byte to one descriptor of many, waits, and reads the byte; each time another, in a given order. */
interface PickLoop extends Loop {
    /**
     * One loop; {@link #run} says how many events were delivered.
     *
     * @param order must be at least as long as what is asked of {@link #run}
     */
    static PickLoop open(Caller caller, Mechanism mechanism, Pairs pairs, int[] order) throws IOException {
        return caller.isInC()
                ? new InC(LoopInC.open(caller, mechanism, pairs), order)
                : new InJava(Watcher.open(caller, mechanism, pairs), pairs, order);
    }

    final class InJava implements PickLoop {
        private final Watcher watcher;
        private final int[] farFds;
        private final int[] order;

        private InJava(Watcher watcher, Pairs pairs, int[] order) throws IOException {
            this.watcher = watcher;
            this.farFds = pairs.farFds();
            this.order = order;
            try {
                for (int i = 0; i < pairs.count(); i++) {
                    watcher.register(i, false, new Source(pairs.fd(i)));
                }
                watcher.settle();
            } catch (IOException | RuntimeException e) {
                watcher.close();
                throw e;
            }
        }

        private record Source(int fd) {}

        @Override
        public long run(int times) throws IOException {
            long delivered = 0;
            for (int i = 0; i < times; i++) {
                Loop.require("bytes written", 1, PlainC.writeByte(farFds[order[i]]));
                delivered += watcher.poll(true, InJava::read);
            }
            return delivered;
        }

        private static void read(Object source) {
            Loop.require("bytes read", 1, PlainC.readByte(((Source) source).fd));
        }

        @Override
        public void close() throws IOException {
            watcher.close();
        }
    }

    record InC(LoopInC loop, int[] order) implements PickLoop {
        @Override
        public long run(int times) throws IOException {
            int[] picked = times == order.length ? order : Arrays.copyOf(order, times);
            return PlainC.check("waiting", PlainC.pick(loop.handle(), true, picked));
        }

        @Override
        public void close() {
            loop.close();
        }
    }
}
