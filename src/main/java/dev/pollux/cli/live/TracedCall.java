// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a trace in JSON.
 *
 * @param result what C returns
 * @param answer what strace writes in parentheses behind the result; empty for nothing
 * @param errno the name of the error; empty for none
 * @param beganMicros when the call began, since 1970
 */
record TracedCall(
        String name,
        List<String> arguments,
        long result,
        String answer,
        String errno,
        long micros,
        String thread,
        long beganMicros) {
    private static final double MICROS_PER_SECOND = 1e6;

    /** Reads a line; null if it is not a whole line of a trace in JSON. */
    static TracedCall parsed(String line) {
        try {
            JsonObject object = JsonParser.parseString(line).getAsJsonObject();
            List<String> arguments = new ArrayList<>();
            object.get("args").getAsJsonArray().forEach(each -> arguments.add(each.getAsString()));
            return new TracedCall(
                    object.get("call").getAsString(),
                    arguments,
                    object.get("result").getAsLong(),
                    orEmpty(object.get("answer")),
                    orEmpty(object.get("errno")),
                    Math.round(object.get("seconds").getAsDouble() * MICROS_PER_SECOND),
                    object.get("thread").getAsString(),
                    ChronoUnit.MICROS.between(
                            Instant.EPOCH, Instant.parse(object.get("time").getAsString())));
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | NumberFormatException
                | NullPointerException
                | DateTimeParseException notALine) {
            return null;
        }
    }

    private static String orEmpty(JsonElement text) {
        return text.isJsonNull() ? "" : text.getAsString();
    }

    boolean succeeded() {
        return errno.isEmpty();
    }

    /** An argument; empty if there are fewer. */
    String argument(int index) {
        return index < arguments.size() ? arguments.get(index) : "";
    }

    /** An argument that is a descriptor or another number; -1 if it is none. */
    int number(int index) {
        String text = argument(index);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
    }

    /** How many descriptors the call reported. */
    int ready() {
        return (int) Math.max(0, Math.min(result, Integer.MAX_VALUE));
    }

    long endedMicros() {
        return beganMicros + micros;
    }
}
