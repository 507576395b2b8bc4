// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Pollers;
import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Timer;
import dev.pollux.loop.Watch;
import dev.pollux.posix.Posix;
import java.io.IOException;
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
        listening = loop.onReadable(server, (watch, ready) -> accept());
        System.out.println("http://127.0.0.1:" + posix.localAddress(server).getPort() + "/");
        loop.run();
    }

    private void accept() throws IOException {
        int fd = -1;
        try {
            fd = posix.accept(listening.fd());
            if (fd >= 0) {
                new Request(fd);
            }
        } catch (SyscallException e) { // EMFILE: the connection stays in the backlog, so without a pause this spins
            System.err.println(e.getMessage());
            listening.stopReading();
            loop.schedule(Duration.ofMillis(100), this::acceptAgain);
            if (fd >= 0) { // accepted, but the kernel has no room to watch it
                posix.close(fd);
            }
        }
    }

    private void acceptAgain() {
        try {
            listening.onReadable((watch, ready) -> accept());
        } catch (IOException e) {
            loop.schedule(Duration.ofMillis(100), this::acceptAgain);
        }
    }

    private final class Request {
        private final int fd;
        private final ByteBuffer head = ByteBuffer.allocateDirect(HEAD_LIMIT);
        private final Watch watch;
        private final Timer limit;
        private ByteBuffer answer;

        Request(int fd) throws IOException {
            this.fd = fd;
            watch = loop.onReadable(fd, (each, ready) -> handle());
            limit = loop.schedule(Duration.ofSeconds(10), this::close);
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
