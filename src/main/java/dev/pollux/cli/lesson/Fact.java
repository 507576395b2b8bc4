// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Something that a lesson shows, as data. A page draws the data; a terminal prints {@link #lines}.
 *
 * <p>Names of flags stand in strace's grammar, such as {@code POLLIN|POLLHUP}; 0 means none.
 */
public sealed interface Fact {
    /** The fact as text; empty if only a page shows it. */
    List<String> lines();

    /** The beginning of a lesson. */
    record Title(String name, String title) implements Fact {
        @Override
        public List<String> lines() {
            return List.of(name + ": " + title);
        }
    }

    /** An explanation. */
    record Text(String text) implements Fact {
        @Override
        public List<String> lines() {
            return List.of(text);
        }
    }

    /** The conclusion of a step. */
    record Notice(String text) implements Fact {
        @Override
        public List<String> lines() {
            return List.of(text);
        }
    }

    /** A line about memory or the kernel that has no picture. */
    record Line(String text) implements Fact {
        @Override
        public List<String> lines() {
            return List.of(text);
        }
    }

    /** The true answer to the question of the step, as it was seen. */
    record Outcome(String choice) implements Fact {
        @Override
        public List<String> lines() {
            return List.of();
        }
    }

    /**
     * A system call.
     *
     * @param thread the thread that made it; empty for the lesson's own
     * @param line the whole line of the trace, without the thread
     * @param seconds how long it took
     */
    record Call(String thread, String name, String arguments, String result, String seconds, String line)
            implements Fact {
        private static final Pattern GRAMMAR = Pattern.compile("(\\w+)\\((.*)\\) = (.*?)(?: <([0-9.]+)>)?");

        /** Takes the line of a trace apart. */
        static Call of(String thread, String line) {
            Matcher call = GRAMMAR.matcher(line);
            if (!call.matches()) {
                return new Call(thread, line, "", "", "", line);
            }
            String seconds = call.group(4) == null ? "" : call.group(4);
            return new Call(thread, call.group(1), call.group(2), call.group(3), seconds, line);
        }

        @Override
        public List<String> lines() {
            return List.of(thread.isEmpty() ? line : "[" + thread + "] " + line);
        }
    }

    /** One set of {@code select}, around a call: the bits that were set before and are set after it. */
    record Bits(String set, int nfds, List<Integer> before, List<Integer> after) implements Fact {
        private static final int ROW = 32;
        private static final int GROUP = 8;

        @Override
        public List<String> lines() {
            TreeSet<Integer> rows = new TreeSet<>();
            before.forEach(fd -> rows.add(fd / ROW * ROW));
            after.forEach(fd -> rows.add(fd / ROW * ROW));
            if (rows.isEmpty()) {
                rows.add(0);
            }
            List<String> lines = new ArrayList<>();
            for (int row : rows) {
                lines.add(String.format("%-9s before  fd %4d: %s", set, row, row(before, row)));
                lines.add(String.format("%-9s after   fd %4d: %s", "", row, row(after, row)));
            }
            return lines;
        }

        private static String row(List<Integer> bits, int firstFd) {
            StringBuilder row = new StringBuilder();
            for (int fd = firstFd; fd < firstFd + ROW; fd++) {
                row.append(fd > firstFd && fd % GROUP == 0 ? " " : "");
                row.append(bits.contains(fd) ? '1' : '.');
            }
            return row.toString();
        }
    }

    /** Eight bytes behind a bitmap, as one number in hexadecimal. */
    record Word(int offsetBytes, String when, String hex) implements Fact {
        @Override
        public List<String> lines() {
            return List.of(String.format("byte %d, %-14s 0x%s", offsetBytes, when + ":", hex));
        }
    }

    /** One {@code struct pollfd}. */
    record Pollfd(int fd, String events, String revents) {}

    /** The array of {@code poll} after a call. */
    record PollArray(List<Pollfd> fds) implements Fact {
        @Override
        public List<String> lines() {
            return IntStream.range(0, fds.size())
                    .mapToObj(index -> String.format(
                            "fds[%d]  fd %-4d  events %-24s revents %s",
                            index, fds.get(index).fd, fds.get(index).events, fds.get(index).revents))
                    .toList();
        }
    }

    /** An entry of a list of epoll. */
    record Entry(int fd, String events) {}

