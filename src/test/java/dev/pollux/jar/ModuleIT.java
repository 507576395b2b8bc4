// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Binding;
import dev.pollux.ChildJvm;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A module that requires {@code dev.pollux}: compiled, run, and linked into an image, with JNA and without it. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModuleIT {
    private static final Path SOURCES = Path.of("src/test/java-module");
    private static final String MAIN = "app.modular/app.modular.OnePoll";
    private static final String JNA = "com.sun.jna";

    @TempDir
    private static Path folder;

    private static Path app;

    @BeforeAll
    static void compileTheModuleWithoutJna() {
        app = folder.resolve("app");
        tool(
                "javac",
                "--module-path",
                Jars.POLLUX,
                "-d",
                app.toString(),
                SOURCES.resolve("module-info.java").toString(),
                SOURCES.resolve("app/modular/OnePoll.java").toString());
    }

    private static void tool(String name, String... arguments) {
        int rc = ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, arguments);
        assertThat(rc).as(name + " " + String.join(" ", arguments)).isZero();
    }

    private static String modulePath(String... more) {
        List<String> jars = new ArrayList<>(List.of(Jars.POLLUX, app.toString()));
        jars.addAll(Arrays.asList(more));
        return String.join(File.pathSeparator, jars);
    }

    private static Path link(String name, String modulePath, String modules) {
        Path image = folder.resolve(name);
        tool("jlink", "--module-path", modulePath, "--add-modules", modules, "--output", image.toString());
        return image;
    }

    private static String run(Path java, String... flags) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(java.resolve("bin/java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-m", MAIN));
        return ChildJvm.run(command).output();
    }

    private static Path thisJava() {
        return Path.of(System.getProperty("java.home"));
    }

    private static void assume(Binding binding) {
        String reason = Usable.reasonAgainst(Mechanism.POLL, binding);
        if (reason != null) {
            System.out.println("skipped: a module through " + binding + ": " + reason);
        }
        assumeThat(reason).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"JNI", "FFM"})
    void aModulePollsWithoutJnaOnTheModulePath(Binding binding) throws Exception {
        assume(binding);
        String output = run(thisJava(), "-p", modulePath(), "-Ddev.pollux.binding=" + binding);

        assertThat(output.lines()).as(output).contains("poll through " + binding + ": 1");
    }

    @Test
    void anImageWithoutJnaPolls() throws Exception {
        assume(Binding.JNI);
        Path image = link("without-jna", modulePath(), "app.modular");
        String output = run(image);

        assertThat(output.lines()).as(output).contains("poll through JNI: 1");
    }

    @Test
    void aModulePollsThroughJnaWhereItIsAdded() throws Exception {
        assume(Binding.JNA);
        String output = run(thisJava(), "-p", modulePath(Jars.JNA), "--add-modules", JNA, "-Ddev.pollux.binding=JNA");

        assertThat(output.lines()).as(output).contains("poll through JNA: 1");
    }

    @Test
    void anImageWithJnaPollsThroughIt() throws Exception {
        assume(Binding.JNA);
        Path image = link("with-jna", modulePath(Jars.JNA_MODULE), "app.modular," + JNA);
        String output = run(image, "--add-modules", JNA, "-Ddev.pollux.binding=JNA");

        assertThat(output.lines()).as(output).contains("poll through JNA: 1");
    }

    @Test
    void aModuleSelectsOnPolluxByTheUsualProperty() throws Exception {
        assume(Binding.JNI);
        String provider = "dev.pollux.nio.PolluxSelectorProvider";
        String output = run(thisJava(), "-p", modulePath(), "-Djava.nio.channels.spi.SelectorProvider=" + provider);

        assertThat(output.lines()).as(output).contains("selector: dev.pollux.nio.PolluxSelector 0");
    }
}
