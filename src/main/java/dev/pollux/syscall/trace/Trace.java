// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The format and the destination of a trace.
 *
 * @param sink takes lines without a line terminator, on any thread; see {@link TracingSyscalls}
 */
public record Trace(TraceFormat format, Consumer<String> sink) {
    /** One stream for each file, shared by all traces to it. Each line is one write, so it need not be closed. */
    private static final Map<Path, Consumer<String>> FILES = new HashMap<>();

    /** A format and a sink, neither of them null. */
    public Trace {
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(sink, "sink");
    }

    /** Passes the line to the sink; returns the result of the call. */
    int tell(TraceLine line) {
        try {
            sink.accept(format.line(line));
        } catch (Throwable failure) {
            report(failure);
        }
        return line.rc();
    }

    private static void report(Throwable failure) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        } catch (Throwable nobodyListens) {
            // as the JVM does: ignores exceptions of the uncaught exception handler
        }
    }

    /**
     * A trace to standard error, to standard output, or to a file.
     *
     * @param where {@code stderr}, {@code stdout}, or the path of a file, which is created, or appended to if it exists
     * @throws IllegalArgumentException if the file cannot be written
     */
    public static Trace to(String where, TraceFormat format) {
        return new Trace(
                format,
                switch (where) {
                    case "stderr" -> standard(() -> System.err);
                    case "stdout" -> standard(() -> System.out);
                    default -> file(Path.of(where));
                });
    }

    private static Consumer<String> standard(Supplier<PrintStream> stream) {
        return line -> {
            PrintStream out = stream.get();
            out.print(line + System.lineSeparator());
            out.flush();
        };
    }

    private static synchronized Consumer<String> file(Path path) {
        return FILES.computeIfAbsent(path.toAbsolutePath().normalize(), Trace::open);
    }

    /** Not a channel: an interrupt of one writing thread would close it for all. */
    private static Consumer<String> open(Path path) {
        try {
            @SuppressWarnings("resource") // stays open as long as the JVM runs
            FileOutputStream file = new FileOutputStream(path.toFile(), true);
            return line -> write(file, line + System.lineSeparator());
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("the trace cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Writes the line in one call, so that lines of several threads, and with O_APPEND of several programs, stay whole.
     */
    private static void write(FileOutputStream file, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        synchronized (file) {
            try {
                file.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
