// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.channel;

import dev.pollux.syscall.Syscalls;
import java.lang.reflect.InvocationTargetException;
import java.nio.channels.SelectableChannel;

/**
 * The way to what the JDK knows of its {@code java.nio} channels and does not tell. The native library asks for it
 * without more ado; where that cannot be had, reflection does, if the JVM was started with the flag for it.
 */
public final class ChannelBridge {
    private static final Class<?> OF_THE_JDK = ofTheJdk();
    private static final JdkChannels CHANNELS = open();

    private ChannelBridge() {}

    private static Class<?> ofTheJdk() {
        try {
            return Class.forName("sun.nio.ch.SelChImpl");
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    /** The native library's, by name only, and looked for once. */
    private static JdkChannels open() {
        try {
            return (JdkChannels) Class.forName(Syscalls.class.getPackageName() + ".jni.JniChannels")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (InvocationTargetException e) {
            return new ReflectedChannels(e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            return new ReflectedChannels(e);
        }
    }

    /**
     * What the JDK keeps to itself.
     *
     * <p>Each of its methods throws an {@link UnsupportedOperationException} if that cannot be had; the message says
     * why, and names the flag that helps.
     */
    public static JdkChannels channels() {
        return CHANNELS;
    }

    /** Whether the JDK made this channel, so that it has a descriptor that can be found. */
    public static boolean isOfTheJdk(SelectableChannel channel) {
        return OF_THE_JDK.isInstance(channel);
    }

    /**
     * The descriptor under a channel of the JDK.
     *
     * @throws UnsupportedOperationException if it is not the JDK's own, or cannot be had; the message says why, and
     *     names the flag that helps
     */
    public static int fd(SelectableChannel channel) {
        if (!isOfTheJdk(channel)) {
            throw new UnsupportedOperationException(
                    channel.getClass().getName() + " is not a channel of the JDK: its descriptor is not known");
        }
        return CHANNELS.fd(channel);
    }
}
