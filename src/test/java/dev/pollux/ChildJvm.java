// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The exit code and the output of a JVM that was started for one test, because a JVM decides some things once. */
public record ChildJvm(int exitCode, String output) {
    /** Runs a main class of the tests with their class path. */
    public static ChildJvm run(Class<?> main, String... flags) throws IOException, InterruptedException {
        return run(List.of(), System.getProperty("java.class.path"), main, flags);
    }

    /** The same with another class path, and through a command whose last arguments are the command to run, such as env(1). */
    public static ChildJvm run(List<String> through, String classPath, Class<?> main, String... flags)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(through);
        command.addAll(command(classPath, main, flags));
        return run(command);
    }

    /** The command that starts such a JVM, for a test that talks to it while it runs. */
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

    /** Runs a command. */
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
