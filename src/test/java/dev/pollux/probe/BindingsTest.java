// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Binding;
import dev.pollux.ChildJvm;
import dev.pollux.MechanismUnavailableException;
import org.junit.jupiter.api.Test;

class BindingsTest {
    /** Says why the bindings JNI and JNA cannot be had. */
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
    void theReasonAgainstABindingIsWhatTheLinkerSaidAndNoExceptionsName() throws Exception {
        ChildJvm child = ChildJvm.run(BindingsTest.class, "-Ddev.pollux.native.library=/nonexistent/libpollux.so");

        assertThat(child.output().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("the binding JNI cannot be had: it cannot be loaded: "
                        + "-Ddev.pollux.native.library=/nonexistent/libpollux.so: "));
        assertThat(child.output()).doesNotContain("Exception", "Error:", "java.lang");
    }

    @Test
    void whereNothingCanBeUnpackedEachBindingSaysSoAndNamesItsWayOut() throws Exception {
        ChildJvm child =
                ChildJvm.run(BindingsTest.class, "-Djava.io.tmpdir=/dev/null/none", "-Djna.tmpdir=/dev/null/none");

        assertThat(child.output().lines().filter(line -> line.startsWith("the binding JNA cannot be had: ")))
                .hasSize(2)
                .allMatch(line -> line.endsWith("-Djna.tmpdir=DIR"))
                .allMatch(line -> line.startsWith("the binding JNA cannot be had: it cannot be loaded: Failed to "));
        assertThat(child.output().lines().filter(line -> line.startsWith("the binding JNI cannot be had: ")))
                .hasSize(2)
                .allMatch(line -> line.contains("-Ddev.pollux.native.tmpdir=DIR") || line.contains("in this build"));
    }
}
