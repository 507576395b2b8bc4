// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;

/** Waits for descriptors and counts, descriptor by descriptor, how often each was ready; {@link #run} adds it all up. */
interface WaitLoop extends Loop {
    static WaitLoop open(Caller caller, Mechanism mechanism, Wait wait, Pairs pairs) throws IOException {
        return open(caller, mechanism, wait, pairs, dev.pollux.SelectLimit.KERNEL);
    }

    static WaitLoop open(Caller caller, Mechanism mechanism, Wait wait, Pairs pairs, dev.pollux.SelectLimit limit)
            throws IOException {
        return caller.isInC()
                ? new InC(LoopInC.open(caller, mechanism, pairs), wait == Wait.BLOCKING)
                : new InJava(Watcher.open(caller, mechanism, pairs, limit), wait, pairs.count());
    }

    final class InJava implements WaitLoop {
        private final Watcher watcher;
        private final boolean blocking;

        private InJava(Watcher watcher, Wait wait, int count) throws IOException {
            this.watcher = watcher;
            this.blocking = wait == Wait.BLOCKING;
            try {
                for (int i = 0; i < count; i++) {
                    watcher.register(i, false, new Counter());
                }
                watcher.settle();
            } catch (IOException | RuntimeException e) {
                watcher.close();
                throw e;
            }
        }

        @Override
        public long run(int times) throws IOException {
            long delivered = 0;
            for (int i = 0; i < times; i++) {
                delivered += watcher.poll(blocking, InJava::count);
            }
            return delivered;
        }

        private static void count(Object counter) {
            ((Counter) counter).count++;
        }

        @Override
        public void close() throws IOException {
            watcher.close();
        }

        private static final class Counter {
            long count;
        }
    }

    record InC(LoopInC loop, boolean blocking) implements WaitLoop {
        @Override
        public long run(int times) throws IOException {
            return PlainC.check("waiting", PlainC.waitFor(loop.handle(), blocking, times));
        }

        @Override
        public void close() {
            loop.close();
        }
    }
}
