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

/** The result of a command that ran in this JVM. */
record CommandRun(int exitCode, String out, String err) {
    static CommandRun of(String... args) {
        return on(Terminal.plain(), args);
    }

    static CommandRun on(Terminal terminal, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = commandLine(out, err, terminal).execute(args);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    static CommandLine commandLine(StringWriter out, StringWriter err, Terminal terminal) {
        return Main.commandLine(terminal).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    }

    /** A terminal of 80 columns with colours and these keys. */
    static Terminal terminal(Terminal.Keys keys) {
        return new Terminal(80, true, true, () -> keys);
    }

    /** The same for commands that read no keys. */
    static Terminal terminal() {
        return terminal(null);
    }

    /** The output with every number as N, and single blanks. */
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
