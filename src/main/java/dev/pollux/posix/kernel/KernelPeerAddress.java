// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.abi.Socket;
import dev.pollux.posix.PeerAddress;
import dev.pollux.syscall.NativeMemory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** An address in memory that the kernel reads and writes, and the object that was made of it last. */
final class KernelPeerAddress implements PeerAddress {
    /** The {@code sockaddr}. */
    final NativeMemory sockaddr;
    /** An {@code int}: the size of the memory before a call, that of the address afterwards. */
    final NativeMemory length;

    private final NativeMemory made;
    private int madeLength = -1;
    private SocketAddress address;

    KernelPeerAddress(KernelCalls calls) {
        sockaddr = calls.allocate(Socket.SOCKADDR_MAX_SIZE);
        length = calls.allocate(Integer.BYTES);
        made = calls.allocate(Socket.SOCKADDR_MAX_SIZE);
    }

    static KernelPeerAddress of(PeerAddress address) {
        if (address instanceof KernelPeerAddress ours) {
            return ours;
        }
        throw new IllegalArgumentException("an address that Sockets.newPeerAddress did not make: " + address);
    }

    /** Before a call that writes the address. */
    NativeMemory room() {
        length.putInt(0, sockaddr.sizeBytes());
        return length;
    }

    void clear() {
        length.putInt(0, 0);
    }

    @Override
    public SocketAddress get() {
        int lengthBytes = length.getInt(0);
        if (lengthBytes != madeLength || !isMade(lengthBytes)) {
            address = Socket.get(sockaddr.buffer(), lengthBytes);
            made.copyFrom(sockaddr, sockaddr.sizeBytes());
            madeLength = lengthBytes;
        }
        return address;
    }

    private boolean isMade(int lengthBytes) {
        int shown = Math.min(lengthBytes, sockaddr.sizeBytes());
        for (int i = 0; i < shown; i++) {
            if (sockaddr.buffer().get(i) != made.buffer().get(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void set(SocketAddress address) {
        length.putInt(0, put(sockaddr, address));
    }

    /** Returns the length. */
    static int put(NativeMemory sockaddr, SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return Socket.putInet(sockaddr.buffer(), inet);
        }
        if (address instanceof UnixDomainSocketAddress unix) {
            return Socket.putUnix(sockaddr.buffer(), unix.getPath().toString());
        }
        throw new IllegalArgumentException("neither an InetSocketAddress nor a UnixDomainSocketAddress: " + address);
    }

    @Override
    public String toString() {
        return String.valueOf(get());
    }
}
