// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import dev.pollux.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** strace and our own trace of the same program, {@link StraceScenario}, must agree call by call. */
class StraceTest {
    private static final String MARKER = "close(" + StraceScenario.MARKER + ")";

    private static final Pattern INTERRUPTED = Pattern.compile(" = (\\? ERESTART|-1 EINTR )");

    /** With a question mark strace accepts a call that the kernel of a processor lacks. */
    private static final String CALLS = "?poll,?ppoll,?pselect6,?epoll_create1,?epoll_ctl,?epoll_wait,?epoll_pwait,"
            + "?epoll_pwait2,?eventfd2,?pipe,?pipe2,?read,?write,?close,?dup,?fcntl,?open,?openat,?prlimit64,?socket,"
            + "?socketpair,?bind,?listen,?accept,?connect,?getsockname,?getsockopt,?setsockopt,?shutdown,?sendto,"
            + "?io_uring_setup,?io_uring_enter,?membarrier,?mmap,?munmap,?accept4,?getpeername,?recvfrom,?sendmsg,?recvmsg,?readv,"
            + "?writev,?mknod,?mknodat,?ioctl,"
            + "?timerfd_create,?timerfd_settime,?timerfd_gettime,?signalfd4,?rt_sigprocmask,?kill,?tgkill,?pidfd_open,"
            + "?pidfd_send_signal,?waitid,?inotify_init1,?inotify_add_watch,?inotify_rm_watch";

    @TempDir
    Path directory;

