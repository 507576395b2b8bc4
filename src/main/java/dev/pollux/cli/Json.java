// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes JSON, RFC 8259. */
final class Json {
    private static final String INDENT = "  ";

    private Json() {}

    /** A map becomes an object, a collection an array, null, numbers and booleans themselves, and all else a string. */
    static String of(Object value) {
        return of(value, "");
    }

    private static String of(Object value, String indent) {
        String inner = indent + INDENT;
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> inner + quoted(entry.getKey().toString()) + ": " + of(entry.getValue(), inner))
                    .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
        }
        if (value instanceof Collection<?> collection) {
            return collection.isEmpty()
                    ? "[]"
                    : collection.stream()
                            .map(element -> inner + of(element, inner))
                            .collect(Collectors.joining(",\n", "[\n", "\n" + indent + "]"));
        }
        return value == null || value instanceof Number || value instanceof Boolean
                ? String.valueOf(value)
                : quoted(value.toString());
    }

    private static String quoted(String text) {
        return text.chars().mapToObj(Json::escaped).collect(Collectors.joining("", "\"", "\""));
    }

    private static String escaped(int character) {
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            default -> character < ' ' ? String.format("\\u%04x", character) : Character.toString(character);
        };
    }
}
