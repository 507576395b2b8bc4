// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contents of the finished jars. */
class JarContentsIT {
    private static final String COMMAND_LINE = "dev/pollux/cli/";

    /** The libraries in pollux-cli.jar by the folder of their classes, with the folder of their licences. */
    private static final Map<String, String> LIBRARIES = Map.of(
            "com/sun/jna/", "jna",
            "picocli/", "picocli",
            "org/jline/", "jline-terminal",
            "org/HdrHistogram/", "HdrHistogram",
            "com/google/gson/", "gson");

    private static JarFile jar(String property) throws IOException {
        return new JarFile(System.getProperty(property));
    }

    private static List<String> names(JarFile jar) {
        return jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .toList();
    }

    private static byte[] bytes(JarFile jar, String name) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            return in.readAllBytes();
        }
    }

    @Test
    void theCommandLineIsInItsOwnJarOnly() throws Exception {
        try (JarFile library = jar("pollux.jar");
                JarFile cli = jar("pollux.cli")) {
            assertThat(names(library))
                    .contains("dev/pollux/Pollers.class")
                    .noneMatch(name -> name.startsWith(COMMAND_LINE));
            assertThat(names(cli)).contains("dev/pollux/Pollers.class", COMMAND_LINE + "Main.class");
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ChildJvm help = ChildJvm.run(List.of(java, "-jar", Jars.CLI, "--help"));
        assertThat(help.exitCode()).as(help.output()).isZero();
        assertThat(help.output()).contains("probe", "demo", "lesson");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pollux.jar", "pollux.cli"})
    void aJarHasTheLicenceAndTheNoticeAndReplacesNoSelectorProvider(String property) throws Exception {
        try (JarFile jar = jar(property)) {
            assertThat(bytes(jar, "META-INF/LICENSE")).isEqualTo(Files.readAllBytes(Path.of("LICENSE")));
            assertThat(bytes(jar, "META-INF/NOTICE")).isEqualTo(Files.readAllBytes(Path.of("NOTICE")));
            assertThat(names(jar)).doesNotContain("META-INF/services/java.nio.channels.spi.SelectorProvider");
        }
    }

    @Test
    void everyLibraryInTheCommandLinesJarKeepsItsLicence() throws Exception {
        try (JarFile cli = jar("pollux.cli")) {
            assertThat(names(cli).stream().filter(name -> name.endsWith(".class") && !name.startsWith("dev/pollux/")))
                    .allMatch(
                            name -> LIBRARIES.keySet().stream().anyMatch(name::startsWith),
                            "is of a library that this test knows");
            for (String library : LIBRARIES.values()) {
                assertThat(names(cli))
                        .as(library)
                        .anyMatch(name -> name.startsWith("META-INF/licenses/" + library + "/"));
            }
        }
    }

    @Test
    void theLicencesOfJnaAreThoseOfItsJar() throws Exception {
        try (JarFile cli = jar("pollux.cli");
                JarFile jna = new JarFile(Jars.JNA)) {
            for (String name : List.of("META-INF/LICENSE", "META-INF/AL2.0", "META-INF/LGPL2.1")) {
                assertThat(bytes(cli, "META-INF/licenses/jna/" + name)).as(name).isEqualTo(bytes(jna, name));
            }
        }
    }

    @Test
    void theModuleAndTheOsgiBundleExportTheSamePackages() throws Exception {
        ModuleDescriptor module = ModuleFinder.of(Path.of(Jars.POLLUX))
                .findAll()
                .iterator()
                .next()
                .descriptor();
        List<String> exported =
                module.exports().stream().map(ModuleDescriptor.Exports::source).toList();
        try (JarFile library = jar("pollux.jar")) {
            String header = library.getManifest().getMainAttributes().getValue("Export-Package");
            List<String> ofTheBundle = Pattern.compile("([\\w.]+);version=")
                    .matcher(header)
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .toList();

            assertThat(ofTheBundle).contains("dev.pollux").containsExactlyInAnyOrderElementsOf(exported);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pollux.jar", "pollux.cli"})
    void theManifestStatesWhetherFfmIsInTheJar(String property) throws Exception {
        try (JarFile jar = jar(property)) {
            boolean isThere = names(jar).contains("dev/pollux/syscall/ffm/FfmSyscalls.class");
            int version = Runtime.version().feature();

            assertThat(isThere).isEqualTo(version >= 22);
            assertThat(jar.getManifest().getMainAttributes().getValue("Pollux-FFM"))
                    .isEqualTo(
                            isThere
                                    ? "included"
                                    : "missing: built by JDK " + version + "; JDK 22 or later includes it");
        }
    }
}
