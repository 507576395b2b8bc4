// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.posix.FileWatches;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Reads the lines of a trace from a file, from its beginning, and then what is appended, as {@code tail -f} does. After
 * the file was truncated it begins again. It keeps one line in memory. For one thread.
 */
public final class FollowedFile implements Closeable {
    /** A network file system and a system without inotify report no changes, so it looks this often. */
    private static final long LOOK_NANOS = 200_000_000;

    private static final int CHUNK_BYTES = 1 << 16;
    private static final int LONGEST_LINE_BYTES = 1 << 20;

    /** Its own calls must not be written to the file that it follows. */
    private static final Consumer<String> NO_TRACE = line -> {};

    private final LiveView view;
    private final FileChannel channel;
    private final Changes changes;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean isTooLong;

    /**
     * Opens the file; nothing is read yet.
     *
     * @throws IOException if there is no such file
     */
    public FollowedFile(Path file, LiveView view) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no file " + file + ": start the program first, with -Ddev.pollux.trace="
                    + file + " -Ddev.pollux.trace.format=json");
        }
        this.view = view;
        channel = FileChannel.open(file);
        changes = Changes.of(file);
    }

    /** Follows the file until it is to stop, or this thread is interrupted. */
    public void follow(BooleanSupplier stopping) throws IOException {
        try {
            while (!stopping.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
                if (!readSome()) {
                    changes.await();
                }
            }
        } catch (ClosedByInterruptException interrupted) {
            // the thread is interrupted still
        }
    }

    /** Returns false at the end of the file. */
    private boolean readSome() throws IOException {
        if (channel.size() < channel.position()) {
            channel.position(0);
            line.reset();
            isTooLong = false;
        }
        if (channel.read(chunk.clear()) <= 0) {
            return false;
        }
        byte[] bytes = chunk.array();
        int start = 0;
        for (int i = 0; i < chunk.position(); i++) {
            if (bytes[i] == '\n') {
                add(bytes, start, i - start);
                end();
                start = i + 1;
            }
        }
        add(bytes, start, chunk.position() - start);
        return true;
    }

    private void add(byte[] bytes, int offset, int count) {
        isTooLong |= line.size() + count > LONGEST_LINE_BYTES;
        if (!isTooLong) {
            line.write(bytes, offset, count);
        }
    }

    private void end() {
        if (isTooLong) {
            view.unreadable();
        } else {
            view.line(line.toString(StandardCharsets.UTF_8));
        }
        line.reset();
        isTooLong = false;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            changes.close();
        }
    }

    /** Waits until a file may have changed. */
    private interface Changes extends Closeable {
        void await() throws IOException;

        static Changes of(Path file) {
            try {
                return new Inotify(file);
            } catch (IOException | UnsupportedOperationException noInotify) {
                return new Looks();
            }
        }
    }

    private static final class Inotify implements Changes {
        private final Posix posix =
                new KernelPosix(Pollers.builder().trace(NO_TRACE).syscalls());
        private final int fd = posix.fileWatches().inotify();
        private final FileWatches.Events events = posix.fileWatches().events(fd);
        private final Poller poller;

        Inotify(Path file) throws IOException {
            try {
                posix.fileWatches().add(fd, file, FileWatches.IN_MODIFY);
                poller = Pollers.builder().trace(NO_TRACE).open();
                poller.register(fd, Interest.READ);
            } catch (IOException | RuntimeException e) {
                posix.close(fd);
                throw e;
            }
        }

        @Override
        public void await() throws IOException {
            poller.poll(LOOK_NANOS, (registration, ready) -> {
                while (events.next()) {
                    // any change is a reason to read
                }
            });
        }

        @Override
        public void close() throws IOException {
            poller.close();
            posix.close(fd);
        }
    }

    private static final class Looks implements Changes {
        @Override
        public void await() {
            try {
                Thread.sleep(LOOK_NANOS / 1_000_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {}
    }
}
