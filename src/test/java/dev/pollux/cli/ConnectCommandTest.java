// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.abi.Os;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectCommandTest {
    static List<Mechanism> mechanisms() {
        return CommandRun.usableMechanisms();
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aConnectionIsReported(Mechanism mechanism) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(server.getLocalPort());

            CommandRun run = CommandRun.of("connect", "127.0.0.1", port, "--mechanism", mechanism.name());

            assertThat(run.exitCode()).isZero();
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).startsWith("connected to 127.0.0.1:" + port + " from 127.0.0.1:");
            assertThat(run.maskedOut().strip())
                    .matches("connected to N:N from N:N in N ms \\(" + mechanism + " through [A-Z]+\\)");
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aRefusedConnectionExitsWith1AndTheErrno(Mechanism mechanism) throws IOException {
        try (Socket taken = new Socket()) { // keeps the port, and does not listen
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = taken.getLocalPort();

            CommandRun run =
                    CommandRun.of("connect", "localhost", Integer.toString(port), "--mechanism", mechanism.name());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("connect(127.0.0.1:" + port + "): ECONNREFUSED (Connection refused)");
        }
    }

    @Test
    void aConnectionThatNobodyAnswersTimesOut() throws IOException {
        assumeThat(Os.here()).as("a full backlog is silent").isEqualTo(Os.LINUX);
        Posix posix = Pollers.posix();
        int server = posix.streamSocket(StandardProtocolFamily.INET);
        int waiting = posix.streamSocket(StandardProtocolFamily.INET);
        try (Poller poller = Pollers.open()) {
            posix.bind(server, new InetSocketAddress("127.0.0.1", 0));
            posix.listen(server, 0);
            InetSocketAddress address = posix.localAddress(server);
            posix.connect(waiting, address);
            poller.register(waiting, Interest.WRITE);
            assertThat(poller.poll(Duration.ofSeconds(Eventually.DEADLINE_SECONDS), (registration, ready) -> {}))
                    .isEqualTo(1);

            CommandRun run =
                    CommandRun.of("connect", "127.0.0.1", Integer.toString(address.getPort()), "--timeout", "0.2");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualToNormalizingNewlines(
                            "connect(127.0.0.1:" + address.getPort() + "): timed out after 0.2 s\n");
        } finally {
            posix.close(waiting);
            posix.close(server);
        }
    }
}
