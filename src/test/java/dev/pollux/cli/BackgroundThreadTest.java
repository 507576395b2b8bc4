// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pollux.Eventually;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackgroundThreadTest {
    @Test
    void awaitThrowsTheVeryExceptionThatTheWorkThrewCheckedUncheckedOrError() {
        List<Throwable> failures = List.of(
                new IOException("checked"), new IllegalStateException("unchecked"), new AssertionError("error"));
        for (Throwable failure : failures) {
            BackgroundThread<Exception> failing = BackgroundThread.start("failing", () -> throwIt(failure));
            assertThat(catchThrowable(() -> failing.await(Eventually.DEADLINE_NANOS)))
                    .isSameAs(failure);
            assertThat(catchThrowable(() -> failing.await(BackgroundThread.UNLIMITED)))
                    .isSameAs(failure);
        }
    }

    private static void throwIt(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    @Test
    void awaitReturnsFalseWhileTheWorkRunsAndTrueAfterwards() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        BackgroundThread<InterruptedException> running = BackgroundThread.start("running", mayEnd::await);
        assertThat(running.await(0)).isFalse();
        assertThat(running.await(1)).isFalse();
        assertThat(running.isDone()).isFalse();
        mayEnd.countDown();
        assertThat(running.await(BackgroundThread.UNLIMITED)).isTrue();
        assertThat(running.isDone()).isTrue();
    }

    @Test
    void theThreadHasItsNameAndDoesNotKeepTheJvmAlive() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        BackgroundThread<InterruptedException> running = BackgroundThread.start("a name", mayEnd::await);
        assertThat(running.thread().getName()).isEqualTo("a name");
        assertThat(running.thread().isDaemon()).isTrue();
        mayEnd.countDown();
        running.join();
    }

    @Test
    void joinWaitsForTheEndOfAFailedThreadAndKeepsTheInterruptOfTheCaller() {
        CountDownLatch mayFail = new CountDownLatch(1);
        BackgroundThread<Exception> failing = BackgroundThread.start("failing", () -> {
            mayFail.await();
            throw new IOException("the thread fails");
        });
        Thread.currentThread().interrupt();
        BackgroundThread.start("releasing", mayFail::countDown);
        failing.join();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failing.thread().isAlive()).isFalse();
    }
}
