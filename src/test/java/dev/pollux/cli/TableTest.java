// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    private static String printed(Terminal terminal) {
        Table table = new Table("name", "count", "remark");
        table.row("a", 1_234_567, "seven digits and -Dan.option=that is long");
        table.row("longer", 8L, "");
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text, true), terminal);
        return text.toString();
    }

    @Test
    void textIsAlignedAtTheLeftAndNumbersAtTheRight() {
        assertThat(printed(Terminal.plain())).isEqualToNormalizingNewlines("""
                        name        count  remark
                        a       1,234,567  seven digits and -Dan.option=that is long
                        longer          8
                        """);
    }

    @Test
    void onANarrowTerminalTheWidestColumnIsBrokenBetweenWords() {
        assertThat(printed(Terminal.plain(40))).isEqualToNormalizingNewlines("""
                        name        count  remark
                        a       1,234,567  seven digits and
                                           -Dan.option=that is
                                           long
                        longer          8
                        """);
    }

    @Test
    void headingsAreBoldWhereThereAreColours() {
        assertThat(printed(CommandRun.terminal())).startsWith("\u001b[1mname").contains("\n" + "a   ");
    }
}
