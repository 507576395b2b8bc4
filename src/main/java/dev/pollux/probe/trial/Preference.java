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
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.mechanism.SelectDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the probe knows about one mechanism.
 *
 * @param function the system call that it needs: looking it up is cheaper than loading a driver
 */
record Preference(Mechanism mechanism, String function) implements Driver.Opener {
    /** The order of preference: the first that works is used. */
    static final List<Preference> TABLE = List.of(
            new Preference(Mechanism.KQUEUE, "kqueue"),
            new Preference(Mechanism.EPOLL, "epoll_create1"),
            new Preference(Mechanism.DEVPOLL, "ioctl"),
            new Preference(Mechanism.POLL, "poll"),
            new Preference(Mechanism.SELECT, "pselect"));

    /** Used only if selected by name. */
    static final Preference BY_NAME_ONLY = new Preference(Mechanism.IO_URING, "io_uring_setup");

    static Preference of(Mechanism mechanism) {
        for (Preference row : TABLE) {
            if (row.mechanism == mechanism) {
                return row;
            }
        }
        return BY_NAME_ONLY;
    }

    /** The variable is an Object: else the verifier would load all drivers to check that each is a Driver. */
    @Override
    public Driver open(PollerSettings settings) throws IOException {
        Object driver = null;
        switch (mechanism) {
            case KQUEUE -> driver = new KqueueDriver(settings);
            case EPOLL -> driver = new EpollDriver(settings);
            case DEVPOLL -> driver = new DevPollDriver(settings);
            case POLL -> driver = new PollDriver(settings);
            case SELECT -> driver = new SelectDriver(settings);
            case IO_URING -> driver = new IoUringDriver(settings);
        }
        return (Driver) driver;
    }

    /** How many descriptors the mechanism itself can watch; {@code Long.MAX_VALUE} if it has no limit. */
    long ownLimit(SelectLimit selectLimit) {
        return switch (mechanism) {
            case EPOLL -> maxUserWatches();
            case SELECT -> selectLimit == SelectLimit.KERNEL ? Long.MAX_VALUE : FdSet.FD_SETSIZE;
            case KQUEUE, DEVPOLL, POLL, IO_URING -> Long.MAX_VALUE;
        };
    }

    /** The name of that limit. */
    String ownLimitName() {
        return switch (mechanism) {
            case EPOLL -> "fs.epoll.max_user_watches";
            case SELECT -> "FD_SETSIZE";
            case KQUEUE, DEVPOLL, POLL, IO_URING -> "";
        };
    }

    /**
     * Reads the file in one call: the kernel returns nothing to a second read of such a file. Without /proc, or if a
     * security manager forbids the read, the limit is unknown.
     */
    private static long maxUserWatches() {
        try (BufferedReader file = Files.newBufferedReader(Path.of("/proc/sys/fs/epoll/max_user_watches"))) {
            return Long.parseLong(file.readLine());
        } catch (IOException | NumberFormatException | SecurityException unknown) {
            return Long.MAX_VALUE;
        }
    }
}
