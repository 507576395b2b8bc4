// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Mechanism;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What mechanisms cost with a growing number of connections: measured in turns, printed as a table and a plot. */
final class CostComparison {
    private static final int PLOT_ROWS = 12;
    private static final int ROWS_PER_LABEL = 3;
    private static final int LABEL_COLUMNS = 8;
    private static final int MOST_PLOT_COLUMNS = 80;
    private static final String[] COLORS = {"green", "yellow", "red", "cyan", "magenta", "blue"};

    /** The costs of the turns, in microseconds, by mechanism and number of connections. */
    private final Map<Mechanism, TreeMap<Integer, List<Double>>> micros = new LinkedHashMap<>();

    private final Map<Mechanism, String> ends = new LinkedHashMap<>();

    /** The lowest and the highest of the turns, and the one in the middle. */
    record Interval(double lowest, double median, double highest) {
        static Interval of(List<Double> turns) {
            List<Double> sorted = turns.stream().sorted().toList();
            return new Interval(sorted.get(0), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
        }

        @Override
        public String toString() {
            return number(median) + " (" + number(lowest) + "-" + number(highest) + ")";
        }
    }

    CostComparison(List<Mechanism> mechanisms) {
        mechanisms.forEach(mechanism -> micros.put(mechanism, new TreeMap<>()));
    }

    /** Adds what a turn found. */
    void add(Mechanism mechanism, int connections, double microsPerRound) {
        micros.get(mechanism)
                .computeIfAbsent(connections, any -> new ArrayList<>())
                .add(microsPerRound);
    }

    /** Ends a mechanism that cannot watch this many connections. */
    void end(Mechanism mechanism, int connections, DescriptorLimitException limit) {
        ends.put(
                mechanism,
                String.format(
                        Locale.ROOT,
                        "%s stops before %,d connections: it cannot watch descriptors beyond FD_SETSIZE (%d), the size"
                                + " of C's fd_set. Use another mechanism, or --select-limit KERNEL.",
                        mechanism,
                        connections,
                        limit.limit()));
    }

    boolean hasEnded(Mechanism mechanism) {
        return ends.containsKey(mechanism);
    }

    /** Prints everything. */
    void print(PrintWriter out, Terminal terminal) {
        if (!steps().isEmpty()) {
            table().print(out, terminal);
            out.println();
        }
        if (steps().size() > 1) {
            plot(terminal).forEach(out::println);
            out.println();
        }
        Stream.concat(ends.values().stream(), conclusion().stream())
                .forEach(text -> out.println(Paragraph.wrapped(terminal, terminal.proseColumns(), text)));
        out.flush();
    }

    private List<Integer> steps() {
        return micros.values().stream()
                .flatMap(series -> series.keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }

    private Table table() {
        List<String> headings = new ArrayList<>(List.of("connections"));
        micros.keySet().forEach(mechanism -> headings.add(mechanism.name()));
        Table table = new Table(headings.toArray(String[]::new));
        for (int step : steps()) {
            List<Object> cells = new ArrayList<>(List.of(step));
            micros.values()
                    .forEach(series -> cells.add(
                            series.containsKey(step)
                                    ? Interval.of(series.get(step)).toString()
                                    : "-"));
            table.row(cells.toArray());
        }
        return table;
    }

    /** {@code 0.83}, {@code 8.3}, {@code 1,234}. */
    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%,.1f" : "%,.0f", value);
    }

