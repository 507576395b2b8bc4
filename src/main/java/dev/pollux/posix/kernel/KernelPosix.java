// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.posix.FileWatches;
import dev.pollux.posix.Posix;
import dev.pollux.posix.Processes;
import dev.pollux.posix.Signals;
import dev.pollux.posix.Terminals;
import dev.pollux.posix.Timers;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/**
 * {@link Posix} over {@link Syscalls}. It also reads and writes {@link NativeMemory}, without garbage. A family is made
 * when it is first asked for.
 */
public final class KernelPosix extends KernelSockets {
    private Timers timers;
    private Signals signals;
    private Processes processes;
    private FileWatches fileWatches;

    /** Creates and uses descriptors through these calls. */
    public KernelPosix(Syscalls syscalls) {
        super(syscalls);
    }

    @Override
    public Terminals terminals() {
        return new KernelTerminals(this);
    }

    @Override
    public synchronized Timers timers() {
        return timers != null ? timers : (timers = new KernelTimers(syscalls));
    }

    @Override
    public synchronized Signals signals() {
        return signals != null ? signals : (signals = new KernelSignals(syscalls));
    }

    @Override
    public synchronized Processes processes() {
        return processes != null ? processes : (processes = new KernelProcesses(syscalls));
    }

    @Override
    public synchronized FileWatches fileWatches() {
        return fileWatches != null ? fileWatches : (fileWatches = new KernelFileWatches(syscalls));
    }
}
