// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.FdSet;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The bitmaps of {@code select}, drawn before and after the call. */
final class FdSets {
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
        Map<String, List<Integer>> before = new LinkedHashMap<>();
        sets.forEach((name, memory) -> before.put(name, bits(memory)));
        NativeMemory timeout = stage.allocate(Timespec.SIZE);
        Timespec.put(timeout.buffer(), timeoutMillis * 1_000_000);
        int rc = stage.calls.pselect(nfds, sets.get("readfds"), sets.get("writefds"), sets.get("exceptfds"), timeout);
        sets.forEach((name, memory) -> stage.show(new Fact.Bits(name, nfds, before.get(name), bits(memory))));
        return rc;
    }

    private List<Integer> bits(NativeMemory memory) {
        return IntStream.range(0, sizeBytes * Byte.SIZE)
                .filter(fd -> FdSet.isSet(memory.buffer(), fd))
                .boxed()
                .toList();
    }
}
