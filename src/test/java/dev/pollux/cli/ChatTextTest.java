// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatTextTest {
    private static byte[] replaced(byte[] bytes) {
        byte[] line = bytes.clone();
        return Arrays.copyOf(line, ChatText.replaceControls(line, line.length));
    }

    @Test
    void everyCharacterExceptControlsSurvives() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint >= 0xd800 && codePoint < 0xe000) {
                continue;
            }
            String text = "a" + Character.toString(codePoint) + "é";
            boolean isControl = codePoint != '\t' && Character.getType(codePoint) == Character.CONTROL
                    || codePoint == 0x2028
                    || codePoint == 0x2029
                    || codePoint >= 0x202a && codePoint <= 0x202e
                    || codePoint >= 0x2066 && codePoint <= 0x2069;
            if (!new String(replaced(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8)
                    .equals(isControl ? "a?é" : text)) {
                throw new AssertionError(Integer.toHexString(codePoint));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "9b324a, 3f324a", // CSI as one byte
        "c29b324a, 3f324a", // CSI as UTF-8
        "e0829b, e03f3f", // an overlong CSI
        "c09b, c03f", // an overlong ESC
        "f080829b, f03f3f3f", // another overlong CSI
        "eda080, eda03f", // a surrogate
        "c2, c2", // a character that is cut off
        "e282, e23f",
        "c2c29b, c23f",
        "e974e9ff, e974e9ff", // Latin-1
        "c39f, c39f", // sharp s, which has a byte of C1
        "f09f8e89, f09f8e89" // beyond the basic plane
    })
    void bytesOfC1AreReplacedUnlessTheyArePartOfACharacter(String bytes, String expected) {
        assertThat(HexFormat.of().formatHex(replaced(HexFormat.of().parseHex(bytes))))
                .isEqualTo(expected);
    }
}
