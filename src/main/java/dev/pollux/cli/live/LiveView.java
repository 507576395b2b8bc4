// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import com.google.gson.Gson;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a trace in JSON tells about a running program: the pollers with their registrations, what each poll found, the
 * time in the kernel and in the program, and the last calls. It remembers a bounded amount, however long the trace is.
 *
 * <p><b>Lettered notes.</b>
 *
 * <p>(A) epoll, kqueue, /dev/poll and io_uring have a descriptor, by which calls name them. {@code poll} and
 * {@code select} have none, so a thread that calls them is a poller.
 *
 * <p>(B) Pollux also looks at descriptors with {@code poll}: those of kqueue and io_uring, and one when a poller opens. So
 * {@code poll} and {@code select} are calls like any other on a thread that polls through a descriptor, and if they look
 * at one descriptor without waiting.
 *
 * <p>(C) The trace shows the first 32 elements of an array, so there are no names for the others, but a number.
 *
 * <p>(D) A close drops the registrations of the descriptor, as the kernel does unless a duplicate is open.
 *
 * <p>(E) A call is in the trace when it has returned: a wait that lasts is not there yet.
 *
 * <p>From any thread.
 */
public final class LiveView {
    private static final int MOST_POLLERS = 32;
    private static final int MOST_THREADS = 256;
    private static final int MOST_NAMES = 128;
    private static final int MOST_CALLS = 20;
    private static final int LONGEST_TEXT = 400;

