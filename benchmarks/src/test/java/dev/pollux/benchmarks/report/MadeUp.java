// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import com.google.gson.JsonParser;
import dev.pollux.benchmarks.Estimate;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Results that nobody measured. */
final class MadeUp {
    private MadeUp() {}

    /** All workloads, and some that the report does not know. */
    static Path file() {
        try {
            return Path.of(Objects.requireNonNull(MadeUp.class.getResource("/report/made-up.json"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Run run() throws IOException {
        return Run.read(file());
    }

    static Result time(String benchmark, Map<String, String> params, String caller, double nanos, double error) {
        return new Result(benchmark, params, caller, new Estimate(nanos, error), "ns/op", 0, Map.of());
    }

    /** As JMH writes it, but with apostrophes. */
    static Result json(String json) {
        return Result.of(JsonParser.parseString(json.replace('\'', '"')).getAsJsonObject());
    }
}
