// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.posix.FileWatches;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Prints what is appended to a file, as {@code tail -F} does: also after it was truncated, after a rotation has given
 * its name to a new file, and if it does not exist yet. {@code java TailFile.java FILE}, on Linux
 */
public class TailFile {
    private static final int CHANGES = FileWatches.IN_MODIFY | FileWatches.IN_CREATE | FileWatches.IN_MOVED_TO;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private final Path file;
    private FileChannel channel; // null while there is no file
    private Object key; // of the open file: device and inode

    public static void main(String[] args) throws IOException {
        new TailFile(Path.of(args[0]).toAbsolutePath()).follow();
    }

    TailFile(Path file) {
        this.file = file;
    }

    void follow() throws IOException {
        Posix posix = Pollers.posix();
        int inotify = posix.fileWatches().inotify();
        try (Poller poller = Pollers.open()) {
            // the folder, not the file: a watch of a file goes with it when it is renamed
            posix.fileWatches().add(inotify, file.getParent(), CHANGES | FileWatches.IN_ONLYDIR);
            FileWatches.Events events = posix.fileWatches().events(inotify);
            poller.register(inotify, Interest.READ);
            openTheFileOfThatName(); // after the watch was added: no change is missed
            if (channel != null) {
                channel.position(channel.size());
            }
            System.err.println((channel == null ? "waiting for " : "following ") + file);
            while (true) {
                poller.poll((registration, ready) -> handle(events));
            }
        } finally {
            posix.close(inotify);
        }
    }

    private void handle(FileWatches.Events events) throws IOException {
        boolean concerned = false;
        while (events.next()) { // until there is none: one read may not take them all
            if (events.is(FileWatches.IN_IGNORED)) {
                throw new NoSuchFileException(file.getParent().toString()); // the folder was deleted
            }
            boolean lost = events.is(FileWatches.IN_Q_OVERFLOW); // then it may be concerned
            concerned |= lost || events.name().equals(file.getFileName().toString());
        }
        if (concerned) {
            copy(); // what a file that was rotated away still has
            openTheFileOfThatName();
            copy();
        }
    }

    private void openTheFileOfThatName() throws IOException {
        try {
            Object found = keyOfTheName();
            while (!found.equals(key)) {
                FileChannel opened = FileChannel.open(file);
                try {
                    Object then = keyOfTheName();
                    if (then.equals(found)) {
                        closeTheOld();
                        channel = opened;
                        key = found;
                    }
                    found = then;
                } finally {
                    if (channel != opened) { // renamed or deleted in between
                        opened.close();
                    }
                }
            }
        } catch (NoSuchFileException e) {
            // between two files of a rotation: the old one stays open
        }
    }

    private Object keyOfTheName() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private void closeTheOld() throws IOException {
        if (channel != null) {
            System.err.println("another file has the name " + file);
            copy();
            channel.close();
        }
    }

    private void copy() throws IOException {
        if (channel != null && channel.size() < channel.position()) {
            System.err.println("truncated: " + file);
            channel.position(0);
        }
        while (channel != null && channel.read(buffer.clear()) > 0) {
            byte[] bytes = new byte[buffer.flip().remaining()];
            buffer.get(bytes);
            System.out.write(bytes, 0, bytes.length);
        }
        System.out.flush();
    }
}
