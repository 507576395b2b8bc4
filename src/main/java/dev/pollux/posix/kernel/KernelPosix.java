// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.posix.Posix;
import dev.pollux.posix.Terminals;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** {@link Posix} over {@link Syscalls}. It also reads and writes {@link NativeMemory}, without garbage. */
public final class KernelPosix extends KernelSockets {
    /** Creates and uses descriptors through these calls. */
    public KernelPosix(Syscalls syscalls) {
        super(syscalls);
    }

    @Override
    public Terminals terminals() {
        return new KernelTerminals(this);
    }
}
