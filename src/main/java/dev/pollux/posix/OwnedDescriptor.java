// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;

/** A descriptor that is closed once. */
final class OwnedDescriptor {
    private final int fd;
    private final Descriptors owner;
    private boolean closed;

    /** The owner closes it; null for none. */
    OwnedDescriptor(int fd, Descriptors owner) {
        this.fd = fd;
        this.owner = owner;
    }

    int fd() {
        return fd;
    }

    /** Never tries again after an error, as {@link Descriptors#close} demands. */
    void close() throws SyscallException {
        if (owner == null) {
            throw new IllegalStateException("descriptor " + fd
                    + " has no owner: close it with Posix.close, or name the Posix in the constructor");
        }
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        owner.close(fd);
    }

    static void closeBoth(OwnedDescriptor one, OwnedDescriptor other) throws SyscallException {
        try {
            one.close();
        } finally {
            other.close();
        }
    }
}
