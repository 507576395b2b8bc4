// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.abi.Os;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code /proc/self/mounts} reports PRIORITY once for each mount, to the poller that asks first. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PriorityToldOnceTest {
    @Test
    void everyMechanismReportsAMountAlthoughTheKernelReportsItOnce() throws Exception {
        String reason = Os.here() == Os.LINUX ? reasonAgainstNamespaces() : "/proc/self/mounts is Linux's";
        if (reason != null) {
            System.out.println("skipped: PRIORITY of /proc/self/mounts: " + reason);
        }
        Assumptions.assumeTrue(reason == null, reason);

        ChildJvm child = ChildJvm.run(List.of("unshare", "-m"), System.getProperty("java.class.path"), Mounting.class);

        assertThat(child.exitCode()).as(child.output()).isZero();
        assertThat(child.output()).contains("EPOLL").doesNotContain("missed");
    }

    private static String reasonAgainstNamespaces() throws InterruptedException {
        try {
            Path folder = Files.createTempDirectory("pollux");
            int exitCode = run("unshare", "-m", "mount", "-t", "tmpfs", "none", folder.toString());
            Files.delete(folder);
            return exitCode == 0 ? null : "unshare -m and mount are not permitted here";
        } catch (IOException e) {
            return "there is no unshare: " + e.getMessage();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** In a mount namespace of its own. */
    static final class Mounting {
        private Mounting() {}

        public static void main(String[] args) throws Exception {
            Path folder = Files.createTempDirectory("pollux");
            for (Usable.Combination combination : Usable.combinations()) {
                for (Trigger trigger : Trigger.values()) {
                    for (boolean waits : new boolean[] {true, false}) {
                        try (Poller poller = combination.open()) {
                            if (poller.supports(trigger)) {
                                String told = tell(combination, poller, trigger, waits, folder);
                                System.out.println(combination + ", " + trigger + (waits ? ", waiting: " : ": ")
                                        + (told.contains("PRIORITY") ? told : "missed, " + told));
                            }
                        }
                    }
                }
            }
            Files.delete(folder);
        }

        private static String tell(
                Usable.Combination combination, Poller poller, Trigger trigger, boolean waits, Path folder)
                throws Exception {
            KernelPosix posix = new KernelPosix(Usable.syscalls(combination.binding()));
            int fd = posix.open(Path.of("/proc/self/mounts"), 0);
            StringBuilder told = new StringBuilder();
            ReadyHandler handler = (registration, ready) -> told.append(ready).append(' ');
            poller.register(fd, Interest.PRIORITY, trigger, null);
            poller.poll(0, handler);
            if (waits) {
                Background<Integer> waiting =
                        Background.start(() -> poller.poll(TimeUnit.SECONDS.toNanos(10), handler));
                waiting.awaitInKernel();
                run("mount", "-t", "tmpfs", "none", folder.toString());
                waiting.get();
            } else {
                run("mount", "-t", "tmpfs", "none", folder.toString());
                poller.poll(TimeUnit.SECONDS.toNanos(10), handler);
            }
            run("umount", folder.toString());
            poller.close();
            posix.close(fd);
            return told.toString();
        }
    }
}
