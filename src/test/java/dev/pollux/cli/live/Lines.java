// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;

/** Recorded lines of traces, and what a view tells about them. */
final class Lines {
    /**
     * An echo server on epoll: it opens on the thread main, and a thread of its own accepts connection 14, echoes two
     * messages, closes it, and waits again.
     */
    static final List<String> EPOLL = List.of(
            line("main", 0, "epoll_create1", "[\"EPOLL_CLOEXEC\"]", 11, null, 12),
            line("main", 100, "epoll_pwait2", "[11,\"[]\",1,\"{tv_sec=0, tv_nsec=0}\",\"NULL\"]", 0, null, 10),
            line("main", 200, "epoll_ctl", add(12, "EPOLLIN|EPOLLET"), 0, null, 13),
            line("main", 300, "epoll_ctl", add(13, "EPOLLIN|EPOLLRDHUP"), 0, null, 8),
            line("loop", 1_000, "epoll_wait", "[11,\"[" + event(13, "EPOLLIN") + "]\",64,-1]", 1, null, 50_000),
            line("loop", 51_100, "accept4", "[13,\"NULL\",\"NULL\",\"SOCK_CLOEXEC\"]", 14, null, 18),
            line("loop", 51_200, "epoll_ctl", add(14, "EPOLLIN|EPOLLRDHUP"), 0, null, 9),
            line("loop", 51_300, "accept4", "[13,\"NULL\",\"NULL\",\"SOCK_CLOEXEC\"]", -1, "EAGAIN", 16),
            line("loop", 51_500, "epoll_wait", "[11,\"[" + event(14, "EPOLLIN") + "]\",64,-1]", 1, null, 200),
            line("loop", 51_800, "read", "[14,\"\\\"hello\\\\n\\\"\",16384]", 6, null, 14),
            line("loop", 51_900, "write", "[14,\"\\\"hello\\\\n\\\"\",6]", 6, null, 47),
            line(
                    "loop",
                    52_000,
                    "epoll_wait",
                    "[11,\"[" + event(13, "EPOLLIN") + ", " + event(14, "EPOLLIN") + "]\",64,-1]",
                    2,
                    null,
                    300));

    private Lines() {}

    private static String add(int fd, String events) {
        return "[11,\"EPOLL_CTL_ADD\"," + fd + ",\"" + event(fd, events) + "\"]";
    }

    static String event(int fd, String events) {
        return "{events=" + events + ", data={u32=" + fd + ", u64=" + (fd + (1L << 32)) + "}}";
    }

    /** A line without an answer. The time is in microseconds after an arbitrary second. */
    static String line(
            String thread, long micros, String call, String arguments, long result, String errno, int tookMicros) {
        return line(thread, micros, call, arguments, result, null, errno, tookMicros);
    }

    static String line(
            String thread,
            long micros,
            String call,
            String arguments,
            long result,
            String answer,
            String errno,
            int tookMicros) {
        return String.format(
                "{\"call\":\"%s\",\"args\":%s,\"result\":%d,\"answer\":%s,\"errno\":%s,\"seconds\":0.%06d,"
                        + "\"thread\":\"%s\",\"time\":\"2026-11-28T22:03:23.%06dZ\"}",
                call, arguments, result, quoted(answer), quoted(errno), tookMicros, thread, micros);
    }

    private static String quoted(String text) {
        return text == null ? "null" : '"' + text + '"';
    }

    static LiveView view(List<String> lines) {
        LiveView view = new LiveView("a test");
        lines.forEach(view::line);
        return view;
    }

    static JsonObject state(LiveView view) {
        return JsonParser.parseString(view.json(0)).getAsJsonObject();
    }

    /** What the view tells about a poller. */
    static JsonObject poller(LiveView view, String name) {
        return state(view).getAsJsonArray("pollers").asList().stream()
                .map(each -> each.getAsJsonObject())
                .filter(each -> each.get("name").getAsString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + view.json(0)));
    }
}
