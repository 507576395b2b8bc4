// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.util.ArrayDeque;

/** A limited number of direct buffers that are reused, because only a garbage collection frees them. */
final class BufferPool {
    static final int BUFFER_SIZE_BYTES = 16 * 1024;

    private static final int FEWEST_BUFFERS = 8;

    private final KernelPosix posix;
    private final ArrayDeque<NativeMemory> free = new ArrayDeque<>();
    private int most;
    private int allocated;

    BufferPool(KernelPosix posix, long mostBytes) {
        this.posix = posix;
        most = (int) Math.max(FEWEST_BUFFERS, Math.min(Integer.MAX_VALUE, mostBytes / BUFFER_SIZE_BYTES));
    }

    /** Returns a buffer with any content; null at the limit, or if the JVM has no memory for another. */
    NativeMemory take() {
        if (!free.isEmpty()) {
            return free.pop();
        }
        if (allocated >= most) {
            return null;
        }
        try {
            NativeMemory buffer = posix.allocate(BUFFER_SIZE_BYTES);
            allocated++;
            return buffer;
        } catch (OutOfMemoryError noMemory) {
            // The JVM collects garbage and sleeps before it throws this, so do not try again for each connection.
            most = Math.max(FEWEST_BUFFERS, allocated);
            return null;
        }
    }

    void give(NativeMemory buffer) {
        free.push(buffer);
    }
}
