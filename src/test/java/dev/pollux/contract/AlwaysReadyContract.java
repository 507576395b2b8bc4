// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.CountingSyscalls;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.abi.Fcntl;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Regular files, directories and {@code /dev/null} are always ready, on every mechanism. */
@Tag("always-ready")
public abstract class AlwaysReadyContract extends PollerFixture {
    private Map<String, Integer> alwaysReady() throws IOException {
        Map<String, Integer> fds = new HashMap<>();
        fds.put("a regular file", descriptors.regularFile());
        fds.put("an empty place in a regular file", atItsEnd(descriptors.regularFile()));
        fds.put("a directory", descriptors.open("/", Fcntl.O_RDONLY));
        fds.put("/dev/null", descriptors.open("/dev/null", Fcntl.O_RDWR));
        return fds;
    }

    private int atItsEnd(int file) throws IOException {
        descriptors.drain(file);
        return file;
    }

    @Test
    void everyPollReportsAnAlwaysReadyDescriptor() throws IOException {
        for (Map.Entry<String, Integer> each : alwaysReady().entrySet()) {
            Registration registration = poller.register(each.getValue(), Interest.READ);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE));
            assertThat(poll(-1)).as(each.getKey()).containsExactly(event(registration, READABLE));
            registration.modify(Interest.WRITE);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, WRITABLE));
            registration.modify(Interest.READ_WRITE);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE | WRITABLE));
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE | WRITABLE));
            registration.modify(Interest.NONE);
            assertThat(look()).as(each.getKey()).isEmpty();
            registration.cancel();
            assertThat(look()).as(each.getKey()).isEmpty();
            assertThat(poller.size()).isZero();
        }
    }

    @Test
    void anAlwaysReadyDescriptorNeverHasPriority() throws IOException {
        assumePriority();
        CountingSyscalls counting = count();
        for (int fd : alwaysReady().values()) {
            poller.register(fd, Interest.PRIORITY);
        }
        int before = counting.waits();

        assertThat(poller.poll(30_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 30 ms").isLessThanOrEqualTo(3);
    }

    @Test
    void anAlwaysReadyOneshotFiresOnce() throws IOException {
        for (Map.Entry<String, Integer> each : alwaysReady().entrySet()) {
            Registration registration = poller.register(each.getValue(), Interest.READ_WRITE, Trigger.ONESHOT, null);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE | WRITABLE));
            assertThat(look()).as(each.getKey()).isEmpty();
            assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
            registration.modify(Interest.READ);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE));
            assertThat(look()).as(each.getKey()).isEmpty();
            registration.cancel();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EDGE", "EDGE_ONESHOT"})
    void anAlwaysReadyEdgeFiresOnceUntilItIsRearmed(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        for (Map.Entry<String, Integer> each : alwaysReady().entrySet()) {
            Registration registration = poller.register(each.getValue(), Interest.READ, trigger, null);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE));
            assertThat(look()).as(each.getKey()).isEmpty();
            assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
            registration.modify(Interest.READ_WRITE);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE | WRITABLE));
            assertThat(look()).as(each.getKey()).isEmpty();
            registration.cancel();
        }
    }

    @Test
    void anAlwaysReadyDescriptorIsReportedTogetherWithAReadyPipe() throws IOException {
        Registration file = poller.register(descriptors.regularFile(), Interest.READ);
        Registration pipe = poller.register(descriptors.readyPipe().readFd(), Interest.READ);

        assertThat(look()).containsExactlyInAnyOrder(event(file, READABLE), event(pipe, READABLE));
        assertThat(await()).containsExactlyInAnyOrder(event(file, READABLE), event(pipe, READABLE));
    }

    @Test
    void anAlwaysReadyDescriptorRegisteredDuringAPollIsReported() throws Exception {
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        Registration registration = poller.register(descriptors.regularFile(), Interest.READ);

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, READABLE));
    }

    @Test
    void anAlwaysReadyDescriptorArmedDuringAPollIsReported() throws Exception {
        Registration silent = poller.register(descriptors.regularFile(), Interest.NONE);
        Registration fired = poller.register(descriptors.regularFile(), Interest.READ, Trigger.ONESHOT, null);
        assertThat(look()).containsExactly(event(fired, READABLE));
        for (Registration registration : List.of(silent, fired)) {
            List<Event> events = new ArrayList<>();
            Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

            registration.modify(Interest.WRITE);

            assertThat(waiting.get()).isEqualTo(1);
            assertThat(events).containsExactly(event(registration, WRITABLE));
            registration.modify(Interest.NONE);
        }
    }

    /** Also on POLL, SELECT and /dev/poll, which watch numbers: the number now belongs to an empty pipe. */
    @Test
    void anEmptyPipeIsNotReadyThoughItsNumberWasThatOfAnAlwaysReadyFile() throws IOException {
        for (Trigger trigger : Trigger.values()) {
            if (poller.supports(trigger)) {
                for (int file : new int[] {descriptors.regularFile(), descriptors.open("/dev/null", Fcntl.O_RDWR)}) {
                    Registration registration = poller.register(file, Interest.READ, trigger, null);
                    if (!trigger.isOneshot()) {
                        assertThat(look()).containsExactly(event(registration, READABLE));
                    }
                    Pipe pipe = descriptors.pipe();
                    descriptors.close(file);
                    descriptors.dupAs(pipe.readFd(), file);

                    assertThat(look()).as("%s, %s", trigger, mechanism()).isEmpty();
                    registration.cancel();
                }
            }
        }
    }
}
