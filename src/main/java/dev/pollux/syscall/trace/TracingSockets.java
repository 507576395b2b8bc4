// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.Flags;
import dev.pollux.abi.Iovec;
import dev.pollux.abi.Message;
import dev.pollux.abi.Stat;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The layer of {@link TracingSyscalls} for datagrams, messages, peers and FIFOs. */
final class TracingSockets extends ForwardingSyscalls {
    private static final String NULL = "NULL";

    private final Trace trace;
    private final KnownMemory known;

    TracingSockets(Syscalls next, Trace trace, KnownMemory known) {
        super(next);
        this.trace = trace;
        this.known = known;
    }

    @Override
    public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
        int room = Structs.firstInt(addrlen);
        TraceLine line = new TraceLine("accept4").add(sockfd).called();
        line.returned(super.accept4(sockfd, addr, addrlen, flags));
        addAddress(line, addr, room, addrlen);
        return trace.tell(line.add(Flags.ACCEPT.set(flags)));
    }

    private static void addAddress(TraceLine line, NativeMemory addr, int room, NativeMemory addrlen) {
        int length = Math.min(room, Structs.firstInt(addrlen));
        line.output(addr, sockaddr -> Sockaddr.text(sockaddr, length)).add(Structs.length(room, addrlen));
    }

    @Override
    public int getpeername(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        int room = Structs.firstInt(addrlen);
        TraceLine line = new TraceLine("getpeername").add(sockfd).called();
        line.returned(super.getpeername(sockfd, addr, addrlen));
        addAddress(line, addr, room, addrlen);
        return trace.tell(line);
    }

    @Override
    public int sendto(
            int sockfd, NativeMemory buf, int bufOffset, int len, int flags, NativeMemory destAddr, int addrlen) {
        TraceLine line = new TraceLine("sendto")
                .add(sockfd)
                .input(buf, bufOffset, bytes -> CStrings.data(bytes, bufOffset, len))
                .add(len)
                .add(Flags.MESSAGE.set(flags))
                .input(destAddr, sockaddr -> Sockaddr.text(sockaddr, addrlen))
                .add(addrlen)
                .called();
        return trace.tell(line.returned(super.sendto(sockfd, buf, bufOffset, len, flags, destAddr, addrlen)));
    }

    @Override
    public int recvfrom(
            int sockfd,
            NativeMemory buf,
            int bufOffset,
            int len,
            int flags,
            NativeMemory srcAddr,
            NativeMemory addrlen) {
        int room = Structs.firstInt(addrlen);
        TraceLine line = new TraceLine("recvfrom").add(sockfd).called();
        int rc = super.recvfrom(sockfd, buf, bufOffset, len, flags, srcAddr, addrlen);
        line.returned(rc)
                .output(buf, bufOffset, bytes -> CStrings.data(bytes, bufOffset, rc))
                .add(len)
                .add(Flags.MESSAGE.set(flags));
        addAddress(line, srcAddr, room, addrlen);
        return trace.tell(line);
    }

    @Override
    public int sendmsg(int sockfd, NativeMemory msg, int flags) {
        TraceLine line = new TraceLine("sendmsg")
                .add(sockfd)
                .input(msg, bytes -> message(bytes, Long.MAX_VALUE, controllen(bytes)))
                .add(Flags.MESSAGE.set(flags))
                .called();
        return trace.tell(line.returned(super.sendmsg(sockfd, msg, flags)));
    }

    @Override
    public int recvmsg(int sockfd, NativeMemory msg, int flags) {
        String name = Structs.read(msg, 0, bytes -> "{msg_namelen=" + bytes.getInt(Message.MSG_NAMELEN) + "}");
        TraceLine line = new TraceLine("recvmsg").add(sockfd).called();
        int rc = super.recvmsg(sockfd, msg, flags);
        line.returned(rc);
        if (rc < 0) {
            line.add(name);
        } else {
            line.input(msg, bytes -> message(bytes, rc, controllen(bytes)));
        }
        return trace.tell(line.add(Flags.MESSAGE.set(flags)));
    }

    private static int controllen(ByteBuffer msg) {
        return Message.controllen(msg, 0);
    }

    /** A {@code msghdr} without a name, with at most so many bytes of data. */
    private String message(ByteBuffer msg, long dataBytes, int controllen) {
        int iovlen = Message.iovlen(msg, 0);
        ByteBuffer control = known.at(msg.getLong(Message.MSG_CONTROL));
        return "{msg_name=" + NULL + ", msg_namelen=" + msg.getInt(Message.MSG_NAMELEN) + ", msg_iov="
                + vectors(known.at(msg.getLong(Message.MSG_IOV)), iovlen, dataBytes) + ", msg_iovlen=" + iovlen
                + (control == null || controllen == 0 ? "" : ", msg_control=" + control(control, controllen))
                + ", msg_controllen=" + controllen + ", msg_flags="
                + Flags.MESSAGE.set(msg.getInt(Message.MSG_FLAGS)) + "}";
    }

    private static String control(ByteBuffer control, int controllen) {
        List<String> messages = new ArrayList<>();
        for (int at = 0; Message.isMessage(control, at, controllen); at = Message.next(control, at)) {
            messages.add("{cmsg_len=" + Message.cmsgLen(control, at) + ", cmsg_level="
                    + Flags.OPTION_LEVEL.name(Message.cmsgLevel(control, at)) + ", cmsg_type="
                    + Flags.CONTROL_MESSAGE.name(Message.cmsgType(control, at)) + ", cmsg_data="
                    + ints(control, Message.cmsgData(at), Message.cmsgDataBytes(control, at, controllen)) + "}");
        }
        return "[" + String.join(", ", messages) + "]";
    }

    private static String ints(ByteBuffer bytes, int offset, int lengthBytes) {
        return Structs.array(
                lengthBytes / Integer.BYTES, index -> Integer.toString(bytes.getInt(offset + index * Integer.BYTES)));
    }

    /** The data of an array of {@code iovec}s, up to so many bytes; of a negative number, the addresses. */
    private String vectors(ByteBuffer iov, int count, long dataBytes) {
        if (iov == null) {
            return null;
        }
        long[] left = {dataBytes};
        return Structs.array(count, index -> {
            long base = iov.getLong(index * Iovec.SIZE + Iovec.IOV_BASE);
            long length = iov.getLong(index * Iovec.SIZE + Iovec.IOV_LEN);
            long shown = Math.min(length, left[0]);
            left[0] -= Math.max(shown, 0);
            return "{iov_base=" + data(base, shown) + ", iov_len=" + length + "}";
        });
    }

    private String data(long base, long length) {
        ByteBuffer data = length < 0 ? null : length == 0 ? ByteBuffer.allocate(0) : known.at(base);
        return data == null ? Structs.pointer(base) : CStrings.data(data, 0, (int) length);
    }

    @Override
    public int readv(int fd, NativeMemory iov, int iovcnt) {
        TraceLine line = new TraceLine("readv").add(fd).called();
        int rc = super.readv(fd, iov, iovcnt);
        return trace.tell(line.returned(rc)
                .input(iov, bytes -> vectors(bytes, iovcnt, rc))
                .add(iovcnt));
    }

    @Override
    public int writev(int fd, NativeMemory iov, int iovcnt) {
        TraceLine line = new TraceLine("writev")
                .add(fd)
                .input(iov, bytes -> vectors(bytes, iovcnt, Long.MAX_VALUE))
                .add(iovcnt)
                .called();
        return trace.tell(line.returned(super.writev(fd, iov, iovcnt)));
    }

    @Override
    public int mkfifo(NativeMemory pathname, int mode) {
        TraceLine line = new TraceLine("mkfifo")
                .input(pathname, CStrings::path)
                .add("0" + Integer.toOctalString(mode & ~Stat.S_IFMT))
                .called();
        return trace.tell(line.returned(super.mkfifo(pathname, mode)));
    }
}
