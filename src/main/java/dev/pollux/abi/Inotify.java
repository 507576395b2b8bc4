// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * Linux, {@code <sys/inotify.h>}. A read transfers as many whole events as there is room for:
 *
 * <pre>{@code
 * struct inotify_event {
 *     int      wd;        //  0: the watch; -1 for IN_Q_OVERFLOW
 *     uint32_t mask;      //  4
 *     uint32_t cookie;    //  8: the same for the two events of a rename, else 0
 *     uint32_t len;       // 12: of the name, with its NULs; 0 without a name
 *     char     name[];    // 16
 * };                      // 16 + len
 * }</pre>
 */
public final class Inotify {
    public static final int IN_NONBLOCK = 0x800;
    public static final int IN_CLOEXEC = 0x80000;

    public static final int IN_ACCESS = 0x1;
    public static final int IN_MODIFY = 0x2;
    public static final int IN_ATTRIB = 0x4;
    public static final int IN_CLOSE_WRITE = 0x8;
    public static final int IN_CLOSE_NOWRITE = 0x10;
    public static final int IN_OPEN = 0x20;
    public static final int IN_MOVED_FROM = 0x40;
    public static final int IN_MOVED_TO = 0x80;
    public static final int IN_CREATE = 0x100;
    public static final int IN_DELETE = 0x200;
    public static final int IN_DELETE_SELF = 0x400;
    public static final int IN_MOVE_SELF = 0x800;
    public static final int IN_UNMOUNT = 0x2000;
    public static final int IN_Q_OVERFLOW = 0x4000;
    public static final int IN_IGNORED = 0x8000;
    public static final int IN_ONLYDIR = 0x01000000;
    public static final int IN_DONT_FOLLOW = 0x02000000;
    public static final int IN_EXCL_UNLINK = 0x04000000;
    public static final int IN_MASK_ADD = 0x20000000;
    public static final int IN_ISDIR = 0x40000000;
    public static final int IN_ONESHOT = 0x80000000;

    /** The size of an event without a name. */
    public static final int EVENT_SIZE = 16;

    public static final int WD = 0;
    public static final int MASK = 4;
    public static final int COOKIE = 8;
    public static final int LEN = 12;
    public static final int NAME = 16;

    private Inotify() {}
}
