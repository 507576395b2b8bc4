// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Binding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyKindOfValueHasItsForm() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("number", 12L);
        object.put("truth", true);
        object.put("nothing", null);
        object.put("name", Binding.JNA);
        object.put("none", List.of());
        object.put("some", List.of(1, Map.of("a", "b")));

        assertThat(Json.of(object)).isEqualTo("""
                        {
                          "number": 12,
                          "truth": true,
                          "nothing": null,
                          "name": "JNA",
                          "none": [],
                          "some": [
                            1,
                            {
                              "a": "b"
                            }
                          ]
                        }""");
    }

    @Test
    void aStringIsEscapedWhereItMustBe() {
        assertThat(Json.of("say \"grüß 😀\"\\\n\t\u0001/")).isEqualTo("\"say \\\"grüß 😀\\\"\\\\\\n\\t\\u0001/\"");
    }
}
