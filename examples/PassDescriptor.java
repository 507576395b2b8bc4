// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Pollers;
import dev.pollux.loop.BlockingIo;
import dev.pollux.posix.Posix;
import dev.pollux.posix.Sockets.Received;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Passes a descriptor to another process: the receiver reads the sender's standard input, whatever that is. In two
 * terminals {@code java PassDescriptor.java receive /tmp/socket} and {@code ... send /tmp/socket < file}
 */
public class PassDescriptor {
    private final Posix posix = Pollers.posix();
    private final BlockingIo io;

    PassDescriptor(BlockingIo io) {
        this.io = io;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 2 || !args[0].matches("send|receive")) {
            System.err.println("usage: PassDescriptor send|receive PATH");
            System.exit(2);
        }
        try (BlockingIo io = new BlockingIo(Pollers.open(), Pollers.posix())) {
            PassDescriptor program = new PassDescriptor(io);
            if (args[0].equals("send")) {
                program.send(Path.of(args[1]));
            } else {
                program.receive(Path.of(args[1]));
            }
        }
    }

    void send(Path path) throws IOException {
        int socket = posix.streamSocket(StandardProtocolFamily.UNIX);
        try {
            io.connect(socket, UnixDomainSocketAddress.of(path));
            byte[] text = "take this".getBytes(StandardCharsets.UTF_8);
            ByteBuffer greeting = ByteBuffer.allocateDirect(text.length).put(text).flip();
            while (posix.sendDescriptors(socket, greeting, Posix.STANDARD_INPUT) == 0) {
                io.await(socket, Interest.WRITE); // no room; nothing was sent
            }
            if (greeting.hasRemaining()) {
                io.write(socket, greeting); // what did not fit; the descriptor travelled with the first byte
            }
        } finally {
            io.close(socket); // and the process may end: the receiver has a duplicate
        }
    }

    void receive(Path path) throws IOException {
        int server = posix.streamSocket(StandardProtocolFamily.UNIX);
        try {
            posix.bind(server, UnixDomainSocketAddress.of(path));
            try {
                posix.listen(server, 1);
                System.out.println("waiting on " + path);
                copyAndClose(receiveAndClose(io.accept(server)));
            } finally {
                Files.delete(path); // the file of a UNIX socket stays after the socket
            }
        } finally {
            io.close(server);
        }
    }

    private int receiveAndClose(int connection) throws IOException {
        try {
            ByteBuffer greeting = ByteBuffer.allocateDirect(100);
            Received received = posix.receiveDescriptors(connection, greeting);
            while (received.bytes() == 0) {
                io.await(connection, Interest.READ);
                received = posix.receiveDescriptors(connection, greeting);
            }
            if (received.fds().size() != 1) {
                for (int each : received.fds()) { // they are this process's now: not to close one is a leak
                    posix.close(each);
                }
                throw new IOException("one descriptor was expected, and " + received.fds().size() + " came");
            }
            System.out.println(StandardCharsets.UTF_8.decode(greeting.flip()) + ":");
            return received.fds().get(0);
        } finally {
            io.close(connection);
        }
    }

    /** The sender's descriptor may block, and its mode is shared: wait until it is readable, then read once. */
    private void copyAndClose(int file) throws IOException {
        try {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 14);
            for (io.await(file, Interest.READ);
                    posix.read(file, buffer.clear()) >= 0;
                    io.await(file, Interest.READ)) {
                System.out.write(bytes(buffer.flip()));
                System.out.flush();
            }
        } finally {
            io.close(file);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
