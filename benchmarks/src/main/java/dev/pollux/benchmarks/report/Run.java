// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * One file of results.
 *
 * @param name the file's, without its ending
 * @param about machine, kernel, JDK, command, and what else stands in {@code NAME.meta.json} beside it
 */
record Run(String name, Map<String, String> about, List<Result> results) {
    static Run read(Path jmhJson) throws IOException {
        String name = jmhJson.getFileName().toString().replaceFirst("\\.json$", "");
        List<Result> results = new ArrayList<>();
        JsonArray array = parse(jmhJson).getAsJsonArray();
        array.forEach(each -> results.add(Result.of(each.getAsJsonObject())));
        if (results.isEmpty()) {
            throw new IOException("no results in " + jmhJson);
        }
        Map<String, String> about = new LinkedHashMap<>();
        Path meta = jmhJson.resolveSibling(name + ".meta.json");
        if (Files.exists(meta)) {
            flatten("", parse(meta), about);
        } else {
            JsonObject first = array.get(0).getAsJsonObject();
            for (String key : List.of("vmName", "vmVersion", "jmhVersion")) {
                if (first.has(key)) {
                    about.put(key, first.get(key).getAsString());
                }
            }
        }
        return new Run(name, about, results);
    }

    private static JsonElement parse(Path json) throws IOException {
        try (Reader reader = Files.newBufferedReader(json)) {
            return JsonParser.parseReader(reader);
        }
    }

    private static void flatten(String key, JsonElement value, Map<String, String> about) {
        if (value.isJsonObject()) {
            value.getAsJsonObject()
                    .entrySet()
                    .forEach(e -> flatten(key.isEmpty() ? e.getKey() : key + " " + e.getKey(), e.getValue(), about));
        } else if (value.isJsonArray()) {
            about.put(
                    key,
                    StreamSupport.stream(value.getAsJsonArray().spliterator(), false)
                            .map(Run::text)
                            .collect(Collectors.joining("\n")));
        } else {
            about.put(key, text(value));
        }
    }

    private static String text(JsonElement value) {
        return value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    /** The results of each benchmark, those that have a text first. */
    Map<String, List<Result>> byBenchmark() {
        Map<String, List<Result>> all = results.stream()
                .collect(Collectors.groupingBy(Result::benchmark, LinkedHashMap::new, Collectors.toList()));
        Map<String, List<Result>> sorted = new LinkedHashMap<>();
        for (Workload each : Workload.values()) {
            List<Result> known = all.remove(each.name());
            if (known != null) {
                sorted.put(each.name(), known);
            }
        }
        sorted.putAll(all);
        return sorted;
    }

    /** The results that differ in the caller only, in the order in which they were measured. */
    static Map<Map<String, String>, Map<String, Result>> points(List<Result> results) {
        Map<Map<String, String>, Map<String, Result>> points = new LinkedHashMap<>();
        for (Result each : results) {
            points.computeIfAbsent(each.params(), params -> new LinkedHashMap<>())
                    .put(each.caller(), each);
        }
        return points;
    }
}
