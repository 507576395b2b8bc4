// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Messages of {@code <sys/socket.h>}, on a 64-bit system:
 *
 * <pre>{@code
 * struct msghdr {                       // Linux    others
 *     void         *msg_name;           //  0        0
 *     socklen_t     msg_namelen;        //  8        8: 4 bytes
 *     struct iovec *msg_iov;            // 16       16
 *     size_t        msg_iovlen;         // 24       24: int
 *     void         *msg_control;        // 32       32
 *     size_t        msg_controllen;     // 40       40: socklen_t
 *     int           msg_flags;          // 48       44
 * };                                    // 56       48
 * struct cmsghdr {
 *     size_t cmsg_len;                  //  0        0: socklen_t
 *     int    cmsg_level;                //  8        4
 *     int    cmsg_type;                 // 12        8
 * };                                    // 16       12; then the data, aligned
 * }</pre>
 *
 * musl declares Linux's lengths as an int or a socklen_t beside 4 bytes of padding, so that 8 bytes fit there too.
 *
 * <p>The buffers are in native order, and every access is absolute.
 */
public final class Message {
    public static final int MSG_NAME = 0;
    public static final int MSG_NAMELEN = 8;
    public static final int MSG_IOV = 16;
    public static final int MSG_IOVLEN = 24;
    public static final int MSG_CONTROL = 32;
    public static final int MSG_CONTROLLEN = 40;
    public static final int MSG_FLAGS = flagsOffset(Os.here());
    public static final int SIZE = sizeBytes(Os.here());

    public static final int MSG_CTRUNC = msgCtrunc(Os.here());
    public static final int MSG_TRUNC = msgTrunc(Os.here());
    /** Received descriptors are close-on-exec; 0 if there is no such flag, or not in all versions of the system. */
    public static final int MSG_CMSG_CLOEXEC = msgCmsgCloexec(Os.here());

    public static final int SCM_RIGHTS = scmRights(Os.here());
    /** {@code SCM_MAX_FD}: Linux takes so many descriptors in one message, and no other system fewer. */
    public static final int SCM_MAX_FD = 253;

    private static final int LENGTH_WIDTH = lengthWidthBytes(Os.here());
    private static final int CMSG_LEVEL = cmsgLevelOffset(Os.here());
    private static final int CMSG_TYPE = cmsgTypeOffset(Os.here());
    private static final int CMSG_ALIGNMENT = cmsgAlignment(Os.here(), System.getProperty("os.arch", ""));
    private static final int CMSG_DATA = cmsgDataOffset(Os.here(), System.getProperty("os.arch", ""));

    private Message() {}

    /** {@link #SIZE} of a system. */
    public static int sizeBytes(Os os) {
        return isLinux(os) ? 56 : 48;
    }

    /** {@link #MSG_FLAGS} of a system. */
    public static int flagsOffset(Os os) {
        return isLinux(os) ? 48 : 44;
    }

    /** The size of {@code msg_iovlen}, {@code msg_controllen} and {@code cmsg_len}. */
    public static int lengthWidthBytes(Os os) {
        return isLinux(os) ? 8 : 4;
    }

    /** The offset of {@code cmsg_level}. */
    public static int cmsgLevelOffset(Os os) {
        return isLinux(os) ? 8 : 4;
    }

    /** The offset of {@code cmsg_type}. */
    public static int cmsgTypeOffset(Os os) {
        return isLinux(os) ? 12 : 8;
    }

    /** A {@code cmsghdr} and its data begin at a multiple of it; the processor is named as in Java's os.arch. */
    public static int cmsgAlignment(Os os, String osArch) {
        return switch (os) {
            case LINUX, FREEBSD, OPENBSD, DRAGONFLY, OTHER -> 8;
            case NETBSD -> osArch.equals("aarch64") ? 4 : 8;
            case MACOS, SOLARIS -> 4;
        };
    }

    /** The offset of the data, {@code CMSG_LEN(0)}. */
    public static int cmsgDataOffset(Os os, String osArch) {
        int header = cmsgTypeOffset(os) + Integer.BYTES;
        return aligned(header, cmsgAlignment(os, osArch));
    }

    /** {@link #MSG_CTRUNC} of a system. */
    public static int msgCtrunc(Os os) {
        return isLinux(os) ? 8 : os == Os.SOLARIS ? 0x10 : 0x20;
    }

    /** {@link #MSG_TRUNC} of a system. */
    public static int msgTrunc(Os os) {
        return isLinux(os) || os == Os.SOLARIS ? 0x20 : 0x10;
    }

