// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import dev.pollux.abi.Inotify;
import java.nio.file.Path;

/**
 * Watches files and folders, {@code inotify(7)}. One descriptor has any number of watches; it is readable while it has
 * events. Close it with {@link Posix#close}, which removes its watches.
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * FileWatches watches = posix.fileWatches();
 * java.nio.file.Path folder = java.nio.file.Files.createTempDirectory("example");
 * int inotify = watches.inotify();
 * watches.add(inotify, folder, FileWatches.IN_CREATE | FileWatches.IN_MOVED_TO);
 * FileWatches.Events events = watches.events(inotify);
 * java.nio.file.Files.createFile(folder.resolve("new"));
 * try (Poller poller = Pollers.open()) {
 *     poller.register(inotify, Interest.READ);
 *     poller.poll((registration, ready) -> {
 *         while (events.next()) {
 *             String name = events.name(); // "new"
 *         }
 *     });
 * }
 * posix.close(inotify);
 * }</pre>
 *
 * <p><b>Traps.</b>
 *
 * <ul>
 *   <li>A watch is of a file (inode), not of a path. After a rename it follows the file; for a path that another file may
 *       take, watch the folder.
 *   <li>A folder's watch reports its entries, not those of its subfolders. Until you have added a watch for a new
 *       subfolder, what happens in it is not reported: list it after adding.
 *   <li>If more events wait than the sysctl {@code fs.inotify.max_queued_events} allows, the rest is dropped and one event
 *       with IN_Q_OVERFLOW and wd -1 says so: look at the files again.
 *   <li>If the file is deleted or its file system unmounted, the kernel removes the watch, and IN_IGNORED is its last
 *       event. A deleted file exists until it is closed everywhere.
 *   <li>With an edge trigger, one read of a full buffer is not enough: without a new event there is no new edge. A loop
 *       until {@link Events#next} returns false reads all.
 *   <li>Changes through a memory mapping, and those that another machine makes on a network file system, are not reported.
 * </ul>
 *
 * <p><b>Threads.</b> All methods may be called from any thread; one thread at a time uses an {@link Events}.
 *
 * <p><b>Errors.</b> As in {@link Posix}. Only Linux has these calls: elsewhere an {@link UnsupportedOperationException}
 * says so. The counterpart of the BSDs and macOS is kqueue's EVFILT_VNODE; {@code java.nio.file.WatchService} works
 * everywhere.
 */
public interface FileWatches {
    /** The file was read. */
    int IN_ACCESS = Inotify.IN_ACCESS;

    /** The file was written or truncated. */
    int IN_MODIFY = Inotify.IN_MODIFY;

    /** Permissions, times, owner or the number of links changed; also when a link to the file is deleted. */
    int IN_ATTRIB = Inotify.IN_ATTRIB;

    /** A file that was open for writing was closed. */
    int IN_CLOSE_WRITE = Inotify.IN_CLOSE_WRITE;

    /** A file that was open for reading only was closed. */
    int IN_CLOSE_NOWRITE = Inotify.IN_CLOSE_NOWRITE;

    /** The file was opened. */
    int IN_OPEN = Inotify.IN_OPEN;

    /** An entry of the folder was renamed, or moved away; {@link Events#cookie} leads to its IN_MOVED_TO. */
    int IN_MOVED_FROM = Inotify.IN_MOVED_FROM;

    /** An entry got its name in the folder by a rename. */
    int IN_MOVED_TO = Inotify.IN_MOVED_TO;

    /** An entry was created in the folder. */
    int IN_CREATE = Inotify.IN_CREATE;

    /** An entry of the folder was deleted. */
    int IN_DELETE = Inotify.IN_DELETE;

    /** The watched file itself was deleted. */
    int IN_DELETE_SELF = Inotify.IN_DELETE_SELF;

    /** The watched file itself was renamed. */
    int IN_MOVE_SELF = Inotify.IN_MOVE_SELF;

    /** For {@link #add}: fail with ENOTDIR if the path is no folder. */
    int IN_ONLYDIR = Inotify.IN_ONLYDIR;

    /** For {@link #add}: watch a symbolic link itself. */
    int IN_DONT_FOLLOW = Inotify.IN_DONT_FOLLOW;

    /** For {@link #add}: no events of entries that were deleted but are still open. */
    int IN_EXCL_UNLINK = Inotify.IN_EXCL_UNLINK;

    /** For {@link #add}: add to the mask of an existing watch instead of replacing it. */
    int IN_MASK_ADD = Inotify.IN_MASK_ADD;

    /** For {@link #add}: remove the watch after one event. */
    int IN_ONESHOT = Inotify.IN_ONESHOT;

    /** In an event: the file system was unmounted. */
    int IN_UNMOUNT = Inotify.IN_UNMOUNT;

    /** In an event: events were dropped. */
    int IN_Q_OVERFLOW = Inotify.IN_Q_OVERFLOW;

    /** In an event: the watch was removed, by {@link #remove} or by the kernel. */
    int IN_IGNORED = Inotify.IN_IGNORED;

    /** In an event: the entry is a folder. */
    int IN_ISDIR = Inotify.IN_ISDIR;

    /**
     * A new descriptor without watches, {@code inotify_init1(2)}.
     *
     * @throws SyscallException EMFILE also at the limit of the sysctl {@code fs.inotify.max_user_instances}
     */
    int inotify() throws SyscallException;

    /**
     * Watches a file or folder, {@code inotify_add_watch(2)}. If this descriptor watches the same file already, the mask
     * of that watch is replaced.
     *
     * @param mask a union of the constants: {@code IN_CREATE | IN_DELETE}
     * @return the number of the watch (wd), which its events carry
     * @throws SyscallException ENOENT if there is no such file; ENOSPC at the limit of the sysctl
     *     {@code fs.inotify.max_user_watches}
     */
    int add(int fd, Path path, int mask) throws SyscallException;

    /**
     * Removes a watch, {@code inotify_rm_watch(2)}. Its last event has IN_IGNORED; events from before may still come.
     *
     * @throws SyscallException EINVAL if there is no such watch, such as one that the kernel has removed
     */
    void remove(int fd, int wd) throws SyscallException;

    /** The events of a descriptor. It has a buffer of its own; make one, and keep it. */
    Events events(int fd);

    /** A cursor over the events of an inotify descriptor. It makes no garbage but the strings of {@link #name}. */
    interface Events {
        /**
         * Moves on to the next event, and reads more from the descriptor if it has delivered all it has.
         *
         * @return false if there is none now
         */
        boolean next() throws SyscallException;

        /** The number of the watch; -1 for IN_Q_OVERFLOW. */
        int wd();

        /** What happened: one kind of event, and perhaps IN_ISDIR. */
        int mask();

        /** Whether the mask has one of these bits. */
        boolean is(int bits);

        /** A number that only the IN_MOVED_FROM and IN_MOVED_TO of one rename share; else 0. */
        int cookie();

        /** The name of the entry of a watched folder; the empty string if the event concerns the watched file itself. */
        String name();
    }
}
