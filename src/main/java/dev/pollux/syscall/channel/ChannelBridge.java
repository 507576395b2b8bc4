// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.channel;

import dev.pollux.syscall.Syscalls;
import java.lang.reflect.InvocationTargetException;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectableChannel;

/**
 * Access to the internals of the JDK's {@code java.nio} channels. The native library needs no flag for it. Without the
 * library Pollux uses reflection, which needs an {@code --add-opens} flag of the JVM.
 */
public final class ChannelBridge {
    private static final Class<?> OF_THE_JDK = ofTheJdk("SelChImpl");
    private static final Class<?> FILE_OF_THE_JDK = ofTheJdk("FileChannelImpl");
    private static final JdkChannels CHANNELS = open();

    private ChannelBridge() {}

    private static Class<?> ofTheJdk(String name) {
        try {
            return Class.forName("sun.nio.ch." + name, false, null);
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    /** Loads the native implementation by name, once. */
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
     * The internals of the JDK's channels.
     *
     * <p>Each of its methods throws an {@link UnsupportedOperationException} without access; the message says why and
     * names the flag that helps.
     */
    public static JdkChannels channels() {
        return CHANNELS;
    }

    /** Whether this is a channel of the JDK, whose descriptor Pollux can get. */
    public static boolean isOfTheJdk(SelectableChannel channel) {
        return OF_THE_JDK.isInstance(channel);
    }

    /**
     * The descriptor of a JDK channel.
     *
     * @throws UnsupportedOperationException if the channel is not the JDK's own, or without access; the message says
     *     why and names the flag that helps
     */
    public static int fd(SelectableChannel channel) {
        if (!isOfTheJdk(channel)) {
            throw notOfTheJdk(channel);
        }
        return CHANNELS.fd(channel);
    }

    /**
     * The descriptor of an open file channel of the JDK.
     *
     * @throws UnsupportedOperationException as {@link #fd(SelectableChannel)}
     */
    public static int fd(FileChannel channel) {
        if (!FILE_OF_THE_JDK.isInstance(channel)) {
            throw notOfTheJdk(channel);
        }
        return CHANNELS.fd(channel);
    }

    private static UnsupportedOperationException notOfTheJdk(Channel channel) {
        return new UnsupportedOperationException(
                channel.getClass().getName() + " is not a channel of the JDK: Pollux does not know its descriptor");
    }
}