    /** {@link #MSG_CMSG_CLOEXEC} of a system. */
    public static int msgCmsgCloexec(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 0x40000000;
            case FREEBSD -> 0x40000;
            case OPENBSD, NETBSD -> 0x800;
            case DRAGONFLY -> 0x1000;
            case MACOS, SOLARIS -> 0;
        };
    }

    /** {@link #SCM_RIGHTS} of a system. */
    public static int scmRights(Os os) {
        return os == Os.SOLARIS ? 0x1010 : 1;
    }

    /** Writes a {@code msghdr} without a name; control 0 means none. */
    public static void put(ByteBuffer buffer, int offset, long iov, int iovlen, long control, int controllenBytes) {
        for (int i = 0; i < SIZE; i += Integer.BYTES) {
            buffer.putInt(offset + i, 0);
        }
        buffer.putLong(offset + MSG_IOV, iov);
        putLength(buffer, offset + MSG_IOVLEN, iovlen);
        buffer.putLong(offset + MSG_CONTROL, control);
        putLength(buffer, offset + MSG_CONTROLLEN, controllenBytes);
    }

    /** The {@code msg_controllen} of a {@code msghdr}. */
    public static int controllen(ByteBuffer buffer, int offset) {
        return length(buffer, offset + MSG_CONTROLLEN);
    }

    /** The {@code msg_iovlen} of a {@code msghdr}. */
    public static int iovlen(ByteBuffer buffer, int offset) {
        return length(buffer, offset + MSG_IOVLEN);
    }

    /** {@code CMSG_SPACE} of so many descriptors: 0 for none. */
    public static int spaceOf(int fds) {
        return fds == 0 ? 0 : CMSG_DATA + aligned(fds * Integer.BYTES, CMSG_ALIGNMENT);
    }

    /** Writes a control message of type SCM_RIGHTS, which takes {@link #spaceOf} bytes. */
    public static void putDescriptors(ByteBuffer buffer, int offset, int... fds) {
        putLength(buffer, offset, CMSG_DATA + fds.length * Integer.BYTES);
        buffer.putInt(offset + CMSG_LEVEL, Socket.SOL_SOCKET);
        buffer.putInt(offset + CMSG_TYPE, SCM_RIGHTS);
        for (int i = 0; i < fds.length; i++) {
            buffer.putInt(offset + CMSG_DATA + i * Integer.BYTES, fds[i]);
        }
    }

    /** The descriptors in all control messages of type SCM_RIGHTS. */
    public static int[] descriptors(ByteBuffer buffer, int offset, int controllenBytes) {
        int[] fds = {};
        int end = offset + controllenBytes;
        for (int at = offset; isMessage(buffer, at, end); at = next(buffer, at)) {
            if (cmsgLevel(buffer, at) == Socket.SOL_SOCKET && cmsgType(buffer, at) == SCM_RIGHTS) {
                int old = fds.length;
                int count = cmsgDataBytes(buffer, at, end) / Integer.BYTES;
                fds = Arrays.copyOf(fds, old + count);
                for (int i = 0; i < count; i++) {
                    fds[old + i] = buffer.getInt(cmsgData(at) + i * Integer.BYTES);
                }
            }
        }
        return fds;
    }

    /** Whether a whole {@code cmsghdr} is there, before the end of the control messages. */
    public static boolean isMessage(ByteBuffer buffer, int cmsg, int end) {
        return cmsg + CMSG_DATA <= end && cmsgLen(buffer, cmsg) >= CMSG_DATA;
    }

    /** Where the next {@code cmsghdr} begins. */
    public static int next(ByteBuffer buffer, int cmsg) {
        return cmsg + aligned(cmsgLen(buffer, cmsg), CMSG_ALIGNMENT);
    }

    /** The {@code cmsg_len}. */
    public static int cmsgLen(ByteBuffer buffer, int cmsg) {
        return length(buffer, cmsg);
    }

    /** The {@code cmsg_level}. */
    public static int cmsgLevel(ByteBuffer buffer, int cmsg) {
        return buffer.getInt(cmsg + CMSG_LEVEL);
    }

    /** The {@code cmsg_type}. */
    public static int cmsgType(ByteBuffer buffer, int cmsg) {
        return buffer.getInt(cmsg + CMSG_TYPE);
    }

    /** Where the data begins, {@code CMSG_DATA}. */
    public static int cmsgData(int cmsg) {
        return cmsg + CMSG_DATA;
    }

    /** How many bytes of data are there, before the end of the control messages. */
    public static int cmsgDataBytes(ByteBuffer buffer, int cmsg, int end) {
        return Math.min(cmsgLen(buffer, cmsg), end - cmsg) - CMSG_DATA;
    }

    private static int aligned(int length, int alignment) {
        return (length + alignment - 1) / alignment * alignment;
    }

    private static void putLength(ByteBuffer buffer, int offset, int value) {
        if (LENGTH_WIDTH == Long.BYTES) {
            buffer.putLong(offset, value);
        } else {
            buffer.putInt(offset, value);
        }
    }

    private static int length(ByteBuffer buffer, int offset) {
        return LENGTH_WIDTH == Long.BYTES ? (int) buffer.getLong(offset) : buffer.getInt(offset);
    }

    private static boolean isLinux(Os os) {
        return os == Os.LINUX || os == Os.OTHER;
    }
}
