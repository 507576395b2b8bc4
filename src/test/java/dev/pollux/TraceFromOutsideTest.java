// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.posix.Posix;
import dev.pollux.syscall.trace.TraceFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The trace that a user turns on from outside the program, by properties or environment variables. */
class TraceFromOutsideTest {
    private static final String TRACE = "dev.pollux.trace";
    private static final String FORMAT = "dev.pollux.trace.format";
    private static final String WITH = "dev.pollux.trace.with";
    private static final String LINE = "\\w+\\(.*\\) = \\S.* <\\d+\\.\\d{6}>";
    private static final String JSON = "\\{\"call\":\"\\w+\",\"args\":\\[.*],\"result\":-?\\d+,"
            + "\"answer\":(null|\".*\"),\"errno\":(null|\"E[A-Z]+\"),\"seconds\":\\d+\\.\\d{6},\"thread\":\".*\","
            + "\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z\"}";
    private static final int THREADS = 4;
    private static final int ROUNDS = 500;

    @TempDir
    private Path folder;

    @AfterEach
    void forgetTheProperties() {
        List.of(TRACE, FORMAT, WITH).forEach(System::clearProperty);
    }

    static List<Usable.Combination> combinations() {
        return Usable.combinations();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void aFileGetsTheCallsOfThePollerAndOfItsDescriptors(Usable.Combination combination) throws IOException {
        Path file = traceToFile();
        program(combination);
        assertThat(Files.readAllLines(file))
                .allMatch(line -> line.matches(LINE))
                .anyMatch(line -> line.startsWith("pipe("))
                .anyMatch(line -> line.matches(waitOf(combination.mechanism()) + "\\(.*"))
                .anyMatch(line -> line.startsWith("write("));
    }

    private static String waitOf(Mechanism mechanism) {
        return switch (mechanism) {
            case SELECT -> "pselect";
            case POLL -> "p?poll";
            case DEVPOLL -> "ioctl";
            case EPOLL -> "epoll_p?wait2?";
            case KQUEUE -> "kevent";
            case IO_URING -> "io_uring_enter";
        };
    }

    @Test
    void jsonIsOneObjectALine() throws IOException {
        Path file = traceToFile();
        System.setProperty(FORMAT, "json");
        program(new Usable.Combination(Mechanism.POLL, null));
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).allMatch(line -> line.matches(JSON));
        assertThat(lines)
                .anyMatch(line -> line.matches("\\{\"call\":\"write\",\"args\":\\[\\d+,\"\\\\\"\\\\\\\\0\\\\\"\",1],"
                        + "\"result\":1,\"answer\":null,\"errno\":null,.*"));
        assertThat(lines)
                .anyMatch(line -> line.matches("\\{\"call\":\"p?poll\",.*\"result\":1,"
                        + "\"answer\":\"\\[\\{fd=\\d+, revents=POLLIN}]\",\"errno\":null,.*"));
        assertThat(lines)
                .anyMatch(line -> line.matches(
                        "\\{\"call\":\"fcntl\",\"args\":\\[9999,\"F_GETFD\"],\"result\":-1,\"answer\":null,"
                                + "\"errno\":\"EBADF\",.*"));
    }

    @Test
    void threadAndTimeAreWrittenOnDemand() throws IOException {
        Path file = traceToFile();
        System.setProperty(WITH, "thread,time");
        program(new Usable.Combination(Mechanism.POLL, null));
        String thread = Thread.currentThread().getName();
        assertThat(Files.readAllLines(file))
                .isNotEmpty()
                .allMatch(line -> line.matches("\\[\\Q" + thread + "\\E\\] \\d\\d:\\d\\d:\\d\\d\\.\\d{6} " + LINE));
    }

    @Test
    void theBuilderComesBeforeThePropertiesAndTheEnvironment() throws IOException {
        Path file = traceToFile();
        List<String> own = new ArrayList<>();
        Pollers.builder()
                .mechanism(Mechanism.POLL)
                .trace(TraceFormat.JSON, own::add)
                .open()
                .close();
        assertThat(own).isNotEmpty().allMatch(line -> line.matches(JSON));
        assertThat(file).doesNotExist();
    }

