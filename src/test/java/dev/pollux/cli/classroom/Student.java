// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.Eventually;
import dev.pollux.cli.web.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Plays a lesson as the page does, over HTTP. */
final class Student implements AutoCloseable {
    private final String address;
    private final HttpResponse<InputStream> stream;
    private final BufferedReader events;
    private String id;

    private Student(String address, String query) throws IOException, InterruptedException {
        this.address = address;
        stream =
                Http.CLIENT.send(request(address + "play?" + query).build(), HttpResponse.BodyHandlers.ofInputStream());
        events = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
    }

    static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(Eventually.DEADLINE_SECONDS));
    }

    /** Asks for a lesson, which the classroom may refuse. */
    static Student asking(String address, String query) throws IOException, InterruptedException {
        return new Student(address, query);
    }

    /** Begins a lesson. */
    static Student of(String address, String lesson, int from) throws IOException, InterruptedException {
        Student student = asking(address, "lesson=" + lesson + "&from=" + from);
        assertThat(student.status()).isEqualTo(200);
        student.id = student.next().get("message").getAsString();
        return student;
    }

    int status() {
        return stream.statusCode();
    }

    /** Returns the next event. */
    JsonObject next() throws IOException {
        String line = events.readLine();
        while (line != null && !line.startsWith("data: ")) {
            line = events.readLine();
        }
        assertThat(line).as("the stream has ended").isNotNull();
        return JsonParser.parseString(line.substring("data: ".length())).getAsJsonObject();
    }

    /** Returns the next event of this kind, and skips others. */
    JsonObject next(String kind) throws IOException {
        JsonObject event = next();
        while (!event.get("kind").getAsString().equals(kind)) {
            assertThat(event.get("kind").getAsString()).as("%s", event).isNotEqualTo("End");
            event = next();
        }
        return event;
    }

    int nextStep() throws IOException {
        return next("Step").get("number").getAsInt();
    }

    /** Presses {@code next} or {@code run}; returns the status. */
    int press(String what) throws IOException, InterruptedException {
        URI uri = URI.create(address);
        HttpRequest post = request(address + what + "?player=" + id)
                .POST(HttpRequest.BodyPublishers.noBody())
                .header("Origin", "http://" + uri.getAuthority())
                .build();
        return Http.CLIENT.send(post, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** Closes the page. */
    @Override
    public void close() throws IOException {
        events.close();
    }
}
