// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
    @TempDir
    private Path folder;

    @Test
    void aFileHasALineForTheMachineAndOneForEachResultAndReadsAsItWasWritten() throws IOException {
        Run run = new Run(
                "file",
                Map.of("machine", "none", "left out", "one\ntwo"),
                List.of(
                        Made.up("B", Caller.C, 1234.5, 6.25, "n", "10"),
                        Made.up("B", Caller.JNI, 0.001, Double.NaN, Made.replayed(1), "n", "10")));
        Path file = folder.resolve("file.jsonl");
        run.write(file);
        assertThat(Files.readAllLines(file)).hasSize(3);
        assertThat(Run.read(file)).isEqualTo(run);
    }

    @Test
    void whatIsNoFileOfResultsIsRefused() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "{}\n");
        assertThatThrownBy(() -> Run.read(empty)).hasMessageContaining("no results in");
        Path jmh = Files.writeString(folder.resolve("jmh.json"), "[\n{\n}\n]\n");
        assertThatThrownBy(() -> Run.read(jmh)).hasMessageContaining("no file of results");
    }

    @Test
    void whatJmhMeasuresIsAResult() {
        System.setProperty("jmh.ignoreLock", "true");
        Cell cell = new Cell(BindingCost.class, Map.of("call", "FCNTL", "caller", "C"));
        Campaign campaign = new Campaign(
                Profile.SMOKE,
                Profile.SMOKE::oneTurn,
                new PrintStream(PrintStream.nullOutputStream()),
                new PrintWriter(Writer.nullWriter()));
        List<Result> results = campaign.run(List.of(cell)).stream()
                .map(each -> Result.of(each, Estimate::mean))
                .toList();
        assertThat(campaign.failures()).isEmpty();
        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.benchmark()).isEqualTo("BindingCost");
            assertThat(result.params()).isEqualTo(Map.of("call", "FCNTL"));
            assertThat(result.caller()).isEqualTo(Caller.C);
            assertThat(result.nanos().value()).isPositive();
            assertThat(result.bytesPerOp()).isNotNegative();
            assertThat(result.metrics()).containsOnlyKeys(WorkerAllocation.NAME);
        });
    }
}
