// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A socket address to use again and again: {@link Sockets#receiveFrom} and {@link Sockets#accept(int, PeerAddress)}
 * store the peer's address here, {@link Sockets#sendTo(int, java.nio.ByteBuffer, PeerAddress)} sends to it.
 * {@link Sockets#newPeerAddress} makes one. Nothing is allocated as long as the address stays the same.
 *
 * <p><b>Threads.</b> One thread at a time.
 */
public interface PeerAddress {
    /**
     * The address. The same object is returned as long as the address stays the same.
     *
     * @return an {@link java.net.InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}; null if nothing was
     *     stored, or the peer is a UNIX socket without a file, or with one whose path this JVM's locale cannot express
     */
    @Nullable
    SocketAddress get();

    /**
     * Stores an address.
     *
     * @throws IllegalArgumentException as {@link Sockets#bind}
     */
    void set(SocketAddress address);
}
