// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Opening and closing pollers leaks no descriptor and no native memory. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeakTest {
    private static final int CYCLES = Integer.getInteger("pollux.leak.cycles", 100_000);

    /** The JVM and the test framework have buffers of their own. */
    private static final long TOLERATED_BYTES = 1 << 20;

    /** The bytes in direct buffers after a garbage collection. */
    private static long directBytes() {
        System.gc();
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void nothingIsLostInAHundredThousandCyclesOfOpenRegisterCancelClose() throws IOException {
        assumeThat(Descriptors.PROC).as("where open descriptors can be counted").isDirectory();
        List<Usable.Combination> combinations = Usable.combinations();
        try (Descriptors descriptors = new Descriptors(new KernelPosix(Usable.syscalls(null)))) {
            Pipe ready = descriptors.readyPipe();
            Pipe quiet = descriptors.pipe();
            int file = descriptors.regularFile();
            int listener = descriptors.listener(1);
            for (int i = 0; i < 1000; i++) { // loads classes
                cycle(combinations.get(i % combinations.size()), ready, quiet, file, listener, i);
            }
            long descriptorsBefore = Descriptors.openNow();
            long bytesBefore = directBytes();

            for (int i = 0; i < CYCLES; i++) {
                cycle(combinations.get(i % combinations.size()), ready, quiet, file, listener, i);
            }

            Eventually.until(
                    descriptorsBefore + " descriptors are open, as before, or fewer",
                    () -> Descriptors.openNow() <= descriptorsBefore);
            Eventually.until(
                    "direct buffers have about " + bytesBefore + " bytes, as before",
                    () -> directBytes() <= bytesBefore + TOLERATED_BYTES);
            assertThat(descriptors.drain(ready.readFd()))
                    .as("the byte in the pipe")
                    .isEqualTo(1);
        }
    }

    /** Every other poller is closed with something still registered. */
    private static void cycle(
            Usable.Combination combination, Pipe ready, Pipe quiet, int file, int listener, int number)
            throws IOException {
        Poller poller = combination.open();
        try {
            Registration one = poller.register(ready.readFd(), Interest.READ);
            Registration other = poller.register(quiet.readFd(), Interest.READ, Trigger.ONESHOT, poller);
            poller.register(file, Interest.NONE);
            poller.register(listener, Interest.READ);
            if (number % 4 == 0) {
                assertThat(poller.poll(0, (registration, told) -> {})).isEqualTo(1);
                poller.wakeup();
            }
            if (number % 2 == 0) {
                one.cancel();
                other.cancel();
            }
        } finally {
            poller.close();
        }
    }

    @Test
    void nothingIsLostInAHundredThousandRegistrationsOfOnePoller() throws IOException {
        assumeThat(Descriptors.PROC).as("where open descriptors can be counted").isDirectory();
        List<Usable.Combination> combinations = Usable.combinations();
        for (Usable.Combination combination : combinations) {
            try (Poller poller = combination.open();
                    Descriptors descriptors =
                            new Descriptors(new KernelPosix(Usable.syscalls(combination.binding())))) {
                Pipe pipe = descriptors.readyPipe();
                poller.register(pipe.readFd(), Interest.READ).cancel();
                long descriptorsBefore = Descriptors.openNow();
                long bytesBefore = directBytes();

                for (int i = 0; i < CYCLES / combinations.size(); i++) {
                    Trigger trigger = i % 2 == 0 ? Trigger.LEVEL : Trigger.ONESHOT;
                    Registration registration = poller.register(pipe.readFd(), Interest.READ, trigger, null);
                    registration.modify(Interest.READ_WRITE);
                    if (i % 8 == 0) {
                        assertThat(poller.poll(0, (each, ready) -> {})).isEqualTo(1);
                    }
                    registration.cancel();
                }

                assertThat(poller.size()).isZero();
                assertThat(Descriptors.openNow()).as("%s", combination).isLessThanOrEqualTo(descriptorsBefore);
                Eventually.until(
                        "direct buffers have about " + bytesBefore + " bytes, as before",
                        () -> directBytes() <= bytesBefore + TOLERATED_BYTES);
            }
        }
    }

    @Test
    void anOpenPollerKeepsNoCancelledRegistration() throws IOException {
        for (Usable.Combination combination : Usable.combinations()) {
            try (Poller poller = combination.open();
                    Descriptors descriptors =
                            new Descriptors(new KernelPosix(Usable.syscalls(combination.binding())))) {
                List<WeakReference<Object>> attachments = new ArrayList<>();
                int ready = descriptors.readyPipe().readFd();
                for (int fd : List.of(ready, descriptors.hungUpPipe(), descriptors.regularFile())) {
                    for (Interest interest : new Interest[] {Interest.NONE, Interest.READ, Interest.WRITE}) {
                        attachments.add(comeAndGo(poller, fd, interest, Trigger.LEVEL));
                        attachments.add(comeAndGo(poller, fd, interest, Trigger.ONESHOT));
                    }
                }

                Eventually.until(combination + " has forgotten them all", () -> {
                    System.gc();
                    return attachments.stream().allMatch(attachment -> attachment.get() == null);
                });
                assertThat(poller.poll(0, (registration, told) -> {})).isZero();
            }
        }
    }

    private static WeakReference<Object> comeAndGo(Poller poller, int fd, Interest interest, Trigger trigger)
            throws IOException {
        Object attachment = new Object();
        Registration registration = poller.register(fd, interest, trigger, attachment);
        poller.poll(0, (each, ready) -> {});
        poller.poll(0, (each, ready) -> {});
        registration.cancel();
        return new WeakReference<>(attachment);
    }
}
