// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Parameters and numbers as a reader expects them. */
final class Words {
    private Words() {}

    static String of(Map<String, String> params) {
        return params.entrySet().stream()
                .map(param -> of(param.getKey(), param.getValue()))
                .collect(Collectors.joining(", "));
    }

    static String of(String param, String value) {
        return switch (param) {
            case "writes" -> number(value) + " writes";
            case "highestFd" -> "descriptor " + number(value);
            case "limit" -> "SelectLimit." + value;
            case "wait" -> value.equals("ZERO") ? "timeout 0" : "blocking";
            case "position" -> "ready: " + value.toLowerCase(Locale.ROOT);
            case "n", "a" -> param.toUpperCase(Locale.ROOT) + " = " + number(value);
            default -> value;
        };
    }

    static String number(String value) {
        return value.matches("\\d{4,15}") ? String.format(Locale.ROOT, "%,d", Long.parseLong(value)) : value;
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
