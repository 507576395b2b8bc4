// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.abi.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The loops in plain C, of {@code native/}: one call, many iterations. Negative results are -errno. */
final class PlainC {
    private static final String LIBRARY = "libpollux_bench.so";

    static final int SELECT = 0;
    static final int POLL = 1;
    static final int EPOLL = 2;

    static {
        unpackAndLoad();
    }

    private PlainC() {}

    /** Nothing but that the library is loaded then, or an error says why not. */
    static void load() {}

    /** Registers these descriptors; what comes back is for {@link #run} and {@link #close}. */
    static native long open(int mechanism, int[] fds);

    /** Waits so many times and calls a C function for each ready descriptor; how many there were in all. */
    static native long run(long loop, boolean blocking, int waits);

    static native void close(long loop);

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

    private static void unpackAndLoad() {
        try (InputStream packed = PlainC.class.getResourceAsStream(LIBRARY)) {
            if (packed == null) {
                throw new UnsatisfiedLinkError(LIBRARY + " is not beside " + PlainC.class.getName()
                        + ": it is built by native/build.sh, which Maven calls");
            }
            Path folder = Files.createTempDirectory("pollux-bench");
            Path library = folder.resolve(LIBRARY);
            try {
                Files.copy(packed, library);
                System.load(library.toString());
            } finally {
                Files.deleteIfExists(library);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UnsatisfiedLinkError("the loops in plain C cannot be unpacked: " + e);
        }
    }
}
