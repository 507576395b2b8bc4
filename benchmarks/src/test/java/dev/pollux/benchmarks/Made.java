// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** Results that nobody measured. */
public final class Made {
    private Made() {}

    /** @param params names and values, in turn */
    public static Result up(String benchmark, Caller caller, double nanos, double error, String... params) {
        return up(benchmark, caller, nanos, error, Map.of(WorkerAllocation.NAME, new Estimate(0, 0)), params);
    }

    public static Result up(
            String benchmark,
            Caller caller,
            double nanos,
            double error,
            Map<String, Estimate> metrics,
            String... params) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < params.length; i += 2) {
            all.put(params[i], params[i + 1]);
        }
        return new Result(benchmark, all, caller, new Estimate(nanos, error), metrics);
    }

    static Map<String, Estimate> bytes(double bytes) {
        return Map.of(WorkerAllocation.NAME, new Estimate(bytes, 0));
    }

    static Map<String, Estimate> replayed(double share) {
        return Map.of(Replay.NAME, new Estimate(share, 0));
    }
}
