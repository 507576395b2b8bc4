// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import java.nio.ByteBuffer;

/** Bytes in the notation of C and strace: {@code "hello\n\0\1\177"}. */
final class CStrings {
    /** How many bytes of a buffer are shown. */
    private static final int LIMIT = 32;

    private CStrings() {}

    /** The bytes of a buffer, at most {@link #LIMIT} of them. */
    static String data(ByteBuffer bytes, int offset, int length) {
        return length <= LIMIT ? quoted(bytes, offset, length) : quoted(bytes, offset, LIMIT) + "...";
    }

    /** A whole path, up to its NUL. */
    static String path(ByteBuffer bytes) {
        return quoted(bytes, 0, length(bytes, 0, bytes.capacity()));
    }

    /** The number of bytes before the first NUL, or before the end. */
    static int length(ByteBuffer bytes, int begin, int end) {
        int at = begin;
        while (at < end && bytes.get(at) != 0) {
            at++;
        }
        return at - begin;
    }

    static String quoted(ByteBuffer bytes, int offset, int length) {
        StringBuilder text = new StringBuilder("\"");
        for (int at = offset; at < offset + length; at++) {
            boolean digitFollows = at + 1 < offset + length && isOctal(bytes.get(at + 1));
            text.append(escaped(bytes.get(at) & 0xff, digitFollows));
        }
        return text.append('"').toString();
    }

    private static String escaped(int value, boolean digitFollows) {
        return switch (value) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case 0x0b -> "\\v";
            default -> value >= ' ' && value <= '~' ? Character.toString(value) : octal(value, digitFollows);
        };
    }

    /** An octal escape, as short as possible; with three digits if a digit follows. */
    private static String octal(int value, boolean digitFollows) {
        String digits = Integer.toOctalString(value);
        return "\\" + (digitFollows ? "0".repeat(3 - digits.length()) : "") + digits;
    }

    private static boolean isOctal(byte value) {
        return value >= '0' && value <= '7';
    }
}
