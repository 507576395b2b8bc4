// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe.trial;

import dev.pollux.Mechanism;
import dev.pollux.SelectLimit;
import dev.pollux.abi.FdSet;
import dev.pollux.mechanism.DevPollDriver;
import dev.pollux.mechanism.Driver;
import dev.pollux.mechanism.EpollDriver;
import dev.pollux.mechanism.IoUringDriver;
import dev.pollux.mechanism.KqueueDriver;
import dev.pollux.mechanism.PollDriver;
import dev.pollux.mechanism.SelectDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One row of the table of preference: the first that works is picked.
 *
 * @param ownLimit how many descriptors the mechanism itself can watch
 * @param ownLimitName what that limit is called
 */
record Preference(
        Mechanism mechanism, Driver.Opener opener, Function<SelectLimit, Long> ownLimit, String ownLimitName) {
    static final List<Preference> TABLE = List.of(
            new Preference(Mechanism.KQUEUE, KqueueDriver::new, limit -> Long.MAX_VALUE, ""),
            new Preference(Mechanism.EPOLL, EpollDriver::new, limit -> maxUserWatches(), "fs.epoll.max_user_watches"),
            new Preference(Mechanism.DEVPOLL, DevPollDriver::new, limit -> Long.MAX_VALUE, ""),
            new Preference(Mechanism.POLL, PollDriver::new, limit -> Long.MAX_VALUE, ""),
            new Preference(
                    Mechanism.SELECT,
                    SelectDriver::new,
                    limit -> limit == SelectLimit.KERNEL ? Long.MAX_VALUE : FdSet.FD_SETSIZE,
                    "FD_SETSIZE"));

    /** These have to be asked for by name. */
    static final List<Preference> BY_NAME_ONLY =
            List.of(new Preference(Mechanism.IO_URING, IoUringDriver::new, limit -> Long.MAX_VALUE, ""));

    static final List<Preference> ALL =
            Stream.of(TABLE, BY_NAME_ONLY).flatMap(List::stream).toList();

    static Preference of(Mechanism mechanism) {
        return ALL.stream()
                .filter(row -> row.mechanism == mechanism)
                .findFirst()
                .orElseThrow();
    }

    /**
     * In one read: the kernel gives such a file's second byte to nobody who asks for it separately. Whatever forbids it,
     * be it a missing /proc or a security manager, leaves the limit unknown.
     */
    private static long maxUserWatches() {
        try (BufferedReader file = Files.newBufferedReader(Path.of("/proc/sys/fs/epoll/max_user_watches"))) {
            return Long.parseLong(file.readLine());
        } catch (IOException | NumberFormatException | SecurityException unknown) {
            return Long.MAX_VALUE;
        }
    }
}
