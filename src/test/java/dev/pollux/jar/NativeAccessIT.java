// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The flags that error messages advise work: each is taken from a message and tried. */
class NativeAccessIT {
    private static final String DENY = "--illegal-native-access=deny";
    private static final String NO_LIBRARY = "-Ddev.pollux.native.library=/nonexistent/libpollux.so";

    private static String run(boolean onTheModulePath, String... flags) throws IOException, InterruptedException {
        return onTheModulePath ? Jars.onTheModulePath(flags) : Jars.onTheClassPath(List.of(Jars.POLLUX), flags);
    }

    @ParameterizedTest
    @CsvSource({
        "JNI, false, ALL-UNNAMED",
        "FFM, false, ALL-UNNAMED",
        "JNA, false, ALL-UNNAMED",
        "JNI, true, dev.pollux",
        "FFM, true, dev.pollux",
        "JNA, true, com.sun.jna"
    })
    void theAdviceWhereNativeAccessIsDeniedNamesTheModuleAndWorks(
            Binding binding, boolean onTheModulePath, String module) throws Exception {
        int version = Runtime.version().feature();
        String reason = version < 24
                ? "JDK " + version + " denies no native access; 24 and later do if they are told so"
                : Usable.reasonAgainst(Mechanism.POLL, binding);
        if (reason != null) {
            System.out.println("skipped: native access denied to " + binding + ": " + reason);
        }
        assumeThat(reason).isNull();
        String line = "dev.pollux " + binding;

        String denied = Jars.line(run(onTheModulePath, DENY), line);
        String advice = Jars.advice(denied, "--enable-native-access=[\\w.-]+");
        String output = run(onTheModulePath, DENY, advice);

        assertThat(advice).as(denied).isEqualTo("--enable-native-access=" + module);
        assertThat(Jars.line(output, line)).as(output).startsWith("opened ");
    }

    @Test
    void theErrorOfSelectorsWithoutTheNativeLibraryNamesReasonAndFlag() throws Exception {
        int version = Runtime.version().feature();
        String reason = version < 24
                ? "JDK " + version + " denies no native access; 24 and later do if they are told so"
                : Usable.reasonAgainst(Mechanism.POLL, Binding.JNI);
        if (reason != null) {
            System.out.println("skipped: selectors where native access is denied: " + reason);
        }
        assumeThat(reason).isNull();
        String poll = "--enable-native-access=com.sun.jna";

        String denied = Jars.line(Jars.onTheModulePath(DENY, poll), "dev.pollux selector");
        String advice = Jars.advice(denied, "--enable-native-access=[\\w.-]+");
        String output = Jars.onTheModulePath(DENY, advice);

        assertThat(Jars.line(output, "dev.pollux selector")).as(output).isEqualTo("ready 1");
    }

    @ParameterizedTest
    @CsvSource({"false, ALL-UNNAMED", "true, dev.pollux"})
    void theAdviceWhereSelectorsLackTheNativeLibraryNamesTheModuleAndWorks(boolean onTheModulePath, String module)
            throws Exception {
        String refused = Jars.line(run(onTheModulePath, NO_LIBRARY), "dev.pollux selector");
        String advice = Jars.advice(refused, "--add-opens \\S+");
        String[] flag = advice.split(" ");
        String output = run(onTheModulePath, NO_LIBRARY, flag[0], flag[1]);

        assertThat(advice).as(refused).isEqualTo("--add-opens java.base/sun.nio.ch=" + module);
        assertThat(Jars.line(output, "dev.pollux selector")).as(output).isEqualTo("ready 1");
    }
}
