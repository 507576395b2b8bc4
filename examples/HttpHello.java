// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Pollers;
import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Timer;
import dev.pollux.loop.Watch;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * HTTP "hello" on an event loop: reads a request's head of at most 8 KiB within ten seconds, answers, closes. Not a web
 * server, but as careful as one has to be. {@code java HttpHello.java [PORT]}
 */
public class HttpHello {
    private static final int HEAD_LIMIT = 8192;

    private final Posix posix = Pollers.posix();
    private final EventLoop loop = new EventLoop(Pollers.open());
    private Watch listening;

    public static void main(String[] args) throws Exception {
        new HttpHello().serve(args.length > 0 ? Integer.parseInt(args[0]) : 0);
    }

    HttpHello() throws IOException {}

    void serve(int port) throws IOException {
        int server = posix.streamSocket(StandardProtocolFamily.INET);
        posix.setReuseAddress(server, true);
        posix.bind(server, new InetSocketAddress("127.0.0.1", port));
        posix.listen(server, 128);
        listen(server);
        System.out.println("http://127.0.0.1:" + posix.localAddress(server).getPort() + "/");
        loop.run();
    }

    private void listen(int server) {
        try {
            listening = loop.onReadable(server, (watch, ready) -> accept());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        try {
            int fd = posix.accept(listening.fd());
            if (fd >= 0) {
                new Request(fd);
            }
        } catch (SyscallException e) { // EMFILE: the connection stays in the backlog, so without a pause this spins
            System.err.println(e.getMessage());
            listening.cancel();
            loop.schedule(Duration.ofMillis(100), () -> listen(listening.fd()));
        }
    }

    private final class Request {
        private final int fd;
        private final ByteBuffer head = ByteBuffer.allocateDirect(HEAD_LIMIT);
        private final Watch watch;
        private final Timer limit = loop.schedule(Duration.ofSeconds(10), this::close);
        private ByteBuffer answer;

        Request(int fd) throws IOException {
            this.fd = fd;
            watch = loop.onReadable(fd, (each, ready) -> handle());
        }

        private void handle() {
            try {
                if (answer == null) {
                    read();
                } else if (posix.write(fd, answer) >= 0 && !answer.hasRemaining()) {
                    close();
                }
            } catch (IOException e) { // reset by the peer
                close();
            }
        }

        private void read() throws IOException {
            int count = posix.read(fd, head);
            String text = StandardCharsets.ISO_8859_1.decode(head.duplicate().flip()).toString();
            if (text.contains("\r\n\r\n")) {
                answer(text.startsWith("GET ") ? "200 OK" : "405 Method Not Allowed", "hello\n");
            } else if (!head.hasRemaining()) {
                answer("431 Request Header Fields Too Large", "");
            } else if (count < 0) {
                close();
            }
        }

        private void answer(String status, String body) throws IOException {
            String text = "HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s";
            byte[] bytes = text.formatted(status, body.length(), body).getBytes(StandardCharsets.ISO_8859_1);
            answer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            watch.stopReading().onWritable((each, ready) -> handle());
        }

        private void close() {
            try {
                limit.cancel();
                watch.cancel();
                posix.close(fd);
            } catch (IOException e) {
                System.err.println(e.getMessage());
            }
        }
    }}
