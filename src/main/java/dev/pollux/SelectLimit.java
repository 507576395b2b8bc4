// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/** How far {@code select(2)} may go: what the C header says, or what the kernel does. */
public enum SelectLimit {
    /**
     * The size of the C library's {@code fd_set}, 1024 nearly everywhere: a descriptor of that number or more is
     * refused with {@link DescriptorLimitException}. The default, and what a portable C program has.
     */
    FD_SETSIZE,
    /**
     * The kernel's own limit: the bitmaps grow with the descriptors, up to RLIMIT_NOFILE. Linux, illumos, macOS and
     * the BSDs take such bitmaps; a kernel that does not answers with EINVAL, which is reported as it is.
     */
    KERNEL
}
