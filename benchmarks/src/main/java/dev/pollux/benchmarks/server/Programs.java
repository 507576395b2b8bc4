// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The programs in C, unpacked: the echo server, its client, what keeps a command on one core; and wrk. */
final class Programs implements Closeable {
    private static final String ECHO = "pollux_echo";
    private static final String SCRIPT = "wrk.lua";
    private static final int MILLIS = 1000;

    /** The client works for a quarter of the measured time before it measures. */
    private static final int LEAD = 4;

    private final Path folder = Files.createTempDirectory("pollux-server");

    Programs() throws IOException {
        unpack(SCRIPT);
        if (!unpack(ECHO).setExecutable(true)) {
            throw new IOException(ECHO + " cannot be made executable in " + folder);
        }
    }

    private File unpack(String name) throws IOException {
        try (InputStream packed = Programs.class.getResourceAsStream(name)) {
            if (packed == null) {
                throw new FileNotFoundException(name + " is not in this build");
            }
            Files.copy(packed, folder.resolve(name));
            return folder.resolve(name).toFile();
        }
    }

    static boolean hasWrk() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "wrk")));
    }

    /** Runs on the servers' core. */
    List<String> server(String... arguments) {
        return on("first", arguments);
    }

    private List<String> on(String core, String... arguments) {
        List<String> command = new ArrayList<>(List.of(folder.resolve(ECHO).toString(), core));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Lets a client work with the server at this port, from another core, for so long. */
    Observed observe(int port, boolean http, Point point, long millis) throws IOException {
        List<String> command = http ? wrk(port, point, millis) : client(port, point, millis);
        try {
            return run(command, Observed::read);
        } catch (IOException e) {
            throw new IOException(String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    /** The processor time that the server has used until now. */
    long cpuNanos(ServerProcess server) throws IOException {
        String nanos = run(on("last", "cpu", Long.toString(server.pid())), BufferedReader::readLine);
        if (nanos == null) {
            throw new IOException("the server has ended");
        }
        return Long.parseLong(nanos);
    }

    /** What is made of the lines that a program prints. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(BufferedReader lines) throws IOException;
    }

    private static <T> T run(List<String> command, Reading<T> reading) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            return reading.read(lines);
        } finally {
            process.destroyForcibly();
        }
    }

    private List<String> client(int port, Point point, long millis) {
        return on(
                "last",
                "talk",
                Integer.toString(port),
                Integer.toString(point.connections()),
                Integer.toString(point.bytes()),
                Integer.toString(point.perSecond()),
                Long.toString(millis / LEAD),
                Long.toString(millis));
    }

    /** It takes whole seconds. */
    private List<String> wrk(int port, Point point, long millis) {
        return on(
                "last",
                "exec",
                "wrk",
                "-t1",
                "-c" + point.connections(),
                "--timeout=30s", // a busy machine is no error
                "-d" + Math.max(1, millis / MILLIS),
                "-s" + folder.resolve(SCRIPT),
                "http://127.0.0.1:" + port + "/" + point.bytes());
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder.resolve(SCRIPT));
        Files.deleteIfExists(folder.resolve(ECHO));
        Files.delete(folder);
    }
}
