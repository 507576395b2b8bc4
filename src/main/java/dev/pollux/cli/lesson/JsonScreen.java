// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.function.Consumer;

/** Tells a lesson as JSON, one object a line: the components of a {@link Fact}, and its name as {@code kind}. */
public final class JsonScreen implements Screen {
    /** Waits until the audience wants to see the calls of a step. */
    @FunctionalInterface
    public interface Turn {
        /**
         * Returns when the calls may be made.
         *
         * @throws IOException if the audience has left
         */
        void await() throws IOException;
    }

    private record Step(int number, String text, Question question) {}

    private static final Gson GSON = new Gson();

    private final Consumer<String> sink;
    private final Turn turn;
    private int steps;

    /** The sink gets lines without a line terminator, one at a time. */
    public JsonScreen(Consumer<String> sink, Turn turn) {
        this.sink = sink;
        this.turn = turn;
    }

    @Override
    public void show(Fact fact) {
        print(fact);
    }

    @Override
    public void step(String text, Question question) throws IOException {
        print(new Step(++steps, text, question));
        turn.await();
    }

    @Override
    public boolean drawsDescriptors() {
        return true;
    }

    private synchronized void print(Object record) {
        JsonObject object = GSON.toJsonTree(record).getAsJsonObject();
        object.addProperty("kind", record.getClass().getSimpleName());
        sink.accept(GSON.toJson(object));
    }
}
