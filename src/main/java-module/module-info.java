// SPDX-License-Identifier: Apache-2.0

/**
 * One {@link dev.pollux.Poller} over every readiness mechanism of Unix: select, poll, /dev/poll, epoll, kqueue and
 * io_uring. {@link dev.pollux.Pollers} opens one.
 *
 * <p>JNA is optional: JNI and FFM work without it. A program on the module path that wants the JNA binding puts
 * {@code jna} on the module path ({@code jna-jpms} for {@code jlink}), and either requires {@code com.sun.jna} in its own
 * module or starts with {@code --add-modules com.sun.jna}.
 */
module dev.pollux {
    requires static com.sun.jna;
    requires static jdk.jfr;
    requires static org.jspecify;

    exports dev.pollux;
    exports dev.pollux.loop;
    exports dev.pollux.nio;
    exports dev.pollux.posix;
    exports dev.pollux.probe;
    exports dev.pollux.syscall;
    exports dev.pollux.syscall.trace;
}
