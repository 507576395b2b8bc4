// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void textStandsAtTheLeftAndNumbersAtTheRight() {
        StringWriter text = new StringWriter();
        Table table = new Table("name", "count", "remark");
        table.row("a", 1_234_567, "seven digits");
        table.row("longer", 8L, "");

        table.print(new PrintWriter(text, true));

        assertThat(text).hasToString("""
                        name        count  remark
                        a       1,234,567  seven digits
                        longer          8
                        """.replace("\n", System.lineSeparator()));
    }
}
