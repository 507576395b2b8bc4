// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParagraphTest {
    @Test
    void linesBreakBetweenWordsAndKeepBlanksInside() {
        assertThat(Paragraph.lines("fds[0]  fd 24    events POLLIN|POLLOUT  revents 0", 24))
                .containsExactly("fds[0]  fd 24    events", "POLLIN|POLLOUT  revents", "0");
    }

    @Test
    void aWordThatIsLongerThanALineIsBroken() {
        assertThat(Paragraph.lines("a abcdefghijkl b", 5)).containsExactly("a", "abcde", "fghij", "kl b");
    }

    @Test
    void nothingIsOneEmptyLine() {
        assertThat(Paragraph.lines("", 5)).containsExactly("");
    }

    @Test
    void allLinesButTheFirstAreIndented() {
        assertThat(Paragraph.wrapped(Terminal.plain(), 15, "=> ", "", "one two three four", 2))
                .isEqualToNormalizingNewlines("=> one two\n     three four");
    }

    @Test
    void eachLineHasItsStyleWhereThereAreColours() {
        assertThat(Paragraph.wrapped(CommandRun.terminal(), 10, "- ", "cyan", "one two three", 0))
                .isEqualToNormalizingNewlines(
                        "- \u001b[36mone two\u001b[39m\u001b[0m\n  \u001b[36mthree\u001b[39m\u001b[0m");
    }
}
