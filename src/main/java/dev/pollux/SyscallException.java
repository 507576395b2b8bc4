// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;

/**
 * A system call failed. The message follows strace's grammar:
 * {@code epoll_ctl(5, EPOLL_CTL_ADD, 9999): EBADF (Bad file descriptor)}.
 */
public class SyscallException extends IOException {
    /** The name of the call, as C spells it. */
    private final String call;

    /** The number of the error. */
    private final int errno;

    /**
     * Puts the message together.
     *
     * @param call the call's name as C spells it: {@code epoll_ctl}
     * @param arguments its arguments as strace would print them: {@code 5, EPOLL_CTL_ADD, 9999}
     * @param errno the error's number on this system
     * @param errnoText the error's name and meaning: {@code EBADF (Bad file descriptor)}
     */
    public SyscallException(String call, String arguments, int errno, String errnoText) {
        super(call + "(" + arguments + "): " + errnoText);
        this.call = call;
        this.errno = errno;
    }

    /** The name of the call that failed, as C spells it: {@code epoll_ctl}. */
    public String call() {
        return call;
    }

    /** The error's number on this system, as in {@code errno.h}. */
    public int errno() {
        return errno;
    }
}
