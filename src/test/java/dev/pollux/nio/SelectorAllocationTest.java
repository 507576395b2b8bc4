// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import dev.pollux.Eventually;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SelectionKey;
import java.util.Iterator;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A steady select loop makes no garbage: at least one of the last warm rounds allocates nothing. The iterator of the
 * selected-key set is allocated until the JIT compiler removes the allocation.
 */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SelectorAllocationTest extends SelectorFixture {
    private static final int ROUNDS = 8;
    private static final int ROUNDS_AT_MOST = 200;
    private static final int SELECTIONS = 2000;
    private static final int READY = 5;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private int told;

    @BeforeEach
    void register() throws IOException {
        assumeThat(THREADS.isThreadAllocatedMemorySupported())
                .as("this JVM counts what a thread allocates")
                .isTrue();
        THREADS.setThreadAllocatedMemoryEnabled(true);
        for (int i = 0; i < READY; i++) {
            register(readyPipe().source(), SelectionKey.OP_READ);
            register(pipe().source(), SelectionKey.OP_READ);
        }
    }

    private interface Selection {
        int select() throws IOException;
    }

    private void assertNothingIsAllocated(int found, Selection selection) throws IOException {
        long thread = Thread.currentThread().getId();
        long bytes = -1;
        for (int round = 0; round < ROUNDS || bytes > 0 && round < ROUNDS_AT_MOST; round++) {
            told = 0;
            long before = THREADS.getThreadAllocatedBytes(thread);
            for (int i = 0; i < SELECTIONS; i++) {
                if (selection.select() != found) {
                    throw new AssertionError("not " + found);
                }
            }
            bytes = THREADS.getThreadAllocatedBytes(thread) - before;
            assertThat(told).isEqualTo(SELECTIONS * found);
        }
        assertThat(bytes).as("bytes in %d selections", SELECTIONS).isZero();
    }

    @Test
    void selectionsWithAnActionAllocateNothing() throws IOException {
        Consumer<SelectionKey> count = key -> told += key.isReadable() ? 1 : 0;
        assertNothingIsAllocated(READY, () -> selector.select(count));
        assertNothingIsAllocated(READY, () -> selector.select(count, 1000));
        assertNothingIsAllocated(READY, () -> selector.selectNow(count));
    }

    @Test
    void changesOfTheInterestSetAllocateNothing() throws IOException {
        Consumer<SelectionKey> flip = key -> {
            key.interestOps(0);
            key.interestOpsOr(SelectionKey.OP_READ);
            told++;
        };
        assertNothingIsAllocated(READY, () -> selector.select(flip));
    }

    @Test
    void theSelectedKeySetAllocatesNothing() throws IOException {
        assertNothingIsAllocated(READY, () -> {
            int found = selector.select();
            Iterator<SelectionKey> selected = selector.selectedKeys().iterator();
            while (selected.hasNext()) {
                told += selected.next().isReadable() ? 1 : 0;
                selected.remove();
            }
            return found;
        });
        assertNothingIsAllocated(READY, () -> {
            told += selector.select();
            selector.selectedKeys().clear();
            return READY;
        });
    }

    @Test
    void wakeupsAllocateNothing() throws IOException {
        selector.keys().forEach(SelectionKey::cancel);
        selector.selectNow();
        Consumer<SelectionKey> nothing = key -> told++;
        assertNothingIsAllocated(0, () -> selector.wakeup().select(nothing));
    }
}