    /**
     * The interest list of an epoll, and what {@code epoll_wait} returned.
     *
     * @param interest null if the kernel does not show it
     * @param ready null if nobody waited
     */
    record EpollLists(int epfd, List<Entry> interest, List<Entry> ready) implements Fact {
        @Override
        public List<String> lines() {
            List<String> lines = new ArrayList<>();
            if (interest == null) {
                lines.add("interest  this kernel does not show it");
            } else {
                add(lines, "interest ", interest, "fd %-4s %s");
            }
            if (ready != null) {
                add(lines, "ready    ", ready, "fd %-4d %s");
            }
            return lines;
        }

        private static void add(List<String> lines, String name, List<Entry> entries, String format) {
            for (Entry each : entries) {
                lines.add((each == entries.get(0) ? name : " ".repeat(name.length())) + " "
                        + String.format(format, each.fd, each.events));
            }
            if (entries.isEmpty()) {
                lines.add(name + " nothing");
            }
        }
    }

    /** An event of kqueue; the data of EV_ERROR is the name of the error. */
    record Kevent(int fd, String filter, String data, String flags) {}

    /** What {@code kevent} returned. */
    record KeventList(List<Kevent> events) implements Fact {
        @Override
        public List<String> lines() {
            if (events.isEmpty()) {
                return List.of("kqueue    nothing");
            }
            return IntStream.range(0, events.size())
                    .mapToObj(index -> line(index == 0 ? "kqueue" : "", events.get(index)))
                    .toList();
        }

        private static String line(String name, Kevent event) {
            return String.format(
                    "%-9s fd %-4d %-12s data %-6s %s", name, event.fd, event.filter, event.data, event.flags);
        }
    }

    /** One of io_uring's queues, whose indexes only grow; its content lies between head and tail. */
    record Queue(int head, int tail, int entries, List<String> content) {}

    /** The two rings that the kernel shares with the program. */
    record Rings(Queue submission, Queue completion) implements Fact {
        @Override
        public List<String> lines() {
            return List.of(line("submission", submission), line("completion", completion));
        }

        private static String line(String name, Queue queue) {
            return String.format(
                    "%s  head %-2d tail %-2d of %-2d  %s",
                    name,
                    queue.head,
                    queue.tail,
                    queue.entries,
                    queue.content.isEmpty() ? "empty" : String.join("; ", queue.content));
        }
    }

    /** Threads that wait for the same thing. */
    record Threads(List<String> all, List<String> woken, boolean isOver) implements Fact {
        @Override
        public List<String> lines() {
            return isOver ? List.of(woken.size() + " of " + all.size() + " threads woke up") : List.of();
        }
    }

    /** Rows of a table; the first row is the heading. */
    record Table(List<Integer> widths, List<List<String>> rows) implements Fact {
        @Override
        public List<String> lines() {
            return rows.stream().map(this::line).toList();
        }

        private String line(List<String> row) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                line.append(column == row.size() - 1 ? cell : String.format("%-" + widths.get(column) + "s ", cell));
            }
            return line.toString();
        }
    }

    /** A plot of what a call costs begins: its curves. */
    record Plot(List<String> calls) implements Fact {
        @Override
        public List<String> lines() {
            StringBuilder line =
                    new StringBuilder(String.format(Locale.ROOT, "%6s  %20s", "N", "microseconds: " + calls.get(0)));
            calls.stream().skip(1).forEach(call -> line.append("  ").append(String.format("%10s", call)));
            return List.of(line.toString());
        }
    }

    /** A point of each curve: microseconds of a call with {@code n} descriptors. */
    record Point(int n, List<Double> micros) implements Fact {
        @Override
        public List<String> lines() {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%6d  %20.1f", n, micros.get(0)));
            micros.stream()
                    .skip(1)
                    .forEach(each -> line.append("  ").append(String.format(Locale.ROOT, "%10.1f", each)));
            return List.of(line.toString());
        }
    }

    /**
     * An open descriptor of the lesson.
     *
     * @param kind what it refers to, such as {@code pipe}, {@code socket} or the path of a file
     * @param object tells which descriptors refer to the same object: the ends of a pipe, duplicates
     * @param canRead whether it was opened for reading
     * @param canWrite whether it was opened for writing
     * @param bytes how many bytes can be read from it; -1 if that is no question to ask
     */
    record Descriptor(int fd, String kind, String object, boolean canRead, boolean canWrite, int bytes) {}

    /** All descriptors of the lesson, with what is in them now. */
    record Descriptors(List<Descriptor> all) implements Fact {
        @Override
        public List<String> lines() {
            return List.of();
        }
    }
}
