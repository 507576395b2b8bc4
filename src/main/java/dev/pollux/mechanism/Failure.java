// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;

/** Makes the exception for a call that answered -errno. */
final class Failure {
    private Failure() {}

    static SyscallException of(String call, String arguments, int rc) {
        return new SyscallException(call, arguments, -rc, Errno.describe(-rc));
    }
}
