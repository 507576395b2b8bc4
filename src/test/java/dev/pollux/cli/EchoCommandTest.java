// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EchoCommandTest {
    private static final Pattern LISTENING =
            Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+) with ([A-Z]+) through [A-Z]+\\R");

    static List<Mechanism> mechanisms() {
        return CommandRun.usableMechanisms();
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void itSaysWhereItListensAndEchoesUntilItIsStopped(Mechanism mechanism) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        AtomicInteger exitCode = new AtomicInteger(-1);
        Thread command = new Thread(() -> exitCode.set(CommandRun.commandLine(out, err, true)
                .execute("echo", "--port", "0", "--mechanism", mechanism.name().toLowerCase())));
        command.start();
        try {
            CommandRun.await(
                    "it listens", () -> LISTENING.matcher(out.toString()).find());
            Matcher listening = LISTENING.matcher(out.toString());
            assertThat(listening.find()).isTrue();
            assertThat(listening.group(2)).isEqualTo(mechanism.name());
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(listening.group(1)))) {
                socket.getOutputStream().write("hello".getBytes());
                assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes());
                CommandRun.await("it counts", () -> out.toString().contains("connections: 1"));
            }
        } finally {
            command.interrupt();
            command.join();
        }
        assertThat(exitCode).hasValue(0);
        assertThat(out.toString().strip()).endsWith("stopped");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aPortInUseExitsWith1() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandRun run = CommandRun.of("echo", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().strip())
                    .matches("bind\\(\\d+, 127\\.0\\.0\\.1:" + taken.getLocalPort()
                            + "\\): EADDRINUSE \\(Address already in use\\)");
        }
    }
}
