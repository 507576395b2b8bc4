// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.nio.PolluxSelectorProvider;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.util.function.IntFunction;
import jnr.enxio.channels.NativeSelectorProvider;

/**
 * One way of waiting in Java, and as little on top of it as can be: the workloads are written once, over this. In a JVM
 * that measures one caller there is one implementation, and the JIT compiler sees through it.
 */
interface Watcher extends Closeable {
    /** Told what was registered with a descriptor that is readable. */
    @FunctionalInterface
    interface Handler {
        void readable(Object attachment);
    }

    /**
     * Watches for reading.
     *
     * @param once reports it once, and again after {@link #modify}
     * @return for {@link #modify} and {@link #cancel}
     */
    Object register(int index, boolean once, Object attachment) throws IOException;

    void modify(Object registration, Interest interest) throws IOException;

    void cancel(Object registration) throws IOException;

    /** Lets the kernel know of all changes, where that is not already done. */
    void settle() throws IOException;

    /** How many events were delivered. */
    int poll(boolean blocking, Handler handler) throws IOException;

    void wakeup();

    /**
     * Registers the first descriptors, and closes this if that fails.
     *
     * @return the registrations
     */
    default Object[] registerAll(int count, boolean once, IntFunction<?> attachments) throws IOException {
        Object[] registrations = new Object[count];
        try {
            for (int i = 0; i < count; i++) {
                registrations[i] = register(i, once, attachments.apply(i));
            }
            settle();
            return registrations;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    static Watcher open(Caller caller, Mechanism mechanism, Ends ends) throws IOException {
        return open(caller, mechanism, ends, dev.pollux.SelectLimit.KERNEL);
    }

    static Watcher open(Caller caller, Mechanism mechanism, Ends ends, dev.pollux.SelectLimit limit)
            throws IOException {
        return switch (caller) {
            case JNI, FFM, JNA ->
                new PollerWatcher(
                        Pollers.builder()
                                .mechanism(mechanism)
                                .binding(caller.binding())
                                .selectLimit(limit)
                                .open(),
                        ends);
            case POLLUX_NIO_KEYS, POLLUX_NIO_CONSUMER ->
                new SelectorWatcher(
                        new PolluxSelectorProvider().openSelector(),
                        ends::channel,
                        caller == Caller.POLLUX_NIO_CONSUMER);
            case JDK_KEYS, JDK_CONSUMER ->
                new SelectorWatcher(
                        SelectorProvider.provider().openSelector(), ends::channel, caller == Caller.JDK_CONSUMER);
            case JNR_ENXIO ->
                new SelectorWatcher(
                        NativeSelectorProvider.getInstance().openSelector(), new EnxioChannels(ends)::channel, false);
            case NETTY_EPOLL -> new NettyWatcher(ends);
            case C, LIBEVENT, JNA_INTERFACE, JDK_VIRTUAL, JDK_PLATFORM ->
                throw new IllegalArgumentException(caller + " is no way of waiting in Java");
        };
    }
}
