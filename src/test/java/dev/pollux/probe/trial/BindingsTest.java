// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Binding;
import dev.pollux.ChildJvm;
import dev.pollux.Mechanism;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.Usable;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BindingsTest {
    /** Prints why the bindings JNI and JNA are not available. */
    public static void main(String[] args) {
        for (Binding binding : new Binding[] {Binding.JNI, Binding.JNA}) {
            for (int i = 0; i < 2; i++) {
                try {
                    Bindings.load(binding);
                } catch (MechanismUnavailableException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    @Test
    void theReasonIsTheLinkersMessageWithoutTheNameOfAnException() throws Exception {
        ChildJvm child = ChildJvm.run(BindingsTest.class, "-Ddev.pollux.native.library=/nonexistent/libpollux.so");

        assertThat(child.output().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("the binding JNI is not available: it cannot be loaded: "
                        + "-Ddev.pollux.native.library=/nonexistent/libpollux.so: "));
        assertThat(child.output()).doesNotContain("Exception", "Error:", "java.lang");
    }

    @Test
    void onAnOldJdkTheReasonForMissingFfmNamesTheJvmAndTheBuild() {
        int version = Runtime.version().feature();
        if (version >= 22) {
            System.out.println(
                    "skipped: the reason against FFM: JDK " + version + " has it, and so has what it builds");
        }
        assumeThat(version).isLessThan(22);

        boolean isInTheBuild = getClass().getResource("/dev/pollux/syscall/ffm/FfmSyscalls.class") != null;
        assertThatThrownBy(() -> Bindings.load(Binding.FFM))
                .hasMessage("the binding FFM is not available: this JVM is " + version + "; FFM needs 22 or later"
                        + (isInTheBuild
                                ? ""
                                : ", and this build of Pollux was made by a JDK older than 22, without FFM"));
    }

    @Test
    void ifNothingCanBeUnpackedTheErrorOfEachBindingNamesItsRemedy() throws Exception {
        ChildJvm child =
                ChildJvm.run(BindingsTest.class, "-Djava.io.tmpdir=/dev/null/none", "-Djna.tmpdir=/dev/null/none");

        assertThat(child.output().lines().filter(line -> line.startsWith("the binding JNA is not available: ")))
                .hasSize(2)
                .allMatch(line -> line.endsWith("-Djna.tmpdir=DIR"))
                .allMatch(line -> line.startsWith("the binding JNA is not available: it cannot be loaded: Failed to "));
        assertThat(child.output().lines().filter(line -> line.startsWith("the binding JNI is not available: ")))
                .hasSize(2)
                .allMatch(line -> line.contains("-Ddev.pollux.native.tmpdir=DIR") || line.contains("in this build"));
    }

    /** The advice for a binding in what the child printed, with a folder in the place of DIR. */
    private static String advice(ChildJvm child, Binding binding, Path folder) {
        Matcher advice =
                Pattern.compile("binding " + binding + " .*(-D\\S+=)DIR").matcher(child.output());
        assertThat(advice.find()).as(child.output()).isTrue();
        return advice.group(1) + folder;
    }

    @Test
    void theFoldersThatTheErrorsAdviseMakeTheBindingsWork(@TempDir Path folder) throws Exception {
        String reason = Usable.reasonAgainst(Mechanism.POLL, Binding.JNI);
        if (reason != null) {
            System.out.println("skipped: where the native library is unpacked: " + reason);
        }
        assumeThat(reason).isNull();
        String[] nowhere = {"-Djava.io.tmpdir=/dev/null/none", "-Djna.tmpdir=/dev/null/none"};
        ChildJvm refused = ChildJvm.run(BindingsTest.class, nowhere);

        ChildJvm child = ChildJvm.run(
                BindingsTest.class,
                nowhere[0],
                advice(refused, Binding.JNI, folder),
                advice(refused, Binding.JNA, folder));

        assertThat(child.output()).doesNotContain("is not available");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void jnasJarBesidePolluxsMakesItWorkAsTheErrorAdvises() throws Exception {
        String all = System.getProperty("java.class.path");
        String withoutJna = Arrays.stream(all.split(File.pathSeparator))
                .filter(path -> !path.matches(".*/jna-[\\d.]+\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));

        ChildJvm refused = ChildJvm.run(List.of(), withoutJna, BindingsTest.class);

        assertThat(refused.output())
                .contains("the binding JNA is not available: ", "JNA needs its jar beside Pollux's");
        assertThat(ChildJvm.run(BindingsTest.class).output()).doesNotContain("the binding JNA is not available");
    }
}
