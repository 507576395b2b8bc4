// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Result;
import dev.pollux.benchmarks.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a run says, in a few sentences that are computed from its results. */
final class Conclusion {
    private Conclusion() {}

    static List<String> of(Run run) {
        List<String> sentences = new ArrayList<>();
        Caller pollux = Tables.pollux(run.results());
        Map<String, List<Result>> byBenchmark = run.byBenchmark();
        List<Result> polls = byBenchmark.getOrDefault(Workload.DescriptorScaling.name(), List.of()).stream()
                .filter(each -> each.number("a") == 1
                        && "BLOCKING".equals(each.params().get("wait"))
                        && "RANDOM".equals(each.params().get("position")))
                .toList();
        polls.stream()
                .filter(each -> each.caller() == pollux
                        && "EPOLL".equals(each.params().get("mechanism"))
                        && each.number("n") == 1000)
                .findFirst()
                .ifPresent(each -> sentences.add(onePoll(each, polls)));
        if (!polls.isEmpty()) {
            sentences.add(growth(
                    polls.stream().filter(each -> each.caller() == pollux).toList()));
        }
        sentences.add(differences(run, pollux));
        return sentences;
    }

    private static String onePoll(Result poll, List<Result> polls) {
        String others = Stream.of(Caller.C, Caller.NETTY_EPOLL, Caller.JDK_KEYS, Caller.LIBEVENT)
                .filter(other -> Tables.ratio(polls, poll, other) != null)
                .map(other -> times(Tables.ratio(polls, poll, other)) + other.label())
                .collect(Collectors.joining(", "));
        return "One poll on epoll with one ready of 1,000 descriptors takes " + Tables.value(poll.nanos()) + " ns with "
                + poll.caller().label() + ": " + others + ".";
    }

    private static String times(Estimate ratio) {
        return ratio.isOne() ? Estimate.NO_DIFFERENCE + " to " : ratio.ratio() + " times the time of ";
    }

    /** @param polls of one caller */
    private static String growth(List<Result> polls) {
        var counts = polls.stream().mapToDouble(each -> each.number("n")).summaryStatistics();
        Map<String, TreeMap<Double, Estimate>> mechanisms = new TreeMap<>();
        polls.forEach(each -> mechanisms
                .computeIfAbsent(each.params().get("mechanism"), key -> new TreeMap<>())
                .put(each.number("n"), each.nanos()));
        return String.format(
                        Locale.ROOT,
                        "The time of a poll at N = %,.0f, divided by that at N = %,.0f: ",
                        counts.getMax(),
                        counts.getMin())
                + mechanisms.entrySet().stream()
                        .filter(each -> each.getValue().keySet().containsAll(List.of(counts.getMin(), counts.getMax())))
                        .map(each -> each.getKey() + " "
                                + each.getValue()
                                        .get(counts.getMax())
                                        .over(each.getValue().get(counts.getMin()))
                                        .ratio())
                        .collect(Collectors.joining(", "))
                + ". select ends at descriptor 1023: Pollux refuses 1024 and above, and in C FD_SET with them is undefined "
                + "behaviour.";
    }

    private static String differences(Run run, Caller pollux) {
        String less = run.byBenchmark().entrySet().stream()
                .filter(each -> !whyCheaper(Workload.valueOf(each.getKey()), each.getValue())
                        .isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        List<Estimate> ratios = run.byBenchmark().values().stream()
                .flatMap(results -> results.stream()
                        .filter(each -> each.caller() == pollux)
                        .map(each -> Tables.ratio(results, each, Caller.C))
                        .filter(ratio -> ratio != null))
                .toList();
        return String.format(
                Locale.ROOT,
                "%d points were measured in plain C too. Pollux takes longer at %d of them, less time at %d, and at the "
                        + "others there is no difference.%s",
                ratios.size(),
                ratios.stream().filter(Estimate::isAboveOne).count(),
                ratios.stream().filter(Estimate::isBelowOne).count(),
                less.isEmpty()
                        ? ""
                        : " It takes less time where it does other work than the loop in C; the sections say why: "
                                + less + ".");
    }

    /** A sentence for each mechanism on which Pollux takes less time than C: it cannot do the same work in less. */
    static List<String> whyCheaper(Workload workload, List<Result> results) {
        Caller pollux = Tables.pollux(results);
        return results.stream()
                .filter(each -> each.caller() == pollux)
                .filter(each -> {
                    Estimate ratio = Tables.ratio(results, each, Caller.C);
                    return ratio != null && ratio.isBelowOne();
                })
                .map(each -> each.params().getOrDefault("mechanism", ""))
                .distinct()
                .map(mechanism -> "Why Pollux takes less time than plain C on " + mechanism + ": "
                        + workload.whyCheaper(mechanism))
                .toList();
    }
}