    private static final Pattern EPOLL_EVENT = Pattern.compile("\\{events=([^,]*), data=\\{u32=(\\d{1,9}),");
    private static final Pattern POLLFD = Pattern.compile("\\{fd=(\\d{1,9}), r?events=([^}]*)}");
    private static final Pattern KEVENT =
            Pattern.compile("\\{ident=(\\d{1,9}), filter=([^,]*), flags=([^,]*), fflags=[^}]*}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final String EPOLL = "epoll ";
    private static final String KQUEUE = "kqueue ";
    private static final String IO_URING = "io_uring ";
    private static final String DEV_POLL = "/dev/poll ";
    private static final List<String> KINDS = List.of(EPOLL, KQUEUE, IO_URING, DEV_POLL);
    private static final String DEV_POLL_PATH = "\"/dev/poll\"";
    private static final Comparator<WatchedPoller.Picture> OPEN_ONES_FIRST =
            Comparator.comparing(WatchedPoller.Picture::isOpen).reversed().thenComparing(WatchedPoller.Picture::name);
    private static final List<String> SETS = List.of("read", "write", "except");
    private static final String NO_TIME = "{tv_sec=0, tv_nsec=0}";

    private final String source;
    private final Map<String, WatchedPoller> pollers = bounded(MOST_POLLERS);
    /** The poller that each thread used last. */
    private final Map<String, String> current = bounded(MOST_THREADS);

    private final Map<String, CallCount> counts = bounded(MOST_NAMES);
    private final Deque<Call> last = new ArrayDeque<>();
    private long calls;
    private long unreadable;

    /** A view that has seen nothing yet; the source is what the page says that it shows. */
    public LiveView(String source) {
        this.source = source;
    }

    /** A call as the page draws it. */
    private record Call(String line, String thread, String name, String arguments, String result, double seconds) {}

    private record CallCount(String name, long count, long errors, long micros) {
        CallCount plus(TracedCall call) {
            return new CallCount(name, count + 1, errors + (call.succeeded() ? 0 : 1), micros + call.micros());
        }
    }

    private record Picture(
            String source,
            long calls,
            long dropped,
            long unreadable,
            List<WatchedPoller.Picture> pollers,
            List<CallCount> counts,
            List<Call> last) {}

    /** Forgets the entry that was not used for the longest time. */
    private static <V> Map<String, V> bounded(int most) {
        return new LinkedHashMap<>(most, 1, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    /** Takes a line of the trace; one that is cut, or no JSON, is counted. */
    public synchronized void line(String line) {
        TracedCall call = TracedCall.parsed(line);
        if (call == null) {
            unreadable++;
            return;
        }
        calls++;
        counts.put(
                call.name(),
                counts.getOrDefault(call.name(), new CallCount(call.name(), 0, 0, 0))
                        .plus(call));
        if (last.size() == MOST_CALLS) {
            last.removeFirst();
        }
        last.addLast(shown(call));
        if (!waited(call)) {
            changed(call);
            WatchedPoller poller = pollers.get(current.getOrDefault(call.thread(), ""));
            if (poller != null) {
                poller.called(call);
            }
        }
    }

    /** A line that is too long to be read. */
    public synchronized void unreadable() {
        unreadable++;
    }

    /**
     * The state in JSON.
     *
     * @param dropped how many lines did not reach this view
     */
    public synchronized String json(long dropped) {
        return new Gson()
                .toJson(new Picture(
                        source,
                        calls,
                        dropped,
                        unreadable,
                        pollers.values().stream()
                                .map(WatchedPoller::picture)
                                .sorted(OPEN_ONES_FIRST)
                                .toList(),
                        List.copyOf(new TreeMap<>(counts).values()),
                        List.copyOf(last)));
    }

    private static Call shown(TracedCall call) {
        String arguments = String.join(", ", call.arguments());
        String result = call.result()
                + (call.succeeded() ? "" : " " + call.errno())
                + (call.answer().isEmpty() ? "" : " (" + call.answer() + ")");
        return new Call(
                shortened(call.name() + "(" + arguments + ") = " + result),
                call.thread(),
                call.name(),
                shortened(arguments),
                shortened(result),
                call.micros() / 1e6);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }

    /** Whether the call is the wait of a poller. */
    private boolean waited(TracedCall call) {
        switch (call.name()) {
            case "epoll_wait", "epoll_pwait2" ->
                used(call, EPOLL + call.argument(0)).waited(call, found(EPOLL_EVENT, 2, call.argument(1)));
            case "io_uring_enter" -> {
                WatchedPoller ring = used(call, IO_URING + call.argument(0));
                ring.isInSharedMemory();
                ring.waited(call, List.of());
            }
            case "kevent" -> {
                WatchedPoller kqueue = used(call, KQUEUE + call.argument(0));
                if (call.succeeded()) {
                    changeKqueue(kqueue, call);
                }
                if (call.number(4) <= 0) {
                    return false;
                }
                kqueue.waited(call, found(KEVENT, 1, call.argument(3)));
            }
            case "ioctl" -> {
                if (!call.argument(1).equals("DP_POLL")) {
                    return false;
                }
                used(call, DEV_POLL + call.argument(0)).waited(call, found(POLLFD, 1, call.answer()));
            }
            case "poll", "ppoll", "pselect" -> {
                return waitedOnThread(call);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** See (A) and (B). */
    private boolean waitedOnThread(TracedCall call) {
        boolean isSelect = call.name().equals("pselect");
        String name = (isSelect ? "select" : "poll") + " on " + call.thread();
        String before = current.getOrDefault(call.thread(), name);
        Map<Integer, String> registered = isSelect ? sets(call) : pollfds(call.argument(0));
        int count = isSelect ? registered.size() : Math.max(0, call.number(1));
        String timeout = call.argument(isSelect ? 4 : 2);
        boolean looks = count <= 1 && (timeout.equals("0") || timeout.equals(NO_TIME));
        if (looks || !isOfThread(before) && isOpen(before)) {
            return false;
        }
        WatchedPoller poller = used(call, name);
        poller.registerAll(count, registered);
        poller.waited(call, isSelect ? found(NUMBER, 0, call.answer()) : found(POLLFD, 1, call.answer()));
        return true;
    }

    private static Map<Integer, String> pollfds(String array) {
        Map<Integer, String> pollfds = new TreeMap<>();
        each(POLLFD, array, pollfd -> pollfds.put(Integer.valueOf(pollfd.group(1)), pollfd.group(2)));
        return pollfds;
    }

    private static Map<Integer, String> sets(TracedCall call) {
        Map<Integer, String> fds = new TreeMap<>();
        for (int i = 0; i < SETS.size(); i++) {
            String set = SETS.get(i);
            if (call.argument(i + 1).startsWith("[")) {
                each(NUMBER, call.argument(i + 1), fd -> fds.merge(Integer.valueOf(fd.group()), set, LiveView::union));
            }
        }
        return fds;
    }

    private static String union(String some, String more) {
        return some + "|" + more;
    }

    private static void each(Pattern pattern, String text, Consumer<MatchResult> taker) {
        pattern.matcher(text).results().forEach(taker);
    }

    private static List<Integer> found(Pattern pattern, int group, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> Integer.valueOf(found.group(group)))
                .toList();
    }

    private static boolean isOfThread(String name) {
        return name.contains(" on ");
    }

    private boolean isOpen(String name) {
        WatchedPoller poller = pollers.get(name);
        return poller != null && poller.isOpen();
    }

    /** The poller that a call names. A thread that polls with another call than before has closed the poller before. */
    private WatchedPoller used(TracedCall call, String name) {
        String before = current.put(call.thread(), name);
        if (before != null && !before.equals(name) && isOfThread(before)) {
            closed(before);
        }
        return isOpen(name) ? pollers.get(name) : opened(name);
    }

    private WatchedPoller opened(String name) {
        WatchedPoller poller = new WatchedPoller(name);
        pollers.put(name, poller);
        return poller;
    }

    private void closed(String name) {
        WatchedPoller poller = pollers.get(name);
        if (poller != null) {
            poller.close();
        }
    }

    /** A call that opens, changes or closes a poller. */
    private void changed(TracedCall call) {
        if (!call.succeeded()) {
            return;
        }
        switch (call.name()) {
            case "epoll_create1" -> created(call, EPOLL);
            case "kqueue" -> created(call, KQUEUE);
            case "io_uring_setup" -> created(call, IO_URING).isInSharedMemory();
            case "open" -> {
                if (call.argument(0).equals(DEV_POLL_PATH)) {
                    created(call, DEV_POLL);
                }
            }
            case "epoll_ctl" -> changeEpoll(call);
            case "write" -> changeDevPoll(call);
            case "close" -> {
                KINDS.forEach(kind -> closed(kind + call.argument(0)));
                pollers.values().forEach(poller -> poller.unregister(call.number(0))); // (D)
            }
            default -> {}
        }
    }

    private WatchedPoller created(TracedCall call, String kind) {
        String name = kind + call.result();
        current.put(call.thread(), name);
        return opened(name);
    }

    private void changeEpoll(TracedCall call) {
        String name = EPOLL + call.argument(0);
        WatchedPoller poller = isOpen(name) ? pollers.get(name) : opened(name);
        if (call.argument(1).equals("EPOLL_CTL_DEL")) {
            poller.unregister(call.number(2));
        } else {
            each(EPOLL_EVENT, call.argument(3), event -> poller.register(call.number(2), event.group(1)));
        }
    }

    private void changeDevPoll(TracedCall call) {
        WatchedPoller poller = pollers.get(DEV_POLL + call.argument(0));
        if (poller != null) {
            pollfds(call.argument(1)).forEach((fd, events) -> {
                if (events.contains("POLLREMOVE")) {
                    poller.unregister(fd);
                } else {
                    poller.register(fd, events);
                }
            });
        }
    }

    private static void changeKqueue(WatchedPoller kqueue, TracedCall call) {
        each(KEVENT, call.argument(1), change -> {
            int ident = Integer.parseInt(change.group(1));
            String filter = change.group(2);
            Set<String> filters = new TreeSet<>(List.of(kqueue.events(ident).split("\\|")));
            filters.remove("");
            if (change.group(3).contains("EV_DELETE")) {
                filters.remove(filter);
            } else if (change.group(3).contains("EV_ADD") && !filter.equals("EVFILT_USER")) {
                filters.add(filter);
            }
            if (filters.isEmpty()) {
                kqueue.unregister(ident);
            } else {
                kqueue.register(ident, String.join("|", filters));
            }
        });
    }
}
