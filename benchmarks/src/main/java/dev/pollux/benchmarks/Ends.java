// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.nio.channels.SelectableChannel;

/** Descriptors to watch, by index. */
interface Ends {
    int count();

    int fd(int index);

    /** The JDK's channel on that descriptor; null if the JDK did not open it. */
    SelectableChannel channel(int index);

    /** All, in their order. */
    default int[] fds() {
        int[] fds = new int[count()];
        for (int i = 0; i < fds.length; i++) {
            fds[i] = fd(i);
        }
        return fds;
    }
}
