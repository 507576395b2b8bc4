// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.posix.Posix;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JDK's open files through their descriptors, and prints the outcome. */
public final class FileUser {
    public static final String GOOD = "all four\nclosed files are refused\n";

    private FileUser() {}

    public static void main(String[] args) throws IOException {
        Posix posix = Pollers.posix();
        Path path = Files.createTempFile("pollux", ".txt");
        try (FileOutputStream out = new FileOutputStream(path.toFile());
                FileInputStream in = new FileInputStream(path.toFile());
                RandomAccessFile random = new RandomAccessFile(path.toFile(), "r");
                FileChannel channel = FileChannel.open(path)) {
            posix.write(posix.descriptor(out.getFD()), ByteBuffer.allocateDirect(3));
            int count = read(posix, posix.descriptor(in))
                    + read(posix, posix.descriptor(random))
                    + read(posix, posix.descriptor(channel));
            System.out.println(count == 9 ? "all four" : "read " + count);
            refusesClosedFiles(posix, path);
        } catch (UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        } finally {
            Files.delete(path);
        }
    }

    private static int read(Posix posix, int fd) throws IOException {
        return posix.read(fd, ByteBuffer.allocateDirect(8));
    }

    private static void refusesClosedFiles(Posix posix, Path path) throws IOException {
        FileInputStream in = new FileInputStream(path.toFile());
        in.close();
        FileChannel channel = FileChannel.open(path);
        channel.close();
        try {
            System.out.println("a closed stream has the descriptor " + posix.descriptor(in));
        } catch (IllegalArgumentException e) {
            try {
                System.out.println("a closed channel has the descriptor " + posix.descriptor(channel));
            } catch (IllegalArgumentException again) {
                System.out.println("closed files are refused");
            }
        }
    }
}
