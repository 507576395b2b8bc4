// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/** A readiness mechanism of Unix, named after its manual page. */
public enum Mechanism {
    /** {@code select(2)}: three bitmaps, of 1024 descriptors by default. On every system. */
    SELECT,
    /** {@code poll(2)}: an array of descriptors; each call scans all of it. On every system. */
    POLL,
    /** {@code /dev/poll}: an interest list in the kernel. On Solaris and illumos, see {@code poll(7d)}. */
    DEVPOLL,
    /** {@code epoll(7)}: an interest list and a ready list in the kernel. On Linux and illumos. */
    EPOLL,
    /** {@code kqueue(2)}: filters and events in the kernel. On macOS and the BSDs. */
    KQUEUE,
    /** {@code io_uring(7)}: polls as queued requests. On Linux; used only if selected by name. */
    IO_URING
}
