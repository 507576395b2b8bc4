// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import dev.pollux.cli.web.Browser;
import dev.pollux.probe.Finding;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** The page in a real browser: each lesson to its end, and the drawings against the trace beside them. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClassroomPageTest {
    private static final Path SCREENSHOTS = Path.of("target/classroom");

    private static Browser browser;
    private static Classroom classroom;
    private static Syscalls syscalls;

    @BeforeAll
    static void open() throws IOException {
        browser = Browser.open();
        syscalls = Pollers.builder().syscalls();
        classroom = new Classroom(0, syscalls);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
        if (classroom != null) {
            classroom.close();
        }
    }

    @BeforeEach
    void load() {
        browser.width(1280);
        browser.prefers("prefers-color-scheme", "light");
        browser.driver.get("about:blank");
        browser.driver.get(classroom.address());
        browser.await("document.body.dataset.state === 'ready'");
    }

    static List<String> lessons() {
        return Lessons.ALL.stream().map(Lesson::name).toList();
    }

    private static List<Mechanism> usableMechanisms() {
        return Pollers.probe().findings().stream()
                .filter(Finding::usable)
                .map(Finding::mechanism)
                .toList();
    }

    private static void choose(String lesson) {
        browser.script("document.querySelector('button[data-lesson=\"' + arguments[0] + '\"]').click()", lesson);
        browser.await("document.body.dataset.step === '1' && document.body.dataset.state === 'playing'");
    }

    private static void press(CharSequence key) {
        new Actions(browser.driver).sendKeys(key).perform();
    }

    private static void playToTheEnd() {
        press("r");
        browser.await("document.body.dataset.state !== 'playing'");
        assertThat(BrowserScripts.state(browser)).isEqualTo("end");
    }

    @ParameterizedTest
    @MethodSource("lessons")
    void eachLessonPlaysToItsEndAndTheDrawingsAgreeWithTheTrace(String name) throws IOException {
        Lesson lesson = Lessons.named(name);
        assumeTrue(
                lesson.needs() == null || syscalls.missing(lesson.needs()) == null,
                () -> name + " needs " + lesson.needs());
        assumeTrue(
                !name.equals("io_uring") || usableMechanisms().contains(Mechanism.IO_URING),
                "this machine refuses io_uring");
        choose(name);
        assertThat(browser.<List<?>>script("return [...document.querySelectorAll('.step[data-step] .call')]"))
                .as("calls before the student has pressed a key")
                .isEmpty();
        press("n");
        browser.await("document.body.dataset.step === '2'");
        playToTheEnd();
        new DrawnLesson(browser.<List<Map<String, Object>>>script(BrowserScripts.DRAWN)).check();
        assertThat(browser.complaints()).isEmpty();
        browser.screenshot(1280, SCREENSHOTS.resolve(name + ".png"));
        for (int width : new int[] {360, 768, 1600}) {
            browser.width(width);
            assertThat(browser.<Long>script("return document.documentElement.scrollWidth"))
                    .as("at %d pixels", width)
                    .isLessThanOrEqualTo(width);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void textHasContrast(String scheme) throws IOException {
        browser.prefers("prefers-color-scheme", scheme);
        choose("poll");
        playToTheEnd();
        assertThat(browser.textsOfLowContrast()).isEmpty();
        browser.width(360);
        browser.screenshot(360, SCREENSHOTS.resolve("narrow-" + scheme + ".png"));
    }

    @Test
    void whoeverPrefersLessMotionGetsNone() {
        browser.prefers("prefers-reduced-motion", "reduce");
        choose("epoll");
        playToTheEnd();
        assertThat(browser.<List<String>>script("return [...document.querySelectorAll('li.ready')]"
                        + ".map(each => getComputedStyle(each).animationName)"))
                .isNotEmpty()
                .containsOnly("none");
    }

    @Test
    void theKeyboardIsEnough() {
        browser.script("document.querySelector('.skip').focus()");
        press(Keys.TAB);
        press(Keys.TAB);
        assertThat(browser.<String>script("return document.activeElement.dataset.lesson"))
                .isEqualTo(lessons().get(1));
        press(Keys.ENTER);
        browser.await("document.body.dataset.step === '1'");
        press("n");
        browser.await("document.body.dataset.step === '2'");
        press("n");
        browser.await("document.body.dataset.step === '3'");
        press("a");
        browser.await("document.body.dataset.step === '3' && document.getElementById('next').disabled === false");
        assertThat(browser.<Long>script("return document.querySelectorAll('.step[data-step]').length"))
                .isEqualTo(3);
    }

    @Test
    void theDescriptorsShowWhatIsInThem() {
        choose("poll");
        press("n");
        browser.await("document.body.dataset.step === '2'");
        Number written = browser.script("return Number(document.querySelector('.call').dataset.line.match(/\\d+/)[0])");
        String full = browser.script("return document.querySelector('.object.pipe[data-bytes=\"1\"]').dataset.fds");
        assertThat(full.split(" ")).hasSize(2).contains(written.toString());
        assertThat(browser.<Long>script("return document.querySelectorAll('.object.pipe[data-bytes=\"0\"]').length"))
                .isEqualTo(1);
    }

    @Test
    void aPredictionIsComparedWithWhatWasSeen() {
        choose("select");
        browser.script("document.querySelector('fieldset input').click()");
        press("n");
        browser.await("document.body.dataset.step === '2'");
        assertThat(browser.<String>script("return document.querySelector('[data-kind=Outcome]').textContent"))
                .matches("[✓✗] You said .*");
    }

    @Test
    void leavingThePageEndsTheLesson() {
        choose("epoll");
        assertThat(classroom.players()).isPositive();
        browser.driver.get("about:blank");
        Eventually.until("the lesson has ended", () -> classroom.players() == 0);
    }
}
