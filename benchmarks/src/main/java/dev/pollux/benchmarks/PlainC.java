// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.abi.Errno;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The loops in plain C, of {@code native/}: one call, many iterations. Negative results are -errno. */
final class PlainC {
    static final int SELECT = 0;
    static final int POLL = 1;
    static final int EPOLL = 2;
    static final int IO_URING = 3;
    static final int IO_URING_COOP_TASKRUN = 4;
    static final int IO_URING_DEFER_TASKRUN = 5;

    /** Whether the system is called directly, or libevent calls it. */
    static final int PLAIN = 0;

    static final int LIBEVENT = 1;

    static {
        load("libpollux_bench.so");
    }

    private PlainC() {}

    /** Nothing but that the library is loaded then, or an error says why not. */
    static void load() {}

    /** The version of libevent, or null if it was not there when this was built. */
    static native String libeventVersion();

    // A loop: what waits, and for which descriptors.

    /** Registers these descriptors for reading; what comes back is for all below. */
    static native long open(int library, int mechanism, int[] fds, int[] farFds);

    static native void close(long loop);

    /** Waits so many times and calls a C function for each ready descriptor; how many there were in all. */
    static native long waitFor(long loop, boolean blocking, int times);

    /** For each of the order: writes a byte to it, waits, reads the byte; how many were ready in all. */
    static native long pick(long loop, boolean blocking, int[] order);

    /** Sends a byte into so many, at even distances. */
    static native long startChain(long loop, int active);

    /** Each that receives a byte sends one to the next, while writes are left; how many were received. */
    static native long runChain(long loop, int writes);

    /** Cancels all and registers them again; on epoll only. */
    static native long cancelAndRegister(long loop);

    /** Asks for writing besides, of all, and no more; on epoll only. */
    static native long modify(long loop);

    /** Makes all ONESHOT; on epoll and io_uring only. */
    static native long arm(long loop);

    /** Waits so many times and arms again what was ready; on epoll and io_uring only. */
    static native long rearm(long loop, int times);

    static native long wakeAndWait(long loop, int times);

    /** Wakes the other, in a thread of its own, and is woken by it, so many times. */
    static native long pingPong(long loop, long other, int times);

    // What the workloads in Java do with a descriptor, whoever waits for it.

    static native long writeByte(int fd);

    static native long readByte(int fd);

    static native long sendByte(int fd);

    static native long receiveByte(int fd);

    /** Sends a byte and waits for the one that comes back; 0 if the other end was closed instead. */
    static native long roundTrip(int fd);

    /** Sends until no more can be sent; how many bytes that were. */
    static native long fill(int fd);

    /** Keeps all that is open now open, out of this process's count, until {@link #letGo}. */
    static native long keepOpen();

    static native void letGo(long keeper);

    // One call, many times.

    /** {@code fcntl(fd, F_GETFD)}; the sum of its results. */
    static native long fcntl(int fd, int times);

    /** {@code epoll_wait(epfd, ..., maxevents, 0)}; the sum of its results. */
    static native long epollWait(int epfd, int maxevents, int times);

    /** The result, if it is not negative. */
    static long check(String call, long result) throws IOException {
        if (result < 0) {
            throw new IOException(call + " in C: " + Errno.describe((int) -result));
        }
        return result;
    }

    /** How many waits a preloaded {@code replay.c} has answered from memory; negative if it is not preloaded. */
    static native long replayedWaits();

    private static void load(String library) {
        try {
            Path folder = Files.createTempDirectory("pollux-bench");
            try {
                System.load(unpack(library, folder).toString());
            } finally {
                Files.deleteIfExists(folder.resolve(library));
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UnsatisfiedLinkError("cannot unpack " + library + ": " + e);
        }
    }

    /** Copies a library of {@code native/} from the jar into this folder. */
    static Path unpack(String library, Path folder) throws IOException {
        try (InputStream packed = PlainC.class.getResourceAsStream(library)) {
            if (packed == null) {
                throw new FileNotFoundException(library + " is not beside " + PlainC.class.getName()
                        + ": native/build.sh builds it, which Maven calls");
            }
            Path unpacked = folder.resolve(library);
            Files.copy(packed, unpacked);
            return unpacked;
        }
    }
}
