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

class ChatCommandTest {
    private static final Pattern LISTENING =
            Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+) with ([A-Z_]+) through [A-Z]+\\R");

    static List<Mechanism> mechanisms() {
        return CommandRun.usableMechanisms();
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void itPrintsItsAddressAndItsMembersUntilItIsStopped(Mechanism mechanism) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        AtomicInteger exitCode = new AtomicInteger(-1);
        Thread command = new Thread(() -> exitCode.set(CommandRun.commandLine(out, err, Terminal.plain())
                .execute("chat", "--port", "0", "--mechanism", mechanism.name().toLowerCase())));
        command.start();
        try {
            CommandRun.await(
                    "it listens", () -> LISTENING.matcher(out.toString()).find());
            Matcher listening = LISTENING.matcher(out.toString());
            assertThat(listening.find()).isTrue();
            assertThat(listening.group(2)).isEqualTo(mechanism.name());
            int port = Integer.parseInt(listening.group(1));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write("ada\n".getBytes());
                CommandRun.await("she is in", () -> out.toString().contains("* ada joined"));
            }
            CommandRun.await("she has left", () -> out.toString().contains("* ada left"));
        } finally {
            command.interrupt();
            command.join();
        }
        assertThat(exitCode).hasValue(0);
        assertThat(out.toString().lines().skip(1)).containsExactly("* ada joined", "* ada left", "stopped");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aPortInUseExitsWith1() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandRun run = CommandRun.of("chat", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("EADDRINUSE").hasLineCount(1);
        }
    }
}
