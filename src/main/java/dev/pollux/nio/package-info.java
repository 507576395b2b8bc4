// SPDX-License-Identifier: Apache-2.0

/** {@code java.nio} selectors on a poller. */
@NullMarked
package dev.pollux.nio;

import org.jspecify.annotations.NullMarked;
