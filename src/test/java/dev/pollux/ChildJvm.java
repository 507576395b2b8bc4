// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, for what is decided once in a JVM's life: how it ended, and all that it printed. */
public record ChildJvm(int exitCode, String output) {
    /** Runs a main class of the tests with their class path. */
    public static ChildJvm run(Class<?> main, String... flags) throws IOException, InterruptedException {
        return run(List.of(), System.getProperty("java.class.path"), main, flags);
    }

    /** The same with a class path of its own, and through another command that ends with what it is to run. */
    public static ChildJvm run(List<String> through, String classPath, Class<?> main, String... flags)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(through);
        command.addAll(command(classPath, main, flags));
        return run(command);
    }

    /** What starts such a JVM, for who has something to say to it while it runs. */
    public static List<String> command(String classPath, Class<?> main, String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", classPath, main.getName()));
        return command;
    }

    /** The same with a command of its own. */
    public static ChildJvm run(List<String> command) throws IOException, InterruptedException {
        File output = File.createTempFile("pollux", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start();
            if (!process.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(
                        String.join(" ", command) + " does not end: " + Files.readString(output.toPath()));
            }
            return new ChildJvm(process.exitValue(), Files.readString(output.toPath()));
        } finally {
            Files.delete(output.toPath());
        }
    }
}
