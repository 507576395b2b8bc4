// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a {@link LiveView} knows about one poller: an object in the kernel, or a thread that calls poll or select. */
final class WatchedPoller {
    /** More registrations are counted, but not listed. */
    static final int MOST_LISTED = 64;

    /** More registrations than this are not remembered. */
    private static final int MOST_DESCRIPTORS = 20_000;

    private static final int MOST_POLLS = 60;

    private final String name;
    private final Map<Integer, String> events = new TreeMap<>();
    private final List<Integer> readyPerPoll = new ArrayList<>();
    private final List<Integer> lastReady = new ArrayList<>();
    private boolean isOpen = true;
    private String thread = "";
    private int registered;
    private boolean isAtLeast;
    private boolean showsRegistrations = true;
    private boolean showsReady = true;
    private long polls;
    private long ready;
    private long waitMicros;
    private long callMicros;
    private long codeMicros;
    private long lastEndMicros;
    private long callMicrosSinceWait;

    WatchedPoller(String name) {
        this.name = name;
    }

    /** The state, as the page gets it. */
    record Picture(
            String name,
            boolean isOpen,
            String thread,
            int registered,
            boolean isAtLeast,
            boolean showsRegistrations,
            List<Registered> listed,
            boolean showsReady,
            List<Integer> lastReady,
            List<Integer> readyPerPoll,
            long polls,
            long ready,
            long waitMicros,
            long callMicros,
            long codeMicros) {}

    record Registered(int fd, String events) {}

    Picture picture() {
        return new Picture(
                name,
                isOpen,
                thread,
                registered,
                isAtLeast,
                showsRegistrations,
                events.entrySet().stream()
                        .limit(MOST_LISTED)
                        .map(each -> new Registered(each.getKey(), each.getValue()))
                        .toList(),
                showsReady,
                List.copyOf(lastReady),
                List.copyOf(readyPerPoll),
                polls,
                ready,
                waitMicros,
                callMicros,
                codeMicros);
    }

    boolean isOpen() {
        return isOpen;
    }

    /** It is not used any more; what is known of it stays. */
    void close() {
        isOpen = false;
    }

    /** No system call tells what is registered or ready: it is in memory that the kernel shares. */
    void isInSharedMemory() {
        showsRegistrations = false;
        showsReady = false;
    }

    void register(int fd, String what) {
        if (events.size() < MOST_DESCRIPTORS || events.containsKey(fd)) {
            if (events.put(fd, what) == null) {
                registered++;
            }
        } else {
            isAtLeast = true;
        }
    }

    /** The events of a registration; empty if there is none. */
    String events(int fd) {
        return events.getOrDefault(fd, "");
    }

    void unregister(int fd) {
        if (events.remove(fd) != null) {
            registered--;
        }
    }

    /** Replaces all registrations: each call of poll and select passes all of them again. */
    void registerAll(int count, Map<Integer, String> some) {
        events.clear();
        some.entrySet().stream().limit(MOST_LISTED).forEach(each -> events.put(each.getKey(), each.getValue()));
        registered = count;
    }

    /** A call that a handler made, or the program between two polls. */
    void called(TracedCall call) {
        callMicrosSinceWait += call.micros();
    }

    /** A wait has returned, and reported these descriptors, as far as the trace names them. */
    void waited(TracedCall call, List<Integer> fds) {
        if (call.thread().equals(thread)) {
            long betweenMicros = Math.max(0, call.beganMicros() - lastEndMicros);
            long callsMicros = Math.min(betweenMicros, callMicrosSinceWait);
            callMicros += callsMicros;
            codeMicros += betweenMicros - callsMicros;
        }
        thread = call.thread();
        callMicrosSinceWait = 0;
        lastEndMicros = call.endedMicros();
        waitMicros += call.micros();
        polls++;
        if (!showsReady) {
            return;
        }
        ready += call.ready();
        if (readyPerPoll.size() == MOST_POLLS) {
            readyPerPoll.remove(0);
        }
        readyPerPoll.add(call.ready());
        lastReady.clear();
        fds.stream().limit(MOST_LISTED).forEach(lastReady::add);
    }
}