    /** One letter for each median, on logarithmic axes: a row up is the same factor everywhere. */
    List<String> plot(Terminal terminal) {
        List<Integer> steps = steps();
        List<Double> medians = micros.values().stream()
                .flatMap(series -> series.values().stream())
                .map(turns -> Interval.of(turns).median)
                .toList();
        double lowest = Collections.min(medians);
        double factor = Math.pow(Collections.max(medians) / lowest, 1.0 / (PLOT_ROWS - 1));
        int width = (Math.min(terminal.columns(), MOST_PLOT_COLUMNS) - LABEL_COLUMNS - 3) / steps.size();
        List<String> lines = new ArrayList<>(List.of(" ".repeat(LABEL_COLUMNS - 2) + Terminal.MICROS + " a round"));
        for (int row = PLOT_ROWS - 1; row >= 0; row--) {
            String label = row % ROWS_PER_LABEL == 0 ? number(lowest * Math.pow(factor, row)) : "";
            StringBuilder line = new StringBuilder(String.format("%" + LABEL_COLUMNS + "s | ", label));
            for (int step : steps) {
                line.append(cell(terminal, step, row, lowest, factor, width));
            }
            lines.add(line.toString().stripTrailing());
        }
        lines.add(" ".repeat(LABEL_COLUMNS + 1) + "+-" + "-".repeat(width * steps.size()));
        lines.add((" ".repeat(LABEL_COLUMNS + 3)
                        + steps.stream()
                                .map(step -> String.format(Locale.ROOT, "%," + -width + "d", step))
                                .collect(Collectors.joining()))
                .stripTrailing());
        lines.add(" ".repeat(LABEL_COLUMNS + 3) + "connections; " + legend(terminal));
        return lines;
    }

    private String cell(Terminal terminal, int step, int row, double lowest, double factor, int width) {
        List<Mechanism> here = micros.keySet().stream()
                .filter(mechanism -> micros.get(mechanism).containsKey(step))
                .filter(mechanism -> row(Interval.of(micros.get(mechanism).get(step)).median, lowest, factor) == row)
                .toList();
        return here.stream().map(each -> letter(terminal, each)).collect(Collectors.joining())
                + " ".repeat(Math.max(0, width - here.size()));
    }

    private static int row(double value, double lowest, double factor) {
        return factor == 1 ? 0 : (int) Math.round(Math.log(value / lowest) / Math.log(factor));
    }

    private static String letter(Terminal terminal, Mechanism mechanism) {
        String letter = mechanism == Mechanism.IO_URING ? "U" : mechanism.name().substring(0, 1);
        String color = COLORS[mechanism.ordinal() % COLORS.length];
        return terminal.styled("bold," + color, letter);
    }

    private String legend(Terminal terminal) {
        return micros.keySet().stream()
                .map(mechanism -> letter(terminal, mechanism) + " " + mechanism)
                .collect(Collectors.joining(", "));
    }

    /** One sentence: which differences are larger than the spread of the turns; empty if there is nothing to compare. */
    Optional<String> conclusion() {
        List<Integer> steps = steps().stream().filter(step -> series(step) > 1).toList();
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                "A difference is real ('<') where the intervals of the turns do not overlap, and may be chance"
                        + " ('~') where they do: "
                        + Stream.of(steps.get(0), steps.get(steps.size() - 1))
                                .distinct()
                                .map(this::order)
                                .collect(Collectors.joining("; "))
                        + ".");
    }

    private long series(int step) {
        return micros.values().stream()
                .filter(series -> series.containsKey(step))
                .count();
    }

    private String order(int step) {
        List<Mechanism> sorted = micros.keySet().stream()
                .filter(mechanism -> micros.get(mechanism).containsKey(step))
                .sorted(Comparator.comparingDouble(mechanism -> interval(mechanism, step).median))
                .toList();
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "at %,d connections ", step));
        for (int i = 0; i < sorted.size(); i++) {
            text.append(i == 0 ? "" : areApart(sorted, i, step) ? " < " : " ~ ").append(sorted.get(i));
        }
        Mechanism first = sorted.get(0);
        Mechanism last = sorted.get(sorted.size() - 1);
        if (text.indexOf("<") >= 0) {
            text.append(String.format(
                    Locale.ROOT,
                    " (%s costs %s times as much as %s)",
                    last,
                    number(interval(last, step).median / interval(first, step).median),
                    first));
        }
        return text.toString();
    }

    private Interval interval(Mechanism mechanism, int step) {
        return Interval.of(micros.get(mechanism).get(step));
    }

    /** Whether all turns of the first ones, up to this index, cost less than all turns of the others. */
    private boolean areApart(List<Mechanism> sorted, int index, int step) {
        double highestBefore = sorted.subList(0, index).stream()
                .mapToDouble(mechanism -> interval(mechanism, step).highest)
                .max()
                .orElseThrow();
        return sorted.subList(index, sorted.size()).stream()
                .allMatch(mechanism -> interval(mechanism, step).lowest > highestBefore);
    }
}
