// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Pollers;
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

/** What this machine can do. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Try out every mechanism through every way of calling C, and say which to use and why."
                + " Fails if none works.")
final class ProbeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ProbeReport report = Pollers.probe();
        if (json) {
            out.println(Json.of(json(report)));
        } else {
            print(report, out);
        }
        out.flush();
        return report.chosen() == null ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private static void print(ProbeReport report, PrintWriter out) {
        out.println(report.system());
        out.println();
        Table usable = new Table(
                "", "mechanism", "binding", "usable", "triggers", "descriptors", "limited by", "timeouts", "reason");
        Table others = new Table(" ", "mechanism", "binding", "usable", "reason");
        for (Finding finding : report.findings()) {
            if (finding.usable()) {
                usable.row(
                        finding.equals(report.chosen()) ? "*" : "",
                        finding.mechanism(),
                        finding.binding(),
                        "yes",
                        join(List.copyOf(finding.triggers()), " "),
                        descriptors(finding),
                        finding.maxDescriptorsBy(),
                        resolution(finding.timeoutResolutionNanos()),
                        finding.reason());
            }
        }
        unusableByReason(report)
                .forEach((reason, findings) -> others.row(
                        "",
                        join(distinct(findings, Finding::mechanism), ", "),
                        join(distinct(findings, Finding::binding), ", "),
                        "no",
                        reason));
        usable.print(out);
        out.println();
        others.print(out);
        out.println();
        out.println("* " + choice(report));
    }

    /** {@code picked: EPOLL through JNA, the first of ... that works here}. */
    static String choice(ProbeReport report) {
        Finding chosen = report.chosen();
        return chosen == null
                ? report.choice()
                : "picked: " + chosen.mechanism() + " through " + chosen.binding() + ": " + report.choice();
    }

    private static Map<String, List<Finding>> unusableByReason(ProbeReport report) {
        return report.findings().stream()
                .filter(finding -> !finding.usable())
                .collect(Collectors.groupingBy(Finding::reason, LinkedHashMap::new, Collectors.toList()));
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

    /** What is not known of an unusable one is null, and so is a limit that does not exist or is unknown. */
    private static Map<String, Object> json(Finding finding) {
        boolean limited = finding.usable() && finding.maxDescriptors() != Long.MAX_VALUE;
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("mechanism", finding.mechanism());
        object.put("binding", finding.binding());
        object.put("usable", finding.usable());
        object.put("reason", finding.reason());
        object.put("triggers", finding.triggers());
        object.put("maxDescriptors", limited ? finding.maxDescriptors() : null);
        object.put("maxDescriptorsBy", limited ? finding.maxDescriptorsBy() : null);
        object.put("timeoutResolutionNanos", finding.usable() ? finding.timeoutResolutionNanos() : null);
        return object;
    }
}
