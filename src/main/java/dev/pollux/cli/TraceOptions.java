// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.abi.PropertyNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that trace the system calls of any command: the properties {@code dev.pollux.trace}. */
final class TraceOptions {
    private static final String PROPERTY = PropertyNames.of("trace");
    private static final String VARIABLE = "POLLUX_TRACE";

    @Option(
            names = "--trace",
            paramLabel = "TO",
            arity = "0..1",
            preprocessor = Attached.class,
            scope = ScopeType.INHERIT,
            description = "Trace every system call to stderr, or with --trace=TO to stdout or to the end of a file."
                    + " --trace=json prints JSON to stderr.")
    private String to;

    private enum Format {
        STRACE,
        JSON
    }

    @Option(
            names = "--trace-format",
            paramLabel = "F",
            scope = ScopeType.INHERIT,
            description = "The format of the trace: ${COMPLETION-CANDIDATES}. Turns the trace on.")
    private Format format;

    private enum With {
        THREAD,
        TIME
    }

    @Option(
            names = "--trace-with",
            paramLabel = "W",
            split = ",",
            scope = ScopeType.INHERIT,
            description = "What else to trace: ${COMPLETION-CANDIDATES}. Turns the trace on.")
    private List<With> with = new ArrayList<>();

    /** A word after {@code --trace} and a blank is not its value. */
    static final class Attached implements IParameterPreprocessor {
        @Override
        public boolean preprocess(
                Stack<String> args, CommandSpec commandSpec, ArgSpec argSpec, Map<String, Object> info) {
            if (!"=".equals(info.get("separator"))) {
                args.push("stderr");
            }
            return false;
        }
    }

    /** Whether the user wants a trace, by an option of the command that runs, a property or a variable. */
    static boolean areSet() {
        return System.getProperty(PROPERTY, System.getenv(VARIABLE)) != null;
    }

    /** Runs a command, and traces its calls if the options say so. */
    int during(IntSupplier command) {
        Map<String, String> before = new LinkedHashMap<>();
        properties().forEach((name, value) -> before.put(name, System.setProperty(name, value)));
        try {
            return command.getAsInt();
        } finally {
            before.forEach(TraceOptions::restore);
        }
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        if (to != null || format != null || !with.isEmpty()) {
            properties.put(PROPERTY, to != null ? to : System.getProperty(PROPERTY, "stderr"));
        }
        if (format != null) {
            properties.put(PROPERTY + ".format", format.name().toLowerCase(Locale.ROOT));
        }
        if (!with.isEmpty()) {
            properties.put(PROPERTY + ".with", with.stream().map(With::name).collect(Collectors.joining(",")));
        }
        return properties;
    }

    private static void restore(String name, String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }
}
