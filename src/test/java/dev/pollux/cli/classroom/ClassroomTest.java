// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.pollux.Eventually;
import dev.pollux.Pollers;
import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import dev.pollux.cli.web.Http;
import dev.pollux.posix.Signals;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol of the classroom, and the requests that it refuses. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClassroomTest {
    private static final int MOST_PLAYERS = 2;
    private static final int MORE_THAN_A_PIPE_HOLDS = 2 << 20;

    private Classroom classroom;

    @BeforeEach
    void open() throws IOException {
        classroom = new Classroom(0, Pollers.builder().syscalls(), MOST_PLAYERS, 1_000);
    }

    @AfterEach
    void close() {
        classroom.close();
        Eventually.until("no lesson is left", () -> processes().isEmpty());
    }

    private static List<ProcessHandle> processes() {
        return ProcessHandle.current()
                .children()
                .filter(each -> each.info().commandLine().orElse("").contains(LessonProcess.class.getName()))
                .toList();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return Http.CLIENT.send(
                Student.request(classroom.address() + path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private int status(HttpRequest.Builder request) throws IOException, InterruptedException {
        return Http.CLIENT
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** The first line of the answer to a request that no ordinary client sends. */
    private String raw(String request) throws IOException {
        URI uri = URI.create(classroom.address());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
            socket.setSoTimeout(Eventually.DEADLINE_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.lines().findFirst().orElse("");
        } catch (SocketException reset) {
            return "no answer";
        }
    }

    private String requestFor(String host, String more) {
        return "GET " + URI.create(classroom.address()).getPath() + " HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: close\r\n" + more + "\r\n";
    }

    @Test
    void thePageAndItsPartsComeFromTheClassroomAlone() throws Exception {
        HttpResponse<String> page = get("");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("Pollux classroom").doesNotContain("http:", "https:");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'");
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(get("page.css").body()).contains("prefers-color-scheme", "prefers-reduced-motion");
        assertThat(get("classroom.css").body()).doesNotContain("http:", "https:");
        assertThat((get("page.js").body() + get("classroom.js").body()).replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:", "https:", "innerHTML");
    }

    @Test
    void allLessonsAreListed() throws Exception {
        assertThat(JsonParser.parseString(get("lessons").body()).getAsJsonArray().asList().stream()
                        .map(each -> each.getAsJsonObject().get("name").getAsString()))
                .containsExactlyElementsOf(
                        Lessons.ALL.stream().map(Lesson::name).collect(Collectors.toList()));
    }

    @Test
    void itListensOnLoopbackOnly() {
        assertThat(classroom.address()).matches("http://127\\.0\\.0\\.1:\\d+/\\p{XDigit}{32}/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lessons", "classroom.js", "play?lesson=select&from=1"})
    void withoutTheTokenThereIsNothing(String path) throws Exception {
        String address = classroom.address();
        String root = address.substring(0, address.length() - 33);
        String wrong = (address.charAt(address.length() - 2) == '0' ? "1" : "0") + "/";
        assertThat(status(Student.request(root + path))).isEqualTo(404);
        assertThat(status(Student.request(address.substring(0, address.length() - 2) + wrong + path)))
                .isEqualTo(404);
    }

    @Test
    void eachClassroomHasATokenOfItsOwn() throws IOException {
        try (Classroom other = new Classroom(0, Pollers.builder().syscalls())) {
            assertThat(URI.create(other.address()).getPath())
                    .isNotEqualTo(URI.create(classroom.address()).getPath());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "localhost, 200",
        "localhost:8080, 200",
        "[::1]:7, 200",
        "evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "localhost.evil.example:80, 403",
        "192.0.2.1, 403",
        "127.0.0.1@evil.example, 403"
    })
    void onlyTheNamesOfThisMachineAreAnswered(String host, int status) throws IOException {
        assertThat(raw(requestFor(host, ""))).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @CsvSource({"http://localhost:1, 200", "http://localhost:2, 403", "https://localhost:1, 403", "null, 403"})
    void onlyItsOwnPageMayAsk(String origin, int status) throws IOException {
        assertThat(raw(requestFor("localhost:1", "Origin: " + origin + "\r\n"))).startsWith("HTTP/1.1 " + status);
    }

    @Test
    void aPressWithoutAnOriginIsRefused() throws Exception {
        assertThat(status(Student.request(classroom.address() + "next?player=" + "0".repeat(32))
                        .POST(HttpRequest.BodyPublishers.noBody())))
                .isEqualTo(403);
    }

    @Test
    void requestsAreBounded() throws Exception {
        String origin = "http://" + URI.create(classroom.address()).getAuthority();
        assertThat(status(Student.request(classroom.address() + "?" + "x".repeat(300))))
                .isEqualTo(414);
        assertThat(status(Student.request(classroom.address() + "next")
                        .header("Origin", origin)
                        .POST(HttpRequest.BodyPublishers.ofString("a body"))))
                .isEqualTo(413);
        assertThat(raw(requestFor("localhost", "X: " + "x".repeat(100_000) + "\r\n")))
                .doesNotStartWith("HTTP/1.1 2");
        assertThat(raw(requestFor("localhost", "X: x\r\n".repeat(1_000)))).doesNotStartWith("HTTP/1.1 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "HEAD", "POST"})
    void thePageCanOnlyBeRead(String method) throws Exception {
        String origin = "http://" + URI.create(classroom.address()).getAuthority();
        assertThat(status(Student.request(classroom.address())
                        .header("Origin", origin)
                        .method(method, HttpRequest.BodyPublishers.noBody())))
                .isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "lesson=select",
                "lesson=telepathy&from=1",
                "lesson=../select&from=1",
                "lesson=select&from=-1",
                "lesson=select&from=99999",
                "lesson=select;ls&from=1",
                "lesson=select%20-version&from=1"
            })
    void nothingButLessonsCanBePlayed(String query) throws Exception {
        try (Student student = Student.asking(classroom.address(), query)) {
            assertThat(student.status()).isEqualTo(404);
        }
        assertThat(processes()).isEmpty();
    }

    @Test
    void callsAreMadeWhenTheStudentPresses() throws Exception {
        try (Student student = Student.of(classroom.address(), "poll", 1)) {
            assertThat(student.nextStep()).isEqualTo(1);
            assertThat(student.press("next")).isEqualTo(204);
            assertThat(student.next("Call").get("name").getAsString()).isEqualTo("write");
            assertThat(student.nextStep()).isEqualTo(2);
            assertThat(student.press("run")).isEqualTo(204);
            student.next("End");
        }
    }

    @Test
    void aLessonCanBeginAgainFromAStep() throws Exception {
        try (Student student = Student.of(classroom.address(), "poll", 3)) {
            assertThat(List.of(student.nextStep(), student.nextStep(), student.nextStep()))
                    .containsExactly(1, 2, 3);
            assertThat(student.press("next")).isEqualTo(204);
            assertThat(student.nextStep()).isEqualTo(4);
        }
    }

    @Test
    void eachStudentHasALessonOfItsOwnAndTheNextOneWaitsForASeat() throws Exception {
        try (Student one = Student.of(classroom.address(), "select", 1);
                Student two = Student.of(classroom.address(), "select", 1)) {
            assertThat(one.nextStep()).isEqualTo(1);
            assertThat(two.nextStep()).isEqualTo(1);
            one.press("next");
            assertThat(one.nextStep()).isEqualTo(2);
            try (Student three = Student.asking(classroom.address(), "lesson=poll&from=1")) {
                assertThat(three.status()).isEqualTo(503);
            }
            two.press("next");
            assertThat(two.nextStep()).isEqualTo(2);
        }
        Eventually.until("both seats are free", () -> classroom.players() == 0);
        try (Student next = Student.of(classroom.address(), "poll", 1)) {
            assertThat(next.nextStep()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLessonEndsWhenItsPageIsClosed(boolean inTheMiddleOfACall) throws Exception {
        try (Student student = Student.of(classroom.address(), "herd", 1)) {
            student.nextStep();
            assertThat(processes()).hasSize(1);
            if (inTheMiddleOfACall) {
                student.press("run");
                student.next("Threads");
            }
        }
        Eventually.until(
                "the lesson has ended",
                () -> classroom.players() == 0 && processes().isEmpty());
    }

    @Test
    void aStudentCanLeaveAtOnce() throws Exception {
        try (Student student = Student.of(classroom.address(), "herd", 1)) {
            student.nextStep();
            assertThat(student.press("end")).isEqualTo(204);
            Eventually.until(
                    "the lesson has ended",
                    () -> classroom.players() == 0 && processes().isEmpty());
        }
    }

    @Test
    void theEndComesAlsoAfterLinesThatNobodyHasReadYet() throws Exception {
        try (Player player = new Player("herd", 1_000)) {
            Eventually.until("the first line", () -> player.next(1_000) != null);
            Eventually.until("the process has ended", () -> processes().isEmpty());
            player.end();
            Eventually.until("the end", () -> Player.OVER.equals(player.next(1_000)));
        }
    }

    @Test
    void aPressNeverWaitsForAProcessThatDoesNotRead() throws Exception {
        try (Player player = new Player("poll", 1)) {
            long pid = processes().get(0).pid();
            Pollers.posix().signals().send(pid, Signals.SIGSTOP);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < MORE_THAN_A_PIPE_HOLDS; i++) {
                            player.press(LessonProcess.NEXT);
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("presses");
        }
    }

    @Test
    void aProcessThatDiesIsReported() throws Exception {
        try (Student student = Student.of(classroom.address(), "poll", 1)) {
            student.nextStep();
            processes().forEach(ProcessHandle::destroyForcibly);
            assertThat(student.next("Failed").get("message").getAsString()).contains("has ended");
        }
    }

    @Test
    void theEventsOfALessonAreBounded() throws Exception {
        try (Classroom small = new Classroom(0, Pollers.builder().syscalls(), 1, 3);
                Student student = Student.of(small.address(), "poll", 100)) {
            for (int i = 0; i < 3; i++) {
                student.next();
            }
            assertThat(student.next().get("message").getAsString()).contains("too many events");
        }
    }

    @Test
    void closingTheClassroomEndsItsLessons() throws Exception {
        try (Student student = Student.of(classroom.address(), "poll", 1)) {
            student.nextStep();
            classroom.close();
            Eventually.until("the lesson has ended", () -> processes().isEmpty());
        }
    }
}
