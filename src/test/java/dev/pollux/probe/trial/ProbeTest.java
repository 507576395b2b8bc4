// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Binding;
import dev.pollux.ChildJvm;
import dev.pollux.Mechanism;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.SelectLimit;
import dev.pollux.Usable;
import dev.pollux.abi.Errno;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.Os;
import dev.pollux.cli.Main;
import dev.pollux.probe.Finding;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probe on kernels that refuse some calls, and what opening a poller does not do. */
class ProbeTest {
    @TempDir
    private Path folder;

    /** Opens the default poller, and prints what else that has done. */
    public static void main(String[] args) throws IOException {
        refuseWhatTheTestSays();
        try (Poller poller = Pollers.open()) {
            System.out.println("opened: " + poller.mechanism() + " through " + poller.binding());
        }
        System.out.println(
                "JNA is mapped: " + Files.readString(Path.of("/proc/self/maps")).contains("jna"));
        System.out.println("a child was started: "
                + Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(thread -> thread.getName().contains("process reaper")));
    }

    /** The JDK's network library refuses to be loaded where getrlimit is refused, so it is loaded before. */
    private static void refuseWhatTheTestSays() throws IOException {
        String filter = System.getProperty("filter");
        if (filter != null) {
            InetAddress.getLoopbackAddress();
            Pipe pipe = Pipe.open();
            pipe.source().close();
            pipe.sink().close();
            System.load(filter);
        }
    }

    private static Syscalls withoutGetrlimit() throws IOException {
        return new ForwardingSyscalls(Usable.syscalls(null)) {
            @Override
            public int getrlimit(int resource, NativeMemory rlim) {
                return -Errno.EPERM;
            }
        };
    }

    private static Finding find(Mechanism mechanism, Syscalls syscalls) {
        return new Probe(null, null, SelectLimit.FD_SETSIZE, 0, null, null, false)
                .find(Preference.of(mechanism), Binding.JNA, syscalls);
    }

    @Test
    void aRefusedGetrlimitLeavesTheMechanismUsableAndTheLimitUnknown() throws IOException {
        Finding poll = find(Mechanism.POLL, withoutGetrlimit());

        assertThat(poll.usable()).as(poll.reason()).isTrue();
        assertThat(poll.maxDescriptors()).isEqualTo(Long.MAX_VALUE);
        assertThat(poll.maxDescriptorsBy()).isEmpty();
        assertThat(poll.reason()).contains("RLIMIT_NOFILE is unknown: getrlimit(RLIMIT_NOFILE): EPERM");
    }

    @Test
    void theLimitOfAMechanismIsShownAlthoughThatOfTheProcessIsUnknown() throws IOException {
        Finding select = find(Mechanism.SELECT, withoutGetrlimit());

        assertThat(select.usable()).as(select.reason()).isTrue();
        assertThat(select.maxDescriptors()).isEqualTo(FdSet.FD_SETSIZE);
        assertThat(select.maxDescriptorsBy()).isEqualTo("FD_SETSIZE");
    }

    @Test
    void aMechanismWhoseSystemCallIsMissingIsNotOpened() throws IOException {
        Syscalls withoutEpoll = new ForwardingSyscalls(Usable.syscalls(null)) {
            @Override
            public String missing(String function) {
                return function.equals("epoll_create1") ? "not on this system\nat all" : null;
            }

            @Override
            public int epollCreate1(int flags) {
                throw new AssertionError("epoll_create1 was called");
            }
        };

        Finding epoll = find(Mechanism.EPOLL, withoutEpoll);

        assertThat(epoll.usable()).isFalse();
        assertThat(epoll.reason()).isEqualTo("there is no function epoll_create1 here (not on this system)");
    }

