// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Ioctl;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Asks the kernel what descriptors refer to and what is in them. */
final class OpenDescriptors {
    /** The lowest two bits of F_GETFL: 0 reads, 1 writes, 2 does both. */
    private static final int ACCESS = 3;

    private OpenDescriptors() {}

    static Fact.Descriptors of(Syscalls calls, List<Integer> fds) {
        NativeMemory count = NativeMemory.allocate(calls, Integer.BYTES);
        List<Fact.Descriptor> all = new ArrayList<>();
        for (int fd : fds) {
            int flags = calls.fcntl(fd, Fcntl.F_GETFL, 0);
            if (flags >= 0) {
                String object = object(fd);
                int access = flags & ACCESS;
                all.add(new Fact.Descriptor(
                        fd,
                        kind(object),
                        object,
                        access != 1,
                        access != 0,
                        calls.ioctl(fd, Ioctl.FIONREAD, count) < 0 ? -1 : count.getInt(0)));
            }
        }
        return new Fact.Descriptors(all);
    }

    /** What Linux calls it, such as {@code pipe:[4711]}; a name of its own elsewhere. */
    private static String object(int fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
        } catch (IOException notLinux) {
            return "descriptor:" + fd;
        }
    }

    /** {@code anon_inode:[eventpoll]} is an eventpoll. */
    private static String kind(String object) {
        return object.startsWith("anon_inode:")
                ? object.substring(object.indexOf(':') + 1).replaceAll("[\\[\\]]", "")
                : object.replaceFirst(":\\[?\\d+]?$", "");
    }
}
