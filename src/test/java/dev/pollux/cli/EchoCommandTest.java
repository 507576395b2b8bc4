// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Mechanism;
import dev.pollux.abi.Os;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EchoCommandTest {
    private static final Pattern LISTENING =
            Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+) with [A-Z_]+ through [A-Z]+(.*)\\R");

    static List<Mechanism> mechanisms() {
        return CommandRun.usableMechanisms();
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void itPrintsItsAddressAndEchoesUntilItIsStopped(Mechanism mechanism) throws Exception {
        String out = echo("", "connections: 1", "--mechanism", mechanism.name().toLowerCase());

        assertThat(out).contains(" with " + mechanism + " through ").doesNotContain("thread");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--spin=50us", "--spin=1ms", "--reuse-port"})
    void itServesWithSeveralThreads(String option) throws Exception {
        assumeThat(!option.equals("--reuse-port") || Os.here() == Os.LINUX)
                .as("the kernel spreads the connections")
                .isTrue();

        String out = echo(", 3 threads", "connections: 1", "--threads=3", option);

        assertThat(out).containsPattern("by each thread: (1 0 0|0 1 0|0 0 1)");
    }

    @Test
    void zeroThreadsAndAnInvalidDurationAreRefused() {
        assertThat(CommandRun.of("echo", "--threads", "0").err()).contains("--threads must be at least 1, not 0");
        assertThat(CommandRun.of("echo", "--spin", "50").err()).contains("'50' is not a duration such as 50us or 2ms");
        assertThat(CommandRun.of("echo", "--busy-poll", "-1us").exitCode()).isEqualTo(2);
    }

    @Test
    void mechanismsOtherThanEpollRefuseToBusyPoll() {
        CommandRun run = CommandRun.of("echo", "--port=0", "--mechanism=poll", "--busy-poll=50us", "--threads=2");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err()).contains("POLL has no busy polling").contains("EPOLL");
    }

    /** Runs a server, sends a message, and stops it; returns its output. */
    private static String echo(String threads, String count, String... options) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        AtomicInteger exitCode = new AtomicInteger(-1);
        Thread command = new Thread(() -> exitCode.set(CommandRun.commandLine(out, err, CommandRun.terminal())
                .execute(Stream.concat(Stream.of("echo", "--port", "0"), Stream.of(options))
                        .toArray(String[]::new))));
        command.start();
        try {
            CommandRun.await(
                    "it listens", () -> LISTENING.matcher(out.toString()).find());
            Matcher listening = LISTENING.matcher(out.toString());
            assertThat(listening.find()).isTrue();
            assertThat(listening.group(2)).isEqualTo(threads);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(listening.group(1)))) {
                socket.getOutputStream().write("hello".getBytes());
                assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes());
                CommandRun.await("it counts", () -> out.toString().contains(count));
            }
        } finally {
            command.interrupt();
            command.join();
        }
        assertThat(exitCode).hasValue(0);
        assertThat(out.toString().strip()).endsWith("stopped");
        assertThat(err.toString()).isEmpty();
        return out.toString();
    }

    @Test
    void aPortInUseExitsWith1() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandRun run = CommandRun.of("echo", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().strip())
                    .matches("bind\\(\\d+, 127\\.0\\.0\\.1:" + taken.getLocalPort()
                            + "\\): EADDRINUSE \\(Address already in use\\); .*choose another one.*");
        }
    }
}
