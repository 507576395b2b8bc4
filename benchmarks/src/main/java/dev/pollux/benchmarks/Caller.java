// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import java.util.EnumSet;
import java.util.Set;

/** Who waits: C itself, Pollux through one of its bindings, or what one would use instead of Pollux. */
public enum Caller {
    C("plain C", null, Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT, Mechanism.IO_URING),
    JNI("Pollux, JNI", Binding.JNI, Mechanism.values()),
    FFM("Pollux, FFM", Binding.FFM, Mechanism.values()),
    JNA("Pollux, JNA", Binding.JNA, Mechanism.values()),
    /** JNA as most programs use it, an interface and a proxy; Pollux has no such binding, and so it cannot wait. */
    JNA_INTERFACE("JNA, interface mapping", null),
    /** Pollux as a {@code Selector}, with its set of selected keys. */
    POLLUX_NIO_KEYS("Pollux Selector, keys", null, Mechanism.EPOLL),
    /** Pollux as a {@code Selector}, with {@code select(Consumer)}. */
    POLLUX_NIO_CONSUMER("Pollux Selector, consumer", null, Mechanism.EPOLL),
    /** The JDK's {@code Selector}, with its set of selected keys. */
    JDK_KEYS("JDK Selector, keys", null, Mechanism.EPOLL),
    /** The JDK's {@code Selector}, with {@code select(Consumer)}. */
    JDK_CONSUMER("JDK Selector, consumer", null, Mechanism.EPOLL),
    /** Netty's own epoll. */
    NETTY_EPOLL("Netty, epoll", null, Mechanism.EPOLL),
    /** The {@code Selector} of jnr-enxio. */
    JNR_ENXIO("jnr-enxio", null, Mechanism.POLL),
    LIBEVENT("libevent", null, Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT),
    /** Virtual threads in a blocking {@code SocketChannel}; they wait through whatever the JDK takes for them. */
    JDK_VIRTUAL("JDK channel, virtual threads", null),
    /** Platform threads in a blocking {@code SocketChannel}: each is in {@code read(2)}. */
    JDK_PLATFORM("JDK channel, platform threads", null);

    private final String label;
    private final Binding binding;
    private final Set<Mechanism> mechanisms;

    Caller(String label, Binding binding, Mechanism... mechanisms) {
        this.label = label;
        this.binding = binding;
        this.mechanisms = EnumSet.noneOf(Mechanism.class);
        this.mechanisms.addAll(Set.of(mechanisms));
    }

    /** In tables and plots. */
    public String label() {
        return label;
    }

    public boolean isPollux() {
        return binding != null || this == POLLUX_NIO_KEYS || this == POLLUX_NIO_CONSUMER;
    }

    /** Whether this is another library: neither plain C nor Pollux. */
    public boolean isPeer() {
        return this != C && !isPollux();
    }

    /** Pollux's binding, null if this is none. */
    Binding binding() {
        return binding;
    }

    /** Whether this could ever wait through the mechanism, on Linux. */
    boolean has(Mechanism mechanism) {
        return mechanisms.contains(mechanism);
    }

    /** Whether the loop is in C, and Java only calls it. */
    boolean isInC() {
        return this == C || this == LIBEVENT;
    }

    /** Whether it can only wait for channels that the JDK opened. */
    boolean needsChannelsOfTheJdk() {
        return switch (this) {
            case POLLUX_NIO_KEYS, POLLUX_NIO_CONSUMER, JDK_KEYS, JDK_CONSUMER, JDK_VIRTUAL, JDK_PLATFORM -> true;
            default -> false;
        };
    }
}
