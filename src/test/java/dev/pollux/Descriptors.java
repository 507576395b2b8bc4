// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.abi.Fcntl;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes and uses descriptors for a test. {@link #close()} closes those that are still open. */
public final class Descriptors implements AutoCloseable {
    /** The folder in which Linux lists the descriptors of this process; it does not exist elsewhere. */
    public static final File PROC = new File("/proc/self/fd");

    private static final int CHUNK = 1 << 16;

    /** The descriptors get high numbers, so that a jar which the JVM opens later does not take the number of a closed one. */
    public static final int LOWEST = 256;

    private final KernelPosix posix;
    private final Set<Integer> open = new LinkedHashSet<>();
    private final List<Path> files = new ArrayList<>();

    public Descriptors(KernelPosix posix) {
        this.posix = posix;
    }

    public KernelPosix posix() {
        return posix;
    }

    /** Takes over a descriptor that the test has opened: {@link #close()} closes it. */
    public synchronized int opened(int fd) {
        open.add(fd);
        return fd;
    }

    /** Counts the open descriptors of the kinds that pollers use; the JVM itself sometimes opens a file. */
    public static long openNow() {
        return openIn(PROC);
    }

    /** The same for another process, by its folder of descriptors. */
    public static long openIn(File proc) {
        String[] open = proc.list();
        return open == null
                ? 0
                : Arrays.stream(open)
                        .filter(fd -> isPipeOrSocketOrAnonymous(new File(proc, fd).toPath()))
                        .count();
    }

    private static boolean isPipeOrSocketOrAnonymous(Path fd) {
        try {
            String file = Files.readSymbolicLink(fd).toString();
            return file.startsWith("pipe:") || file.startsWith("socket:") || file.startsWith("anon_inode:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private int moved(int fd) throws IOException {
        int moved = posix.dupAtOrAbove(fd, LOWEST);
        posix.close(fd);
        return opened(moved);
    }

    public Pipe pipe() throws IOException {
        Pipe pipe = posix.pipe();
        return new Pipe(moved(pipe.readFd()), moved(pipe.writeFd()));
    }

    /** A pipe with a byte in it. */
    public Pipe readyPipe() throws IOException {
        Pipe pipe = pipe();
        write(pipe.writeFd());
        return pipe;
    }

    /** The read end of an empty pipe that has no writer. */
    public int hungUpPipe() throws IOException {
        Pipe pipe = pipe();
        close(pipe.writeFd());
        return pipe.readFd();
    }

    public SocketPair socketPair() throws IOException {
        return moved(posix.socketPair());
    }

    public SocketPair datagramPair() throws IOException {
        return moved(posix.datagramSocketPair());
    }

    private SocketPair moved(SocketPair pair) throws IOException {
        return new SocketPair(moved(pair.fd()), moved(pair.peerFd()));
    }

    public int tcpSocket() throws IOException {
        return moved(posix.streamSocket(StandardProtocolFamily.INET));
    }

    public int udpSocket() throws IOException {
        return moved(posix.datagramSocket(StandardProtocolFamily.INET));
    }

    public int bound(int fd) throws IOException {
        posix.bind(fd, new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        return fd;
    }

    public int listener(int backlog) throws IOException {
        int fd = bound(tcpSocket());
        posix.listen(fd, backlog);
        return fd;
    }

    /** A TCP connection: the end that connected, and the one that was accepted. */
    public SocketPair tcpPair() throws IOException {
        int listener = listener(1);
        int client = tcpSocket();
        posix.connect(client, posix.localAddress(listener));
        int accepted = accept(listener);
        close(listener);
        return new SocketPair(client, accepted);
    }

    /** The next connection, which may need a moment. */
    public int accept(int listener) throws IOException {
        int[] accepted = {-1};
        Eventually.until("a connection arrives", () -> (accepted[0] = posix.accept(listener)) >= 0);
        return moved(accepted[0]);
    }

    /** Two UDP sockets that send to each other. */
    public SocketPair udpPair() throws IOException {
        int one = bound(udpSocket());
        int other = bound(udpSocket());
        posix.connect(one, posix.localAddress(other));
        posix.connect(other, posix.localAddress(one));
        return new SocketPair(one, other);
    }

    public int eventfd(int initialValue) throws IOException {
        return moved(posix.eventfd(initialValue));
    }

    public int regularFile() throws IOException {
        Path file = Files.createTempFile("pollux", ".txt");
        files.add(file);
        Files.writeString(file, "text");
        return open(file.toString(), Fcntl.O_RDWR);
    }

    public int open(String path, int flags) throws IOException {
        return moved(posix.open(Path.of(path), flags));
    }

    /** The lowest free number, also for this open file. */
    public int dup(int fd) throws IOException {
        return opened(posix.dup(fd));
    }

    /** Another number for the same open file, from this one on. */
    public int dupAtOrAbove(int fd, int lowestFd) throws IOException {
        return opened(posix.dupAtOrAbove(fd, lowestFd));
    }

    /** Duplicates the descriptor to exactly this number, which must be free. */
    public int dupAs(int fd, int number) throws IOException {
        int got = dupAtOrAbove(fd, number);
        if (got != number) {
            throw new AssertionError("descriptor " + number + " was not free");
        }
        return got;
    }

    /** A number that is no open descriptor now. */
    public int closedNumber() throws IOException {
        Pipe pipe = pipe();
        close(pipe.writeFd());
        close(pipe.readFd());
        return pipe.readFd();
    }

    public void close(int fd) throws IOException {
        synchronized (this) {
            if (!open.remove(fd)) {
                throw new AssertionError("descriptor " + fd + " is not one of the test's");
            }
        }
        posix.close(fd);
    }

    public void write(int fd) throws IOException {
        write(fd, 1);
    }

    /** Writes up to this many bytes; returns how many were written. */
    public int write(int fd, int count) throws IOException {
        return posix.write(fd, posix.allocate(count), 0, count);
    }

    /** Reads until there is no more; returns the number of bytes. */
    public int drain(int fd) throws IOException {
        NativeMemory memory = posix.allocate(CHUNK);
        int total = 0;
        int count;
        while ((count = posix.read(fd, memory, 0, CHUNK)) > 0) {
            total += count;
        }
        return total;
    }

    /** Reads at most this many bytes. */
    public int read(int fd, int count) throws IOException {
        return posix.read(fd, posix.allocate(count), 0, count);
    }

    /** Writes until there is no room. */
    public void fill(int fd) throws IOException {
        NativeMemory memory = posix.allocate(CHUNK);
        for (int length = CHUNK; length > 0; length /= 2) {
            while (posix.write(fd, memory, 0, length) > 0) {}
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (int fd : open) {
            posix.close(fd);
        }
        open.clear();
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
