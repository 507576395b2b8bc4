// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Eventually;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients that are all connected at the same time; each uses one connection for all its requests. */
record HttpClients(int port, int count, int requests) {
    private static final Pattern LENGTH = Pattern.compile("(?i)\ncontent-length: *(\\d+)\r\n");
    private static final int SMALL = 100;

    /** More than a socket's buffers hold: the server must wait until it can continue to write. */
    private static final int LARGE = 8 << 20;

    private static final int POSTED = 100_000;

    /** Returns when each client has received and checked all its answers, and has disconnected. */
    void run() throws Exception {
        CyclicBarrier allAreConnected = new CyclicBarrier(count);
        List<Background<Void>> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            clients.add(Background.start(() -> client(number, allAreConnected)));
        }
        for (Background<Void> client : clients) {
            client.get();
        }
    }

    private Void client(int number, CyclicBarrier allAreConnected) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(Eventually.DEADLINE_NANOS));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            get(socket, in, number);
            allAreConnected.await(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
            for (int i = 0; i < requests; i++) {
                get(socket, in, SMALL + number + i);
            }
            post(socket, in, ServerUnderTest.bytes(POSTED + number));
            if (number == 0) {
                get(socket, in, LARGE);
            }
            allAreConnected.await(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        }
        return null;
    }

    private static void get(Socket socket, InputStream in, int size) throws IOException {
        send(socket, "GET /bytes/" + size, new byte[0]);
        assertAnswered(in, ServerUnderTest.bytes(size));
    }

    private static void post(Socket socket, InputStream in, byte[] content) throws IOException {
        send(socket, "POST /echo", content);
        assertAnswered(in, content);
    }

    private static void send(Socket socket, String what, byte[] content) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String head = what + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + content.length + "\r\n\r\n";
        request.write(head.getBytes(StandardCharsets.US_ASCII));
        request.write(content);
        socket.getOutputStream().write(request.toByteArray());
    }

    private static void assertAnswered(InputStream in, byte[] content) throws IOException {
        String head = head(in);
        Matcher length = LENGTH.matcher(head);
        assertThat(head).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("connection: close");
        assertThat(length.find()).as(head).isTrue();
        byte[] answer = in.readNBytes(Integer.parseInt(length.group(1)));
        assertThat(Arrays.equals(answer, content))
                .as("the answer is right: " + head)
                .isTrue();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new EOFException("the server disconnected after: " + head);
            }
            head.append((char) octet);
        }
        return head.toString();
    }
}
