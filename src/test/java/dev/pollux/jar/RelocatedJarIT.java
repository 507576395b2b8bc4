// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pollux relocated by maven-shade, as in other people's jars. The build does that before these tests. */
class RelocatedJarIT {
    private static final List<String> BOTH = List.of(Jars.RELOCATED + "/one.jar", Jars.RELOCATED + "/two.jar");

    private static String[] flags(String... more) {
        List<String> flags = new ArrayList<>(List.of(more));
        flags.add("-Dcopies=app.one.pollux,app.two.pollux,dev.pollux");
        if (Runtime.version().feature() >= 22) {
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
        return flags.toArray(String[]::new);
    }

    private static List<String> all() {
        List<String> jars = new ArrayList<>(BOTH);
        jars.add(Jars.POLLUX);
        return jars;
    }

    @Test
    void twoRelocatedCopiesAndTheOriginalWorkInOneJvmThroughEveryBindingAndAsSelectors() throws Exception {
        String output = Jars.onTheClassPath(all(), flags());

        for (String copy : List.of("app.one.pollux", "app.two.pollux", "dev.pollux")) {
            for (Binding binding : Binding.values()) {
                String reason = Usable.reasonAgainst(Mechanism.POLL, binding);
                String line = Jars.line(output, copy + " " + binding);
                if (reason == null) {
                    assertThat(line).as(output).startsWith("opened ");
                } else {
                    System.out.println("skipped: relocated, through " + binding + ": " + reason);
                    assertThat(line).as(output).contains(reason);
                }
            }
            if (Usable.reasonAgainst(Mechanism.POLL, Binding.JNI) == null) {
                assertThat(Jars.line(output, copy + " selector")).as(output).isEqualTo("ready 1");
            }
        }
    }

    @Test
    void thePropertiesKeepTheirNames() throws Exception {
        String output = Jars.onTheClassPath(
                all(), flags("-Ddev.pollux.mechanism=poll", "-Ddev.pollux.native.library=/nonexistent/libpollux.so"));

        for (String copy : List.of("app.one.pollux", "app.two.pollux", "dev.pollux")) {
            assertThat(Jars.line(output, copy + " JNA")).isEqualTo("opened POLL");
            assertThat(Jars.line(output, copy + " JNI"))
                    .contains("-Ddev.pollux.native.library=/nonexistent/libpollux.so: ");
        }
    }
}
