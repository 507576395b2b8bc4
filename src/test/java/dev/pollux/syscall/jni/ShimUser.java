// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads the native library, and prints its file or the reason why there is none. */
final class ShimUser {
    private ShimUser() {}

    public static void main(String[] args) throws IOException {
        try {
            System.out.println("dup(-1) = " + new JniSyscalls().dup(-1));
            Path maps = Path.of("/proc/self/maps");
            if (Files.exists(maps)) {
                Files.readAllLines(maps).stream()
                        .filter(line -> line.contains("pollux") && line.contains("/lib"))
                        .map(line -> line.substring(line.indexOf('/')))
                        .distinct()
                        .forEach(line -> System.out.println("mapped: " + line));
            }
        } catch (UnsatisfiedLinkError e) {
            System.out.println("failed: " + e.getMessage());
        }
    }
}
