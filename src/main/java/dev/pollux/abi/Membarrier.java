// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * Linux 4.14 and later, {@code <linux/membarrier.h>}: makes all running threads of the process pass a memory barrier.
 *
 * <pre>{@code
 * int membarrier(int cmd, unsigned flags, int cpu_id);    // flags 0
 * }</pre>
 */
public final class Membarrier {
    /** The C library has no function. -1, which no kernel has, on processors that are not listed. */
    public static final int SYS_membarrier = number(System.getProperty("os.arch", ""));

    /** Interrupts the processors that run a thread of this process; needs the registration. */
    public static final int MEMBARRIER_CMD_PRIVATE_EXPEDITED = 1 << 3;

    public static final int MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 1 << 4;

    private Membarrier() {}

    /** {@link #SYS_membarrier} on a processor as Java's {@code os.arch} names it. */
    public static int number(String osArch) {
        return switch (osArch) {
            case "amd64", "x86_64" -> 324;
            case "aarch64", "riscv64", "loongarch64" -> 283;
            case "arm" -> 389;
            case "i386", "x86" -> 375;
            case "ppc64", "ppc64le" -> 365;
            case "s390x" -> 356;
            default -> -1;
        };
    }
}
