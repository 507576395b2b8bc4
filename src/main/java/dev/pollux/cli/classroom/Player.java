// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import com.google.gson.Gson;
import dev.pollux.abi.PropertyNames;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One student in one lesson, which runs in a {@link LessonProcess}. */
final class Player implements Closeable {
    /** What {@link #next} returns after the last line. */
    static final String OVER = "";

    /** The process waits when so many lines are unread. */
    private static final int UNREAD = 64;

    /**
     * No lesson needs so many presses, and a pipe has room for them even if its process reads none: {@code _POSIX_PIPE_BUF}.
     */
    private static final int MOST_PRESSES = 512;

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final String HEAP = "-Xmx96m";
    private static final int FFM_VERSION = 22;

    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(UNREAD);
    private final AtomicInteger presses = new AtomicInteger();
    private final Process process;
    private final Thread reader = new Thread(this::read, "player");

    /** Starts a lesson that makes the calls of the steps before this one without waiting. */
    Player(String lesson, int firstStepThatWaits) throws IOException {
        process = new ProcessBuilder(command(lesson, firstStepThatWaits))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Checks that lessons can be played.
     *
     * @throws IOException if this Java runtime cannot start another JVM
     */
    static void requireJvm() throws IOException {
        if (!Files.isExecutable(JAVA)) {
            throw new IOException("a lesson runs in a JVM of its own, and " + JAVA + " is not there");
        }
    }

    private static List<String> command(String lesson, int firstStepThatWaits) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(JAVA.toString(), HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        if (Runtime.version().feature() >= FFM_VERSION) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(PropertyNames.of("")))
                .map(name -> "-D" + name + "=" + System.getProperty(name))
                .forEach(command::add);
        command.addAll(List.of("-cp", classPath(), LessonProcess.class.getName()));
        command.addAll(List.of(lesson, Integer.toString(firstStepThatWaits)));
        return command;
    }

    /** The jars or folders of this program, wherever its class loader has them from. */
    private static String classPath() throws IOException {
        Set<String> path = new LinkedHashSet<>();
        try {
            path.add(location(LessonProcess.class));
            path.add(location(Gson.class));
            path.add(location(Class.forName("com.sun.jna.Native", false, Player.class.getClassLoader())));
        } catch (ClassNotFoundException withoutJna) {
            // another binding is there
        }
        return String.join(File.pathSeparator, path);
    }

    private static String location(Class<?> type) throws IOException {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException("cannot find the file of " + type.getName(), e);
        }
    }

    private void read() {
        try (BufferedReader facts = process.inputReader(StandardCharsets.UTF_8)) {
            putLines(facts);
            lines.put(OVER);
        } catch (IOException | InterruptedException closed) {
            // nobody reads any more
        }
    }

    private void putLines(BufferedReader facts) throws InterruptedException {
        try {
            for (String line = facts.readLine(); line != null; line = facts.readLine()) {
                lines.put(line);
            }
        } catch (IOException ended) {
            // end() has closed the stream, perhaps while lines were unread
        }
    }

    /** Waits for the next line of the lesson; null if there is none within the timeout. */
    String next(long timeoutMillis) throws InterruptedException {
        return lines.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    }

    /**
     * Passes on a press: {@link LessonProcess#NEXT} or {@link LessonProcess#RUN}. It never waits for the process.
     *
     * @throws IOException if the lesson is over or had too many presses
     */
    void press(int key) throws IOException {
        if (presses.incrementAndGet() > MOST_PRESSES) {
            throw new IOException("a lesson takes at most " + MOST_PRESSES + " presses");
        }
        process.getOutputStream().write(key);
        process.getOutputStream().flush();
    }

    /** Ends the lesson, even in the middle of a call; {@link #next} returns what was read, and then {@link #OVER}. */
    void end() {
        process.destroyForcibly();
    }

    /** Ends the lesson; nobody may call {@link #next} any more. */
    @Override
    public void close() {
        end();
        reader.interrupt();
    }
}
