// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall;

import java.lang.reflect.InvocationTargetException;
import java.nio.channels.SelectableChannel;
import java.util.function.ToIntFunction;

/**
 * The descriptor of a {@code java.nio} channel, which the JDK knows and does not tell. The native library asks for it
 * without more ado; where that cannot be had, reflection does, if the JVM was started with the flag for it.
 */
public final class ChannelBridge {
    private static final String FLAG = "--add-opens java.base/sun.nio.ch=ALL-UNNAMED";

    private ChannelBridge() {}

    /** What the native library can do, by name only, and looked for once. */
    private static final class Shim {
        /** Answers -errno if it fails; null if it is not there. */
        static final ToIntFunction<SelectableChannel> DESCRIPTORS;

        /** Why not. */
        static final Throwable MISSING;

        static {
            ToIntFunction<SelectableChannel> descriptors = null;
            Throwable missing = null;
            try {
                descriptors = load();
            } catch (InvocationTargetException e) {
                missing = e.getCause();
            } catch (ReflectiveOperationException | LinkageError e) {
                missing = e;
            }
            DESCRIPTORS = descriptors;
            MISSING = missing;
        }

        @SuppressWarnings("unchecked")
        private static ToIntFunction<SelectableChannel> load() throws ReflectiveOperationException {
            return (ToIntFunction<SelectableChannel>) Class.forName("dev.pollux.syscall.jni.ChannelDescriptors")
                    .getDeclaredConstructor()
                    .newInstance();
        }
    }

    /**
     * The descriptor under a channel of the JDK.
     *
     * @throws UnsupportedOperationException if it is not the JDK's own, or cannot be had; the message says why, and
     *     names the flag that helps
     */
    public static int fd(SelectableChannel channel) {
        try {
            Class<?> withFd = Class.forName("sun.nio.ch.SelChImpl");
            if (!withFd.isInstance(channel)) {
                throw new UnsupportedOperationException(
                        channel.getClass().getName() + " is not a channel of the JDK: its descriptor is not known");
            }
            if (Shim.DESCRIPTORS == null) {
                return (int) withFd.getMethod("getFDVal").invoke(channel);
            }
            int fd = Shim.DESCRIPTORS.applyAsInt(channel);
            if (fd < 0) {
                throw new NoSuchMethodException("getFDVal");
            }
            return fd;
        } catch (IllegalAccessException e) {
            throw new UnsupportedOperationException(
                    "the JDK does not give away the descriptor of a channel, and there is no native library to ask for"
                            + " it (" + Shim.MISSING.getMessage() + "); start the JVM with " + FLAG,
                    e);
        } catch (ClassNotFoundException | NoSuchMethodException | InvocationTargetException e) {
            throw new UnsupportedOperationException("this JDK keeps the descriptors of its channels elsewhere", e);
        }
    }
}
