// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.probe.Finding;
import dev.pollux.probe.ProbeReport;
import java.io.IOException;
import java.util.function.Consumer;

/** What can be measured on this machine, in this JVM. */
final class Usable {
    private final ProbeReport probe = Pollers.probe();
    private final Consumer<String> leftOut;

    /**
     * What cannot be measured is said to this one, with its reason.
     *
     * @throws LinkageError if the loops in plain C cannot be loaded
     */
    Usable(Consumer<String> leftOut) {
        this.leftOut = leftOut;
        PlainC.load(); // without it there is nothing to compare with
    }

    /** Whether this caller can wait through this mechanism. */
    boolean test(Mechanism mechanism, Caller caller) {
        if (caller == Caller.C) {
            return true;
        }
        Finding finding = probe.findings().stream()
                .filter(each -> each.mechanism() == mechanism && each.binding() == caller.binding())
                .findFirst()
                .orElseThrow();
        return finding.usable() || leaveOut(mechanism + " through " + caller, finding.reason());
    }

    /** Whether this caller can make a system call. */
    boolean test(Caller caller) {
        try {
            if (caller.binding() != null) {
                CallLoop.syscalls(caller);
            }
            return true;
        } catch (IOException e) {
            return leaveOut(caller.name(), e.getMessage());
        }
    }

    private boolean leaveOut(String what, String reason) {
        leftOut.accept("left out: " + what + ": " + reason);
        return false;
    }
}
