// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.ChildJvm;
import dev.pollux.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalTest {
    @Test
    void aTerminalHasItsWidthAndColours() {
        Terminal terminal = Terminal.of(true, Map.of("TERM", "xterm"), () -> 132);
        assertThat(terminal.columns()).isEqualTo(132);
        assertThat(terminal.proseColumns()).isEqualTo(100);
        assertThat(terminal.isInteractive()).isTrue();
        assertThat(terminal.isColored()).isTrue();
    }

    @Test
    void aTerminalThatDoesNotKnowItsWidthHas80Columns() {
        assertThat(Terminal.of(true, Map.of(), () -> 0).columns()).isEqualTo(80);
    }

    @Test
    void theVariableNoColorTurnsColoursOffUnlessItIsEmpty() {
        assertThat(Terminal.of(true, Map.of("NO_COLOR", "1"), () -> 80).isColored())
                .isFalse();
        assertThat(Terminal.of(true, Map.of("NO_COLOR", "1"), () -> 80).isInteractive())
                .isTrue();
        assertThat(Terminal.of(true, Map.of("NO_COLOR", ""), () -> 80).isColored())
                .isTrue();
    }

    @Test
    void aDumbTerminalGetsNoEscapeSequences() {
        Terminal dumb = Terminal.of(true, Map.of("TERM", "dumb"), () -> 72);
        assertThat(dumb.isColored()).isFalse();
        assertThat(dumb.isInteractive()).isFalse();
        assertThat(dumb.columns()).isEqualTo(72);
    }

    @Test
    void aPipeIsNotMeasuredAndHasNoWidthUnlessColumnsIsExported() {
        assertThat(Terminal.of(false, Map.of(), () -> {
                    throw new AssertionError("measured");
                }))
                .extracting(Terminal::columns, Terminal::isInteractive, Terminal::isColored)
                .containsExactly(Terminal.UNLIMITED, false, false);
        assertThat(Terminal.of(false, Map.of("COLUMNS", "80"), () -> 0).columns())
                .isEqualTo(80);
        assertThat(Terminal.of(false, Map.of("COLUMNS", "wide"), () -> 0).columns())
                .isEqualTo(Terminal.UNLIMITED);
    }

    /** script(1) runs a command on a terminal of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"", "NO_COLOR=1"})
    void aRealTerminalIsMeasuredWithoutAWarning(String variable) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script(1) is not installed");
        List<String> java = new ArrayList<>(ChildJvm.command(System.getProperty("java.class.path"), Main.class));
        java.add("probe");
        ChildJvm run = ChildJvm.run(List.of(
                "script", "-qec", "stty cols 72; TERM=xterm " + variable + " " + String.join(" ", java), "/dev/null"));
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("picked: ").doesNotContainIgnoringCase("warning");
        assertThat(run.output().contains("\u001b[1m")).isEqualTo(variable.isEmpty());
        assertThat(run.output().replaceAll("\u001b\\[[0-9;]*m", "").lines())
                .allSatisfy(line -> assertThat(line.stripTrailing()).hasSizeLessThanOrEqualTo(72))
                .anySatisfy(line -> assertThat(line).hasSizeGreaterThan(65));
    }
}
