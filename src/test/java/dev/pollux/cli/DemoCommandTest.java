// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
    private static final int CONNECTIONS_BEYOND_SELECT = 1200;
    private static final long DESCRIPTORS_FOR_THEM = 2_700;

    @Test
    void everyUsableMechanismServesEveryConnectionAndLosesNoByte() {
        CommandRun run = CommandRun.of("demo", "--connections", "50", "--seconds", "0.2");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        List<String> expected = new ArrayList<>();
        expected.add("N connections (N active) to an echo server on N, N s with each mechanism, every byte checked");
        List<Mechanism> mechanisms = CommandRun.usableMechanisms();
        mechanisms.forEach(
                mechanism -> expected.add(mechanism + " N connections, N messages in N s, every byte came back"));
        expected.add("");
        expected.add(" mechanism binding connections messages messages/s median " + Terminal.MICROS + " pN "
                + Terminal.MICROS + " bytes lost");
        mechanisms.forEach(mechanism -> expected.add((mechanism == mechanisms.get(0) ? "* " : " ") + mechanism + " "
                + Pollers.probe().chosen().binding() + " N N N N N N"));
        expected.add("");
        expected.add("* " + ProbeCommand.choice(Pollers.probe()));
        assertThat(run.maskedOut().lines().limit(expected.size())).containsExactlyElementsOf(expected);
        assertThat(run.out().lines().filter(line -> line.matches("[* ] +[A-Z_]+ +[A-Z]+ +50 .* 0")))
                .hasSize(mechanisms.size());
        assertThat(run.out()).doesNotContain("\r");
    }

    @Test
    void onlyTheMechanismsThatWereNamedAreShown() {
        CommandRun run = CommandRun.of(
                "demo", "--connections", "5", "--active", "2", "--seconds", "0.05", "--mechanism", "select,poll");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("SELECT   5 connections", "POLL     5 connections");
        assertThat(run.out()).doesNotContain("EPOLL    5", "KQUEUE   5", "DEVPOLL  5");
    }

    @Test
    void aTerminalSeesALineThatChanges() {
        StringWriter out = new StringWriter();

        int exitCode = CommandRun.commandLine(out, new StringWriter(), true)
                .execute("demo", "--connections", "5", "--seconds", "1", "--mechanism", "poll");

        assertThat(exitCode).isZero();
        assertThat(out.toString()).contains("\r\u001b[KPOLL     5 connections");
    }

    @Test
    void selectStopsAtItsLimitAndSaysSo() throws IOException {
        assumeDescriptors();

        CommandRun run = CommandRun.of(
                "demo",
                "--connections",
                Integer.toString(CONNECTIONS_BEYOND_SELECT),
                "--seconds",
                "0.2",
                "--mechanism",
                "select");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        Matcher serves = Pattern.compile("select: serves (\\d+) of 1200 connections:"
                        + " descriptor (\\d+) is beyond FD_SETSIZE \\(1024\\)")
                .matcher(run.out());
        assertThat(serves.find()).as(run.out()).isTrue();
        assertThat(Integer.parseInt(serves.group(1))).isBetween(500, 1023);
        assertThat(Integer.parseInt(serves.group(2)))
                .as("1024, or the next ones while the JVM itself has a file open there")
                .isBetween(1024, 1030);
        assertThat(run.out().lines().filter(line -> line.matches(" +SELECT +[A-Z]+ +[0-9,]+ .* 0")))
                .hasSize(1);
    }

    @Test
    void selectGoesToTheKernelsLimitWhereItIsTold() throws IOException {
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
        assertThat(run.out()).contains("SELECT   1,200 connections, ").doesNotContain("FD_SETSIZE");
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
    void whenItIsStoppedItLeavesNothingBehind() throws Exception {
        CommandRun.of("demo", "--connections", "1", "--seconds", "0.01");
        long before = openDescriptors();
        StringWriter out = new StringWriter();
        AtomicInteger exitCode = new AtomicInteger(-1);
        Thread command = new Thread(() -> exitCode.set(CommandRun.commandLine(out, new StringWriter(), true)
                .execute("demo", "--connections", "50", "--seconds", "600")));
        command.start();
        CommandRun.await("it talks", () -> out.toString().contains("50 connections"));

        command.interrupt();
        command.join();

        assertThat(exitCode).hasValue(130);
        assertThat(out.toString().strip()).endsWith("stopped");
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("pollux-demo"));
        assertThat(openDescriptors()).isEqualTo(before);
    }

    private static long openDescriptors() throws IOException {
        Posix posix = Pollers.posix();
        return IntStream.range(0, 4096).filter(posix::isOpen).count();
    }
}
