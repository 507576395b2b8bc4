// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import java.nio.channels.SelectableChannel;
import java.util.function.ToIntFunction;

/**
 * The descriptor under a channel of the JDK, or -errno: JNI may look where the module system lets no Java class look.
 */
public final class ChannelDescriptors implements ToIntFunction<SelectableChannel> {
    /** @throws UnsatisfiedLinkError if the library cannot be had; the message says where it was looked for */
    public ChannelDescriptors() {
        ShimLibrary.require();
    }

    @Override
    public int applyAsInt(SelectableChannel channel) {
        return Shim.channelFd(channel);
    }
}
