// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.ChildJvm;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** In a JVM of its own: nobody who does not record pays for it, or needs the module jdk.jfr. */
class WithoutJfrTest {
    private static final String RECORDED = "-Ddev.pollux.jfr=true";
    private static final String WITHOUT_MODULE = "--limit-modules=java.base";

    /** Polls a pipe and prints how many events that brought. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            Posix posix = Pollers.posix();
            try (Poller poller = Pollers.open()) {
                poller.register(posix.pipe().writeFd(), Interest.WRITE);
                System.out.println("ready: " + poller.poll((registration, ready) -> {}));
            } catch (UnsupportedOperationException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }

    @Test
    void noClassOfOursThatNeedsTheModuleIsLoadedWhenNobodyRecords() throws Exception {
        ChildJvm program = ChildJvm.run(Program.class, "-Xlog:class+load");
        assertThat(program.output())
                .contains("ready: 1")
                .contains("dev.pollux.mechanism.KernelPoller")
                .doesNotContain(" dev.pollux.jfr.Recorded", " dev.pollux.jfr.WaitTimer")
                .doesNotContain("dev.pollux.jfr.PollEvent", "dev.pollux.jfr.HandlerEvent", " jdk.jfr.");
        assertThat(program.exitCode()).isZero();
    }

    @Test
    void whoRecordsLoadsThem() throws Exception {
        assertThat(ChildJvm.run(Program.class, "-Xlog:class+load", RECORDED).output())
                .contains("ready: 1", " dev.pollux.jfr.RecordedPoller", " dev.pollux.jfr.WaitTimer")
                .contains(" dev.pollux.jfr.PollEvent", " dev.pollux.jfr.HandlerEvent", " jdk.jfr.");
    }

    @Test
    void aJvmWithoutTheModulePolls() throws Exception {
        ChildJvm program = ChildJvm.run(Program.class, WITHOUT_MODULE);
        assertThat(program.output()).contains("ready: 1");
        assertThat(program.exitCode()).isZero();
    }

    @Test
    void aJvmWithoutTheModuleSaysWhatIsMissingToWhoRecords() throws Exception {
        assertThat(ChildJvm.run(Program.class, WITHOUT_MODULE, RECORDED).output())
                .contains("refused: this JVM runs without the module jdk.jfr", "--add-modules jdk.jfr");
    }
}
