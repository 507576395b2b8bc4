// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/** {@code <sys/mman.h>} of Linux: the flags with which {@code mmap} maps a ring. */
public final class Mman {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;

    public static final int MAP_SHARED = 1;
    /** No file: zeroed memory. */
    public static final int MAP_ANONYMOUS = 0x20;
    /** Populate all pages at once, so that the first access causes no page fault. */
    public static final int MAP_POPULATE = 0x8000;

    private Mman() {}
}
