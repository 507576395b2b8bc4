// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.MechanismTest;
import dev.pollux.Poller;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A wakeup whose thread pauses after it has set the reason and before it writes to the waker's descriptor. */
class LateWakeupTest extends MechanismTest {
    private final AtomicInteger waits = new AtomicInteger();
    private final Set<Integer> closed = ConcurrentHashMap.newKeySet();
    private CountDownLatch begun;
    private CountDownLatch goOn;
    private volatile int written;
    private volatile boolean writtenAfterClose;

    @Override
    protected Mechanism mechanism() {
        return Mechanism.EPOLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(EpollDriver::new, settings);
    }

    @BeforeEach
    void openOverOneThatIsHeldUp() throws IOException {
        begun = new CountDownLatch(1);
        goOn = new CountDownLatch(1);
        closed.clear();
        written = -1;
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                begun.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                writtenAfterClose = closed.contains(fd);
                int rc = super.write(fd, buf, bufOffset, count);
                written = fd;
                return rc;
            }

            @Override
            public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
                waits.incrementAndGet();
                return super.epollWait(epfd, events, maxevents, timeoutMillis);
            }

            @Override
            public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
                waits.incrementAndGet();
                return super.epollPwait2(epfd, events, maxevents, timeout);
            }

            @Override
            public int close(int fd) {
                closed.add(fd);
                return super.close(fd);
            }
        });
    }

    @AfterEach
    void letGo() {
        goOn.countDown();
    }

    private Background<Void> wakeUp() throws Exception {
        Background<Void> waking = Background.start(() -> {
            poller.wakeup();
            return null;
        });
        begun.await();
        return waking;
    }

    @Test
    void aLateWakeupCountsOnceAndItsWriteIsReadWithoutSpinning() throws Exception {
        Background<Void> waking = wakeUp();
        assertThat(poller.poll(0, UNEXPECTED)).isZero();
        goOn.countDown();
        waking.get();
        waits.set(0);

        long startNanos = System.nanoTime();
        assertThat(poller.poll(50_000_000, UNEXPECTED)).isZero();

        assertThat(System.nanoTime() - startNanos).as("not woken again").isGreaterThanOrEqualTo(50_000_000);
        assertThat(waits.get()).isLessThanOrEqualTo(2);
        poller.wakeup();
        assertThat(poller.poll(UNEXPECTED)).isZero();
    }

    @Test
    void closeWaitsForTheWriteOfALateWakeup() throws Exception {
        Background<Void> waking = wakeUp();
        Background<Void> closing = Background.start(() -> {
            poller.close();
            return null;
        });
        Eventually.until("the close has begun", () -> !poller.isOpen());
        goOn.countDown();
        waking.get();
        closing.get();

        assertThat(writtenAfterClose).isFalse();
        assertThat(closed).contains(written);
    }
}
