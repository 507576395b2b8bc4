// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.DevPoll;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What has to be remembered to read the calls of /dev/poll, which do not tell it themselves: that a descriptor is
 * /dev/poll, so that what is written to it are pollfds, and which buffer lies at the address where DP_POLL answers. A
 * buffer is known as long as somebody else keeps it.
 */
final class DevPollMemory {
    private final Set<Integer> devices = ConcurrentHashMap.newKeySet();
    private final Map<Long, Located> buffers = new ConcurrentHashMap<>();
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

    /** The pollfds that DP_POLL with this {@code struct dvpoll} answers in; null if that memory is not known. */
    ByteBuffer answers(ByteBuffer dvpoll) {
        Located located = buffers.get(dvpoll.getLong(DevPoll.DP_FDS));
        ByteBuffer buffer = located == null ? null : located.get();
        return buffer == null ? null : buffer.duplicate().clear().order(ByteOrder.nativeOrder());
    }

    private static final class Located extends WeakReference<ByteBuffer> {
        final long address;

        Located(ByteBuffer buffer, long address, ReferenceQueue<ByteBuffer> gone) {
            super(buffer, gone);
            this.address = address;
        }
    }
}
