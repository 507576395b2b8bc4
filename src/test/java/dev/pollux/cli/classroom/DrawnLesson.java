// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares what the page has drawn with the lines of the trace that stand before it. */
final class DrawnLesson {
    private static final Pattern READY = Pattern.compile("\\{events=([A-Z|]+), data=\\{u32=(\\d+)");
    private static final Pattern REVENTS = Pattern.compile("\\{fd=(\\d+), revents=([A-Z|]+)}");

    private final List<Map<String, Object>> drawn;
    /** The last line of the lesson's own thread, by the name of the call. */
    private final Map<String, String> last = new HashMap<>();

    private final Set<String> wokenThreads = new HashSet<>();
    private int submitted;

    DrawnLesson(List<Map<String, Object>> drawn) {
        this.drawn = drawn;
    }

    void check() {
        assertThat(drawn).hasSizeGreaterThanOrEqualTo(4);
        for (Map<String, Object> each : drawn) {
            String kind = each.get("kind").toString();
            switch (kind) {
                case "Call" -> call(each);
                case "Bits" -> bits(each);
                case "PollArray" -> pollArray(each);
                case "EpollLists" -> epollLists(each);
                case "KeventList" -> kevents(each);
                case "Threads" -> threads(each);
                case "Plot" -> plot(each);
                case "Rings" -> rings(each);
                case "Word", "Line", "Outcome", "Table" ->
                    assertThat(each.get("text").toString()).isNotBlank();
                default -> throw new AssertionError("nobody compares " + kind);
            }
        }
    }

    private void call(Map<String, Object> each) {
        String line = each.get("line").toString();
        String text = each.get("text").toString();
        String name = line.substring(0, line.indexOf('('));
        assertThat(text).contains(line.substring(0, line.lastIndexOf(" = ")));
        if (name.equals("io_uring_enter")) {
            submitted += Integer.parseInt(line.replaceFirst(".*\\) = (\\d+).*", "$1"));
        }
        if (each.get("thread").toString().isEmpty()) {
            last.put(name, line);
        } else if (name.equals("read") || line.contains(" = 1 ") && name.matches("poll|ppoll|epoll_.*wait.*")) {
            wokenThreads.add(each.get("thread").toString());
        }
    }

    @SuppressWarnings("unchecked") // numbers, as the script returns them
    private void bits(Map<String, Object> each) {
        String line = last.get("pselect");
        List<Long> before = (List<Long>) each.get("before");
        List<Long> after = (List<Long>) each.get("after");
        long nfds = (long) each.get("nfds");
        if (line.contains(" = -1 ")) {
            assertThat(after).as(line).isEqualTo(before);
            return;
        }
        String name = Map.of("readfds", "in", "writefds", "out", "exceptfds", "except")
                .get(each.get("set").toString());
        Matcher answer =
                Pattern.compile("[ (]" + name + " \\[([^]]*)]").matcher(line.substring(line.lastIndexOf(") = ")));
        List<Long> ready = new ArrayList<>();
        if (answer.find()) {
            for (String fd : answer.group(1).split(" ")) {
                ready.add(Long.valueOf(fd));
            }
        }
        assertThat(after.stream().filter(fd -> fd < nfds)).as(line).isEqualTo(ready);
    }

    @SuppressWarnings("unchecked") // cells of a table
    private void pollArray(Map<String, Object> each) {
        List<String> ready = ((List<List<String>>) each.get("rows"))
                .stream()
                        .filter(row -> !row.get(3).equals("0"))
                        .map(row -> row.get(1) + " " + row.get(3))
                        .toList();
        assertThat(ready).isEqualTo(found(REVENTS, last.get("poll"), "$1 $2"));
    }

    private void epollLists(Map<String, Object> each) {
        if ((boolean) each.get("waited")) {
            assertThat(each.get("ready")).isEqualTo(found(READY, last.get("epoll_wait"), "fd $2 $1"));
        }
    }

    private static List<String> found(Pattern pattern, String line, String replacement) {
        assertThat(line).isNotNull();
        return pattern.matcher(line)
                .results()
                .map(match -> pattern.matcher(match.group()).replaceFirst(replacement))
                .toList();
    }

    private void kevents(Map<String, Object> each) {
        Matcher result = Pattern.compile("\\) = (\\d+)").matcher(last.get("kevent"));
        assertThat(result.find()).isTrue();
        assertThat((List<?>) each.get("rows")).hasSize(Integer.parseInt(result.group(1)));
    }

    /** A thread that was asleep has returned from its wait, or reads again. The polling thread is not drawn. */
    private void threads(Map<String, Object> each) {
        String text = each.get("text").toString();
        if (text.contains("woke up")) {
            assertThat(each.get("woken"))
                    .isEqualTo(wokenThreads.stream().filter(text::contains).count());
        }
        wokenThreads.clear();
    }

    /** The kernel has moved the first head past all requests that it took. */
    private void rings(Map<String, Object> each) {
        Matcher head = Pattern.compile("head (\\d+)").matcher(each.get("text").toString());
        assertThat(head.find()).isTrue();
        assertThat(Integer.parseInt(head.group(1))).isEqualTo(submitted);
    }

    private void plot(Map<String, Object> each) {
        List<?> rows = (List<?>) each.get("rows");
        int curves = ((List<?>) rows.get(0)).size() - 1;
        assertThat((long) each.get("marks")).isEqualTo((rows.size() + 1L) * curves);
    }
}
