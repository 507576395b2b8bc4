// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;

/**
 * Has the JIT compiler see enough polls before anything is measured. Where one poll takes a millisecond, the warm-up
 * makes too few of them: Java would be measured before it is compiled, and with the garbage that only then is made.
 */
final class CompiledPolls {
    private static final int POLLS = 20_000;
    private static final int PIPES = 16;
    private static final int READY = 8;

    private CompiledPolls() {}

    static void make(Caller caller, Mechanism mechanism) throws IOException {
        if (caller.isInC()) {
            return;
        }
        int[] ready = Position.SPREAD.choose(PIPES, READY);
        try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, caller, PIPES, ready)) {
            pairs.makeReady(ready);
            for (Wait wait : Wait.values()) {
                try (Loop loop = Loops.waiting(caller, mechanism, wait, pairs)) {
                    Loop.require("events", (long) POLLS * READY, loop.run(POLLS));
                }
            }
        }
    }
}
