// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

/** How the loop in plain C sets its ring up; {@link #USUAL} is as Pollux does it. */
enum RingSetup {
    USUAL(PlainC.IO_URING),
    COOP_TASKRUN(PlainC.IO_URING_COOP_TASKRUN),
    /** Which needs IORING_SETUP_SINGLE_ISSUER besides. */
    DEFER_TASKRUN(PlainC.IO_URING_DEFER_TASKRUN);

    private final int number;

    RingSetup(int number) {
        this.number = number;
    }

    /** For {@link PlainC#open}. */
    int number() {
        return number;
    }
}
