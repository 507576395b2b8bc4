// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.FdSet;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** The bitmaps of {@code select}, drawn before and after the call. */
final class FdSets {
    private static final int ROW = 32;
    private static final int GROUP = 8;

    private final Stage stage;
    private final int sizeBytes;
    private final Map<String, NativeMemory> sets = new LinkedHashMap<>();

    private FdSets(Stage stage, int sizeBytes) {
        this.stage = stage;
        this.sizeBytes = sizeBytes;
    }

    /** Sets as large as C's {@code fd_set}. */
    static FdSets of(Stage stage) {
        return new FdSets(stage, FdSet.sizeBytes(FdSet.FD_SETSIZE));
    }

    /** Sets of this size. */
    static FdSets ofSize(Stage stage, int sizeBytes) {
        return new FdSets(stage, sizeBytes);
    }

    FdSets read(int... fds) {
        return set("readfds", fds);
    }

    FdSets write(int... fds) {
        return set("writefds", fds);
    }

    FdSets except(int... fds) {
        return set("exceptfds", fds);
    }

    /** Sets these bits and leaves the others. */
    private FdSets set(String name, int... fds) {
        NativeMemory memory = sets.computeIfAbsent(name, any -> stage.allocate(sizeBytes));
        for (int fd : fds) {
            FdSet.set(memory.buffer(), fd);
        }
        return this;
    }

    NativeMemory memory(String name) {
        return sets.get(name);
    }

    /** Whether the bit is set now. */
    boolean has(String name, int fd) {
        return FdSet.isSet(sets.get(name).buffer(), fd);
    }

    /** Calls {@code pselect}, which is shown, and draws the sets; returns the result or -errno. */
    int select(int nfds, long timeoutMillis) {
        Map<String, NativeMemory> before = new LinkedHashMap<>();
        sets.forEach((name, memory) -> {
            NativeMemory copy = stage.allocate(sizeBytes);
            copy.copyFrom(memory, sizeBytes);
            before.put(name, copy);
        });
        NativeMemory timeout = stage.allocate(Timespec.SIZE);
        Timespec.put(timeout.buffer(), timeoutMillis * 1_000_000);
        int rc = stage.calls.pselect(nfds, sets.get("readfds"), sets.get("writefds"), sets.get("exceptfds"), timeout);
        sets.forEach((name, memory) -> draw(name, before.get(name), memory));
        return rc;
    }

    /** Draws the rows with a bit that was or is set. */
    private void draw(String name, NativeMemory before, NativeMemory after) {
        TreeSet<Integer> rows = new TreeSet<>();
        for (int fd = 0; fd < sizeBytes * Byte.SIZE; fd++) {
            if (FdSet.isSet(before.buffer(), fd) || FdSet.isSet(after.buffer(), fd)) {
                rows.add(fd / ROW * ROW);
            }
        }
        if (rows.isEmpty()) {
            rows.add(0);
        }
        for (int row : rows) {
            stage.state(String.format("%-9s before  fd %4d: %s", name, row, bits(before, row)));
            stage.state(String.format("%-9s after   fd %4d: %s", "", row, bits(after, row)));
        }
    }

    private static String bits(NativeMemory memory, int firstFd) {
        StringBuilder bits = new StringBuilder();
        for (int fd = firstFd; fd < firstFd + ROW; fd++) {
            bits.append(fd > firstFd && fd % GROUP == 0 ? " " : "");
            bits.append(FdSet.isSet(memory.buffer(), fd) ? '1' : '.');
        }
        return bits.toString();
    }
}
