// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A lesson as data: the structure of each call, and what the descriptors hold. */
class JsonScreenTest {
    private final List<JsonObject> shown = new ArrayList<>();
    private final JsonScreen screen =
            new JsonScreen(line -> shown.add(JsonParser.parseString(line).getAsJsonObject()), () -> {});

    private List<JsonObject> ofKind(String kind) {
        return shown.stream()
                .filter(each -> each.get("kind").getAsString().equals(kind))
                .toList();
    }

    private void play(Lesson.Script script) throws IOException {
        new Lesson("own", "a lesson", null, script).play(Pollers.builder().syscalls(), screen);
    }

    @Test
    void aLessonIsToldFactByFact() throws IOException {
        play(Twice::play);
        assertThat(ofKind("Title").get(0).get("name").getAsString()).isEqualTo("own");
        assertThat(ofKind("Step").get(0).get("number").getAsInt()).isEqualTo(1);
        JsonObject poll = ofKind("Call").get(1);
        assertThat(poll.get("name").getAsString()).isEqualTo("poll");
        assertThat(poll.get("result").getAsString()).startsWith("2 ([{fd=");
        assertThat(poll.get("seconds").getAsString()).matches("\\d+\\.\\d{6}");
        assertThat(ofKind("PollArray").get(0).getAsJsonArray("fds"))
                .hasSize(2)
                .allMatch(each ->
                        each.getAsJsonObject().get("revents").getAsString().equals("POLLIN"));
        assertThat(shown.get(shown.size() - 1).get("kind").getAsString()).isEqualTo("Notice");
    }

    @Test
    void aQuestionBelongsToTheNextStepOnly() throws IOException {
        play(stage -> {
            stage.ask("How many?", 1, 2);
            stage.step("One.");
            stage.seen(2);
            stage.step("Two.");
        });
        assertThat(ofKind("Step").get(0).getAsJsonObject("question").get("text").getAsString())
                .isEqualTo("How many?");
        assertThat(ofKind("Step").get(1).has("question")).isFalse();
        assertThat(ofKind("Outcome").get(0).get("choice").getAsString()).isEqualTo("2");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/proc/self/fd says what a descriptor refers to")
    void descriptorsAreShownWithWhatIsInThem() throws IOException {
        play(stage -> {
            Posix.Pipe pipe = stage.pipe("A");
            stage.write(pipe.writeFd(), "abc");
        });
        List<JsonObject> last =
                ofKind("Descriptors").get(ofKind("Descriptors").size() - 1).getAsJsonArray("all").asList().stream()
                        .map(each -> each.getAsJsonObject())
                        .toList();
        assertThat(last)
                .hasSize(2)
                .allMatch(each -> each.get("kind").getAsString().equals("pipe"));
        assertThat(last.get(0).get("object")).isEqualTo(last.get(1).get("object"));
        assertThat(last.get(0).get("bytes").getAsInt()).isEqualTo(3);
        assertThat(last.get(0).get("canRead").getAsBoolean()).isTrue();
        assertThat(last.get(1).get("canRead").getAsBoolean()).isFalse();
    }

    @Test
    void aLessonEndsWhenTheAudienceLeaves() {
        JsonScreen empty = new JsonScreen(line -> {}, () -> {
            throw new IOException("nobody is here");
        });
        assertThatThrownBy(() -> new Lesson("own", "", null, Twice::play)
                        .play(Pollers.builder().syscalls(), empty))
                .isInstanceOf(IOException.class)
                .hasMessage("nobody is here");
    }
}
