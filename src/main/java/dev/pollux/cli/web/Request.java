// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request to a {@link LocalServer}, which is answered once. */
public final class Request {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8");

    private final HttpExchange exchange;
    private final String path;

    Request(HttpExchange exchange, String path) {
        this.exchange = exchange;
        this.path = path;
    }

    /** The path behind the token; empty for the page itself. */
    public String path() {
        return path;
    }

    /** Matches the query, the part of the address behind the question mark. */
    public Matcher query(Pattern pattern) {
        return pattern.matcher(String.valueOf(exchange.getRequestURI().getRawQuery()));
    }

    /** Answers with JSON. */
    public void json(String json) throws IOException {
        send(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers that it is done. */
    public void done() throws IOException {
        exchange.sendResponseHeaders(204, -1);
    }

    /** Refuses with a status of HTTP and a reason for people. */
    public void refuse(int status, String reason) throws IOException {
        exchange.getResponseHeaders().set("Connection", "close");
        send(status, "text/plain; charset=utf-8", (reason + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Answers with a resource that stands beside a class. */
    void file(Class<?> owner, String name) throws IOException {
        try (InputStream file = owner.getResourceAsStream(name)) {
            send(200, TYPES.get(name.substring(name.lastIndexOf('.') + 1)), file.readAllBytes());
        }
    }

    EventStream stream() throws IOException {
        begin("text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        return new EventStream(exchange.getResponseBody());
    }

    private void send(int status, String type, byte[] content) throws IOException {
        begin(type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
        }
    }

    private void begin(String type) {
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
}