    @Test
    void whereAFilterRefusesGetrlimitTheProbeStillFindsWhatWorks() throws Exception {
        assumeLinux("a filter of system calls");
        String filter = compiledFilter("-DREFUSED=SYS_prlimit64", "-DONLY_SECOND=RLIMIT_NOFILE");

        ChildJvm child = ChildJvm.run(ProbeMain.class, filter);

        assertThat(child.output())
                .contains("RLIMIT_NOFILE is unknown: getrlimit(RLIMIT_NOFILE): EPERM", "unknown", "* picked: ");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void openingStartsNoChildAndDoesNotLoadJnaWhereAnotherBindingServes() throws Exception {
        assumeLinux("what is mapped");
        assumeAnotherThanJna();

        ChildJvm child = ChildJvm.run(ProbeTest.class);

        assertThat(child.output()).contains("opened: ", "JNA is mapped: false", "a child was started: false");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void theSameHoldsWhereTheKernelRefusesTheBestMechanism() throws Exception {
        assumeLinux("a filter of system calls");
        assumeAnotherThanJna();
        String filter = compiledFilter("-DREFUSED=SYS_epoll_create1");

        ChildJvm child = ChildJvm.run(ProbeTest.class, filter);

        assertThat(child.output()).contains("opened: POLL ", "JNA is mapped: false", "a child was started: false");
        assertThat(child.exitCode()).isZero();
    }

    /** Opens KQUEUE by name, and prints the outcome. */
    static final class KqueueMain {
        private KqueueMain() {}

        public static void main(String[] args) throws IOException {
            try (Poller poller = Pollers.open(Mechanism.KQUEUE)) {
                System.out.println("opened: " + poller.mechanism());
            } catch (MechanismUnavailableException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }

    @Test
    void aKqueueLibraryThatIsNamedAsTheErrorAdvisesIsUsedThroughJnaAndFfm() throws Exception {
        assumeLinux("a kqueue that is missing");
        Path source = Files.writeString(
                folder.resolve("kqueue.c"),
                "#include <unistd.h>\nint kqueue(void) { return dup(0); }\nint kevent() { return 0; }\n");
        Path library = folder.resolve("libkqueue.so");
        boolean compiled = compiles("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString());
        if (!compiled) {
            System.out.println("skipped: a kqueue library: no cc to make one");
        }
        assumeThat(compiled).isTrue();

        ChildJvm refused = ChildJvm.run(KqueueMain.class);
        Matcher advice =
                Pattern.compile("(-D\\S+=)PATH binds it from another library").matcher(refused.output());
        assertThat(advice.find()).as(refused.output()).isTrue();

        assertThat(ChildJvm.run(KqueueMain.class, advice.group(1) + library).output())
                .contains("opened: KQUEUE");
    }

    private static boolean compiles(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    private static void assumeLinux(String what) {
        if (Os.here() != Os.LINUX) {
            System.out.println("skipped: " + what + ": Linux only");
        }
        assumeThat(Os.here()).isEqualTo(Os.LINUX);
    }

    private static void assumeAnotherThanJna() {
        boolean another = Usable.reasonAgainst(Mechanism.POLL, Binding.JNI) == null
                || Usable.reasonAgainst(Mechanism.POLL, Binding.FFM) == null;
        if (!another) {
            System.out.println("skipped: opening without JNA: there is neither JNI nor FFM here");
        }
        assumeThat(another).isTrue();
    }

    /** The flag that names a library; once it is loaded, the kernel refuses one system call. */
    private String compiledFilter(String... definitions) throws IOException, InterruptedException {
        Path library = folder.resolve("librefusing.so");
        Path source = folder.resolve("refusing.c");
        try (InputStream resource = ProbeTest.class.getResourceAsStream("/refusing.c")) {
            Files.copy(resource, source);
        }
        List<String> command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-o", library.toString()));
        command.addAll(List.of(definitions));
        command.add(source.toString());
        String reason = null;
        try {
            if (!compiles(command.toArray(String[]::new))) {
                reason = "cc does not compile it";
            } else if (!ChildJvm.run(FilterUser.class, "-Dfilter=" + library)
                    .output()
                    .contains("taken")) {
                reason = "this kernel takes no filter";
            }
        } catch (IOException e) {
            reason = e.getMessage();
        }
        if (reason != null) {
            System.out.println("skipped: a filter of system calls: " + reason);
        }
        assumeThat(reason).isNull();
        return "-Dfilter=" + library;
    }

    /** Prints {@code taken} if the kernel accepts such a filter. */
    static final class FilterUser {
        private FilterUser() {}

        public static void main(String[] args) throws IOException {
            refuseWhatTheTestSays();
            System.out.println("taken");
        }
    }

    /** The command that people run. */
    static final class ProbeMain {
        private ProbeMain() {}

        public static void main(String[] args) throws IOException {
            refuseWhatTheTestSays();
            Main.main(new String[] {"probe"});
        }
    }
}