    @Test
    void theTraceIsAppendedToAFile() throws IOException {
        Path file = traceToFile();
        Files.writeString(file, "what was there\n");
        program(new Usable.Combination(Mechanism.POLL, null));
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).isEqualTo("what was there");
        program(new Usable.Combination(Mechanism.SELECT, null));
        assertThat(Files.readAllLines(file)).startsWith(lines.toArray(String[]::new));
        assertThat(Files.readString(file)).contains("poll(", "pselect(");
    }

    @Test
    void anInterruptedThreadDoesNotEndTheTrace() throws IOException {
        Path file = traceToFile();
        try (Poller poller = Pollers.open(Mechanism.POLL)) {
            Thread.currentThread().interrupt();
            poller.poll((registration, ready) -> {});
            assertThat(Thread.interrupted()).isTrue();
            long before = Files.size(file);
            poller.poll(0, (registration, ready) -> {});
            assertThat(Files.size(file)).isGreaterThan(before);
        }
        assertThat(Files.readAllLines(file)).last().asString().startsWith("close(");
    }

    @Test
    void manyPollersOfManyThreadsLoseNoLineOfOneFile() throws Exception {
        Path file = traceToFile();
        Map<Posix.Pipe, Integer> delivered = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> serve(delivered));
            thread.setUncaughtExceptionHandler((where, failure) -> failures.add(failure));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(delivered).hasSize(THREADS);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).allMatch(line -> line.matches(LINE));
        assertThat(delivered.values()).allMatch(count -> count == ROUNDS);
        assertThat(lines.stream().filter(line -> line.startsWith("write(") && line.contains("\"load\"")))
                .hasSize(THREADS * ROUNDS);
        assertThat(lines.stream().filter(line -> line.startsWith("read(") && line.contains("\"load\"")))
                .hasSize(THREADS * ROUNDS);
        assertThat(lines.stream().filter(line -> line.matches("p?poll\\(.*revents=POLLIN.*")))
                .hasSize(THREADS * ROUNDS);
    }

    private static void serve(Map<Posix.Pipe, Integer> delivered) {
        try (Poller poller = Pollers.open(Mechanism.POLL)) {
            Posix posix = Pollers.posix();
            Posix.Pipe pipe = posix.pipe();
            ByteBuffer letters =
                    ByteBuffer.allocateDirect(4).put("load".getBytes()).flip();
            ByteBuffer room = ByteBuffer.allocateDirect(4);
            poller.register(pipe.readFd(), Interest.READ);
            for (int round = 0; round < ROUNDS; round++) {
                posix.write(pipe.writeFd(), letters.rewind());
                int events = poller.poll((registration, ready) -> posix.read(registration.fd(), room.clear()));
                delivered.merge(pipe, events, Integer::sum);
            }
            posix.close(pipe.readFd());
            posix.close(pipe.writeFd());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stdout", "stderr", "json"})
    void theEnvironmentTurnsItOnToo(String where) throws Exception {
        ChildJvm child = ChildJvm.run(
                List.of("env", "POLLUX_TRACE=" + where), System.getProperty("java.class.path"), Program.class);
        assertThat(child.exitCode()).isZero();
        assertThat(child.output().lines().filter(line -> line.contains("poll")))
                .isNotEmpty()
                .allMatch(line -> line.matches(where.equals("json") ? JSON : LINE));
    }

    @Test
    void aPropertyComesBeforeTheEnvironment() throws Exception {
        Path file = folder.resolve("calls");
        ChildJvm child = ChildJvm.run(
                List.of("env", "POLLUX_TRACE=stderr", "POLLUX_TRACE_WITH=thread"),
                System.getProperty("java.class.path"),
                Program.class,
                "-D" + TRACE + "=" + file);
        assertThat(child.exitCode()).isZero();
        assertThat(child.output()).isEmpty();
        assertThat(Files.readAllLines(file)).isNotEmpty().allMatch(line -> line.matches("\\[main] " + LINE));
    }

    /** A program that does not configure a trace. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            program(new Usable.Combination(Mechanism.POLL, null));
        }
    }

    @Test
    void anInvalidSettingIsAnErrorWhenThePollerIsOpened() {
        System.setProperty(TRACE, folder.resolve("no/such/folder").toString());
        assertThatThrownBy(Pollers::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("trace cannot be written", "no/such/folder");
        System.setProperty(TRACE, "stderr");
        System.setProperty(FORMAT, "xml");
        assertThatThrownBy(Pollers::posix)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("strace or json, not xml");
        System.setProperty(FORMAT, "strace");
        System.setProperty(WITH, "love");
        assertThatThrownBy(Pollers::probe)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not love");
    }

    @Test
    void aThreadsNameIsEscapedInJson() throws IOException {
        List<String> lines = new ArrayList<>();
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        try {
            thread.setName("a \"thread\"\t\\ü");
            Pollers.builder()
                    .mechanism(Mechanism.POLL)
                    .trace(TraceFormat.JSON, lines::add)
                    .open()
                    .close();
        } finally {
            thread.setName(name);
        }
        assertThat(lines).isNotEmpty().allMatch(line -> line.contains("\"a \\\"thread\\\"\\u0009\\\\ü\""));
    }

    private Path traceToFile() {
        Path file = folder.resolve("calls");
        System.setProperty(TRACE, file.toString());
        return file;
    }

    private static void program(Usable.Combination combination) throws IOException {
        Posix posix = Pollers.posix();
        Posix.Pipe pipe = posix.pipe();
        try (Poller poller = combination.open()) {
            poller.register(pipe.readFd(), Interest.READ);
            posix.write(pipe.writeFd(), ByteBuffer.allocateDirect(1));
            assertThat(poller.poll((registration, ready) -> {})).isEqualTo(1);
            assertThat(posix.isOpen(9_999)).isFalse();
        }
        posix.close(pipe.readFd());
        posix.close(pipe.writeFd());
    }
}
