// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
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
import java.util.function.Predicate;

/** Reads the events of a live page, as the page does. */
public final class Viewer implements AutoCloseable {
    private final HttpResponse<InputStream> stream;
    private final BufferedReader events;

    /** Asks for the events of the page at this address. */
    public Viewer(String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "events"))
                .timeout(Duration.ofSeconds(Eventually.DEADLINE_SECONDS))
                .build();
        stream = Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
        events = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
    }

    int status() {
        return stream.statusCode();
    }

    /** Waits for a state of which this holds. */
    public JsonObject await(Predicate<JsonObject> condition) throws IOException {
        JsonElement state = next();
        while (state.isJsonObject() && !condition.test(state.getAsJsonObject())) {
            state = next();
        }
        assertThat(state.isJsonObject()).as("the stream has not ended").isTrue();
        return state.getAsJsonObject();
    }

    /** The next state; JSON's null at the end. */
    JsonElement next() throws IOException {
        String line = events.readLine();
        while (line != null && !line.startsWith("data: ")) {
            line = events.readLine();
        }
        assertThat(line).as("the stream has been cut").isNotNull();
        return JsonParser.parseString(line.substring("data: ".length()));
    }

    /** The last state, after which the page is closed. */
    public JsonObject last() throws IOException {
        JsonElement last = null;
        for (JsonElement state = next(); state.isJsonObject(); state = next()) {
            last = state;
        }
        assertThat(last).isNotNull();
        return last.getAsJsonObject();
    }

    @Override
    public void close() throws IOException {
        events.close();
    }
}
