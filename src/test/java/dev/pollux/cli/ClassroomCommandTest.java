// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.ChildJvm;
import dev.pollux.Eventually;
import dev.pollux.cli.web.Http;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command that opens the classroom, in a JVM of its own. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClassroomCommandTest {
    private static List<String> command(String... flags) {
        List<String> command =
                new ArrayList<>(ChildJvm.command(System.getProperty("java.class.path"), Main.class, flags));
        command.add("classroom");
        return command;
    }

    @Test
    void itPrintsAnAddressThatAnswersUntilCtrlC() throws Exception {
        Process process =
                new ProcessBuilder(command()).redirectErrorStream(true).start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.startsWith("http://127.0.0.1:")) {
                line = out.readLine();
            }
            assertThat(line).isNotNull();
            HttpResponse<String> page = Http.CLIENT.send(
                    HttpRequest.newBuilder(URI.create(line)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            process.destroy();
            assertThat(process.waitFor(Eventually.DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aTraceIsRefusedWithTheWayOut() {
        CommandRun run = CommandRun.of("classroom", "--trace");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("pollux lesson NAME --trace");
    }

    @Test
    void aRuntimeWithoutTheWebServerSaysSo() throws Exception {
        ChildJvm run = ChildJvm.run(command("--limit-modules", "java.se,jdk.unsupported"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).startsWith("this Java runtime has no web server, the module jdk.httpserver");
    }
}
