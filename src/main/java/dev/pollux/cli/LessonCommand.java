// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Binding;
import dev.pollux.Pollers;
import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import dev.pollux.cli.lesson.Screen;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the system calls do, shown by making them. */
@Command(
        name = "lesson",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Play a lesson on real descriptors: what is about to happen, the system call, what it did to the"
                + " memory, and what to notice. Without a name, list the lessons.")
final class LessonCommand implements Callable<Integer> {
    private final boolean isTerminal;
    private final InputStream in;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            completionCandidates = Names.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private String name;

    @Option(names = "--step", description = "On a terminal, wait for Enter before each step.")
    private boolean step;

    @Option(names = "--binding", paramLabel = "B", description = "One of ${COMPLETION-CANDIDATES}.")
    private Binding binding;

    LessonCommand(boolean isTerminal, InputStream in) {
        this.isTerminal = isTerminal;
        this.in = in;
    }

    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Lessons.ALL.stream().map(Lesson::name).iterator();
        }
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (name == null) {
            list(out);
            return ExitCode.OK;
        }
        Lesson lesson = Lessons.named(name);
        if (lesson == null) {
            throw new ParameterException(spec.commandLine(), "there is no lesson " + name + "; there are " + names());
        }
        boolean waits = step && isTerminal;
        if (waits) {
            out.println("Think first; Enter makes the calls of a step.");
        }
        Screen screen = new Screen(out, isTerminal, waits ? in : InputStream.nullInputStream());
        lesson.play(Pollers.builder().binding(binding).syscalls(), screen);
        return ExitCode.OK;
    }

    private static void list(PrintWriter out) {
        Table table = new Table("lesson", "");
        Lessons.ALL.forEach(each -> table.row(each.name(), each.title()));
        table.print(out);
    }

    private static String names() {
        return Lessons.ALL.stream().map(Lesson::name).collect(Collectors.joining(", "));
    }
}
