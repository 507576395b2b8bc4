// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Wakes what waits; {@link #run} says how often something was woken. */
interface WakeupLoop extends Loop {
    static WakeupLoop open(Caller caller, Mechanism mechanism, Wakening wakening, Pairs pairs) throws IOException {
        if (caller.isInC()) {
            LoopInC mine = LoopInC.open(caller, mechanism, pairs);
            return wakening == Wakening.ALONE
                    ? new AloneInC(mine)
                    : new PingPongInC(mine, LoopInC.open(caller, mechanism, pairs));
        }
        Watcher mine = registered(Watcher.open(caller, mechanism, pairs), pairs);
        return wakening == Wakening.ALONE
                ? new Alone(mine)
                : new PingPong(mine, registered(Watcher.open(caller, mechanism, pairs), pairs));
    }

    private static Watcher registered(Watcher watcher, Pairs pairs) throws IOException {
        for (int i = 0; i < pairs.count(); i++) {
            watcher.register(i, false, null);
        }
        watcher.settle();
        return watcher;
    }

    /** Nothing is ever ready. */
    private static void unexpected(Object attachment) {
        throw new IllegalStateException("ready: " + attachment);
    }

    record Alone(Watcher watcher) implements WakeupLoop {
        @Override
        public long run(int times) throws IOException {
            for (int i = 0; i < times; i++) {
                watcher.wakeup();
                watcher.poll(true, WakeupLoop::unexpected);
            }
            return times;
        }

        @Override
        public void close() throws IOException {
            watcher.close();
        }
    }

    final class PingPong implements WakeupLoop {
        private final Watcher mine;
        private final Watcher others;
        private final Thread other = new Thread(this::answer, WorkerAllocation.HELPER + "answer");
        private volatile boolean over;

        private PingPong(Watcher mine, Watcher others) {
            this.mine = mine;
            this.others = others;
            other.setDaemon(true);
            other.start();
        }

        private void answer() {
            try {
                while (!over) {
                    others.poll(true, WakeupLoop::unexpected);
                    mine.wakeup();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** There and back are two. */
        @Override
        public long run(int times) throws IOException {
            for (int i = 0; i < times; i += 2) {
                others.wakeup();
                mine.poll(true, WakeupLoop::unexpected);
            }
            return times;
        }

        @Override
        public void close() throws IOException {
            over = true;
            others.wakeup();
            Threads.join(other);
            others.close();
            mine.close();
        }
    }

    record AloneInC(LoopInC loop) implements WakeupLoop {
        @Override
        public long run(int times) throws IOException {
            return PlainC.check("waking", PlainC.wakeAndWait(loop.handle(), times));
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    record PingPongInC(LoopInC mine, LoopInC others) implements WakeupLoop {
        @Override
        public long run(int times) throws IOException {
            return 2 * PlainC.check("waking", PlainC.pingPong(mine.handle(), others.handle(), times / 2));
        }

        @Override
        public void close() {
            others.close();
            mine.close();
        }
    }
}
