// SPDX-License-Identifier: Apache-2.0

/** The system calls as an interface, for programs that show, count or replace them. */
@NullMarked
package dev.pollux.syscall;

import org.jspecify.annotations.NullMarked;
