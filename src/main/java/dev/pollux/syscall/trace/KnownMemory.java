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
 * What has to be remembered to read calls that do not tell it themselves: that a descriptor is /dev/poll, so that what
 * is written to it are pollfds; and which buffer lies at an address that is in a struct, as where DP_POLL answers and
 * where io_uring_enter's timeout is. A buffer is known as long as somebody else keeps it.
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

    /** This buffer's index 0 is at this address. */
    void located(ByteBuffer direct, long address) {
        buffers.put(address, new Located(direct, address, gone));
        for (Object each = gone.poll(); each != null; each = gone.poll()) {
            buffers.remove(((Located) each).address, each);
        }
    }

    /** What begins at this address, to the end of the buffer that it is in; null if that memory is not known. */
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
