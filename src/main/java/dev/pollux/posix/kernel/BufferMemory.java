// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.syscall.NativeMemory;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The memory of direct buffers, found again without garbage as long as a buffer is used again and again. */
final class BufferMemory {
    /** A power of two. Buffers that meet in one slot cost some garbage, nothing else. */
    private static final int SLOTS = 1024;

    private final NativeMemory.Addresses addresses;
    private final AtomicReferenceArray<Known> slots = new AtomicReferenceArray<>(SLOTS);

    BufferMemory(NativeMemory.Addresses addresses) {
        this.addresses = addresses;
    }

    /** Neither reference keeps the buffer's memory from being freed. */
    private static final class Known extends WeakReference<ByteBuffer> {
        final WeakReference<NativeMemory> memory;

        Known(ByteBuffer direct, NativeMemory memory) {
            super(direct);
            this.memory = new WeakReference<>(memory);
        }
    }

    /** @throws IllegalArgumentException if the buffer is not direct */
    NativeMemory of(ByteBuffer direct) {
        int slot = System.identityHashCode(direct) & SLOTS - 1;
        Known known = slots.get(slot);
        NativeMemory memory = known != null && known.refersTo(direct) ? known.memory.get() : null;
        if (memory == null) {
            memory = NativeMemory.of(addresses, direct);
            slots.set(slot, new Known(direct, memory));
        }
        return memory;
    }
}
