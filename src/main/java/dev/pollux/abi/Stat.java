// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;

/**
 * {@code <sys/stat.h>}. Pollux reads only {@code st_mode}, {@code st_dev} and {@code st_ino}. Their offsets and sizes
 * on a 64-bit system (the inode has 8 bytes everywhere):
 *
 * <pre>{@code
 * struct stat {
 *     // st_mode         st_dev          st_ino
 *     // 24, 4 bytes      0, 8 bytes      8       Linux on x86-64, ppc64, s390x
 *     // 16, 4 bytes      0, 8 bytes      8       Linux elsewhere (aarch64, riscv64, loongarch64), Solaris
 *     //  4, 2 bytes      0, 4 bytes      8       macOS, with 64-bit inodes
 *     // 24, 2 bytes      0, 8 bytes      8       FreeBSD 12 and later
 *     //  0, 4 bytes      4, 4 bytes      8       OpenBSD
 *     //  8, 4 bytes      0, 8 bytes     16       NetBSD
 *     // 16, 2 bytes     12, 4 bytes      0       DragonFly
 * };
 * }</pre>
 */
public final class Stat {
    public static final int S_IFMT = 0170000;
    public static final int S_IFIFO = 0010000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFSOCK = 0140000;

    /** A buffer of this many bytes holds the {@code struct stat} of any of these systems. */
    public static final int SIZE_MAX = 256;

    private static final int MODE = modeOffset(Os.here(), System.getProperty("os.arch", ""));
    private static final int MODE_WIDTH = modeWidthBytes(Os.here());

    private Stat() {}

    /** The offset of {@code st_mode}; the processor is named as in Java's {@code os.arch}. */
    public static int modeOffset(Os os, String osArch) {
        return switch (os) {
            case LINUX, OTHER ->
                switch (osArch) {
                    case "amd64", "x86_64", "ppc64", "ppc64le", "s390x" -> 24;
                    default -> 16;
                };
            case MACOS -> 4;
            case FREEBSD -> 24;
            case OPENBSD -> 0;
            case NETBSD -> 8;
            case DRAGONFLY, SOLARIS -> 16;
        };
    }

    /** The size of {@code mode_t}. */
    public static int modeWidthBytes(Os os) {
        return switch (os) {
            case LINUX, OPENBSD, NETBSD, SOLARIS, OTHER -> 4;
            case MACOS, FREEBSD, DRAGONFLY -> 2;
        };
    }

    /** The {@code st_mode} that {@code fstat} of this system wrote into the buffer. */
    public static int mode(ByteBuffer buffer) {
        return MODE_WIDTH == 2 ? buffer.getShort(MODE) & 0xffff : buffer.getInt(MODE);
    }

    /** The offset of {@code st_dev}. */
    public static int devOffset(Os os) {
        return switch (os) {
            case LINUX, MACOS, FREEBSD, NETBSD, SOLARIS, OTHER -> 0;
            case OPENBSD -> 4;
            case DRAGONFLY -> 12;
        };
    }

    /** The size of {@code dev_t}. */
    public static int devWidthBytes(Os os) {
        return switch (os) {
            case LINUX, FREEBSD, NETBSD, SOLARIS, OTHER -> 8;
            case MACOS, OPENBSD, DRAGONFLY -> 4;
        };
    }

    /** The offset of {@code st_ino}. */
    public static int inoOffset(Os os) {
        return switch (os) {
            case LINUX, MACOS, FREEBSD, OPENBSD, SOLARIS, OTHER -> 8;
            case NETBSD -> 16;
            case DRAGONFLY -> 0;
        };
    }

    /** The {@code st_dev} that {@code fstat} of this system wrote into the buffer. */
    public static long dev(ByteBuffer buffer) {
        int offset = devOffset(Os.here());
        return devWidthBytes(Os.here()) == 4 ? buffer.getInt(offset) : buffer.getLong(offset);
    }

    /** The {@code st_ino} that {@code fstat} of this system wrote into the buffer. */
    public static long ino(ByteBuffer buffer) {
        return buffer.getLong(inoOffset(Os.here()));
    }

    /** The symbol of the C library behind {@code fstat} that fills the struct drawn here. */
    public static String symbol(Os os, String osArch) {
        return switch (os) {
            case MACOS -> osArch.equals("x86_64") || osArch.equals("amd64") ? "fstat$INODE64" : "fstat";
            case NETBSD -> "__fstat50";
            case LINUX, FREEBSD, OPENBSD, DRAGONFLY, SOLARIS, OTHER -> "fstat";
        };
    }
}
