// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Eventually;
import dev.pollux.cli.web.Browser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.interactions.Actions;

/** The live page in a real browser: its numbers against the trace. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LivePageInBrowserTest {
    private static final Path SCREENSHOTS = Path.of("target/live");

    private static Browser browser;

    private final LiveView view = Lines.view(Lines.EPOLL);
    private LivePage page;

    @BeforeAll
    static void openBrowser() {
        browser = Browser.open();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        page = new LivePage(0, view, () -> 0);
        browser.width(1280);
        browser.prefers("prefers-color-scheme", "light");
        browser.driver.get(page.address());
        awaitCalls(Lines.EPOLL.size());
    }

    @AfterEach
    void close() {
        browser.driver.get("about:blank");
        page.close();
    }

    private static void awaitCalls(int calls) {
        browser.await("document.body.dataset.calls === '" + calls + "'");
    }

    private static long data(String kind, String name) {
        return browser.<Long>script(
                "return Number(document.querySelector(`[data-poller='epoll 11'] [data-kind=${arguments[0]}]`)"
                        + ".dataset[arguments[1]])",
                kind,
                name);
    }

    @Test
    void whatIsDrawnAgreesWithTheTrace() throws IOException {
        assertThat(data("Registrations", "registered")).isEqualTo(3);
        assertThat(data("Ready", "ready")).isEqualTo(4);
        assertThat(data("Ready", "polls")).isEqualTo(4);
        assertThat(data("Times", "wait")).isEqualTo(50_510);
        assertThat(data("Times", "call") + data("Times", "code")).isEqualTo(800);
        assertThat(browser.<List<Long>>script(
                        "return [...document.querySelectorAll('[data-bar]')].map(each => Number(each.dataset.bar))"))
                .containsExactly(0L, 1L, 1L, 2L);
        assertThat(browser.<List<String>>script("return [...document.querySelectorAll('[data-ready=\"1\"]')]"
                        + ".map(each => each.dataset.fd)"))
                .containsExactly("13", "14");
        List<String> lines =
                browser.script("return [...document.querySelectorAll('.call')].map(each => each.dataset.line)");
        assertThat(lines).hasSize(Lines.EPOLL.size());
        assertThat(lines.get(0))
                .startsWith("epoll_wait(11, [{events=EPOLLIN, data={u32=13,")
                .endsWith("= 2");
        assertThat(browser.complaints()).isEmpty();
        browser.screenshot(1280, SCREENSHOTS.resolve("epoll.png"));
        for (int width : new int[] {360, 768, 1600}) {
            browser.width(width);
            assertThat(browser.<Long>script("return document.documentElement.scrollWidth"))
                    .as("at %d pixels", width)
                    .isLessThanOrEqualTo(width);
        }
    }

    @Test
    void itFollowsTheProgramAndCanBePausedByAKey() {
        new Actions(browser.driver).sendKeys("p").perform();
        browser.await("document.body.dataset.state === 'paused'");
        view.line(Lines.line("loop", 60_000, "close", "[14]", 0, null, 5));
        Eventually.until(
                "the page has the new state",
                () -> browser.<Long>script("return latest.calls") == Lines.EPOLL.size() + 1);
        assertThat(data("Registrations", "registered")).as("paused").isEqualTo(3);
        new Actions(browser.driver).sendKeys("p").perform();
        awaitCalls(Lines.EPOLL.size() + 1);
        assertThat(data("Registrations", "registered")).isEqualTo(2);
    }

    @Test
    void theLastStateStaysWhenTheProgramEnds() {
        view.line("a line that is cut");
        page.close();
        browser.await("document.body.dataset.state === 'ended'");
        assertThat(data("Registrations", "registered")).isEqualTo(3);
        assertThat(browser.<String>script("return document.getElementById('missed').textContent"))
                .startsWith("1 lines are no calls in JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void textHasContrast(String scheme) throws IOException {
        browser.prefers("prefers-color-scheme", scheme);
        assertThat(browser.textsOfLowContrast()).isEmpty();
        browser.width(360);
        browser.screenshot(360, SCREENSHOTS.resolve("narrow-" + scheme + ".png"));
    }
}
