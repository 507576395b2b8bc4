// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.util.Locale;

/**
 * The system whose headers apply. It selects only data: the layout of a struct or the value of a constant. Which
 * mechanism works is decided by calling it.
 */
public enum Os {
    LINUX,
    /** Darwin. */
    MACOS,
    FREEBSD,
    OPENBSD,
    NETBSD,
    DRAGONFLY,
    /** Solaris and illumos: both call themselves SunOS. */
    SOLARIS,
    /** Any other system. Its numbers are not known; it gets Linux's, as a guess. */
    OTHER;

    private static final Os HERE = named(System.getProperty("os.name", ""));

    /** The system of this JVM, by its property {@code os.name}. */
    public static Os here() {
        return HERE;
    }

    /** The system with this name of {@code uname -s} or Java's {@code os.name}, in upper or lower case. */
    public static Os named(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.startsWith("linux")) {
            return LINUX;
        } else if (name.startsWith("mac") || name.startsWith("darwin")) {
            return MACOS;
        } else if (name.startsWith("freebsd")) {
            return FREEBSD;
        } else if (name.startsWith("openbsd")) {
            return OPENBSD;
        } else if (name.startsWith("netbsd")) {
            return NETBSD;
        } else if (name.startsWith("dragonfly")) {
            return DRAGONFLY;
        } else if (name.startsWith("sunos") || name.startsWith("solaris") || name.startsWith("illumos")) {
            return SOLARIS;
        }
        return OTHER;
    }

    /** Whether its {@code sockaddr} begins with a length byte, and most of its numbers are those of 4.4BSD. */
    boolean isBsd() {
        return switch (this) {
            case MACOS, FREEBSD, OPENBSD, NETBSD, DRAGONFLY -> true;
            case LINUX, SOLARIS, OTHER -> false;
        };
    }
}
