// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

/**
 * Replaces each control character in a line of a chat by a question mark, so that no member controls another's terminal.
 *
 * <p>Control characters are those of ASCII except the tab, those of C1 (U+0080 to U+009F) as UTF-8 and as single bytes,
 * the line and paragraph separators, and the characters that reverse the direction of text. Other bytes that are not
 * UTF-8 stay as they are, for terminals with older character sets.
 */
final class ChatText {
    private static final int NOT_UTF_8 = -1;

    private ChatText() {}

    /** Replaces the control characters of a whole line in place; returns its new length, which is not greater. */
    static int replaceControls(byte[] line, int length) {
        int end = 0;
        for (int i = 0; i < length; ) {
            int size = sizeOf(line[i]);
            int codePoint = decode(line, i, Math.min(size, length - i), size);
            if (codePoint == NOT_UTF_8) {
                line[end++] = isC1(line[i] & 0xff) ? (byte) '?' : line[i];
                i++;
            } else if (isControl(codePoint)) {
                line[end++] = '?';
                i += size;
            } else {
                System.arraycopy(line, i, line, end, size);
                end += size;
                i += size;
            }
        }
        return end;
    }

    /** The length of the character that begins with this byte. */
    private static int sizeOf(byte first) {
        int ones = Integer.numberOfLeadingZeros(~(first << 24));
        return ones == 0 ? 1 : ones >= 2 && ones <= 4 ? ones : Integer.MAX_VALUE;
    }

    private static int decode(byte[] bytes, int from, int available, int size) {
        if (available < size) {
            return NOT_UTF_8;
        }
        if (size == 1) {
            return bytes[from];
        }
        int codePoint = bytes[from] & 0x7f >> size;
        for (int i = from + 1; i < from + size; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return NOT_UTF_8;
            }
            codePoint = codePoint << 6 | bytes[i] & 0x3f;
        }
        int smallest = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x1_0000;
        boolean isSurrogate = codePoint >= 0xd800 && codePoint < 0xe000;
        return codePoint < smallest || codePoint > Character.MAX_CODE_POINT || isSurrogate ? NOT_UTF_8 : codePoint;
    }

    private static boolean isControl(int codePoint) {
        return codePoint < ' ' && codePoint != '\t'
                || codePoint == 0x7f
                || isC1(codePoint)
                || codePoint == 0x2028
                || codePoint == 0x2029
                || codePoint >= 0x202a && codePoint <= 0x202e
                || codePoint >= 0x2066 && codePoint <= 0x2069;
    }

    private static boolean isC1(int codePoint) {
        return codePoint >= 0x80 && codePoint <= 0x9f;
    }
}
