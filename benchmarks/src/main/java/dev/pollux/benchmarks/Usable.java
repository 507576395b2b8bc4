// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;

/** What can be measured. Who says no has also said why, to whom it concerns. */
interface Usable {
    /** Whether this caller can wait through this mechanism. */
    boolean test(Mechanism mechanism, Caller caller);

    /** Whether it still can with so many descriptors open, of which so many are ready at once. */
    boolean test(Mechanism mechanism, Caller caller, int descriptors, int ready);

    /** Whether this caller can make a system call. */
    boolean test(Caller caller);

    /** Whether so many {@link Pairs} can be open, so many of which are written to. */
    boolean test(int pairs, int written);

    /** Whether this caller takes this descriptor for select. */
    boolean test(dev.pollux.SelectLimit limit, int fd, Caller caller);

    boolean hasVirtualThreads();
}
