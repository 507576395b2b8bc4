// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Binding;
import dev.pollux.Pollers;
import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import dev.pollux.cli.lesson.TerminalScreen;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.utils.Levenshtein;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what system calls do by making them. */
@Command(
        name = "lesson",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Play a lesson on real descriptors: what comes next, the system call, the memory after it, and what to"
                        + " notice. Without a name, list the lessons.")
final class LessonCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            completionCandidates = Names.class,
            description = "The lesson: ${COMPLETION-CANDIDATES}.")
    private String name;

    @Option(
            names = "--step",
            description = "On a terminal, wait for a key before the calls of each step: Enter goes on, b goes back.")
    private boolean step;

    @Option(
            names = "--binding",
            paramLabel = "B",
            description = "The binding: ${COMPLETION-CANDIDATES}. Default: the preferred one.")
    private Binding binding;

    LessonCommand(Terminal terminal) {
        this.terminal = terminal;
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
            throw new ParameterException(spec.commandLine(), noSuchLesson(name));
        }
        Syscalls syscalls = Pollers.builder().binding(binding).syscalls();
        if (step && terminal.isInteractive()) {
            try (Terminal.Keys keys = terminal.keySource().open()) {
                lesson.play(syscalls, new TerminalScreen(out, terminal, keys));
            }
        } else {
            lesson.play(syscalls, new TerminalScreen(out, terminal));
        }
        return ExitCode.OK;
    }

    private void list(PrintWriter out) {
        Table table = new Table("lesson", "what it shows");
        Lessons.ALL.forEach(each -> table.row(each.name(), each.title()));
        table.print(out, terminal);
    }

    private static String noSuchLesson(String name) {
        List<String> names = Lessons.ALL.stream().map(Lesson::name).toList();
        String message = "there is no lesson " + name + "; the lessons are " + String.join(", ", names);
        int typos = 1 + name.length() / 4;
        return names.stream()
                .filter(each -> Levenshtein.distance(name, each) <= typos)
                .min(Comparator.comparingInt(each -> Levenshtein.distance(name, each)))
                .map(each -> message + System.lineSeparator() + "Did you mean: pollux lesson " + each + "?")
                .orElse(message);
    }
}
