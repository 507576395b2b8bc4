// SPDX-License-Identifier: Apache-2.0

/** Descriptors that the JDK does not have: made, read, written and closed as in C. */
@NullMarked
package dev.pollux.posix;

import org.jspecify.annotations.NullMarked;
