// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server that runs, in a process of its own, until it is closed or this process ends. */
final class ServerProcess implements Closeable {
    private static final String PORT = "port ";

    private final Path errors = Files.createTempFile("pollux-server", ".log");
    private final Process process;
    private final int port;

    /** @throws IOException with the server's own words, if it cannot serve here */
    ServerProcess(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String line = process.inputReader().readLine();
        if (line == null) {
            String reason = reason();
            close();
            throw new IOException(reason);
        }
        port = Integer.parseInt(line.substring(PORT.length()));
    }

    private String reason() throws IOException {
        return Files.readAllLines(errors).stream()
                .filter(line -> !line.startsWith("WARNING")) // the JVM's, of what libraries do
                .map(line -> line.replaceFirst("^Exception in thread \"\\S+\" ", ""))
                .findFirst()
                .orElse("it ended without a word");
    }

    /** For the server itself: says that it listens. */
    static void announce(SocketAddress address) {
        System.out.println(PORT + ((InetSocketAddress) address).getPort());
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.delete(errors);
    }
}
