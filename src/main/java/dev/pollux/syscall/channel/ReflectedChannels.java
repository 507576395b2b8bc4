// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.channel;

import dev.pollux.abi.NativeAccess;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * The JDK's channels by reflection, which needs a flag. Without the flag each method throws an
 * {@link UnsupportedOperationException} that names it, and says why the native library is not used.
 */
final class ReflectedChannels implements JdkChannels {
    private static final String CHANNELS = "sun.nio.ch";
    private static final String FILES = "java.io";

    private static final Class<?>[] PROVIDER = {SelectorProvider.class};
    private static final Class<?>[] PROVIDER_FAMILY = {SelectorProvider.class, ProtocolFamily.class};
    private static final Class<?>[] PROVIDER_BOOLEAN = {SelectorProvider.class, boolean.class};
    private static final Class<?>[] PROVIDER_FAMILY_BOOLEAN = {
        SelectorProvider.class, ProtocolFamily.class, boolean.class
    };

    private final Throwable noLibrary;

    ReflectedChannels(Throwable noLibrary) {
        this.noLibrary = noLibrary;
    }

    private interface Look {
        Object look() throws ReflectiveOperationException;
    }

    private static String flag(String opened) {
        return "--add-opens java.base/" + opened + "=" + NativeAccess.moduleOf(ReflectedChannels.class);
    }

    private Object reflect(Look look) throws IOException {
        return reflect(CHANNELS, look);
    }

    /** With access to a package. */
    private Object reflect(String opened, Look look) throws IOException {
        try {
            return look.look();
        } catch (InvocationTargetException e) {
            throw thrown(e.getCause());
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            throw new UnsupportedOperationException(
                    "the JDK does not open " + opened + " to Pollux, and the native library is not available ("
                            + noLibrary.getMessage() + "); start the JVM with " + flag(opened),
                    e);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("this JDK has other channel internals than Pollux knows", e);
        }
    }

    private static IOException thrown(Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return (IOException) cause;
    }

    private static Class<?> internal(String name) throws ClassNotFoundException {
        return Class.forName(CHANNELS + "." + name);
    }

    private Object construct(String name, Class<?>[] parameters, Object... arguments) throws IOException {
        return reflect(() -> {
            Constructor<?> constructor = internal(name).getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        });
    }

    /** For methods that do not declare IOException. */
    private Object call(Look look) {
        return call(CHANNELS, look);
    }

    private Object call(String opened, Look look) {
        try {
            return reflect(opened, look);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int fd(SelectableChannel channel) {
        return (int) call(() -> internal("SelChImpl").getMethod("getFDVal").invoke(channel));
    }

    @Override
    public int fd(FileDescriptor file) {
        return (int) call(FILES, () -> accessible(FileDescriptor.class, "fd").get(file));
    }

    @Override
    public int fd(FileChannel channel) {
        return fd((FileDescriptor)
                call(() -> accessible(internal("FileChannelImpl"), "fd").get(channel)));
    }

    private static Field accessible(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    @Override
    public void kill(SelectableChannel channel) throws IOException {
        reflect(() -> internal("SelChImpl").getMethod("kill").invoke(channel));
    }

    @Override
    public SocketChannel openSocketChannel(SelectorProvider provider) throws IOException {
        return (SocketChannel) construct("SocketChannelImpl", PROVIDER, provider);
    }

    @Override
    public SocketChannel openSocketChannel(SelectorProvider provider, ProtocolFamily family) throws IOException {
        return (SocketChannel) construct("SocketChannelImpl", PROVIDER_FAMILY, provider, family);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(SelectorProvider provider) throws IOException {
        return (ServerSocketChannel) construct("ServerSocketChannelImpl", PROVIDER, provider);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(SelectorProvider provider, ProtocolFamily family)
            throws IOException {
        return (ServerSocketChannel) construct("ServerSocketChannelImpl", PROVIDER_FAMILY, provider, family);
    }

    @Override
    public DatagramChannel openDatagramChannel(SelectorProvider provider) throws IOException {
        return (DatagramChannel) construct("DatagramChannelImpl", PROVIDER_BOOLEAN, provider, true);
    }

    @Override
    public DatagramChannel openDatagramChannel(SelectorProvider provider, ProtocolFamily family) throws IOException {
        return (DatagramChannel) construct("DatagramChannelImpl", PROVIDER_FAMILY_BOOLEAN, provider, family, true);
    }

    @Override
    public Pipe openPipe(SelectorProvider provider) throws IOException {
        return (Pipe) construct("PipeImpl", PROVIDER, provider);
    }

    @Override
    public SelectorProvider defaultProvider() {
        return (SelectorProvider)
                call(() -> internal("DefaultSelectorProvider").getMethod("get").invoke(null));
    }
}
