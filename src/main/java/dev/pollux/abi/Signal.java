// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;

/**
 * {@code <signal.h>} of Linux. The numbers are those of all its ports but MIPS, SPARC, Alpha and PA-RISC. A set has the
 * bit n - 1 for the signal n:
 *
 * <pre>{@code
 * typedef struct {
 *     unsigned long bits[16];    // 0: 8 bytes each; the kernel reads the first one only
 * } sigset_t;                    // 128
 * }</pre>
 */
public final class Signal {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGILL = 4;
    public static final int SIGTRAP = 5;
    public static final int SIGABRT = 6;
    public static final int SIGBUS = 7;
    public static final int SIGFPE = 8;
    public static final int SIGKILL = 9;
    public static final int SIGUSR1 = 10;
    public static final int SIGSEGV = 11;
    public static final int SIGUSR2 = 12;
    public static final int SIGPIPE = 13;
    public static final int SIGALRM = 14;
    public static final int SIGTERM = 15;
    public static final int SIGSTKFLT = 16;
    public static final int SIGCHLD = 17;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;
    public static final int SIGTSTP = 20;
    public static final int SIGTTIN = 21;
    public static final int SIGTTOU = 22;
    public static final int SIGURG = 23;
    public static final int SIGXCPU = 24;
    public static final int SIGXFSZ = 25;
    public static final int SIGVTALRM = 26;
    public static final int SIGPROF = 27;
    public static final int SIGWINCH = 28;
    public static final int SIGIO = 29;
    public static final int SIGPWR = 30;
    public static final int SIGSYS = 31;

    /** The highest number. From 32 on the signals are real-time signals; the C library keeps the first ones. */
    public static final int SIGNAL_MAX = 64;

    public static final int SIG_BLOCK = 0;
    public static final int SIG_UNBLOCK = 1;
    public static final int SIG_SETMASK = 2;

    public static final int SIGSET_SIZE = 128;

    private static final String[] NAMES = {
        "0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS", "RTMIN"
    };

    private Signal() {}

    /** Adds a signal to a set. */
    public static void add(ByteBuffer sigset, int signal) {
        sigset.putLong(0, sigset.getLong(0) | bit(signal));
    }

    /** Whether a signal is in a set. */
    public static boolean contains(ByteBuffer sigset, int signal) {
        return (sigset.getLong(0) & bit(signal)) != 0;
    }

    private static long bit(int signal) {
        return 1L << signal - 1;
    }

    /** The name of a signal in strace's notation: {@code SIGTERM}, {@code SIGRT_2}; the number if it has none. */
    public static String name(int signal) {
        return signal > 0 && signal <= SIGNAL_MAX ? "SIG" + shortName(signal) : Integer.toString(signal);
    }

    /** The same without {@code SIG}, as in a set; the signal is in range. */
    public static String shortName(int signal) {
        return signal < NAMES.length ? NAMES[signal] : "RT_" + (signal - NAMES.length + 1);
    }
}
