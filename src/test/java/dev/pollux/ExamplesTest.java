// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs each Java example of the pages and of the Javadoc. */
class ExamplesTest {
    private static final Pattern PAGE_BLOCK =
            Pattern.compile("```java\n(.*?)```(?:\n\nprints\n\n```text\n(.*?)```)?", Pattern.DOTALL);
    private static final Pattern CLASS_NAME = Pattern.compile("public class (\\w+)");
    private static final Pattern JAVADOC_BLOCK = Pattern.compile("<pre>\\{@code\n(.*?)\n \\* }</pre>", Pattern.DOTALL);

    @TempDir
    private Path folder;

    /** {@code docs/teaching.md} is left out: {@code OwnLessonTest} checks its lesson. */
    @TestFactory
    Stream<DynamicTest> eachProgramOfThePagesRunsAndPrintsWhatItSays() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : Pages.all()) {
            if (page.endsWith("teaching.md")) {
                continue;
            }
            Matcher block = PAGE_BLOCK.matcher(Files.readString(page));
            while (block.find()) {
                String source = block.group(1);
                String expected = block.group(2);
                String name = nameOf(source);
                tests.add(DynamicTest.dynamicTest(page + ": " + name, () -> {
                    compile(name, source);
                    assertPrints(expected, run(name, classPath() + ":" + folder, name));
                }));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(4);
        return tests.stream();
    }

    private static void assertPrints(String expected, String printed) {
        if (expected != null) {
            assertThat(printed).isEqualTo(expected);
        }
    }

    @Test
    void theFirstProgramOfTheReadmeRunsAsASingleFile() throws Exception {
        Matcher block = PAGE_BLOCK.matcher(Files.readString(Path.of("README.md")));
        assertThat(block.find()).isTrue();
        String name = nameOf(block.group(1));
        Path file = Files.writeString(folder.resolve(name + ".java"), block.group(1));
        assertPrints(block.group(2), run(name, classPath(), file.toString()));
    }

    @TestFactory
    Stream<DynamicTest> eachExampleOfTheJavadocCompilesAndRuns() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : publicSources()) {
            Matcher block = JAVADOC_BLOCK.matcher(Files.readString(file));
            while (block.find()) {
                String statements = block.group(1).replaceAll("(?m)^ \\* ?", "");
                String name = file.getFileName().toString().replace(".java", "") + "Example" + tests.size();
                tests.add(DynamicTest.dynamicTest(name, () -> {
                    compile(name, inAProgram(name, statements));
                    assertThat(run(name, classPath() + ":" + folder, name)).isEqualTo("done\n");
                }));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(3);
        return tests.stream();
    }

    private static List<Path> publicSources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String folder : List.of("", "posix", "loop", "nio")) {
            try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/pollux", folder))) {
                files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
            }
        }
        return sources;
    }

    private static String nameOf(String source) {
        Matcher name = CLASS_NAME.matcher(source);
        assertThat(name.find()).as("a public class in%n%s", source).isTrue();
        return name.group(1);
    }

    /** The names that a Javadoc example uses without declaring them. */
    private static String inAProgram(String name, String statements) {
        return """
                import dev.pollux.*;
                import dev.pollux.loop.*;
                import dev.pollux.nio.*;
                import dev.pollux.posix.*;
                import java.net.*;
                import java.nio.*;
                import java.nio.channels.SelectionKey;
                import java.time.*;
                import java.util.*;

                public class %s {
                    static void handle(int fd, Object attachment) {}

                    public static void main(String[] args) throws Exception {
                        int fd = Pollers.posix().pipe().writeFd();
                        Object attachment = "anything";
                        boolean running = false;
                        {
                            %s
                        }
                        System.out.println("done");
                    }
                }
                """.formatted(name, statements);
    }

    /** Runs a class, or the source of a single-file program, and returns what it printed. */
    private String run(String name, String classPath, String program) throws IOException, InterruptedException {
        Path printed = folder.resolve("printed");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath, program)
                .redirectErrorStream(false)
                .redirectOutput(printed.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(java.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS))
                .as("%s ends", name)
                .isTrue();
        assertThat(java.exitValue()).as("%s ends well", name).isZero();
        return Files.readString(printed);
    }

    private void compile(String name, String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of("-d", folder.toString(), "-cp", classPath(), "--release", "17"),
                        null,
                        List.of(file))
                .call();
        assertThat(compiled).as("%s compiles:%n%s%n%s", name, messages, source).isTrue();
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }
}
