// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
    private static final int CONNECTIONS_BEYOND_SELECT = 1200;
    private static final long DESCRIPTORS_FOR_THEM = 2_700;

    @Test
    void everyUsableMechanismIsComparedAtEachNumberOfConnections() {
        CommandRun run = CommandRun.of("demo", "--connections", "20,50", "--seconds", "1");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        List<Mechanism> mechanisms = CommandRun.usableMechanisms();
        assertThat(run.maskedOut().lines())
                .startsWith(
                        "An echo server on N for N, N connections, of which N send a message in each round.",
                        "N connections: N messages so far, and every byte came back",
                        "N connections: N messages so far, and every byte came back",
                        "",
                        Terminal.MICROS + " of processor time in poll for a round: the median of N turns (the lowest to"
                                + " the highest turn)",
                        "",
                        "connections "
                                + mechanisms.stream().map(Mechanism::name).collect(Collectors.joining(" ")));
        for (int connections : new int[] {20, 50}) {
            assertThat(run.out()
                            .lines()
                            .filter(line -> line.matches(
                                    " +" + connections + "( +[0-9.,]+ \\([0-9.,-]+\\)){" + mechanisms.size() + "}")))
                    .hasSize(1);
        }
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("A difference is real ('<') where", "at 20 connections ", "; at 50 connections ")
                .contains(ProbeCommand.choice(Pollers.probe()))
                .doesNotContain("#");
    }

    @Test
    void onlyTheMechanismsThatWereNamedAreCompared() {
        CommandRun run = CommandRun.of(
                "demo", "--connections", "5", "--active", "2", "--seconds", "0.05", "--mechanism", "select,poll");

        assertThat(run.exitCode()).isZero();
        assertThat(run.maskedOut()).contains("connections POLL SELECT\n");
    }

    @Test
    void aTerminalShowsTheProgressInOneLine() {
        CommandRun run = CommandRun.on(
                CommandRun.terminal(), "demo", "--connections", "5", "--seconds", "0.1", "--mechanism", "poll");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("\r\u001b[K[################....] 5 connections, turn 5 of 5, POLL");
    }

    @Test
    void selectStopsAtItsLimitAndTheDemoGoesOn() throws IOException {
        assumeDescriptors();

        CommandRun run =
                CommandRun.of("demo", "--connections", "100,1200", "--seconds", "0.5", "--mechanism", "select,poll");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).containsPattern(" 1,200 +[0-9.,]+ \\([0-9.,-]+\\) +-\\R");
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("SELECT stops before 1,200 connections: it cannot watch descriptors beyond FD_SETSIZE (1024),"
                        + " the size of C's fd_set.");
    }

    @Test
    void selectAloneBeyondItsLimitLeavesTheReason() throws IOException {
        assumeDescriptors();

        CommandRun run = CommandRun.of("demo", "--connections", "1200", "--seconds", "0.1", "--mechanism", "select");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("SELECT stops before 1,200 connections").doesNotContain("A difference");
    }

    @Test
    void selectGoesToTheKernelsLimitWhereThatIsAskedFor() throws IOException {
        assumeDescriptors();

        CommandRun run = CommandRun.of(
                "demo",
                "--connections",
                Integer.toString(CONNECTIONS_BEYOND_SELECT),
                "--seconds",
                "0.2",
                "--mechanism",
                "select",
                "--select-limit",
                "kernel");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).containsPattern(" 1,200 +[0-9.,]+ \\(").doesNotContain("FD_SETSIZE");
    }

    private static void assumeDescriptors() throws IOException {
        assumeThat(CommandRun.usableMechanisms()).contains(Mechanism.SELECT);
        assumeThat(Pollers.posix().raiseDescriptorLimit().soft())
                .as("RLIMIT_NOFILE")
                .isGreaterThan(DESCRIPTORS_FOR_THEM);
    }

    @Test
    void moreConnectionsThanThereAreDescriptorsAreRefusedWithTheLargestNumber() {
        CommandRun run = CommandRun.of("demo", "--connections", "2000000000");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .hasLineCount(1)
                .contains("RLIMIT_NOFILE")
                .containsPattern("the largest --connections here is \\d+");
    }

    @Test
    void anInterruptEndsItAndClosesEveryDescriptor() throws Exception {
        CommandRun.of("demo", "--connections", "1", "--seconds", "0.01");
        long before = openDescriptors();
        StringWriter out = new StringWriter();
        AtomicInteger exitCode = new AtomicInteger(-1);
        Thread command =
                new Thread(() -> exitCode.set(CommandRun.commandLine(out, new StringWriter(), CommandRun.terminal())
                        .execute("demo", "--connections", "50", "--seconds", "600")));
        command.start();
        CommandRun.await("it measures", () -> out.toString().contains("50 connections, turn"));

        command.interrupt();
        command.join();

        assertThat(exitCode).hasValue(130);
        assertThat(out.toString().strip()).endsWith("stopped");
        assertThat(openDescriptors()).isEqualTo(before);
    }

    private static long openDescriptors() throws IOException {
        Posix posix = Pollers.posix();
        return IntStream.range(0, 4096).filter(posix::isOpen).count();
    }
}
