// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/** A readiness mechanism of Unix, named as its manual page is. */
public enum Mechanism {
    /** {@code select(2)}: three bitmaps, by default of 1024 descriptors. Everywhere. */
    SELECT,
    /** {@code poll(2)}: an array of descriptors, scanned whole by each call. Everywhere. */
    POLL,
    /** {@code /dev/poll}: an interest list in the kernel, of Solaris and illumos; {@code poll(7d)} there. */
    DEVPOLL,
    /** {@code epoll(7)}: an interest list and a ready list in the kernel, of Linux. */
    EPOLL,
    /** {@code kqueue(2)}: filters and events in the kernel, of macOS and the BSDs. */
    KQUEUE,
    /** {@code io_uring(7)}: polls as queued requests, of Linux. Never picked unless it is asked for by name. */
    IO_URING
}
