// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import static dev.pollux.posix.kernel.KernelCalls.requireDescriptor;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.FileNames;
import dev.pollux.abi.Flags;
import dev.pollux.abi.Inotify;
import dev.pollux.posix.FileWatches;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;
import java.nio.file.Path;

/** {@link FileWatches} over {@link Syscalls}. */
final class KernelFileWatches extends KernelEvents implements FileWatches {
    /** Room for some hundred events; one has at most 16 bytes and a name of 256. */
    static final int BUFFER_SIZE = 16 * 1024;

    KernelFileWatches(Syscalls syscalls) {
        super(
                syscalls,
                "Linux has it; the BSDs and macOS have kqueue's EVFILT_VNODE, and java.nio.file.WatchService works"
                        + " everywhere");
    }

    @Override
    public int inotify() throws SyscallException {
        String flags = "IN_NONBLOCK|IN_CLOEXEC";
        int rc = syscalls.inotifyInit1(Inotify.IN_NONBLOCK | Inotify.IN_CLOEXEC);
        if (rc == -Errno.EMFILE) {
            String wayOut = "; this process has as many descriptors as RLIMIT_NOFILE allows, or this user as many of"
                    + " inotify as the sysctl fs.inotify.max_user_instances: close some, or raise it";
            throw new SyscallException("inotify_init1", flags, -rc, Errno.describe(-rc) + wayOut);
        }
        return check("inotify_init1", flags, rc);
    }

    @Override
    public int add(int fd, Path path, int mask) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory pathname = calls.pathname(path);
        int rc = syscalls.inotifyAddWatch(fd, pathname, mask);
        Reference.reachabilityFence(pathname);
        if (rc >= 0) {
            return rc;
        }
        String arguments = fd + ", \"" + path + "\", " + Flags.FILE_EVENTS.set(mask);
        if (rc == -Errno.ENOSPC) {
            String wayOut = "; this user watches as many files as the sysctl fs.inotify.max_user_watches allows: raise"
                    + " it, or remove watches";
            throw new SyscallException("inotify_add_watch", arguments, -rc, Errno.describe(-rc) + wayOut);
        }
        return check("inotify_add_watch", arguments, rc);
    }

    @Override
    public void remove(int fd, int wd) throws SyscallException {
        requireDescriptor(fd);
        check("inotify_rm_watch", fd + ", " + wd, syscalls.inotifyRmWatch(fd, wd));
    }

    @Override
    public Events events(int fd) {
        requireDescriptor(fd);
        return new Cursor(fd);
    }

    /** A buffer of events; the current one is from {@code begin} to {@code end}, and the last one ends at the limit. */
    private final class Cursor implements Events {
        private final int fd;
        private final NativeMemory buffer = calls.allocate(BUFFER_SIZE);
        private int begin;
        private int end;
        private int limit;

        Cursor(int fd) {
            this.fd = fd;
        }

        @Override
        public boolean next() throws SyscallException {
            if (end == limit) {
                end = 0;
                limit = 0;
                limit = read(fd, buffer);
            }
            begin = end;
            if (limit == 0) {
                return false;
            }
            end = endOfEvent();
            return true;
        }

        /** The kernel transfers whole events; the descriptor may be another file's by now. */
        private int endOfEvent() {
            int room = limit - begin - Inotify.EVENT_SIZE;
            int nameLength = room < 0 ? -1 : buffer.getInt(begin + Inotify.LEN);
            if (nameLength < 0 || nameLength > room) {
                end = 0;
                limit = 0;
                throw new IllegalStateException("descriptor " + fd + " does not give events of inotify");
            }
            return begin + Inotify.EVENT_SIZE + nameLength;
        }

        private int field(int offset) {
            if (end == 0) {
                throw new IllegalStateException("there is no event: next() has not returned true");
            }
            return buffer.getInt(begin + offset);
        }

        @Override
        public int wd() {
            return field(Inotify.WD);
        }

        @Override
        public int mask() {
            return field(Inotify.MASK);
        }

        @Override
        public boolean is(int bits) {
            return (mask() & bits) != 0;
        }

        @Override
        public int cookie() {
            return field(Inotify.COOKIE);
        }

        @Override
        public String name() {
            int room = field(Inotify.LEN);
            int length = 0;
            while (length < room && buffer.buffer().get(begin + Inotify.NAME + length) != 0) {
                length++;
            }
            byte[] bytes = new byte[length];
            buffer.buffer().get(begin + Inotify.NAME, bytes);
            return FileNames.decoded(bytes);
        }
    }
}
