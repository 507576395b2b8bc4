// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pollux.Eventually;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LessonThreadsTest {
    private final LessonThreads threads = new LessonThreads();

    @Test
    void awaitReturnsWhenAllThreadsHaveEndedAndMoreCanBeStartedThen() throws IOException {
        List<String> ended = new CopyOnWriteArrayList<>();
        threads.start("one", () -> ended.add("one"));
        threads.start("two", () -> ended.add("two"));
        threads.await();
        assertThat(ended).containsExactlyInAnyOrder("one", "two");
        threads.start("three", () -> ended.add("three"));
        threads.await();
        assertThat(ended).hasSize(3).endsWith("three");
    }

    @Test
    void awaitThrowsTheExceptionOfAThread() {
        IOException failure = new IOException("the second thread fails");
        threads.start("one", () -> {});
        threads.start("two", () -> {
            throw failure;
        });
        assertThat(catchThrowable(threads::await)).isSameAs(failure);
    }

    @Test
    void anInterruptEndsTheLesson() {
        CountDownLatch mayEnd = new CountDownLatch(1);
        threads.start("waiting", () -> Eventually.until("the end", () -> mayEnd.getCount() == 0));
        Thread.currentThread().interrupt();
        assertThat(catchThrowable(threads::await))
                .isInstanceOf(IOException.class)
                .hasMessage("the lesson was interrupted");
        assertThat(Thread.interrupted()).isTrue();
        mayEnd.countDown();
    }
}