    @BeforeAll
    static void straceIsThereAndMayTrace() throws Exception {
        Path output = Files.createTempFile("pollux-strace", ".txt");
        try {
            String version = run(output, "strace", "-V");
            Matcher major = Pattern.compile("version (\\d+)").matcher(version);
            assumeTrue(
                    major.find() && Integer.parseInt(major.group(1)) >= 6,
                    "its grammar is that of strace 6, and this is "
                            + version.lines().findFirst().orElse("silent"));
            run(output, "strace", "-qq", "-o", "/dev/null", "true");
        } catch (IOException | IllegalStateException e) {
            assumeTrue(false, "strace cannot be used here: " + e.getMessage());
        } finally {
            Files.delete(output);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SELECT", "POLL", "EPOLL"})
    void straceShowsTheSameCallsWithTheSameArgumentsAndResults(Mechanism mechanism) throws Exception {
        assertSame(mechanism.name());
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "EPOLL"})
    void straceShowsTheSameForAPollerThatHasOnlyMilliseconds(Mechanism mechanism) throws Exception {
        assumeTrue(
                System.getProperty("os.arch").equals("amd64"),
                "elsewhere the kernel may have no poll and no epoll_wait, and the C library makes them of others");
        assertSame(mechanism.name(), "millis");
    }

    /** The whole command, through the best binding, with the trace that a user would ask for from outside. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select",
                "poll",
                "epoll",
                "edge",
                "inside",
                "accept",
                "signals",
                "event-loop",
                "threads",
                "io_uring",
                "c10k"
            })
    void straceShowsTheSameForALesson(String lesson) throws Exception {
        assumeTrue(
                !lesson.equals("io_uring")
                        || Usable.combinations().stream().anyMatch(each -> each.mechanism() == Mechanism.IO_URING),
                "this machine refuses io_uring");
        assumeTrue(
                System.getProperty("os.arch").equals("amd64"),
                "elsewhere the kernel may have no poll and no epoll_wait, and the C library makes them of others");
        Path own = directory.resolve("own");
        runUnderStrace(Main.class, "lesson", lesson, "--trace=" + own, "--trace-with=thread");
        // strace shortens a set with hundreds of ready descriptors, so such long lines are not compared
        String ofMechanisms =
                "(p?select6?|p?poll|epoll_\\w+|io_uring_\\w+|timerfd_\\w+|signalfd4?|raise|tgkill)\\(.{0,2000}";
        assertThat(ownLines(own, "main", ofMechanisms))
                .hasSizeGreaterThan(lesson.equals("io_uring") ? 3 : 5)
                .isEqualTo(mostOf(ofMechanisms).map(StraceTest::asCalledFromC).toList());
        if (lesson.equals("threads")) {
            String waits = "epoll_p?wait2?\\(.*";
            assertThat(ownLines(own, "pollux-blocking-io", waits))
                    .hasSizeGreaterThan(5)
                    .isEqualTo(mostOf(waits).map(StraceTest::asCalledFromC).toList());
        }
    }

    private static List<String> ownLines(Path trace, String thread, String regex) throws IOException {
        String name = "[" + thread + "] ";
        return withoutTimes(withoutInterruptions(Files.readAllLines(trace).stream()
                        .filter(line -> line.startsWith(name))
                        .map(line -> line.substring(name.length()))
                        .filter(line -> line.matches(regex))
                        .map(StraceTest::withoutNewFeatures)
                        .toList())
                .stream());
    }

    /** The JVM maps and unmaps memory in the thread that runs the scenario, but whole pages. */
    private static boolean isOfTheScenario(String line) {
        return !line.matches("(mmap|munmap)\\(.*") || line.contains(", " + StraceScenario.SQES_BYTES);
    }

    /**
     * A wait that a signal interrupts is one call here: it has the arguments of the first line and the result of the last.
     * The kernel resumes such a call itself, or returns EINTR and Pollux repeats the call with the rest of the timeout;
     * strace shows the interruption in both cases, our trace only in the second. After a restart_syscall, strace does
     * not say what a 0 means to poll.
     */
    private static List<String> withoutInterruptions(List<String> all) {
        List<String> lines = new ArrayList<>();
        String begun = null;
        for (String line : all) {
            Matcher interrupted = INTERRUPTED.matcher(line);
            if (interrupted.find()) {
                begun = begun == null ? line.substring(0, interrupted.start()) : begun;
                continue;
            }
            boolean isRepeated = begun != null
                    && (line.startsWith("restart_syscall(") || name(line).equals(name(begun)));
            lines.add(isRepeated ? answered(begun, line.substring(line.lastIndexOf(") = ") + 1)) : line);
            begun = null;
        }
        return lines;
    }

    private static String name(String line) {
        return line.substring(0, Math.max(0, line.indexOf('(')));
    }

    private static String answered(String begun, String answer) {
        return begun + answer + (begun.startsWith("poll(") && answer.equals(" = 0") ? " (Timeout)" : "");
    }

    /** What the JVM's handler of an error signal does first, for example at a null that compiled code met. */
    private static final String SIGNALS_OF_THE_JVM = "pthread_sigmask(SIG_UNBLOCK, [ILL TRAP BUS FPE SEGV], NULL) = 0";

    /**
     * Leaves out what the JVM did in the thread, such as to load a class: it opened a file, or used a descriptor that our
     * trace does not mention. A line that our trace has at this place is never left out.
     */
    private static List<String> withoutCallsOfTheJvm(List<String> straced, List<String> own) {
        Set<String> ownFds = new HashSet<>();
        own.forEach(line -> ownFds.add(firstArgument(line)));
        Set<String> jvmFds = new HashSet<>();
        List<String> lines = new ArrayList<>();
        for (String line : straced) {
            boolean isOwn = lines.size() < own.size() && line.equals(own.get(lines.size()));
            String fd = firstArgument(line);
            if (!isOwn && line.startsWith("open")) {
                jvmFds.add(line.substring(line.lastIndexOf(' ') + 1));
            } else if (!isOwn
                    && line.matches("(read|close|fcntl)\\(\\d.*")
                    && (jvmFds.contains(fd) || !ownFds.contains(fd))) {
                if (line.startsWith("close(")) {
                    jvmFds.remove(fd);
                }
            } else if (isOwn || !line.equals(SIGNALS_OF_THE_JVM)) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static String firstArgument(String line) {
        return line.substring(line.indexOf('(') + 1).split("[,)]", 2)[0];
    }

    @Test
    void aSignalThatTheJvmHandlesMeanwhileIsNotPolluxs() {
        List<String> own = List.of("fcntl(74, F_SETFD, FD_CLOEXEC) = 0", "open(\"/dev/pts/0\", O_RDWR) = 74");

        assertThat(withoutCallsOfTheJvm(List.of(own.get(0), SIGNALS_OF_THE_JVM, own.get(1)), own))
                .isEqualTo(own);
    }

    @Test
    void aClassThatIsLoadedMeanwhileIsNotPolluxs() {
        List<String> own = List.of("pipe([8, 9]) = 0", "read(8, \"x\", 1) = 1", "close(8) = 0", "close(9) = 0");
        List<String> straced = List.of(
                "pipe([8, 9]) = 0",
                "open(\"/x/A.class\", O_RDONLY) = 10",
                "fcntl(10, F_GETFD) = 0",
                "read(10, \"\\312\", 8192) = 1",
                "close(10) = 0",
                "read(3, \"jar\", 30) = 3",
                "read(8, \"x\", 1) = 1",
                "close(8) = 0",
                "close(9) = 0");
        assertThat(withoutCallsOfTheJvm(straced, own)).isEqualTo(own);
        List<String> more = List.of("pipe([8, 9]) = 0", "read(8, \"x\", 1) = 1", "close(8) = 0", "close(8) = -1 EBADF");
        assertThat(withoutCallsOfTheJvm(more, own)).isEqualTo(more);
    }

    @Test
    void aWaitThatASignalInterruptsIsOneCall() {
        List<String> once = List.of("poll([{fd=8, events=POLLIN}], 1, 50) = 0 (Timeout)", "close(8) = 0");
        assertThat(withoutInterruptions(List.of(
                        "poll([{fd=8, events=POLLIN}], 1, 50) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)",
                        "restart_syscall(<... resuming interrupted poll ...>) = 0",
                        "close(8) = 0")))
                .isEqualTo(once);
        assertThat(withoutInterruptions(List.of(
                        "poll([{fd=8, events=POLLIN}], 1, 50) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)",
                        "poll([{fd=8, events=POLLIN}], 1, 31) = 0 (Timeout)",
                        "close(8) = 0")))
                .isEqualTo(once);
        assertThat(withoutInterruptions(List.of(
                        "poll([{fd=8, events=POLLIN}], 1, 50) = -1 EINTR (Interrupted system call) <0.019>",
                        "poll([{fd=8, events=POLLIN}], 1, 31) = -1 EINTR (Interrupted system call) <0.011>",
                        "poll([{fd=8, events=POLLIN}], 1, 20) = 0 (Timeout)",
                        "close(8) = 0")))
                .isEqualTo(once);
    }

    /** The lines of this kind of the thread that has most of them. */
    private Stream<String> mostOf(String regex) throws IOException {
        List<String> most = List.of();
        for (Path file : straceFiles()) {
            List<String> lines = withoutInterruptions(Files.readAllLines(file)).stream()
                    .filter(line -> line.matches(regex))
                    .toList();
            most = lines.size() > most.size() ? lines : most;
        }
        return most.stream();
    }

    private static List<String> withoutTimes(Stream<String> lines) {
        return lines.map(line -> line.replaceFirst(" <\\d+\\.\\d{6}>$", "")).toList();
    }

    private void runUnderStrace(Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("strace", "-ff", "-qq", "-a1", "-s32", "-esignal=none"));
        command.addAll(List.of("-etrace=restart_syscall," + CALLS, "-o" + directory.resolve("strace")));
        command.addAll(List.of(System.getProperty("java.home") + "/bin/java", "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        run(directory.resolve("output"), command.toArray(String[]::new));
    }

    private void assertSame(String mechanism, String... more) throws Exception {
        Path own = directory.resolve("own");
        List<String> arguments = new ArrayList<>(List.of(mechanism, own.toString()));
        arguments.addAll(List.of(more));
        runUnderStrace(StraceScenario.class, arguments.toArray(String[]::new));
        List<String> expected = withTerminals(lastRound(straced()).toList()).stream()
                .filter(StraceTest::isOfTheScenario)
                .map(StraceTest::asCalledFromC)
                .toList();
        List<String> actual = withoutTimes(lastRound(withoutInterruptions(Files.readAllLines(own)))
                .filter(line -> !line.startsWith("fstat(")) // C libraries make it of one of four calls
                .map(StraceTest::withoutNewFeatures));
        assertThat(actual).hasSizeGreaterThan(200).isEqualTo(withoutCallsOfTheJvm(expected, actual));
    }

    /**
     * The C library's functions for ioctls of terminals. {@code grantpt} asks for the number of the pty, but before it
     * is unlocked. Debian's {@code tcsetattr} reads the mode before and after it sets it; the scenario never reads it
     * there itself.
     */
    private static List<String> withTerminals(List<String> all) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String line = all.get(i);
            boolean unlocksNext = i + 1 < all.size() && all.get(i + 1).contains(", TIOCSPTLCK, ");
            boolean isForSetting = line.contains(", TCGETS") && (isSetting(all, i - 1) || isSetting(all, i + 1));
            if (!isForSetting) {
                lines.add(unlocksNext ? line.replaceFirst("ioctl\\((\\d+), TIOCGPTN, .*\\) =", "grantpt($1) =") : line);
            }
        }
        return lines.stream().map(StraceTest::asTerminal).toList();
    }

    private static boolean isSetting(List<String> lines, int index) {
        return index >= 0 && index < lines.size() && lines.get(index).contains("TCSETS");
    }

    private static String asTerminal(String line) {
        return line.replaceFirst("^openat\\(AT_FDCWD, \"/dev/ptmx\", ", "posix_openpt(")
                .replaceFirst("^ioctl\\((\\d+), TIOCSPTLCK, \\[0]\\) =", "unlockpt($1) =")
                .replaceFirst("^ioctl\\((\\d+), TIOCGPTN, \\[(\\d+)]\\) =", "ptsname_r($1, \"/dev/pts/$2\", 128) =")
                .replaceFirst("^ioctl\\((\\d+), TCGETS2?, ", "tcgetattr($1, ")
                .replaceFirst("^ioctl\\((\\d+), .*TCSETS2?, ", "tcsetattr($1, TCSANOW, ")
                .replace("c_iflag=,", "c_iflag=0,")
                .replace("|O_LARGEFILE", "|0x8000") // a flag of 32-bit systems that the C library does not name
                .replaceFirst("NL0\\|CR0\\|TAB0\\|BS0\\|VT0\\|FF0\\|?", "");
    }

    private static String run(Path output, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String text = Files.readString(output);
        if (!ended || process.exitValue() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + (ended ? " failed: " : " does not end: ") + text);
        }
        return text;
    }

    /** What strace saw of the thread that ran the scenario; each thread has a file. */
    private List<String> straced() throws IOException {
        List<Path> files = straceFiles();
        for (Path file : files) {
            List<String> lines = withoutInterruptions(Files.readAllLines(file));
            if (lines.stream().anyMatch(line -> line.startsWith(MARKER))) {
                return lines;
            }
        }
        throw new AssertionError("strace did not see the scenario: " + files);
    }

    private List<Path> straceFiles() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().startsWith("strace."))
                    .toList();
        }
    }

    private static Stream<String> lastRound(List<String> lines) {
        int end = lastMarker(lines);
        return lines.subList(lastMarker(lines.subList(0, end)) + 1, end).stream();
    }

    private static int lastMarker(List<String> lines) {
        int index = lines.size() - 1;
        while (!lines.get(index).startsWith(MARKER)) {
            index--;
        }
        return index;
    }

    /** A newer strace has names for more features, and shows where an application's own rings are. */
    private static String withoutNewFeatures(String line) {
        return line.replaceFirst("(IORING_FEAT_LINKED_FILE)\\|[^,]*", "$1").replaceAll(", user_addr=[^}]*", "");
    }

    /** The C library's function for the kernel's call. It copies the timeout, so the program does not see the time that is left. */
    private static String asCalledFromC(String line) {
        return withoutNewFeatures(line)
                .replaceFirst("^pselect6\\((.*), \\{sigmask=NULL, sigsetsize=8\\}\\) =", "pselect($1, NULL) =")
                .replaceFirst("^(ppoll|epoll_pwait2)\\((.*), NULL, 8\\) =", "$1($2, NULL) =")
                .replaceFirst("^eventfd2\\(", "eventfd(")
                .replaceFirst("^pipe2\\((.*), 0\\) =", "pipe($1) =")
                .replaceFirst("^openat\\(AT_FDCWD, ", "open(")
                .replaceFirst("^prlimit64\\(0, RLIMIT_NOFILE, NULL, (.*)\\) =", "getrlimit(RLIMIT_NOFILE, $1) =")
                .replaceFirst("^mknod(?:at\\(AT_FDCWD, |\\()(.*), S_IFIFO\\|(0\\d+)\\) =", "mkfifo($1, $2) =")
                .replaceFirst("^sendto\\((.*), NULL, 0\\) =", "send($1) =")
                .replaceFirst("^signalfd4\\((.*), 8, ([^,]*)\\) =", "signalfd($1, $2) =")
                .replaceFirst("^rt_sigprocmask\\((.*), 8\\) =", "pthread_sigmask($1) =")
                .replaceFirst("^tgkill\\(\\d+, \\d+, (\\w+)\\) =", "raise($1) =")
                .replaceFirst("^(waitid\\(.*), NULL\\) =", "$1) =")
                .replaceFirst(", si_utime=\\d+, si_stime=\\d+}", ", ...}")
                .replaceFirst(", left \\{[^}]*\\}\\)$", ")")
                .replace("RLIM64_INFINITY", "RLIM_INFINITY");
    }
}
