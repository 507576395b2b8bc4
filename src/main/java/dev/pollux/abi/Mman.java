// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/** {@code <sys/mman.h>} of Linux: what {@code mmap} is asked when it maps a ring. */
public final class Mman {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;

    public static final int MAP_SHARED = 1;
    /** No file: memory that is zero. */
    public static final int MAP_ANONYMOUS = 0x20;
    /** Touch every page at once, so that the first access does not have to. */
    public static final int MAP_POPULATE = 0x8000;

    private Mman() {}
}
