// SPDX-License-Identifier: Apache-2.0

/** What the probe found out: which mechanism works through which binding, and why another does not. */
@NullMarked
package dev.pollux.probe;

import org.jspecify.annotations.NullMarked;
