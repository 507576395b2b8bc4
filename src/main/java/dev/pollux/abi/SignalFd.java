// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * Linux, {@code <sys/signalfd.h>}. A read transfers one struct for each pending signal. Pollux reads the first field:
 *
 * <pre>{@code
 * struct signalfd_siginfo {
 *     uint32_t ssi_signo;    // 0
 *     ...
 * };                         // 128
 * }</pre>
 */
public final class SignalFd {
    public static final int SFD_NONBLOCK = 0x800;
    public static final int SFD_CLOEXEC = 0x80000;

    public static final int SIGINFO_SIZE = 128;
    public static final int SSI_SIGNO = 0;

    private SignalFd() {}
}
