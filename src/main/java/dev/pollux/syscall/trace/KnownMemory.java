// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * State that the tracer needs because the arguments of a call do not contain it. It knows the descriptors of /dev/poll,
 * to which pollfds are written. And it knows the buffer at an address in a struct, such as the answers of DP_POLL or
 * the timeout of io_uring_enter. A buffer is known as long as something else references it.
 */
final class KnownMemory {
    private final Set<Integer> devices = ConcurrentHashMap.newKeySet();
    private final NavigableMap<Long, Located> buffers = new ConcurrentSkipListMap<>();
    private final ReferenceQueue<ByteBuffer> gone = new ReferenceQueue<>();

    void opened(int fd) {
        devices.add(fd);
    }

    void closed(int fd) {
        devices.remove(fd);
    }

    boolean isDevice(int fd) {
        return devices.contains(fd);
    }

    /** Records that index 0 of this buffer is at this address. */
    void located(ByteBuffer direct, long address) {
        buffers.put(address, new Located(direct, address, gone));
        for (Object each = gone.poll(); each != null; each = gone.poll()) {
            buffers.remove(((Located) each).address, each);
        }
    }

    /** The memory from this address to the end of its buffer; null if it is not known. */
    ByteBuffer at(long address) {
        Map.Entry<Long, Located> located = buffers.floorEntry(address);
        ByteBuffer buffer = located == null ? null : located.getValue().get();
        long offset = buffer == null ? 0 : address - located.getKey();
        return buffer == null || offset >= buffer.capacity()
                ? null
                : buffer.slice((int) offset, buffer.capacity() - (int) offset).order(ByteOrder.nativeOrder());
    }

    private static final class Located extends WeakReference<ByteBuffer> {
        final long address;

        Located(ByteBuffer buffer, long address, ReferenceQueue<ByteBuffer> gone) {
            super(buffer, gone);
            this.address = address;
        }
    }
}
