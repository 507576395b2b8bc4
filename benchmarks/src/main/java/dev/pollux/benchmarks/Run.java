// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One file of results, in JSON Lines: the first line says on what machine and by what command, each other line is a
 * {@link Result}.
 *
 * @param name the file's, without its ending
 */
public record Run(String name, Map<String, String> about, List<Result> results) {
    static final String ENDING = ".jsonl";

    private static final Gson GSON = new GsonBuilder()
            .disableHtmlEscaping()
            .registerTypeAdapter(Estimate.class, new Compact())
            .create();
    private static final TypeToken<Map<String, String>> ABOUT = new TypeToken<>() {};

    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(GSON.toJson(about)));
        results.forEach(each -> lines.add(GSON.toJson(each)));
        Files.write(file, lines);
    }

    /** @throws IOException if this is no file of results, or has none */
    public static Run read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() < 2) {
            throw new IOException("no results in " + file);
        }
        try {
            return new Run(
                    file.getFileName().toString().replaceFirst("\\.jsonl$", ""),
                    GSON.fromJson(lines.get(0), ABOUT),
                    lines.stream()
                            .skip(1)
                            .map(line -> GSON.fromJson(line, Result.class))
                            .toList());
        } catch (JsonParseException e) {
            throw new IOException(file + " is no file of results, which the benchmarks write as *.jsonl", e);
        }
    }

    /** The results that differ in the caller only, in the order in which they were measured. */
    public static Map<Map<String, String>, Map<Caller, Result>> points(List<Result> results) {
        Map<Map<String, String>, Map<Caller, Result>> points = new LinkedHashMap<>();
        for (Result each : results) {
            points.computeIfAbsent(each.params(), params -> new LinkedHashMap<>())
                    .put(each.caller(), each);
        }
        return points;
    }

    public Map<String, List<Result>> byBenchmark() {
        return results.stream()
                .collect(Collectors.groupingBy(Result::benchmark, LinkedHashMap::new, Collectors.toList()));
    }

    /** {@code [value, error]}, or {@code [value]} without a known error, with as many digits as mean something. */
    private static final class Compact extends TypeAdapter<Estimate> {
        private static final MathContext DIGITS = new MathContext(6);

        @Override
        public void write(JsonWriter out, Estimate estimate) throws IOException {
            out.beginArray().value(new BigDecimal(estimate.value()).round(DIGITS));
            if (!Double.isNaN(estimate.error())) {
                out.value(new BigDecimal(estimate.error()).round(DIGITS));
            }
            out.endArray();
        }

        @Override
        public Estimate read(JsonReader in) throws IOException {
            in.beginArray();
            Estimate estimate = new Estimate(in.nextDouble(), in.hasNext() ? in.nextDouble() : Double.NaN);
            in.endArray();
            return estimate;
        }
    }
}
