// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.pollux.Pollers;
import dev.pollux.Trigger;
import dev.pollux.probe.Finding;
import dev.pollux.probe.ProbeReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what this machine can do. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Test every mechanism through every binding to C, and say which one to use and why. Fails if none"
                + " works.")
final class ProbeCommand implements Callable<Integer> {
    private static final Gson JSON = new GsonBuilder()
            .setPrettyPrinting()
            .serializeNulls()
            .disableHtmlEscaping()
            .create();

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ProbeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ProbeReport report = Pollers.probe();
        if (json) {
            out.println(JSON.toJson(json(report)));
        } else {
            print(report, out);
        }
        out.flush();
        return report.chosen() == null ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private void print(ProbeReport report, PrintWriter out) {
        out.println(Paragraph.wrapped(terminal, terminal.columns(), report.system()));
        out.println();
        Table usable = new Table("", "mechanism", "binding", "triggers", "descriptors", "limited by", "timeouts");
        report.findings().stream()
                .filter(Finding::usable)
                .forEach(finding -> usable.row(
                        finding.equals(report.chosen()) ? "*" : "",
                        finding.mechanism(),
                        finding.binding(),
                        join(List.copyOf(finding.triggers()), " "),
                        descriptors(finding),
                        finding.maxDescriptorsBy(),
                        resolution(finding.timeoutResolutionNanos())));
        usable.print(out, terminal);
        out.println();
        Table reasons = new Table("usable", "mechanism", "binding", "reason");
        report.findings().stream()
                .collect(Collectors.groupingBy(Finding::reason, LinkedHashMap::new, Collectors.toList()))
                .forEach((reason, findings) -> reasons.row(
                        findings.get(0).usable() ? "yes" : "no",
                        join(distinct(findings, Finding::mechanism), ", "),
                        join(distinct(findings, Finding::binding), ", "),
                        reason));
        reasons.print(out, terminal);
        out.println();
        out.println(Paragraph.wrapped(terminal, terminal.columns(), "* ", "", choice(report), 0));
    }

    /** {@code picked: EPOLL through JNA, the first of ... that works here}. */
    static String choice(ProbeReport report) {
        Finding chosen = report.chosen();
        return chosen == null
                ? report.choice()
                : "picked: " + chosen.mechanism() + " through " + chosen.binding() + ": " + report.choice();
    }

    private static List<?> distinct(List<Finding> findings, Function<Finding, ?> property) {
        return findings.stream().map(property).distinct().toList();
    }

    private static String join(List<?> values, String separator) {
        return values.stream().map(Object::toString).collect(Collectors.joining(separator));
    }

    private static Object descriptors(Finding finding) {
        if (finding.maxDescriptors() != Long.MAX_VALUE) {
            return finding.maxDescriptors();
        }
        return finding.maxDescriptorsBy().isEmpty() ? "unknown" : "no limit";
    }

    private static String resolution(long nanos) {
        if (nanos % 1_000_000 == 0) {
            return nanos / 1_000_000 + " ms";
        }
        return nanos % 1_000 == 0 ? nanos / 1_000 + " " + Terminal.MICROS : nanos + " ns";
    }

    private static Map<String, Object> json(ProbeReport report) {
        Map<String, Object> object = new LinkedHashMap<>();
        List<Object> findings = new ArrayList<>();
        report.findings().forEach(finding -> findings.add(json(finding)));
        object.put("system", report.system());
        object.put("findings", findings);
        object.put("chosen", report.chosen() == null ? null : json(report.chosen()));
        object.put("choice", report.choice());
        return object;
    }

    /** An unusable one has null for what only a usable one has; a limit is null if there is none or if it is not known. */
    private static Map<String, Object> json(Finding finding) {
        boolean limited = finding.usable() && finding.maxDescriptors() != Long.MAX_VALUE;
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("mechanism", finding.mechanism().name());
        object.put("binding", finding.binding().name());
        object.put("usable", finding.usable());
        object.put("reason", finding.reason());
        object.put("triggers", finding.triggers().stream().map(Trigger::name).toList());
        object.put("maxDescriptors", limited ? finding.maxDescriptors() : null);
        object.put("maxDescriptorsBy", limited ? finding.maxDescriptorsBy() : null);
        object.put("timeoutResolutionNanos", finding.usable() ? finding.timeoutResolutionNanos() : null);
        return object;
    }
}
