// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import dev.pollux.ChildJvm;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A server in its own JVM, which runs until it is stopped. */
final class ServerProcess implements AutoCloseable {
    private final Path printed;
    private final Process process;

    /** Starts the server; returns when it listens. */
    ServerProcess(Class<?> server, Path folder, String... flags) throws IOException {
        printed = folder.resolve("printed");
        process = new ProcessBuilder(ChildJvm.command(System.getProperty("java.class.path"), server, flags))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        await(ServerUnderTest.PORT, 1);
    }

    private void await(String start, int times) throws IOException {
        try {
            Eventually.until("it prints: " + start, () -> said(start).size() >= times || !process.isAlive());
        } catch (AssertionError e) {
            process.destroyForcibly();
            throw new AssertionError(e.getMessage() + "; it printed: " + Files.readString(printed), e);
        }
        if (said(start).size() < times) {
            throw new AssertionError("it has ended: " + Files.readString(printed));
        }
    }

    /** The rest of each line that begins with this text. */
    private List<String> said(String start) throws IOException {
        return Files.readString(printed)
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .toList();
    }

    String provider() throws IOException {
        return said(ServerUnderTest.PROVIDER).get(0);
    }

    int port() throws IOException {
        return Integer.parseInt(said(ServerUnderTest.PORT).get(0));
    }

    /** The classes on the stacks of its threads now. */
    List<String> classesOnStacks() throws IOException {
        int asked = said(ServerUnderTest.CLASSES).size();
        process.outputWriter().append('\n').flush();
        await(ServerUnderTest.CLASSES, asked + 1);
        return List.of(said(ServerUnderTest.CLASSES).get(asked).split(" "));
    }

    long openDescriptors() {
        return Descriptors.openIn(new File("/proc/" + process.pid() + "/fd"));
    }

    /** Stops it. Returns its exit and its output without its answers, which contain class names. */
    ChildJvm stop() throws IOException, InterruptedException {
        process.outputWriter().close();
        if (!process.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS)) {
            throw new AssertionError("it does not end: " + Files.readString(printed));
        }
        return new ChildJvm(
                process.exitValue(),
                Files.readString(printed)
                        .lines()
                        .filter(line -> !line.startsWith(ServerUnderTest.CLASSES))
                        .collect(Collectors.joining("\n")));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
