// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.probe.Finding;
import dev.pollux.probe.ProbeReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeCommandTest {
    private final ProbeReport report = Pollers.probe();

    @Test
    void theTablesSayWhatIsUsableAndGiveAReasonForEachFinding() {
        CommandRun run = CommandRun.of("probe");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith(report.system());
        for (Finding finding : report.findings()) {
            assertThat(run.out()).contains(finding.reason());
        }
        for (Mechanism mechanism : Mechanism.values()) {
            assertThat(run.out()).contains(mechanism.name());
        }
    }

    @Test
    void theChoiceIsMarkedAndExplained() {
        Finding chosen = report.chosen();

        List<String> marked = CommandRun.of("probe")
                .out()
                .lines()
                .filter(line -> line.startsWith("*"))
                .toList();

        assertThat(marked).hasSize(2);
        assertThat(marked.get(0)).matches("\\* +" + chosen.mechanism() + " +" + chosen.binding() + " +LEVEL .*");
        assertThat(marked.get(1))
                .isEqualTo("* picked: " + chosen.mechanism() + " through " + chosen.binding() + ": " + report.choice());
    }

    @Test
    void jsonHasOneObjectForEachFinding() {
        CommandRun run = CommandRun.of("probe", "--json");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().strip()).startsWith("{").endsWith("}");
        assertThat(run.out().split("\"timeoutResolutionNanos\": "))
                .hasSize(report.findings().size() + 2);
        assertThat(run.out()).contains("\"system\": ", "\"findings\": [", "\"chosen\": {", "\"choice\": ");
        assertThat(run.out()).contains("\"mechanism\": \"KQUEUE\",\n      \"binding\": \"JNA\",\n      \"usable\": ");
    }
}
