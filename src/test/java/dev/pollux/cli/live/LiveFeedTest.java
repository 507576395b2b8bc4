// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Eventually;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LiveFeedTest {
    private static final int LINES = 20_000;

    @Test
    void aPollerNeverWaitsForASlowViewAndWhatIsDroppedIsCounted() {
        LiveView view = new LiveView("a test");
        try (LiveFeed feed = new LiveFeed(view)) {
            for (int i = 0; i < LINES; i++) {
                feed.accept(Lines.EPOLL.get(0)); // nobody takes them: the thread has not started
            }
            assertThat(feed.dropped()).isBetween(LINES / 2L, LINES - 1L);
            feed.start();
            Eventually.until(
                    "the view has the rest",
                    () -> Lines.state(view).get("calls").getAsLong() == LINES - feed.dropped());
            feed.accept(Lines.EPOLL.get(1));
            Eventually.until(
                    "there is room again",
                    () -> Lines.state(view).get("calls").getAsLong() == LINES + 1 - feed.dropped());
        }
    }

    @Test
    void longLinesAreBoundedToo() {
        try (LiveFeed feed = new LiveFeed(new LiveView("a test"))) {
            String line = "x".repeat(1 << 20);
            for (int i = 0; i < 10; i++) {
                feed.accept(line);
            }
            assertThat(feed.dropped()).isEqualTo(2);
        }
    }

    @Test
    void theViewHasAllLinesWhenTheFeedIsClosed() {
        LiveView view = new LiveView("a test");
        try (LiveFeed feed = new LiveFeed(view)) {
            Lines.EPOLL.forEach(feed);
            feed.start();
        }
        assertThat(Lines.state(view).get("calls").getAsInt()).isEqualTo(Lines.EPOLL.size());
    }
}
