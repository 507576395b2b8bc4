// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;

/** The descriptor is too high for the mechanism: 1024 or more for {@code select(2)}. */
public class DescriptorLimitException extends IOException {
    /** The refused descriptor. */
    private final int fd;

    /** The lowest descriptor that is refused. */
    private final int limit;

    /** The message names the descriptor, the limit and the remedy. */
    public DescriptorLimitException(Mechanism mechanism, int fd, String limitName, int limit, String remedy) {
        super("descriptor " + fd + " is beyond the limit of " + mechanism + ", " + limitName + " (" + limit + "); "
                + remedy);
        this.fd = fd;
        this.limit = limit;
    }

    /** The refused descriptor. */
    public int fd() {
        return fd;
    }

    /** The limit: the lowest descriptor that is refused. */
    public int limit() {
        return limit;
    }
}
