// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.probe.Finding;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;

/** A command that was run in this JVM, and what it printed. */
record CommandRun(int exitCode, String out, String err) {
    static CommandRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = commandLine(out, err, false).execute(args);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    static CommandLine commandLine(StringWriter out, StringWriter err, boolean isTerminal) {
        return Main.commandLine(isTerminal).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    }

    /** The output with every number as N, and columns one blank apart. */
    String maskedOut() {
        return out.replaceAll("[0-9]+([.,][0-9]+)*", "N").replaceAll(" +", " ");
    }

    static List<Mechanism> usableMechanisms() {
        return Pollers.probe().findings().stream()
                .filter(Finding::usable)
                .map(Finding::mechanism)
                .distinct()
                .toList();
    }

    /** Waits until the condition holds. */
    static void await(String what, BooleanSupplier condition) {
        Eventually.until(what, condition::getAsBoolean);
    }
}
