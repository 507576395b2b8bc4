// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a call is written: for people in strace's grammar, or for programs as JSON, one object a line.
 *
 * <pre>{@code
 * epoll_wait(5, [], 64, 0) = 0 <0.000002>
 * [main] 14:02:59.170411 epoll_wait(5, [], 64, 0) = 0 <0.000002>
 * {"call":"epoll_wait","args":[5,"[]",64,0],"result":0,"answer":null,"errno":null,"seconds":0.000002, ...}
 * }</pre>
 *
 * <p>In JSON an argument is an integer, or else a string in strace's words; {@code result} is what C returns, -1 with an
 * {@code errno} by name; {@code answer} is what stands behind the result in parentheses, such as the pollfds that are
 * ready; {@code thread} is a name and {@code time}, when the call began, is in UTC. Both are always there. A time in
 * strace's grammar is that of the day, here.
 *
 * @param json or strace's grammar
 * @param thread whether the thread's name is written
 * @param time whether it is written when the call began
 */
public record TraceFormat(boolean json, boolean thread, boolean time) {
    /** strace's grammar. */
    public static final TraceFormat STRACE = new TraceFormat(false, false, false);

    /** JSON lines, which always have all. */
    public static final TraceFormat JSON = new TraceFormat(true, true, true);

    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9]\\d*");
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

    /** The same, and the thread's name. */
    public TraceFormat withThread() {
        return new TraceFormat(json, true, time);
    }

    /** The same, and when the call began. */
    public TraceFormat withTime() {
        return new TraceFormat(json, thread, true);
    }

    /**
     * A format by its names, in any case.
     *
     * @param format {@code strace} or {@code json}; null is the first
     * @param with {@code thread}, {@code time}, or both with a comma; null is neither
     * @throws IllegalArgumentException if it is none of these
     */
    public static TraceFormat named(String format, String with) {
        TraceFormat named = switch (lower(format)) {
            case "", "strace" -> STRACE;
            case "json" -> JSON;
            default -> throw new IllegalArgumentException("a trace's format is strace or json, not " + format);
        };
        for (String each : lower(with).split(",")) {
            named = switch (each.strip()) {
                case "" -> named;
                case "thread" -> named.withThread();
                case "time" -> named.withTime();
                default -> throw new IllegalArgumentException("a trace is with thread and time, not with " + each);
            };
        }
        return named;
    }

    private static String lower(String text) {
        return text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
    }

    /** The line, without an end of line; on the thread that made the call. */
    String line(TraceLine call) {
        return json ? object(call) : prefix(call) + call;
    }

    private String prefix(TraceLine call) {
        return (thread ? "[" + Thread.currentThread().getName() + "] " : "")
                + (time ? CLOCK.format(call.began().atZone(ZoneId.systemDefault())) + " " : "");
    }

    private static String object(TraceLine call) {
        return "{\"call\":" + quoted(call.call())
                + ",\"args\":" + array(call.arguments())
                + ",\"result\":" + call.fromC()
                + ",\"answer\":" + (call.answer() == null ? "null" : quoted(call.answer()))
                + ",\"errno\":" + (call.errno() == null ? "null" : quoted(call.errno()))
                + ",\"seconds\":" + call.seconds()
                + ",\"thread\":" + quoted(Thread.currentThread().getName())
                + ",\"time\":" + quoted(instant(call.began())) + "}";
    }

    private static String array(List<String> values) {
        return values.stream()
                .map(value -> INTEGER.matcher(value).matches() ? value : quoted(value))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String instant(Instant instant) {
        return DateTimeFormatter.ISO_INSTANT.format(instant.truncatedTo(ChronoUnit.MICROS));
    }

    private static String quoted(String text) {
        return text.chars().mapToObj(TraceFormat::escaped).collect(Collectors.joining("", "\"", "\""));
    }

    private static String escaped(int character) {
        if (character == '"' || character == '\\') {
            return "\\" + (char) character;
        }
        return character < ' ' ? String.format("\\u%04x", character) : Character.toString(character);
    }
}
