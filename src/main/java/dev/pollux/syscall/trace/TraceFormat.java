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
import org.jspecify.annotations.Nullable;

/**
 * The format of a trace line: strace's grammar for people, or one JSON object for programs.
 *
 * <pre>{@code
 * epoll_wait(5, [], 64, 0) = 0 <0.000002>
 * [main] 14:02:59.170411 epoll_wait(5, [], 64, 0) = 0 <0.000002>
 * {"call":"epoll_wait","args":[5,"[]",64,0],"result":0,"answer":null,"errno":null,"seconds":0.000002, ...}
 * }</pre>
 *
 * <p>In JSON an argument is an integer, or a string in strace's notation. {@code result} is what C returns: for an
 * error -1, with the name of the error in {@code errno}. {@code answer} is what strace prints in parentheses after the
 * result, such as the ready pollfds. {@code thread} (a name) and {@code time} (the start of the call, in UTC) are
 * always there. In strace's grammar the time is the local time of day.
 *
 * @param json whether the line is JSON; else it is strace's grammar
 * @param thread whether the line has the thread's name
 * @param time whether the line has the time at which the call began
 */
public record TraceFormat(boolean json, boolean thread, boolean time) {
    /** strace's grammar. */
    public static final TraceFormat STRACE = new TraceFormat(false, false, false);

    /** JSON lines; they always have the thread and the time. */
    public static final TraceFormat JSON = new TraceFormat(true, true, true);

    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9]\\d*");
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

    /** This format with the thread's name. */
    public TraceFormat withThread() {
        return new TraceFormat(json, true, time);
    }

    /** This format with the time at which the call began. */
    public TraceFormat withTime() {
        return new TraceFormat(json, thread, true);
    }

    /**
     * A format by name, in upper or lower case.
     *
     * @param format {@code strace} or {@code json}; null means {@code strace}
     * @param with {@code thread}, {@code time}, or both separated by a comma; null means neither
     * @throws IllegalArgumentException if a name is unknown
     */
    public static TraceFormat named(@Nullable String format, @Nullable String with) {
        TraceFormat named = switch (lower(format)) {
            case "", "strace" -> STRACE;
            case "json" -> JSON;
            default -> throw new IllegalArgumentException("the format of a trace is strace or json, not " + format);
        };
        for (String each : lower(with).split(",")) {
            named = switch (each.strip()) {
                case "" -> named;
                case "thread" -> named.withThread();
                case "time" -> named.withTime();
                default -> throw new IllegalArgumentException("a trace line can have thread and time, not " + each);
            };
        }
        return named;
    }

    private static String lower(String text) {
        return text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
    }

    /** The line, without a line terminator; called on the thread that made the call. */
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
