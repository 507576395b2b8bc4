// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The web server of a page for browsers on this machine: files, answers in JSON, and streams of server-sent events.
 *
 * <p>It listens on 127.0.0.1 only. A request must have the token in its path, name this machine in {@code Host} (against
 * rebound names), and come from the server's own page ({@code Origin}). Streams and requests are bounded.
 */
public final class LocalServer implements Closeable {
    /** More threads than streams, so that a full server still answers. */
    private static final int OTHER_THREADS = 8;

    private static final int BACKLOG = 64;
    private static final int TOKEN_BYTES = 16;
    /** Where the path behind {@code /token/} begins. */
    private static final int TOKEN_END = 2 * TOKEN_BYTES + 2;

    private static final int LONGEST_TARGET = 256;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern HOST = Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d{1,5})?");

    /** Parts of every page. */
    private static final Set<String> SHARED = Set.of("page.css", "page.js");

    private static final Map<String, String> LIMITS = Map.of(
            "sun.net.httpserver.maxReqTime", "10",
            "sun.net.httpserver.maxReqHeaders", "64",
            "sun.net.httpserver.maxReqHeaderSize", "16384",
            "jdk.httpserver.maxConnections", "128",
            "sun.net.httpserver.nodelay", "true");

    private final String token = randomName();
    private final Site site;
    private final HttpServer server;
    private final ExecutorService threads;
    private final int mostStreams;
    private final Semaphore seats;

    /** What a page consists of. */
    public interface Site {
        /** The names of the page's files, resources beside its class; the first one is the page itself. */
        List<String> files();

        /** The paths that are posted to; all others are read. */
        Set<String> posts();

        /** Answers a request for anything but a file, on a thread of the server. */
        void answer(Request request) throws IOException;
    }

    /** Sends events until there are no more; ends with an exception when the page is closed. */
    @FunctionalInterface
    public interface Events {
        void sendTo(EventStream out) throws IOException, InterruptedException;
    }

    /**
     * Starts to listen.
     *
     * @param port a TCP port of 127.0.0.1; 0 takes any free one
     * @param mostStreams how many event streams there can be at a time; each occupies a thread
     */
    public LocalServer(int port, int mostStreams, Site site) throws IOException {
        this.site = site;
        this.mostStreams = mostStreams;
        seats = new Semaphore(mostStreams);
        LIMITS.forEach((name, value) -> System.setProperty(name, System.getProperty(name, value)));
        server = HttpServer.create(
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
        threads = Executors.newFixedThreadPool(mostStreams + OTHER_THREADS, work -> {
            Thread thread = new Thread(work, "page");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** What a user opens. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + token + "/";
    }

    /** How many event streams there are. */
    public int streams() {
        return mostStreams - seats.availablePermits();
    }

    /** 32 hexadecimal digits that nobody guesses. */
    public static String randomName() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Answers with a stream of events, or with 503 and this reason if there are too many streams. */
    public void stream(Request request, String full, Events events) throws IOException {
        if (!seats.tryAcquire()) {
            request.refuse(503, full);
            return;
        }
        try {
            EventStream out = request.stream();
            events.sendTo(out);
            out.end();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            seats.release();
        }
    }

    /** Waits until all streams have ended, and lets no more begin; returns after the timeout in any case. */
    public void awaitStreams(long timeoutMillis) {
        try {
            seats.tryAcquire(mostStreams, timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops listening and ends all streams. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = admitted(exchange);
            if (request == null) {
                return;
            }
            String path = request.path();
            if (path.isEmpty()) {
                request.file(site.getClass(), site.files().get(0));
            } else if (SHARED.contains(path)) {
                request.file(LocalServer.class, path);
            } else if (site.files().contains(path)) {
                request.file(site.getClass(), path);
            } else {
                site.answer(request);
            }
        }
    }

    /** Returns null after it has refused the request. */
    private Request admitted(HttpExchange exchange) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        String host = String.valueOf(headers.getFirst("Host"));
        String origin = headers.getFirst("Origin");
        String target = exchange.getRequestURI().toString();
        String method = exchange.getRequestMethod();
        boolean isPost = method.equals("POST");
        String path = exchange.getRequestURI().getPath();
        Request request = new Request(exchange, path == null || !hasToken(path) ? null : path.substring(TOKEN_END));
        if (!HOST.matcher(host).matches()) {
            request.refuse(403, "this page is at " + server.getAddress() + " only");
        } else if (origin == null ? isPost : !origin.equals("http://" + host)) {
            request.refuse(403, "another page must not drive this one");
        } else if (target.length() > LONGEST_TARGET) {
            request.refuse(414, "this address is too long");
        } else if (hasBody(headers)) {
            request.refuse(413, "no request to this page has a body");
        } else if (request.path() == null) {
            request.refuse(404, "the address has a token, which the command has printed");
        } else if (isPost != site.posts().contains(request.path()) || !isPost && !method.equals("GET")) {
            request.refuse(405, "this cannot be done with " + method);
        } else {
            return request;
        }
        return null;
    }

    private static boolean hasBody(Headers headers) {
        String length = headers.getFirst("Content-Length");
        return headers.containsKey("Transfer-Encoding") || length != null && !length.equals("0");
    }

    /** Takes as long for a token that is nearly right as for any other. */
    private boolean hasToken(String path) {
        return path.length() >= TOKEN_END
                && MessageDigest.isEqual(bytes(path.substring(0, TOKEN_END)), bytes("/" + token + "/"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
