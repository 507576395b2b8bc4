// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class PollersTest {
    /** Prints why there are no descriptors. */
    public static void main(String[] args) {
        try {
            Pollers.posix();
        } catch (UncheckedIOException e) {
            System.out.println(e.getMessage());
            System.out.println(e.getCause().getClass().getSimpleName());
        }
    }

    @Test
    void posixWithoutABindingThrowsAnUncheckedExceptionThatSaysWhy() throws Exception {
        ChildJvm child = ChildJvm.run(
                PollersTest.class, "-Ddev.pollux.binding=jni", "-Ddev.pollux.native.library=/nonexistent/libpollux.so");

        assertThat(child.output().lines())
                .first()
                .asString()
                .startsWith("the binding JNI is not available: ")
                .contains("/nonexistent/libpollux.so");
        assertThat(child.output().lines()).last().isEqualTo("MechanismUnavailableException");
    }
}
