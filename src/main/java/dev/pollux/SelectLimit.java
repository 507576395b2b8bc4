// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/** The highest descriptor for {@code select(2)}: the C library's limit or the kernel's. */
public enum SelectLimit {
    /**
     * The size of the C library's {@code fd_set}, 1024 on most systems. A descriptor of that number or more is refused
     * with {@link DescriptorLimitException}. This is the default, and the limit of a portable C program.
     */
    FD_SETSIZE,
    /**
     * The kernel's own limit: the bitmaps grow with the descriptors, up to RLIMIT_NOFILE. Linux, illumos, macOS and the
     * BSDs accept such bitmaps. Another kernel fails with EINVAL, which the poll throws as {@link SyscallException}.
     */
    KERNEL
}
