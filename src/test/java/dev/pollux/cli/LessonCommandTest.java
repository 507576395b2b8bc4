// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.Usable;
import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import dev.pollux.cli.lesson.TerminalScreen;
import dev.pollux.posix.Signals;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each lesson must show, through each binding. */
class LessonCommandTest {
    private static final Pattern STEP = Pattern.compile("(?m)^(\\d+)\\. ");

    static List<Binding> bindings() {
        return Usable.combinations().stream()
                .map(Usable.Combination::binding)
                .distinct()
                .toList();
    }

    static Stream<Arguments> lessonsAndBindings() {
        return Lessons.ALL.stream()
                .flatMap(lesson -> bindings().stream().map(binding -> Arguments.of(lesson.name(), binding)));
    }

    @Test
    void withoutANameAllLessonsAreListed() {
        CommandRun run = CommandRun.of("lesson");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().skip(1).map(line -> line.replaceFirst(" .*", "")))
                .containsExactly(
                        "blocking",
                        "select",
                        "select-limit",
                        "poll",
                        "epoll",
                        "edge",
                        "inside",
                        "kqueue",
                        "connect",
                        "hangups",
                        "closing",
                        "accept",
                        "herd",
                        "signals",
                        "event-loop",
                        "threads",
                        "io_uring",
                        "c10k");
    }

    @Test
    void anUnknownLessonExitsWith2AndTheNamesOfAllLessons() {
        CommandRun run = CommandRun.of("lesson", "telepathy");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("there is no lesson telepathy; the lessons are blocking, select,")
                .doesNotContain("Did you mean");
    }

    @ParameterizedTest
    @CsvSource({"polll, poll", "iouring, io_uring", "epol, epoll", "slect-limit, select-limit", "Herd, herd"})
    void aMisspeltLessonExitsWith2AndTheNameThatWasProbablyMeant(String misspelt, String meant) {
        CommandRun run = CommandRun.of("lesson", misspelt);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Did you mean: pollux lesson " + meant + "?");
    }

    @ParameterizedTest
    @MethodSource("lessonsAndBindings")
    void eachLessonPlaysToItsEndAndLeavesNoDescriptor(String name, Binding binding) throws IOException {
        long before = descriptors();
        String out = play(name, binding);
        assertThat(out).startsWith(name + ": ").doesNotContain("\u001b");
        List<Integer> steps = STEP.matcher(out)
                .results()
                .map(step -> Integer.parseInt(step.group(1)))
                .toList();
        assertThat(steps).hasSizeGreaterThanOrEqualTo(4);
        for (int i = 0; i < steps.size(); i++) {
            assertThat(steps.get(i)).isEqualTo(i + 1);
        }
        assertThat(out.lines().filter(line -> line.length() > 100 && !line.startsWith("     ")))
                .isEmpty();
        assertThat(descriptors()).isLessThanOrEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("lessons")
    void eachStepButTheIdleConnectionHasAConclusion(String name) {
        String out = play(name, bindings().get(0));
        long steps = STEP.matcher(out).results().count();
        for (int number = 1; number <= steps; number++) {
            if (!(name.equals("hangups") && number == 1)) {
                assertThat(step(out, number)).contains("   => ");
            }
        }
    }

    static Stream<String> lessons() {
        return Lessons.ALL.stream().map(Lesson::name);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/dev/fd"))) {
            return all.map(fd -> fd.toFile().getAbsolutePath())
                    .filter(fd -> {
                        try {
                            String target = Files.readSymbolicLink(Path.of(fd)).toString();
                            return target.startsWith("pipe:")
                                    || target.startsWith("socket:")
                                    || target.contains("event");
                        } catch (IOException closedMeanwhile) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void blockingShowsAReadThatLastsAsLongAsThePause(Binding binding) throws IOException {
        String out = play("blocking", binding);
        MatchResult read = find(out, "\\[reader] read\\(\\d+, \"x\", 16\\) = 1 <(\\d+\\.\\d+)>");
        assertThat(read.group(1)).isNotBlank();
        find(out, "read\\(\\d+, 0x\\w+, 16\\) = -1 EAGAIN");
        MatchResult busy = find(out, "(\\d+) reads, (\\d+) of them EAGAIN; \\d+\\.\\d ms of processor time");
        assertThat(busy.group(1)).isEqualTo(busy.group(2));
        find(out, "poll\\(.*, 2, -1\\) = 1 \\(\\[\\{fd=\\d+, revents=POLLIN}]\\)");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void selectDrawsTheBitsOfTheDescriptors(Binding binding) throws IOException {
        String out = play("select", binding);
        int a = number(out, "Pipe A: (\\d+) ");
        int b = number(out, "Pipe B: (\\d+) ");
        int aWrite = number(out, "Pipe A: .*, (\\d+) the end to write");
        assertThat(bits(out, "readfds", 1)).isEqualTo(List.of(List.of(a, b), List.of(b)));
        assertThat(bits(out, "readfds", 2)).isEqualTo(List.of(List.of(b), List.of(b)));
        assertThat(bits(out, "readfds", 4)).isEqualTo(List.of(List.of(a, b), List.of()));
        assertThat(bits(out, "writefds", 5)).isEqualTo(List.of(List.of(aWrite), List.of(aWrite)));
        assertThat(bits(out, "exceptfds", 5)).isEqualTo(List.of(List.of(a, aWrite), List.of()));
        assertThat(bits(out, "readfds", 6)).isEqualTo(List.of(List.of(a), List.of(a)));
        assertThat(bits(out, "writefds", 6)).isEqualTo(List.of(List.of(aWrite), List.of()));
        assertThat(bits(out, "readfds", 7)).isEqualTo(List.of(List.of(a, b), List.of(a, b)));
        assertThat(step(out, 4).replaceAll("\\s+", " "))
                .contains("Linux's select(2) overwrites it with the time that was left");
        assertThat(step(out, 3)).contains("pselect(" + b + ", [" + a + "], NULL");
        assertThat(step(out, 7)).contains("= -1 EBADF");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void selectsLimitShowsTheLastBitTheRefusalAndTheNeighbour(Binding binding) throws IOException {
        assumeDescriptors();
        String out = play("select-limit", binding);
        assertThat(bits(out, "readfds", 1)).isEqualTo(List.of(List.of(1023), List.of(1023)));
        assertThat(step(out, 2)).contains("descriptor 1024 is beyond the limit of SELECT, FD_SETSIZE (1024)");
        assertThat(step(out, 3)).contains("before FD_SET: 0x1122334455667788", "after FD_SET:  0x1122334455667789");
        assertThat(step(out, 4)).contains("pselect(1025, [1024], NULL").contains("after pselect: 0x0000000000000001");
        assertThat(step(out, 5)).containsPattern("fcntl\\(\\d+, F_DUPFD, \\d+\\) = -1 EINVAL");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void pollShowsTheArrayAndItsAnswers(Binding binding) throws IOException {
        assumeDescriptors();
        String out = play("poll", binding);
        assertThat(step(out, 1))
                .containsPattern("fds\\[0] +fd \\d+ +events POLLIN +revents 0\\R")
                .containsPattern("fds\\[1] +fd \\d+ +events POLLIN +revents POLLIN\\R")
                .containsPattern("fds\\[2] +fd -1 +events POLLIN +revents 0\\R");
        assertThat(step(out, 2)).containsPattern("fds\\[0] +fd \\d+ +events POLLIN +revents POLLHUP\\R");
        assertThat(step(out, 3))
                .containsPattern("fds\\[0] +fd \\d+ +events POLLIN +revents POLLNVAL\\R")
                .containsPattern("fds\\[1] +fd \\d+ +events POLLIN +revents POLLIN\\R");
        assertThat(step(out, 4)).contains("poll([{fd=1024, events=POLLIN}], 1, 0) = 1 ([{fd=1024, revents=POLLIN}])");
        assertThat(step(out, 4)).containsPattern("an array of \\d+ entries: EINVAL \\(Invalid argument\\)");
        assertThat(step(out, 5)).containsPattern(" 10 +\\d+\\.\\d\\R +100 +\\d+\\.\\d\\R +1000 +\\d+\\.\\d\\R");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void epollShowsLevelEdgeAndOneshotOnTheSameBytes(Binding binding) throws IOException {
        assumePlayable("epoll");
        String out = play("epoll", binding);
        String a = Integer.toString(number(out, "Pipe A: (\\d+) "));
        assertThat(step(out, 1)).containsPattern("fd " + a + " +EPOLLIN\\|EPOLLERR\\|EPOLLHUP");
        assertThat(ready(out, 2)).containsExactly("fd " + a + " EPOLLIN", "fd " + a + " EPOLLIN");
        assertThat(ready(out, 3)).containsExactly("fd " + a + " EPOLLIN", "nothing");
        assertThat(ready(out, 4)).containsExactly("nothing");
        assertThat(step(out, 4)).contains("read(" + a + ", \"x\", 1) = 1", "read(" + a + ", \"y\", 1) = 1");
        assertThat(ready(out, 5)).containsExactly("fd " + a + " EPOLLIN");
        assertThat(ready(out, 6)).containsExactly("fd " + a + " EPOLLIN", "nothing");
        assertThat(step(out, 6)).containsPattern("fd " + a + " +EPOLLONESHOT\\R");
        assertThat(ready(out, 7)).containsExactly("fd " + a + " EPOLLIN");
        assertThat(step(out, 8)).contains("= -1 EEXIST", "= -1 EPERM");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void kqueueSaysWhetherItIsRealAndShowsItsFilters(Binding binding) throws IOException {
        String out = play("kqueue", binding);
        assertThat(step(out, 4).replaceAll("\\s+", " ")).contains("EV_DELETE removes a filter");
        assertThat(step(out, 6).replaceAll("\\s+", " "))
                .contains("When a TCP peer closes, epoll reports EPOLLIN and EPOLLRDHUP without EPOLLHUP");
        assertThat(out.contains("RECORDED")).isEqualTo(syscalls(binding).missing("kqueue") != null);
        assertThat(step(out, 2)).containsPattern("EVFILT_READ +data 5\\R").containsPattern("EVFILT_WRITE data \\d+\\R");
        assertThat(step(out, 3)).containsPattern("EVFILT_READ +data 3\\R");
        assertThat(step(out, 4)).contains("kqueue    nothing");
        assertThat(step(out, 5)).containsPattern("EVFILT_READ +data 4\\R");
        assertThat(step(out, 6)).containsPattern("EVFILT_READ +data 4 +EV_EOF\\R");
        assertThat(step(out, 7)).containsPattern("data EBADF +EV_ERROR\\R");
        if (syscalls(binding).missing("epoll_create1") == null) {
            assertThat(ready(out, 4)).last().isEqualTo("nothing");
            assertThat(step(out, 6)).containsPattern("ready +fd \\d+ +EPOLLIN\\|EPOLLHUP\\R");
        }
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void connectShowsThatReadingTheErrorClearsIt(Binding binding) throws IOException {
        String out = play("connect", binding);
        assertThat(step(out, 2)).containsPattern("getsockopt\\(\\d+, SOL_SOCKET, SO_ERROR, \\[0], \\[4]\\) = 0");
        assertThat(step(out, 3)).containsPattern("revents POLLIN\\|POLLOUT\\|POLLERR\\|POLLHUP\\R");
        assertThat(step(out, 4)).containsPattern("(?s)SO_ERROR, \\[ECONNREFUSED].*SO_ERROR, \\[0]");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void hangupsAreTheSameForPollAndEpollAndReadableForSelect(Binding binding) throws IOException {
        String out = play("hangups", binding);
        List<String> table = out.substring(out.indexOf("All results:"))
                .lines()
                .skip(2)
                .takeWhile(line -> line.startsWith("     "))
                .map(String::strip)
                .toList();
        assertThat(table).hasSize(7);
        assertThat(table.get(0)).matches("idle +w +POLLOUT( +same)?");
        assertThat(table.get(1)).matches("half-closed +rw +POLLIN\\|POLLOUT\\b.*");
        assertThat(table.get(2).replace("closed", "")).isEqualTo(table.get(1).replace("half-closed", "     "));
        assertThat(table.get(4)).matches("reset +rw +POLLIN\\|POLLOUT\\|POLLERR\\|POLLHUP\\b.*");
        assertThat(table.get(5)).matches("pipe, no writer +r +POLLHUP\\b.*");
        assertThat(table.get(6)).matches("pipe, no reader +rw +POLLOUT\\|POLLERR\\b.*");
        if (syscalls(binding).missing("epoll_create1") == null) {
            assertThat(table).allMatch(row -> row.endsWith(" same"));
        }
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void closingShowsTheEntryThatADuplicateKeepsAlive(Binding binding) throws IOException {
        String out = play("closing", binding);
        assertThat(step(out, 1)).contains("revents POLLNVAL", "= -1 EBADF");
        assumePlayable("epoll");
        int c = number(out, "Pipe C: (\\d+) ");
        assertThat(ready(out, 2)).containsExactly("nothing");
        assertThat(step(out, 3)).contains("close(" + c + ") = 0");
        assertThat(ready(out, 3)).containsExactly("fd " + c + " EPOLLIN");
        assertThat(step(out, 4)).contains("= -1 EBADF", "= -1 ENOENT");
        assertThat(step(out, 5)).contains("F_DUPFD, " + c + ") = " + c);
        assertThat(step(out, 5).lines().filter(line -> line.matches(" +(interest +)?fd " + c + " .*")))
                .hasSize(2);
        assertThat(ready(out, 6)).containsExactly("nothing");
        assertThat(ready(out, 7)).containsExactly("nothing");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void aConnectionWakesTheHerdUnlessEpollPreventsItAndOneThreadGetsIt(Binding binding) throws IOException {
        assumePlayable("herd");
        String out = play("herd", binding);
        for (int scene = 1; scene <= 5; scene++) {
            String step = step(out, scene);
            int woken = number(step, "(\\d) of 4 threads woke up");
            assertThat(woken).isBetween(scene <= 2 ? 4 : 1, 4);
            assertThat(step.lines().filter(line -> line.matches(".*accept\\(\\d+, NULL, NULL\\) = \\d+ .*")))
                    .hasSize(1);
            assertThat(step.lines().filter(line -> line.contains("= -1 EAGAIN")))
                    .hasSize(woken - 1);
            assertThat(step.lines().filter(line -> line.matches(" +\\[thread \\d] .*= 1 .*")))
                    .hasSize(woken);
        }
        String pollers = step(out, 5);
        assertThat(pollers.lines().filter(line -> line.matches(".*EPOLL_CTL_MOD, .*EPOLLEXCLUSIVE.*= -1 EINVAL.*")))
                .hasSize(4);
        assertThat(pollers.lines()
                        .filter(line ->
                                line.matches(".*EPOLL_CTL_ADD, \\d+, \\{events=EPOLLIN\\|EPOLLEXCLUSIVE,.*= 0 .*")))
                .hasSize(5);
        assertThat(pollers).containsOnlyOnce("EPOLL_CTL_DEL");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void edgeShowsBytesThatNobodyReportsAndTheEndThatAShortReadMisses(Binding binding) throws IOException {
        String out = play("edge", binding);
        String a = Integer.toString(number(out, "Pipe A: (\\d+) "));
        assertThat(ready(out, 1)).containsExactly("fd " + a + " EPOLLIN", "nothing");
        assertThat(step(out, 2)).containsPattern("(?s)read\\(\\d+, \"89\", 4\\) = 2 .*= -1 EAGAIN.*\"!\", 4\\) = 1 ");
        assertThat(ready(out, 3)).hasSize(2).last().isEqualTo("nothing");
        assertThat(step(out, 3)).containsPattern("read\\(\\d+, \"\", 16\\) = 0");
        assertThat(ready(out, 5)).last().isEqualTo("fd " + a + " EPOLLIN");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void insideShowsTheEntriesOfTheKernelAndEpollInEpoll(Binding binding) throws IOException {
        String out = play("inside", binding);
        assertThat(step(out, 1)).containsPattern("tfd: +\\d+ events: +19 data: +\\p{XDigit}+ +pos:0 ino:");
        assertThat(step(out, 2)).containsPattern("epoll_wait\\(.*, 8, 0\\) = 2 ");
        assertThat(ready(out, 3)).hasSize(2).last().isEqualTo("nothing");
        assertThat(step(out, 4)).contains("= -1 ELOOP", "= -1 EINVAL");
        assertThat(step(out, 5).lines().filter(line -> line.contains("interest")))
                .hasSize(1);
        assertThat(step(out, 6))
                .containsPattern("epoll_wait\\(.*, 1, 0\\) = 1 ")
                .contains("tfd:");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void acceptShowsTheQueueTheSpinningServerAndTheWayOut(Binding binding) throws IOException {
        String out = play("accept", binding);
        assertThat(number(step(out, 1), "\\], 4, 0\\) = (\\d)")).isBetween(1, 3);
        assertThat(step(out, 3).lines().filter(line -> line.contains("= -1 EMFILE")))
                .hasSize(3);
        assertThat(step(out, 3).lines().filter(line -> line.matches(" +poll\\(.*= 1 .*")))
                .hasSize(3);
        assertThat(step(out, 4))
                .containsPattern("accept\\(\\d+, NULL, NULL\\) = \\d")
                .contains("= 0 (Timeout)");
        List<Integer> queued = Pattern.compile("(?m)^ +\\d+ +(\\d+)$")
                .matcher(step(out, 5))
                .results()
                .map(row -> Integer.parseInt(row.group(1)))
                .toList();
        assertThat(queued).hasSize(2);
        assertThat(queued.get(0) + queued.get(1)).isEqualTo(40);
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void signalsShowTheRaceAndTheDescriptorsThatCloseIt(Binding binding) throws IOException {
        String out = play("signals", binding);
        assertThat(step(out, 1)).contains("= 0 (Timeout)", "the flag was false before the poll, and is true after it");
        assertThat(step(out, 2)).containsPattern("poll\\(.*, 2, 100\\) = 1 ");
        assertThat(step(out, 3)).contains("= -1 EAGAIN");
        assumeTrue(syscalls(binding).missing("eventfd") == null, "this system has no eventfd");
        assertThat(step(out, 4)).contains("the counter was 3");
        assertThat(number(step(out, 6), "(?s)= 1 .*poll\\(.*, 1, (\\d+)\\) = 0"))
                .isLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void signalsAndTimersAreReadFromDescriptors(Binding binding) throws IOException {
        assumeTrue(syscalls(binding).missing("signalfd") == null, "this system has no signalfd");
        String out = play("signals", binding);
        assertThat(step(out, 5))
                .containsPattern("(?s)raise\\(SIGUSR1\\) = 0 .*raise\\(SIGUSR1\\) = 0 .*revents POLLIN\\R")
                .containsPattern("read\\(\\d+, .*, 128\\) = -1 EAGAIN")
                .contains("SIG_UNBLOCK, [USR1]", "sent 2 times, read once");
        assertThat(Pollers.posix().signals().isBlocked(Signals.SIGUSR1)).isFalse();
        assertThat(number(step(out, 7), "the timer has expired (\\d+) times")).isGreaterThanOrEqualTo(4);
        assertThat(step(out, 7))
                .containsPattern("(?s)it_value=\\{tv_sec=0, tv_nsec=0}}, NULL\\) = 0 .*= 0 \\(Timeout\\)");
    }

    @Test
    void withoutSignalfdAndTimerfdTheirStepsAreLeftOutAndTheLessonSaysSo() throws IOException {
        Syscalls lacking = new ForwardingSyscalls(syscalls(null)) {
            @Override
            public String missing(String function) {
                return function.matches("signalfd|timerfd_create") ? function : super.missing(function);
            }
        };
        StringWriter out = new StringWriter();
        Lessons.named("signals").play(lacking, new TerminalScreen(new PrintWriter(out), Terminal.plain()));
        assertThat(out.toString())
                .contains("This system has no signalfd", "This system has no timerfd")
                .doesNotContain("signalfd(-1", "timerfd_create(CLOCK");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void threadsShowsTheEchoTwiceAndWhoWaitsForWhom(Binding binding) {
        String out = play("threads", binding);
        boolean isVirtual = Runtime.version().feature() >= 21;
        assertThat(step(out, 1)).containsPattern("(?s)read\\(\\d+, \"h\", 2\\) = 1 .*read\\(\\d+, \"i\", 1\\) = 1 ");
        String parked = step(out, 2);
        assertThat(parked.contains("has no virtual threads")).isEqualTo(!isVirtual);
        assertThat(parked)
                .containsPattern(isVirtual ? "VirtualThread\\[#\\d+,echo]/runnable@" : "Thread\\[echo]/runnable")
                .containsPattern("\\[echo] read\\(\\d+, 0x\\w+, 2\\) = -1 EAGAIN")
                .containsPattern("Thread\\[(#\\d+,)?echo]/waiting\\R");
        assertThat(linesWith(parked, "[echo] epoll_ctl(")).hasSize(1);
        String woken = step(out, 3);
        assertThat(woken)
                .containsPattern("\\[pollux-blocking-io] epoll_p?wait2?\\(.*= 1 ")
                .containsPattern("(?s)\\[echo] read\\(\\d+, \"h\", 2\\) = 1 .*\\[echo] read\\(\\d+, \"i\", 1\\) = 1 ")
                .containsPattern("\\[echo] write\\(\\d+, \"hi\", 2\\) = 2 ");
        assertThat(linesWith(woken, "[echo] epoll_ctl(")).isEmpty();
        assertThat(step(out, 4)).contains("1 of 4 threads woke up");
        assertThat(step(out, 5)).contains("4 of 4 threads woke up");
        for (int scene = 4; scene <= 5; scene++) {
            assertThat(linesWith(step(out, scene), "\"x\", 1) = 1 "))
                    .as("the write, and one read")
                    .hasSize(2);
        }
        MatchResult tasks = find(step(out, 6), "had (\\d+) threads before, and (\\d+) while they waited");
        int more = Integer.parseInt(tasks.group(2)) - Integer.parseInt(tasks.group(1));
        assertThat(more > 50).as(tasks.group()).isEqualTo(!isVirtual);
        assertThat(step(out, 7)).containsPattern("\\[slow 1] poll\\(NULL, 0, 100\\) = 0 \\(Timeout\\)");
        find(step(out, 7), "the next thread began after \\d+ ms");
    }

    private static List<String> linesWith(String text, String part) {
        return text.lines().filter(line -> line.contains(part)).toList();
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void theEventLoopCallsBackForDescriptorsTimersAndTasks(Binding binding) throws IOException {
        String out = play("event-loop", binding);
        assertThat(step(out, 2)).contains("The callback of B:").doesNotContain("The callback of A:");
        assertThat(step(out, 3)).containsPattern("(?s)the first timer has fired.*the second timer has fired");
        assertThat(step(out, 4)).contains("[worker] write(", "the task ran on the loop's own thread");
        assertThat(number(step(out, 5), "the timer of 30 ms fired after (\\d+) ms"))
                .isGreaterThanOrEqualTo(30);
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void ioUringShowsHeadsAndTailsThatMoveWithoutACall(Binding binding) throws IOException {
        String out = play("io_uring", binding);
        String a = Integer.toString(number(out, "Pipe A: (\\d+) "));
        assertThat(step(out, 2)).contains("submission  head 0  tail 1  of 8   POLL_ADD fd " + a + " POLLIN");
        assertThat(step(out, 2)).doesNotContain("io_uring_enter(");
        assertThat(step(out, 3)).contains("submission  head 1  tail 1 ");
        assertThat(step(out, 4)).contains("completion  head 0  tail 1  of 16  user_data " + a + " res POLLIN");
        assertThat(step(out, 5))
                .containsPattern("io_uring_enter\\(\\d+, 3, 1, IORING_ENTER_GETEVENTS, NULL, 0\\) = 3 ");
        assertThat(step(out, 6)).contains("res POLLIN MORE; user_data " + a + " res POLLIN MORE");
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void c10kMeasuresAllThreeMechanisms(Binding binding) throws IOException {
        String out = play("c10k", binding);
        assertThat(step(out, 1))
                .containsPattern("N +microseconds: pselect +poll +epoll_wait\\R +10( +\\d+\\.\\d){3}\\R +20 ");
        assertThat(step(out, 2)).containsPattern(" 100( +\\d+\\.\\d){3}\\R");
        assertThat(step(out, 3)).containsPattern(" 100( +\\d+\\.\\d){2}\\R");
        assertThat(step(out, 4)).containsPattern(" 10000 +3768 +80000 +(12|16)\\R");
    }

    @Test
    void onATerminalEachStepWaitsForEnterAndCallsAreColoured() {
        Keyboard keys = new Keyboard("\r\n");
        CommandRun run = CommandRun.on(CommandRun.terminal(keys), "lesson", "select", "--step");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("\r\u001b[KEnter: make the calls of step 1\r\u001b[K")
                .contains("\r\u001b[KEnter: make the calls of step 2   b: back to step 1\r\u001b[K")
                .contains("\r\u001b[KEnter: make the calls of step 3   b: back to step 2\r\u001b[K")
                .doesNotContain("of step 4")
                .contains("\u001b[36mpselect(");
        assertThat(STEP.matcher(run.out()).results()).hasSize(7);
        assertThat(keys.isClosed).isTrue();
    }

    @Test
    void theKeyBShowsTheStepBeforeAgainAndEnterGoesOnFromThere() {
        CommandRun run =
                CommandRun.on(CommandRun.terminal(new Keyboard("\r\rbbb\rx\r\r")), "lesson", "select", "--step");
        assertThat(run.exitCode()).isZero();
        String plain = run.out().replaceAll("\u001b\\[[0-9;]*m|\r\u001b\\[KEnter[^\r]*\r\u001b\\[K", "");
        assertThat(STEP.matcher(plain).results().map(step -> step.group(1)))
                .containsExactly("1", "2", "3", "2", "1", "2", "3", "4", "5", "6", "7");
        List<String> second = Stream.of(plain.split("(?m)^(?=2\\. )"))
                .skip(1)
                .map(text -> text.replaceAll("(?ms)^(1|3)\\. .*", "").strip())
                .toList();
        assertThat(second).hasSize(3).containsOnly(second.get(0));
        assertThat(second.get(0)).contains("pselect(");
    }

    @Test
    void withoutATerminalNoKeyIsWaitedFor() {
        CommandRun run = CommandRun.of("lesson", "select", "--step");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).doesNotContain("\u001b", "Enter:");
    }

    /** Keys to press; after the last one there are no more. */
    private static final class Keyboard implements Terminal.Keys {
        private final String keys;
        private int pressed;
        private boolean isClosed;

        Keyboard(String keys) {
            this.keys = keys;
        }

        @Override
        public int read() {
            return pressed < keys.length() ? keys.charAt(pressed++) : -1;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    @Test
    void aLessonsOwnTraceAndTheTraceOfTheWholeProgramAgree(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("calls");
        CommandRun run = CommandRun.of("lesson", "select", "--trace=" + file);
        assertThat(run.exitCode()).isZero();
        List<String> whole = withoutTimes(Files.readAllLines(file).stream());
        List<String> shown = withoutTimes(run.out().lines().filter(line -> line.contains("pselect(")));
        assertThat(shown)
                .hasSize(7)
                .isEqualTo(whole.stream()
                        .filter(line -> line.startsWith("pselect("))
                        .toList());
    }

    private static List<String> withoutTimes(Stream<String> lines) {
        return lines.map(line -> line.strip().replaceFirst(" <[0-9.]+>$", "")).toList();
    }

    private static String play(String lesson, Binding binding) {
        assumePlayable(lesson);
        if (lesson.equals("select-limit")) {
            assumeDescriptors();
        }
        assumeTrue(
                !lesson.equals("io_uring") || CommandRun.usableMechanisms().contains(Mechanism.IO_URING),
                "this machine refuses io_uring");
        CommandRun run = CommandRun.of("lesson", lesson, "--binding", binding.name());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run.out();
    }

    private static void assumePlayable(String name) {
        Lesson lesson = Lessons.named(name);
        String missing = lesson.needs() == null ? null : syscalls(null).missing(lesson.needs());
        assumeTrue(missing == null, () -> name + " needs " + lesson.needs() + ": " + missing);
    }

    private static void assumeDescriptors() {
        try {
            long soft = Pollers.posix().raiseDescriptorLimit().soft();
            assumeTrue(soft > 1_500, "this process may have no more descriptors than " + soft);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Syscalls syscalls(Binding binding) {
        try {
            return Pollers.builder().binding(binding).syscalls();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static MatchResult find(String text, String regex) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError(regex + " is not in\n" + text));
    }

    private static int number(String text, String regex) {
        return Integer.parseInt(find(text, regex).group(1));
    }

    private static String step(String out, int number) {
        int begin = out.indexOf("\n" + number + ". ");
        int end = out.indexOf("\n" + (number + 1) + ". ", begin);
        assertThat(begin).as("step %d of%n%s", number, out).isNotNegative();
        return out.substring(begin, end < 0 ? out.length() : end);
    }

    /** The bits that are drawn as set, before and after. */
    private static List<List<Integer>> bits(String out, String set, int step) {
        List<String> lines = step(out, step).lines().toList();
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().matches(set + " +before .*")) {
                before.addAll(row(lines.get(i)));
                after.addAll(row(lines.get(i + 1)));
            }
        }
        return List.of(before, after);
    }

    private static List<Integer> row(String line) {
        int first = number(line, "fd +(\\d+):");
        String drawn = line.substring(line.indexOf(':') + 1).replace(" ", "");
        assertThat(drawn).hasSize(32);
        return IntStream.range(0, drawn.length())
                .filter(index -> drawn.charAt(index) == '1')
                .map(index -> first + index)
                .boxed()
                .toList();
    }

    /** The lines with the events of epoll_wait. */
    private static List<String> ready(String out, int step) {
        return step(out, step)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("ready "))
                .map(line -> line.replaceFirst("ready +", "").replaceAll(" +", " "))
                .toList();
    }
}
