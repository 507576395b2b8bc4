// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import dev.pollux.cli.web.EventStream;
import dev.pollux.cli.web.LocalServer;
import dev.pollux.cli.web.Request;
import dev.pollux.syscall.Syscalls;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The classroom: a page that lists the lessons, and a stream of events for each lesson that is played.
 *
 * <p>It can play lessons and nothing else. Players, presses and events are bounded; for requests see {@link LocalServer}.
 */
public final class Classroom implements LocalServer.Site, Closeable {
    /** More students get a message that the classroom is full. Each has a JVM. */
    public static final int MOST_PLAYERS = 16;

    private static final int MOST_EVENTS = 10_000;

    /** A page that was closed is noticed when the server writes to it, so it writes something each second. */
    private static final long HEARTBEAT_MILLIS = 1_000;

    private static final Pattern PLAY = Pattern.compile("lesson=([a-z0-9_-]{1,32})&from=(\\d{1,3})");
    private static final Pattern PRESS = Pattern.compile("player=(\\p{XDigit}{32})");
    /** What a page can press; {@code end} makes room for the next lesson at once. */
    private static final Set<String> PRESSES = Set.of("next", "run", "end");

    private static final List<String> FILES = List.of("classroom.html", "classroom.css", "classroom.js");

    private record ListedLesson(String name, String title, String missing) {}

    private final Syscalls syscalls;
    private final LocalServer server;
    private final Map<String, Player> players = new ConcurrentHashMap<>();
    private final int mostPlayers;
    private final int mostEvents;

    /**
     * Opens the classroom.
     *
     * @param port a TCP port of 127.0.0.1; 0 takes any free one
     * @param syscalls tells which lessons can be played here
     */
    public Classroom(int port, Syscalls syscalls) throws IOException {
        this(port, syscalls, MOST_PLAYERS, MOST_EVENTS);
    }

    /** The same with bounds of its own: lessons at a time, and events of a lesson. */
    Classroom(int port, Syscalls syscalls, int mostPlayers, int mostEvents) throws IOException {
        this.syscalls = syscalls;
        this.mostPlayers = mostPlayers;
        this.mostEvents = mostEvents;
        Player.requireJvm();
        server = new LocalServer(port, mostPlayers, this);
    }

    /** What a student opens. */
    public String address() {
        return server.address();
    }

    /** How many lessons are being played. */
    int players() {
        return server.streams();
    }

    /** Ends all lessons and stops listening. */
    @Override
    public void close() {
        players.values().forEach(Player::end);
        server.close();
    }

    @Override
    public List<String> files() {
        return FILES;
    }

    @Override
    public Set<String> posts() {
        return PRESSES;
    }

    @Override
    public void answer(Request request) throws IOException {
        if (request.path().equals("lessons")) {
            request.json(lessons());
        } else if (request.path().equals("play")) {
            play(request);
        } else if (PRESSES.contains(request.path())) {
            press(request);
        } else {
            request.refuse(404, "there is nothing here");
        }
    }

    private String lessons() {
        List<ListedLesson> list = Lessons.ALL.stream().map(this::listed).toList();
        return new Gson().toJson(list);
    }

    private ListedLesson listed(Lesson lesson) {
        boolean isMissing = lesson.needs() != null && syscalls.missing(lesson.needs()) != null;
        return new ListedLesson(lesson.name(), lesson.title(), isMissing ? lesson.needs() : "");
    }

    private void press(Request request) throws IOException {
        Matcher query = request.query(PRESS);
        Player player = query.matches() ? players.get(query.group(1)) : null;
        if (player == null) {
            request.refuse(404, "there is no such player");
            return;
        }
        try {
            switch (request.path()) {
                case "next" -> player.press(LessonProcess.NEXT);
                case "run" -> player.press(LessonProcess.RUN);
                default -> player.end();
            }
        } catch (IOException notTaken) {
            request.refuse(409, "the lesson is over, or it had too many presses");
            return;
        }
        request.done();
    }

    private void play(Request request) throws IOException {
        Matcher query = request.query(PLAY);
        if (!query.matches() || Lessons.named(query.group(1)) == null) {
            request.refuse(404, "there is no such lesson");
            return;
        }
        String id = LocalServer.randomName();
        server.stream(request, "the classroom is full: " + mostPlayers + " lessons are being played", out -> {
            try (Player player = new Player(query.group(1), Integer.parseInt(query.group(2)))) {
                players.put(id, player);
                stream(out, id, player);
            } finally {
                players.remove(id);
            }
        });
    }

    /** Returns when the lesson is over; throws when the page has been closed. */
    private void stream(EventStream out, String id, Player player) throws IOException, InterruptedException {
        out.send(own("Player", id));
        String last = "";
        for (int events = 0; events < mostEvents; ) {
            String line = player.next(HEARTBEAT_MILLIS);
            if (line == null) {
                out.heartbeat();
            } else if (!line.equals(Player.OVER)) {
                out.send(line);
                last = line;
                events++;
            } else {
                break;
            }
        }
        if (!last.contains("\"kind\":\"End\"") && !last.contains("\"kind\":\"Failed\"")) {
            out.send(own("Failed", "the process of the lesson has ended, or the lesson has too many events"));
        }
    }

    private static String own(String kind, String message) {
        JsonObject object = new JsonObject();
        object.addProperty("kind", kind);
        object.addProperty("message", message);
        return object.toString();
    }
}
