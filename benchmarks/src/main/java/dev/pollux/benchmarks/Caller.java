// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import java.util.EnumSet;
import java.util.Set;

/** Who waits: C itself, Pollux through one of its bindings, or what one would use instead of Pollux. */
public enum Caller {
    C(null, Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT, Mechanism.IO_URING),
    JNI(Binding.JNI, Mechanism.values()),
    FFM(Binding.FFM, Mechanism.values()),
    JNA(Binding.JNA, Mechanism.values()),
    /** JNA as most programs use it, an interface and a proxy; Pollux has no such binding, and so it cannot wait. */
    JNA_INTERFACE(null),
    /** Pollux as a {@code Selector}, with its set of selected keys. */
    POLLUX_NIO_KEYS(null, Mechanism.EPOLL),
    /** Pollux as a {@code Selector}, with {@code select(Consumer)}. */
    POLLUX_NIO_CONSUMER(null, Mechanism.EPOLL),
    /** The JDK's {@code Selector}, with its set of selected keys. */
    JDK_KEYS(null, Mechanism.EPOLL),
    /** The JDK's {@code Selector}, with {@code select(Consumer)}. */
    JDK_CONSUMER(null, Mechanism.EPOLL),
    /** Netty on top of the JDK's {@code Selector}. */
    NETTY_NIO(null, Mechanism.EPOLL),
    /** Netty's own epoll. */
    NETTY_EPOLL(null, Mechanism.EPOLL),
    /** The {@code Selector} of jnr-enxio. */
    JNR_ENXIO(null, Mechanism.POLL),
    LIBEVENT(null, Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT);

    private final Binding binding;
    private final Set<Mechanism> mechanisms;

    Caller(Binding binding, Mechanism... mechanisms) {
        this.binding = binding;
        this.mechanisms = EnumSet.noneOf(Mechanism.class);
        this.mechanisms.addAll(Set.of(mechanisms));
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
            case POLLUX_NIO_KEYS, POLLUX_NIO_CONSUMER, JDK_KEYS, JDK_CONSUMER -> true;
            default -> false;
        };
    }
}
