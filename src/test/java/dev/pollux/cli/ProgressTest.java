// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter out = new StringWriter();

    @Test
    void closingErasesTheChangingLineSoThatAnErrorBeginsItsOwn() {
        try (Progress progress = new Progress(new PrintWriter(out), CommandRun.terminal())) {
            progress.update("connections: 1");
        }
        assertThat(out.toString()).isEqualTo("\r\u001b[Kconnections: 1\r\u001b[K");
    }

    @Test
    void aLineThatStaysReplacesTheChangingOne() {
        Progress progress = new Progress(new PrintWriter(out), CommandRun.terminal());
        progress.update("connections: 1");
        progress.line("stopped");
        assertThat(out.toString()).isEqualToNormalizingNewlines("\r\u001b[Kconnections: 1\r\u001b[Kstopped\n");
    }

    @Test
    void theChangingLineIsCutAtTheWidthOfTheTerminal() {
        new Progress(new PrintWriter(out), CommandRun.terminal()).update("#".repeat(200));
        assertThat(out.toString()).isEqualTo("\r\u001b[K" + "#".repeat(79));
    }

    @Test
    void aPipeGetsOnlyLinesThatStay() {
        Progress progress = new Progress(new PrintWriter(out), Terminal.plain());
        progress.update("connections: 1");
        progress.line("stopped");
        progress.close();
        assertThat(out.toString()).isEqualToNormalizingNewlines("stopped\n");
    }
}
