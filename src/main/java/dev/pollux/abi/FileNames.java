// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;

/**
 * The names of files, which are bytes for the kernel. Their encoding is the one that the JVM takes from the locale for
 * {@code java.nio.file}, so that a {@code Path} is the same file here and there.
 */
public final class FileNames {
    private static final Charset ENCODING =
            Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));

    private FileNames() {}

    /**
     * The bytes of a name.
     *
     * @throws InvalidPathException if the encoding lacks a character
     */
    public static byte[] encoded(String name) {
        try {
            ByteBuffer encoded = ENCODING.newEncoder().encode(CharBuffer.wrap(name));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new InvalidPathException(
                    name, "file names are in " + ENCODING + " here, which lacks a character of it");
        }
    }

    /** The name of these bytes; those that are malformed become U+FFFD, as in {@code Path.toString}. */
    public static String decoded(byte[] bytes) {
        return new String(bytes, ENCODING);
    }
}
