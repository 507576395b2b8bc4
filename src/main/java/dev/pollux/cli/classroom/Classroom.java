// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import dev.pollux.syscall.Syscalls;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The web server of the classroom: a page that lists the lessons, and a stream of server-sent events for each lesson
 * that is played.
 *
 * <p>It listens on 127.0.0.1 only. It answers who knows the token in the address, under a name of this machine
 * ({@code Host}, against rebound names), and from its own page ({@code Origin}). It can play lessons and nothing else.
 * Players, events and requests are bounded.
 */
public final class Classroom implements Closeable {
    /** More students get a message that the classroom is full. Each has a JVM. */
    public static final int MOST_PLAYERS = 16;

    private static final int MOST_EVENTS = 10_000;
    private static final int LONGEST_TARGET = 256;

    /** A player occupies a thread as long as it plays. */
    private static final int THREADS = MOST_PLAYERS + 8;

    private static final int BACKLOG = 64;
    private static final int TOKEN_BYTES = 16;
    private static final String JSON = "application/json";
    private static final String EVENTS = "text/event-stream";

    /** A page that was closed is noticed when the server writes to it, so it writes something each second. */
    private static final long HEARTBEAT_MILLIS = 1_000;

    private static final Pattern HOST = Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d{1,5})?");
    private static final Pattern PLAY = Pattern.compile("lesson=([a-z0-9_-]{1,32})&from=(\\d{1,3})");
    private static final Pattern PRESS = Pattern.compile("player=(\\p{XDigit}{32})");
    /** What a page can press; {@code end} makes room for the next lesson at once. */
    private static final Set<String> PRESSES = Set.of("next", "run", "end");

    private static final Map<String, String> FILES = Map.of(
            "", "text/html; charset=utf-8",
            "classroom.css", "text/css; charset=utf-8",
            "classroom.js", "text/javascript; charset=utf-8");

    private static final Map<String, String> LIMITS = Map.of(
            "sun.net.httpserver.maxReqTime", "10",
            "sun.net.httpserver.maxReqHeaders", "64",
            "sun.net.httpserver.maxReqHeaderSize", "16384",
            "jdk.httpserver.maxConnections", "128",
            "sun.net.httpserver.nodelay", "true");

    private record ListedLesson(String name, String title, String missing) {}

    private final SecureRandom random = new SecureRandom();
    private final String token = randomName();
    private final Syscalls syscalls;
    private final HttpServer server;
    private final ExecutorService threads;
    private final Map<String, Player> players = new ConcurrentHashMap<>();
    private final int mostPlayers;
    private final int mostEvents;
    private final Semaphore seats;

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
        seats = new Semaphore(mostPlayers);
        Player.requireJvm();
        LIMITS.forEach((name, value) -> System.setProperty(name, System.getProperty(name, value)));
        server = HttpServer.create(
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
        threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "classroom");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** What a student opens. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + token + "/";
    }

    /** How many lessons are being played. */
    int players() {
        return mostPlayers - seats.availablePermits();
    }

    /** Ends all lessons and stops listening. */
    @Override
    public void close() {
        players.values().forEach(Player::end);
        server.stop(0);
        threads.shutdownNow();
    }

    private String randomName() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = admitted(exchange);
            if (path == null) {
                return;
            } else if (FILES.containsKey(path)) {
                file(exchange, path);
            } else if (path.equals("lessons")) {
                text(exchange, 200, JSON, lessons());
            } else if (path.equals("play")) {
                play(exchange);
            } else if (PRESSES.contains(path)) {
                press(exchange, path);
            } else {
                refuse(exchange, 404, "there is nothing here");
            }
        }
    }

    /** Returns the path behind the token, or null after it has refused the request. */
    private String admitted(HttpExchange exchange) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        String host = String.valueOf(headers.getFirst("Host"));
        String origin = headers.getFirst("Origin");
        String target = exchange.getRequestURI().toString();
        boolean isPost = exchange.getRequestMethod().equals("POST");
        String path = exchange.getRequestURI().getPath();
        if (!HOST.matcher(host).matches()) {
            return refuse(exchange, 403, "the classroom is at " + server.getAddress() + " only");
        } else if (origin == null ? isPost : !origin.equals("http://" + host)) {
            return refuse(exchange, 403, "another page must not drive the classroom");
        } else if (target.length() > LONGEST_TARGET) {
            return refuse(exchange, 414, "this address is too long");
        } else if (hasBody(headers)) {
            return refuse(exchange, 413, "no request to the classroom has a body");
        } else if (path == null || !hasToken(path)) {
            return refuse(exchange, 404, "the address has a token, which the command has printed");
        }
        String name = path.substring(token.length() + 2);
        if (isPost != PRESSES.contains(name)
                || !isPost && !exchange.getRequestMethod().equals("GET")) {
            return refuse(exchange, 405, "this cannot be done with " + exchange.getRequestMethod());
        }
        return name;
    }

    private static boolean hasBody(Headers headers) {
        String length = headers.getFirst("Content-Length");
        return headers.containsKey("Transfer-Encoding") || length != null && !length.equals("0");
    }

    /** Takes as long for a token that is nearly right as for any other. */
    private boolean hasToken(String path) {
        String start = "/" + token + "/";
        return path.length() >= start.length()
                && MessageDigest.isEqual(bytes(path.substring(0, start.length())), bytes(start));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String refuse(HttpExchange exchange, int status, String reason) throws IOException {
        exchange.getResponseHeaders().set("Connection", "close");
        text(exchange, status, "text/plain; charset=utf-8", reason + "\n");
        return null;
    }

    private static void text(HttpExchange exchange, int status, String type, String text) throws IOException {
        begin(exchange, type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, bytes(text).length);
            exchange.getResponseBody().write(bytes(text));
        }
    }

    private static void begin(HttpExchange exchange, String type) {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", "no-store");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:;"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    private static void file(HttpExchange exchange, String name) throws IOException {
        try (InputStream file = Classroom.class.getResourceAsStream(name.isEmpty() ? "classroom.html" : name)) {
            byte[] content = file.readAllBytes();
            begin(exchange, FILES.get(name));
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
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

    private void press(HttpExchange exchange, String button) throws IOException {
        Matcher query = query(exchange, PRESS);
        Player player = query.matches() ? players.get(query.group(1)) : null;
        if (player == null) {
            refuse(exchange, 404, "there is no such player");
            return;
        }
        try {
            switch (button) {
                case "next" -> player.press(LessonProcess.NEXT);
                case "run" -> player.press(LessonProcess.RUN);
                default -> player.end();
            }
        } catch (IOException lessonIsOver) {
            refuse(exchange, 409, "the lesson is over");
            return;
        }
        exchange.sendResponseHeaders(204, -1);
    }

    private static Matcher query(HttpExchange exchange, Pattern pattern) {
        return pattern.matcher(String.valueOf(exchange.getRequestURI().getRawQuery()));
    }

    private void play(HttpExchange exchange) throws IOException {
        Matcher query = query(exchange, PLAY);
        if (!query.matches() || Lessons.named(query.group(1)) == null) {
            refuse(exchange, 404, "there is no such lesson");
        } else if (!seats.tryAcquire()) {
            refuse(exchange, 503, "the classroom is full: " + mostPlayers + " lessons are being played");
        } else {
            String id = randomName();
            try (Player player = new Player(query.group(1), Integer.parseInt(query.group(2)))) {
                players.put(id, player);
                stream(exchange, id, player);
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            } finally {
                players.remove(id);
                seats.release();
            }
        }
    }

    /** Returns when the lesson is over; throws when the page has been closed. */
    private void stream(HttpExchange exchange, String id, Player player) throws IOException, InterruptedException {
        begin(exchange, EVENTS);
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        event(out, own("Player", id));
        String last = "";
        for (int events = 0; events < mostEvents; ) {
            String line = player.next(HEARTBEAT_MILLIS);
            if (line == null) {
                out.write(bytes(":\n\n"));
                out.flush();
            } else if (!line.equals(Player.OVER)) {
                event(out, line);
                last = line;
                events++;
            } else {
                break;
            }
        }
        if (!last.contains("\"kind\":\"End\"") && !last.contains("\"kind\":\"Failed\"")) {
            event(out, own("Failed", "the process of the lesson has ended, or the lesson has too many events"));
        }
    }

    private static String own(String kind, String message) {
        JsonObject object = new JsonObject();
        object.addProperty("kind", kind);
        object.addProperty("message", message);
        return object.toString();
    }

    private static void event(OutputStream out, String json) throws IOException {
        out.write(bytes("data: " + json + "\n\n"));
        out.flush();
    }
}
