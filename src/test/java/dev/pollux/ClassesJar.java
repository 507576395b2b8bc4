// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The classes of Pollux in a jar, as users have them, for tests that run before the build makes the real jar. */
public final class ClassesJar {
    private ClassesJar() {}

    /** Makes a jar of the files whose name, such as {@code dev/pollux/Poller.class}, passes the filter. */
    public static Path create(Path jar, Predicate<String> takes) throws IOException {
        Path classes = classes();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                String name = classes.relativize(file).toString();
                if (takes.test(name)) {
                    add(out, name, file);
                }
            });
        }
        return jar;
    }

    private static void add(JarOutputStream out, String name, Path file) {
        try {
            out.putNextEntry(new ZipEntry(name));
            Files.copy(file, out);
            out.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The class path of the tests, with the jar in place of the classes. */
    public static String classPath(Path jar) {
        String classes = classes().toString();
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(each -> Path.of(each).toString().equals(classes) ? jar.toString() : each)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path classes() {
        try {
            return Path.of(Pollers.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
