// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Changes registrations; {@link #run} says how many were changed. */
interface ChurnLoop extends Loop {
    static ChurnLoop open(Caller caller, Mechanism mechanism, Change change, Pairs pairs) throws IOException {
        if (caller.isInC()) {
            return open(LoopInC.open(caller, mechanism, pairs), change, pairs.count());
        }
        return new InJava(Watcher.open(caller, mechanism, pairs), change, pairs.count());
    }

    static ChurnLoop open(LoopInC loop, Change change, int count) throws IOException {
        if (change == Change.REARM) {
            PlainC.check("arming", PlainC.arm(loop.handle()));
        }
        return new InC(loop, change, count);
    }

    final class InJava implements ChurnLoop {
        private final Watcher watcher;
        private final Change change;
        private final Item[] items;
        private final Watcher.Handler handler = item -> armAgain((Item) item);

        private static final class Item {
            Object registration;
        }

        private InJava(Watcher watcher, Change change, int count) throws IOException {
            this.watcher = watcher;
            this.change = change;
            items = new Item[count];
            try {
                for (int i = 0; i < count; i++) {
                    items[i] = new Item();
                    register(i);
                }
                watcher.settle();
            } catch (IOException | RuntimeException e) {
                watcher.close();
                throw e;
            }
        }

        private void register(int index) throws IOException {
            items[index].registration = watcher.register(index, change == Change.REARM, items[index]);
        }

        @Override
        public long run(int times) throws IOException {
            long changed = 0;
            for (int i = 0; i < times; i++) {
                switch (change) {
                    case CANCEL_REGISTER -> changed += cancelAndRegister();
                    case MODIFY -> changed += modify();
                    case REARM -> changed += watcher.poll(true, handler);
                }
            }
            return changed;
        }

        private int cancelAndRegister() throws IOException {
            for (Item item : items) {
                watcher.cancel(item.registration);
            }
            watcher.settle();
            for (int i = 0; i < items.length; i++) {
                register(i);
            }
            watcher.settle();
            return items.length;
        }

        private int modify() throws IOException {
            modify(Interest.READ_WRITE);
            modify(Interest.READ);
            return items.length;
        }

        private void modify(Interest interest) throws IOException {
            for (Item item : items) {
                watcher.modify(item.registration, interest);
            }
            watcher.settle();
        }

        private void armAgain(Item item) {
            try {
                watcher.modify(item.registration, Interest.READ);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            watcher.close();
        }
    }

    record InC(LoopInC loop, Change change, int count) implements ChurnLoop {
        @Override
        public long run(int times) throws IOException {
            if (change == Change.REARM) {
                return PlainC.check("re-arming", PlainC.rearm(loop.handle(), times));
            }
            for (int i = 0; i < times; i++) {
                PlainC.check(
                        "changing",
                        change == Change.MODIFY
                                ? PlainC.modify(loop.handle())
                                : PlainC.cancelAndRegister(loop.handle()));
            }
            return (long) times * count;
        }

        @Override
        public void close() {
            loop.close();
        }
    }
}
