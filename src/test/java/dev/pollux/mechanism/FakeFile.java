// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Errno;
import dev.pollux.abi.Socket;
import dev.pollux.abi.Stat;
import dev.pollux.syscall.NativeMemory;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An open file of a {@link FakeKernel}; several descriptors may refer to it. Bytes are counted, not stored. Poll bits
 * are those of Linux. Guarded by the kernel's lock.
 */
abstract class FakeFile {
    static final int CAPACITY_BYTES = 1 << 16;

    /** How many descriptors refer to this file. */
    int numbers;

    /** How often something arrived; an edge is a change of it. */
    int arrivals;

    /** The bits of {@link PollBits} that Linux would report now. */
    abstract int bits();

    /** The file type of {@code st_mode}. */
    abstract int type();

    int read(NativeMemory buf, int bufOffset, int count) {
        return -Errno.EBADF;
    }

    int write(NativeMemory buf, int bufOffset, int count) {
        return -Errno.EBADF;
    }

    /** The last number was closed. */
    void closed() {}

    boolean isAlwaysReady() {
        return false;
    }

    /** The bytes in one direction. */
    private static final class Stream {
        int bytes;

        boolean isFull() {
            return bytes == CAPACITY_BYTES;
        }

        int take(int count) {
            int taken = Math.min(bytes, count);
            bytes -= taken;
            return taken;
        }

        int put(int count) {
            int added = Math.min(CAPACITY_BYTES - bytes, count);
            bytes += added;
            return added;
        }
    }

    /** One end of a pipe. */
    static final class PipeEnd extends FakeFile {
        private final Stream stream;
        private final boolean isReadEnd;
        private PipeEnd other;
        private boolean isOpen = true;

        private PipeEnd(Stream stream, boolean isReadEnd) {
            this.stream = stream;
            this.isReadEnd = isReadEnd;
        }

        /** The read end and the write end. */
        static PipeEnd[] pair() {
            Stream stream = new Stream();
            PipeEnd read = new PipeEnd(stream, true);
            PipeEnd write = new PipeEnd(stream, false);
            read.other = write;
            write.other = read;
            return new PipeEnd[] {read, write};
        }

        @Override
        int bits() {
            return isReadEnd
                    ? (stream.bytes > 0 ? PollBits.IN : 0) | (other.isOpen ? 0 : PollBits.HUP)
                    : (stream.isFull() ? 0 : PollBits.OUT) | (other.isOpen ? 0 : PollBits.ERR);
        }

        @Override
        int type() {
            return Stat.S_IFIFO;
        }

        @Override
        int read(NativeMemory buf, int bufOffset, int count) {
            if (!isReadEnd) {
                return -Errno.EBADF;
            }
            if (stream.bytes == 0) {
                return other.isOpen ? -Errno.EAGAIN : 0;
            }
            other.arrivals++;
            return stream.take(count);
        }

        @Override
        int write(NativeMemory buf, int bufOffset, int count) {
            if (isReadEnd) {
                return -Errno.EBADF;
            } else if (!other.isOpen) {
                return -Errno.EPIPE;
            } else if (stream.isFull()) {
                return -Errno.EAGAIN;
            }
            other.arrivals++;
            return stream.put(count);
        }

        @Override
        void closed() {
            isOpen = false;
            other.arrivals++;
        }
    }

    /** A stream socket, UNIX or TCP. */
    static final class SocketEnd extends FakeFile {
        /** Connections that wait to be accepted; null if it does not listen. */
        Deque<SocketEnd> backlog;

        /** The address where it listens. */
        int port;

        private final Stream received = new Stream();
        private SocketEnd peer;
        private boolean cannotReceive;
        private boolean cannotSend;
        private boolean isUrgent;

        void connect(SocketEnd other) {
            peer = other;
            other.peer = this;
            arrivals++;
        }

        void listen() {
            backlog = new ArrayDeque<>();
        }

        @Override
        int bits() {
            if (backlog != null) {
                return backlog.isEmpty() ? 0 : PollBits.IN;
            } else if (peer == null) {
                return PollBits.OUT | PollBits.HUP;
            }
            return (received.bytes > 0 || cannotReceive ? PollBits.IN : 0)
                    | (peer.received.isFull() ? 0 : PollBits.OUT)
                    | (isUrgent ? PollBits.PRI : 0)
                    | (cannotReceive ? PollBits.RDHUP : 0)
                    | (cannotReceive && cannotSend ? PollBits.HUP : 0);
        }

        @Override
        int type() {
            return Stat.S_IFSOCK;
        }

        @Override
        int read(NativeMemory buf, int bufOffset, int count) {
            if (peer == null) {
                return -Errno.ENOTCONN;
            }
            isUrgent = false;
            if (received.bytes == 0) {
                return cannotReceive ? 0 : -Errno.EAGAIN;
            }
            peer.arrivals++;
            return received.take(count);
        }

        @Override
        int write(NativeMemory buf, int bufOffset, int count) {
            if (peer == null || cannotSend) {
                return peer == null ? -Errno.ENOTCONN : -Errno.EPIPE;
            } else if (peer.received.isFull()) {
                return -Errno.EAGAIN;
            }
            peer.arrivals++;
            return peer.received.put(count);
        }

        /** Sends one urgent byte. */
        int sendUrgent() {
            peer.isUrgent = true;
            peer.arrivals++;
            return 1;
        }

        int shutdown(int how) {
            boolean receiving = how == Socket.SHUT_RD || how == Socket.SHUT_RDWR;
            boolean sending = how == Socket.SHUT_WR || how == Socket.SHUT_RDWR;
            cannotReceive |= receiving;
            cannotSend |= sending;
            peer.cannotReceive |= sending;
            peer.cannotSend |= receiving;
            arrivals++;
            peer.arrivals++;
            return 0;
        }

        @Override
        void closed() {
            if (peer != null) {
                shutdown(Socket.SHUT_RDWR);
            }
        }
    }

    /** {@code eventfd(2)}. */
    static final class Counter extends FakeFile {
        private long value;

        Counter(long value) {
            this.value = value;
        }

        @Override
        int bits() {
            return PollBits.OUT | (value > 0 ? PollBits.IN : 0);
        }

        @Override
        int type() {
            return 0;
        }

        @Override
        int read(NativeMemory buf, int bufOffset, int count) {
            if (value == 0) {
                return -Errno.EAGAIN;
            }
            buf.putLong(bufOffset, value);
            value = 0;
            arrivals++;
            return Long.BYTES;
        }

        @Override
        int write(NativeMemory buf, int bufOffset, int count) {
            value += buf.getLong(bufOffset);
            arrivals++;
            return Long.BYTES;
        }
    }

    /** A regular file, a directory or {@code /dev/null}: always ready. */
    static final class Regular extends FakeFile {
        private final Stream content = new Stream();

        Regular() {
            content.put(1);
        }

        @Override
        int bits() {
            return PollBits.IN | PollBits.OUT;
        }

        @Override
        int type() {
            return Stat.S_IFREG;
        }

        @Override
        int read(NativeMemory buf, int bufOffset, int count) {
            return content.take(count);
        }

        @Override
        int write(NativeMemory buf, int bufOffset, int count) {
            return count;
        }

        @Override
        boolean isAlwaysReady() {
            return true;
        }
    }

    /** The descriptor of a {@link FakeKernel.Table}. */
    static final class TableFile extends FakeFile {
        @Override
        int bits() {
            return 0;
        }

        @Override
        int type() {
            return 0;
        }
    }
}
