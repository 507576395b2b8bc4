// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * Linux, {@code <sys/wait.h>}: the end of a process, on a 64-bit system. Pollux reads these fields; MIPS has the second
 * and the third one the other way round:
 *
 * <pre>{@code
 * typedef struct {
 *     int   si_signo;     //  0: SIGCHLD, or 0 if there is nothing to tell
 *     int   si_errno;     //  4
 *     int   si_code;      //  8: CLD_EXITED ...
 *     pid_t si_pid;       // 16
 *     uid_t si_uid;       // 20
 *     int   si_status;    // 24: the exit status, or the signal
 *     ...
 * } siginfo_t;            // 128
 * }</pre>
 */
public final class Wait {
    public static final int P_PID = 1;
    /** Linux 5.4 and later. */
    public static final int P_PIDFD = 3;

    public static final int WNOHANG = 1;
    public static final int WEXITED = 4;
    public static final int WNOWAIT = 0x01000000;

    public static final int CLD_EXITED = 1;
    public static final int CLD_KILLED = 2;
    public static final int CLD_DUMPED = 3;

    public static final int SIGINFO_SIZE = 128;
    public static final int SI_SIGNO = 0;
    public static final int SI_CODE = 8;
    public static final int SI_PID = 16;
    public static final int SI_UID = 20;
    public static final int SI_STATUS = 24;

    private Wait() {}
}
