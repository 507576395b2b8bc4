// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.posix.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new JVM loads from opening its first poller to the first event. Classes that it does not need cost time. */
class FirstPollTest {
    private static List<String> loaded;

    /** Opens the default poller, and reports a byte that arrives in a pipe. */
    static final class FirstPoll implements ReadyHandler {
        private FirstPoll() {}

        public static void main(String[] args) throws IOException {
            try (Poller poller = Pollers.open()) {
                Posix posix = Pollers.posix();
                Posix.Pipe pipe = posix.pipe();
                poller.register(pipe.readFd(), Interest.READ);
                posix.write(pipe.writeFd(), ByteBuffer.allocateDirect(1));
                poller.poll(new FirstPoll());
            }
        }

        @Override
        public void ready(Registration registration, Readiness ready) {
            System.out.println("ready: " + ready);
        }
    }

    @BeforeAll
    static void loadClasses(@TempDir Path folder) throws Exception {
        String reason = Usable.reasonAgainst(Mechanism.EPOLL, Binding.JNI);
        if (reason != null) {
            System.out.println("skipped: what the first poll on epoll through JNI loads: " + reason);
        }
        assumeThat(reason).isNull();
        Path jar = ClassesJar.create(folder.resolve("pollux.jar"), name -> true);
        ChildJvm child = ChildJvm.run(List.of(), ClassesJar.classPath(jar), FirstPoll.class, "-verbose:class");
        assertThat(child.exitCode()).as(child.output()).isZero();
        assertThat(child.output()).contains("ready: READABLE");
        loaded = child.output()
                .lines()
                .dropWhile(line -> !line.contains(FirstPoll.class.getName()))
                .toList();
    }

    private static void assertNothingIsLoadedOf(String name) {
        assertThat(loaded).isNotEmpty().noneMatch(line -> line.contains(name));
    }

    @Test
    void onlyTheUsedBindingIsLoaded() {
        assertThat(loaded).anyMatch(line -> line.contains(" dev.pollux.syscall.jni.JniSyscalls "));
        assertNothingIsLoadedOf("com.sun.jna");
        assertNothingIsLoadedOf("dev.pollux.syscall.jna");
        assertNothingIsLoadedOf("dev.pollux.syscall.ffm");
        assertNothingIsLoadedOf("java.lang.foreign");
    }

    @Test
    void onlyTheUsedMechanismIsLoaded() {
        assertThat(loaded).anyMatch(line -> line.contains(" dev.pollux.mechanism.EpollDriver "));
        for (String other : List.of("Kqueue", "DevPoll", "Poll", "Select", "IoUring")) {
            assertNothingIsLoadedOf("dev.pollux.mechanism." + other + "Driver");
        }
    }

    @Test
    void noLambdaAndNoStreamIsLinked() {
        assertNothingIsLoadedOf("$$Lambda");
        assertNothingIsLoadedOf("java.util.stream.ReferencePipeline");
    }

    @Test
    void noStringIsJoinedByInvokedynamic() {
        assertNothingIsLoadedOf("java.lang.invoke.StringConcatFactory");
    }

    @Test
    void noRegularExpressionIsCompiled() {
        assertNothingIsLoadedOf("java.util.regex.Matcher");
    }

    @Test
    void theNativeLibraryIsUnpackedWithoutSecureRandomNumbers() {
        assertNothingIsLoadedOf("java.security.SecureRandom");
    }

    @Test
    void theNativeLibraryIsReadFromTheJarItself() {
        assertNothingIsLoadedOf("sun.net.www.protocol.jar.JarURLConnection");
        assertNothingIsLoadedOf("jdk.internal.jimage.ImageReader");
    }
}
