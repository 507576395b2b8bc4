// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

/**
 * What the client does.
 *
 * @param bytes of a message, or of the body of an HTTP response
 * @param perSecond how many messages are due in a second, of an open loop; 0: a closed loop
 */
record Point(int connections, int bytes, int perSecond) {
    boolean isOpen() {
        return perSecond > 0;
    }

    Point closed() {
        return new Point(connections, bytes, 0);
    }

    @Override
    public String toString() {
        return connections + (connections == 1 ? " connection, " : " connections, ") + bytes + " bytes, "
                + (isOpen() ? "open loop of " + perSecond + " messages/s" : "closed loop");
    }
}
