// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/**
 * The native libraries in the finished jar: that of this machine, and with {@code -Dpollux.native.all} those of the
 * other platforms. {@code native/check-symbols.sh} holds their functions against each platform's glibc.
 */
class NativeLibrariesIT {
    private record Platform(ByteOrder order, int machine) {}

    private static final Map<String, Platform> PLATFORMS = Map.of(
            "linux-x86-64", new Platform(LITTLE_ENDIAN, 62),
            "linux-aarch64", new Platform(LITTLE_ENDIAN, 183),
            "linux-ppc64le", new Platform(LITTLE_ENDIAN, 21),
            "linux-riscv64", new Platform(LITTLE_ENDIAN, 243),
            "linux-s390x", new Platform(BIG_ENDIAN, 22),
            "darwin-aarch64", new Platform(LITTLE_ENDIAN, 0x0100000c),
            "darwin-x86-64", new Platform(LITTLE_ENDIAN, 0x01000007));

    private static final Pattern ENTRY = Pattern.compile("dev/pollux/syscall/jni/([^/]+)/libpollux\\.(?:so|dylib)");

    private static Map<String, byte[]> libraries() throws IOException {
        Map<String, byte[]> libraries = new TreeMap<>();
        try (JarFile jar = new JarFile(Jars.POLLUX)) {
            for (ZipEntry entry : jar.stream().toList()) {
                Matcher matcher = ENTRY.matcher(entry.getName());
                if (matcher.matches()) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        libraries.put(matcher.group(1), in.readAllBytes());
                    }
                }
            }
        }
        System.out.println("platforms in the jar: " + libraries.keySet());
        return libraries;
    }

    @Test
    void aLibraryIsForThePlatformOfItsFolder() throws IOException {
        libraries().forEach((name, file) -> {
            Platform platform = PLATFORMS.get(name);
            if (platform == null) {
                System.out.println("skipped: the processor of " + name + ": this test does not know its number");
                return;
            }
            NativeLibrary library = NativeLibrary.read(file);
            assertThat(new Platform(library.order(), library.machine()))
                    .as(name)
                    .isEqualTo(platform);
        });
    }

    @Test
    void aLibraryExportsJniOnLoadAloneAndIsLinkedToNoLibcOfLinux() throws IOException {
        libraries().forEach((name, file) -> {
            NativeLibrary library = NativeLibrary.read(file);
            if (name.startsWith("darwin-")) {
                assertThat(library.exported()).as(name).containsExactly("_JNI_OnLoad");
                assertThat(library.linked()).as(name).containsExactly("/usr/lib/libSystem.B.dylib");
                assertThat(library.installName()).as(name).isEqualTo("@rpath/libpollux.dylib");
            } else {
                assertThat(library.exported()).as(name).containsExactly("JNI_OnLoad");
                if (name.startsWith("linux-")) {
                    assertThat(library.linked()).as(name).isEmpty();
                }
            }
        });
    }

    @Test
    void noLibraryHasAPathOfTheMachineThatBuiltIt() throws IOException {
        String here = Path.of("").toAbsolutePath().toString();
        String home = System.getProperty("java.home");
        libraries()
                .forEach((name, file) -> assertThat(new String(file, StandardCharsets.ISO_8859_1))
                        .as(name)
                        .doesNotContain(here, home, "/layout.c"));
    }

    @Test
    void theBuildOfAllPlatformsPacksAtLeastSevenIfItWasAskedFor() throws IOException {
        if (!Boolean.getBoolean("pollux.native.all")) {
            System.out.println("skipped: the number of platforms: built without -Dpollux.native.all");
            return;
        }
        assertThat(libraries().keySet()).containsAll(PLATFORMS.keySet());
    }
}
