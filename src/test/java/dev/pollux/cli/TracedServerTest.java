// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The trace of a server under load contains every connection and every byte that was read and written. */
class TracedServerTest {
    private static final int CLIENTS = 20;
    private static final int MESSAGES = 100;
    private static final byte[] MESSAGE = "under load\n".getBytes();
    private static final Pattern CALL =
            Pattern.compile("\\{\"call\":\"(\\w+)\",\"args\":\\[(\\d*).*],\"result\":(-?\\d+),\"answer\":.*}");

    @TempDir
    private Path folder;

    static List<Mechanism> mechanisms() {
        return CommandRun.usableMechanisms();
    }

    @AfterEach
    void stopTracing() {
        System.clearProperty("dev.pollux.trace");
        System.clearProperty("dev.pollux.trace.format");
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void theTraceContainsEveryConnectionAndEveryByte(Mechanism mechanism) throws Exception {
        Path file = folder.resolve("calls");
        System.setProperty("dev.pollux.trace", file.toString());
        System.setProperty("dev.pollux.trace.format", "json");
        try (EchoServer server = new EchoServer(
                EventLoopGroup.open(1, () -> Pollers.open(mechanism)),
                new KernelPosix(Pollers.builder().syscalls()),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                false)) {
            server.start();
            List<BackgroundThread<IOException>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(BackgroundThread.start("client", () -> talkTo(server.address())));
            }
            for (BackgroundThread<IOException> client : clients) {
                assertThat(client.await(Eventually.DEADLINE_NANOS)).isTrue();
            }
            CommandRun.await("the server has closed all connections", () -> server.connections() == 0);
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).allMatch(line -> CALL.matcher(line).matches());
        List<Long> accepted =
                calls(lines, "accept4").map(Call::result).filter(fd -> fd >= 0).toList();
        assertThat(accepted).hasSize(CLIENTS);
        long bytes = (long) CLIENTS * MESSAGES * MESSAGE.length;
        assertThat(bytes(lines, "read", accepted)).isEqualTo(bytes);
        assertThat(bytes(lines, "write", accepted)).isEqualTo(bytes);
    }

    private record Call(String name, long fd, long result) {}

    private static Stream<Call> calls(List<String> lines, String name) {
        return lines.stream()
                .map(CALL::matcher)
                .filter(Matcher::matches)
                .filter(line -> line.group(1).equals(name))
                .map(line -> new Call(name, Long.parseLong(line.group(2)), Long.parseLong(line.group(3))));
    }

    private static long bytes(List<String> lines, String name, List<Long> fds) {
        return calls(lines, name)
                .filter(call -> fds.contains(call.fd) && call.result > 0)
                .mapToLong(Call::result)
                .sum();
    }

    private static void talkTo(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] echo = new byte[MESSAGE.length];
            for (int i = 0; i < MESSAGES; i++) {
                socket.getOutputStream().write(MESSAGE);
                in.readFully(echo);
                assertThat(echo).isEqualTo(MESSAGE);
            }
        }
    }
}
