// SPDX-License-Identifier: Apache-2.0

/** One {@link dev.pollux.Poller} over every readiness mechanism of Unix; {@link dev.pollux.Pollers} opens one. */
@NullMarked
package dev.pollux;

import org.jspecify.annotations.NullMarked;
