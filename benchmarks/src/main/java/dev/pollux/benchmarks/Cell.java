// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.Map;
import java.util.stream.Collectors;

/** One benchmark with all its parameters: one line of JMH's results. */
record Cell(Class<?> benchmark, Map<String, String> params) {
    @Override
    public String toString() {
        return benchmark.getSimpleName()
                + params.entrySet().stream()
                        .map(param -> " " + param.getKey() + "=" + param.getValue())
                        .collect(Collectors.joining());
    }
}
