// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import java.net.URL;
import org.junit.jupiter.api.Assumptions;

/** Whether this build has the native part. */
final class PackedShim {
    static final String FILE = System.mapLibraryName("pollux");
    static final String PLATFORM = ShimLibrary.platform(System.getProperty("os.name"), System.getProperty("os.arch"));

    private PackedShim() {}

    /** The path of the library for this machine in this build; skips the test if there is none. */
    static URL assumePresent() {
        URL library = PackedShim.class.getResource(PLATFORM + "/" + FILE);
        if (library == null) {
            System.out.println("skipped: JNI: this build has no " + PLATFORM + "/" + FILE);
        }
        Assumptions.assumeTrue(library != null, "this build has no native part");
        return library;
    }
}
