// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import app.AnyCopy;
import com.sun.jna.Native;
import dev.pollux.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The finished jars, and programs that have one of them on their class path or module path. */
final class Jars {
    static final String POLLUX = System.getProperty("pollux.jar");
    static final String CLI = System.getProperty("pollux.cli");
    static final String RELOCATED = System.getProperty("pollux.relocated");
    static final String JNA = containing(Native.class);

    /** JNA with a module descriptor, which {@code jlink} insists on. */
    static final String JNA_MODULE = System.getProperty("jna.module");

    private Jars() {}

    private static String containing(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static ChildJvm run(List<String> flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add(AnyCopy.class.getName());
        return ChildJvm.run(command);
    }

    /** {@link AnyCopy} with these jars and JNA on the class path. */
    static String onTheClassPath(List<String> jars, String... flags) throws IOException, InterruptedException {
        List<String> classPath = new ArrayList<>(List.of(containing(AnyCopy.class), JNA));
        classPath.addAll(jars);
        List<String> all = new ArrayList<>(List.of(flags));
        all.addAll(List.of("-cp", String.join(File.pathSeparator, classPath)));
        return run(all).output();
    }

    /** {@link AnyCopy} on the class path, and Pollux and JNA on the module path. */
    static String onTheModulePath(String... flags) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(flags));
        all.addAll(List.of("-p", POLLUX + File.pathSeparator + JNA));
        all.addAll(List.of("--add-modules", "dev.pollux,com.sun.jna", "-cp", containing(AnyCopy.class)));
        return run(all).output();
    }

    /** The rest of the line that begins with this. */
    static String line(String output, String beginning) {
        return output.lines()
                .filter(line -> line.startsWith(beginning + ": "))
                .map(line -> line.substring(beginning.length() + 2))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line " + beginning + " in: " + output));
    }

    /** The advice in a message. */
    static String advice(String message, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(message);
        if (!matcher.find()) {
            throw new AssertionError("no advice " + regex + " in: " + message);
        }
        return matcher.group();
    }
}
