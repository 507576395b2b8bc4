// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.pollux.Mechanism;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(300)
class ServersTest {
    private static final int MILLION = 1_000_000;

    static Stream<Contender> echoServers() {
        return Stream.of(Server.values())
                .filter(server -> !server.isHttp())
                .map(server -> new Contender(server, server.hasMechanisms() ? Mechanism.EPOLL : null));
    }

    /** The client takes what comes back through a small window, so servers cannot always send all that they received. */
    @ParameterizedTest
    @MethodSource("echoServers")
    void bytesComeBackInOrder(Contender contender) throws Exception {
        byte[] sent = new byte[4 * MILLION];
        new Random(1).nextBytes(sent);
        byte[] returned = new byte[sent.length];
        try (Programs programs = new Programs();
                ServerProcess server = start(contender, programs);
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(socket, sent));
            new DataInputStream(socket.getInputStream()).readFully(returned);
            writer.get();
        }
        assertThat(returned).isEqualTo(sent);
    }

    private static ServerProcess start(Contender contender, Programs programs) throws IOException {
        try {
            return new ServerProcess(contender.command(programs));
        } catch (IOException e) {
            return abort(contender + ": " + e.getMessage());
        }
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server sends nothing back before the last of 500 messages is due, which are due in 500 ms. */
    @Test
    void anOpenLoopCountsFromWhenAMessageWasDue() throws Exception {
        try (Programs programs = new Programs();
                ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> server = CompletableFuture.runAsync(() -> stall(listening, 500 * 64));
            Observed observed = programs.observe(listening.getLocalPort(), false, new Point(1, 64, 1000), 400);
            server.get();
            assertThat(observed.allMessages()).isEqualTo(500);
            assertThat(observed.latencies().getTotalCount())
                    .as("without the first 100 ms")
                    .isEqualTo(400);
            for (int millis : new int[] {100, 200, 300}) {
                assertThat(observed.latencies().getCountBetweenValues((long) millis * MILLION, Long.MAX_VALUE))
                        .as("messages due %d ms before the last", millis)
                        .isGreaterThanOrEqualTo(399 - millis);
            }
        }
    }

    private static void stall(ServerSocket listening, int bytes) {
        try (Socket socket = listening.accept()) {
            byte[] all = new byte[bytes];
            new DataInputStream(socket.getInputStream()).readFully(all);
            write(socket, all);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
