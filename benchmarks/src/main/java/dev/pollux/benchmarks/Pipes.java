// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Pipes to watch. Some hold one byte that nobody ever reads, so they are ready in each poll.
 *
 * <p>The write ends are moved to {@value #WRITE_ENDS_FROM} and above, so that nearly all of {@code select}'s 1024
 * descriptors are left for the read ends.
 */
final class Pipes implements Closeable {
    private static final int WRITE_ENDS_FROM = 1024;

    /** What the JVM itself may have open. */
    private static final int SPARE = 100;

    private final Posix posix = Pollers.posix();
    private final List<Integer> readFds = new ArrayList<>();
    private final List<Integer> writeFds = new ArrayList<>();

    private Pipes() throws IOException {}

    /** So many pipes, so many of them ready, at {@link #spread even distances}. */
    static Pipes open(int count, int readyCount) throws IOException {
        int[] readyIndices = spread(count, readyCount);
        Pipes pipes = new Pipes();
        try {
            pipes.requireRoom(count);
            while (pipes.readFds.size() < count) {
                pipes.add();
            }
            for (int index : readyIndices) {
                pipes.makeReady(index);
            }
            return pipes;
        } catch (IOException | RuntimeException e) {
            pipes.close();
            throw e;
        }
    }

    /** Indices below {@code count} at even distances: one stands in the middle, two at a quarter and three quarters. */
    static int[] spread(int count, int chosenCount) {
        if (chosenCount < 0 || chosenCount > count) {
            throw new IllegalArgumentException(chosenCount + " of " + count + " cannot be ready");
        }
        int[] chosen = new int[chosenCount];
        for (int i = 0; i < chosenCount; i++) {
            chosen[i] = (int) ((2L * i + 1) * count / (2L * chosenCount));
        }
        return chosen;
    }

    private void requireRoom(int count) throws IOException {
        long needed = Math.max(WRITE_ENDS_FROM + count, 2L * count) + SPARE;
        long limit = posix.raiseDescriptorLimit().soft();
        if (limit < needed) {
            throw new IOException(count + " pipes need about " + needed
                    + " descriptors, and RLIMIT_NOFILE cannot be raised above " + limit);
        }
    }

    private void add() throws IOException {
        Posix.Pipe pipe = posix.pipe();
        readFds.add(pipe.readFd());
        try {
            writeFds.add(posix.dupAtOrAbove(pipe.writeFd(), WRITE_ENDS_FROM));
        } finally {
            posix.close(pipe.writeFd());
        }
    }

    private void makeReady(int index) throws IOException {
        posix.write(writeFds.get(index), posix.allocate(1), 0, 1);
    }

    /** In the order in which they were opened, which is that of their numbers. */
    int[] readFds() {
        return readFds.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void close() throws IOException {
        for (List<Integer> ends : List.of(readFds, writeFds)) {
            for (int fd : ends) {
                posix.close(fd);
            }
            ends.clear();
        }
    }
}
