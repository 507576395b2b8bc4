// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall;

import java.lang.reflect.InvocationTargetException;
import java.nio.channels.SelectableChannel;

/** The descriptor of a {@code java.nio} channel, which the JDK knows and does not tell. */
public final class ChannelBridge {
    private static final String FLAG = "--add-opens java.base/sun.nio.ch=ALL-UNNAMED";

    private ChannelBridge() {}

    /**
     * The descriptor under a channel of the JDK.
     *
     * @throws UnsupportedOperationException if the JVM was not started with the flag that opens the JDK's channel
     *     classes, or the channel is not the JDK's own; the message says which
     */
    public static int fd(SelectableChannel channel) {
        try {
            Class<?> withFd = Class.forName("sun.nio.ch.SelChImpl");
            if (!withFd.isInstance(channel)) {
                throw new UnsupportedOperationException(
                        channel.getClass().getName() + " is not a channel of the JDK: its descriptor is not known");
            }
            return (int) withFd.getMethod("getFDVal").invoke(channel);
        } catch (IllegalAccessException e) {
            throw new UnsupportedOperationException(
                    "the JDK does not give away the descriptor of a channel; start the JVM with " + FLAG, e);
        } catch (ClassNotFoundException | NoSuchMethodException | InvocationTargetException e) {
            throw new UnsupportedOperationException("this JDK keeps the descriptors of its channels elsewhere", e);
        }
    }
}
