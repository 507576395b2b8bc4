// SPDX-License-Identifier: Apache-2.0

/** Each system call as a line, in strace's grammar or as JSON. */
@NullMarked
package dev.pollux.syscall.trace;

import org.jspecify.annotations.NullMarked;
