// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Descriptors;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.Usable;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.nio.PolluxSelectorProvider;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The events of a poller that is recorded, as a recording has them. */
class RecordedPollerTest {
    private static final String PROPERTY = "dev.pollux.jfr";
    private static final Duration ALWAYS = Duration.ZERO;
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration TIMEOUT = Duration.ofMillis(5);
    private static final ReadyHandler IGNORE = (registration, ready) -> {};

    private Descriptors descriptors;

    @BeforeEach
    void openDescriptors() throws IOException {
        descriptors = new Descriptors(new KernelPosix(Pollers.builder().syscalls()));
    }

    @AfterEach
    void closeDescriptors() throws IOException {
        System.clearProperty(PROPERTY);
        descriptors.close();
    }

    static List<Usable.Combination> combinations() {
        return Usable.combinations();
    }

    private static Poller open(Usable.Combination combination) throws IOException {
        return Pollers.builder()
                .mechanism(combination.mechanism())
                .binding(combination.binding())
                .jfr(true)
                .open();
    }

    private static Poller open() throws IOException {
        return Pollers.builder().jfr(true).open();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void aPollSaysHowManyAreReadyAndRegisteredOnWhichMechanism(Usable.Combination combination) throws Exception {
        try (Poller poller = open(combination)) {
            poller.register(descriptors.pipe().readFd(), Interest.READ);
            Registration one = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
            Registration other = poller.register(descriptors.readyPipe().readFd(), Interest.READ);

            List<RecordedEvent> polls = Recorded.during(Recorded.POLL, NEVER, () -> {
                assertThat(poller.poll(IGNORE)).isEqualTo(2);
                one.cancel();
                other.cancel();
                assertThat(poller.poll(TIMEOUT, IGNORE)).isZero();
            });

            assertThat(polls)
                    .hasSize(2)
                    .allMatch(poll -> poll.getString("mechanism")
                            .equals(combination.mechanism().name()))
                    .allMatch(poll -> poll.getThread()
                            .getJavaName()
                            .equals(Thread.currentThread().getName()));
            assertThat(polls).extracting(poll -> poll.getInt("ready")).containsExactly(2, 0);
            assertThat(polls).extracting(poll -> poll.getInt("registered")).containsExactly(3, 1);
            assertThat(polls.get(0).getDuration("kernelTime")).isPositive();
            assertThat(polls.get(1).getDuration("kernelTime")).isGreaterThanOrEqualTo(TIMEOUT);
        }
    }

    @Test
    void theKernelTimeOfAPollIsNotThatOfPollsBefore() throws Exception {
        try (Poller poller = open()) {
            List<RecordedEvent> polls = Recorded.during(Recorded.POLL, NEVER, () -> {
                for (int i = 0; i < 100; i++) {
                    poller.poll(TIMEOUT, IGNORE);
                }
            });
            assertThat(polls)
                    .hasSize(100)
                    .anyMatch(poll -> poll.getDuration("kernelTime").compareTo(TIMEOUT.multipliedBy(50)) < 0);
        }
    }

    @Test
    void aHandlerSaysWhatItWasCalledForAndWhoseItIs() throws Exception {
        try (Poller poller = open()) {
            int fd = descriptors.readyPipe().readFd();
            poller.register(fd, Interest.READ, "an attachment");

            List<RecordedEvent> handlers =
                    Recorded.during(Recorded.HANDLER, ALWAYS, () -> poller.poll(new NamedHandler()));

            assertThat(handlers).hasSize(1);
            RecordedEvent handler = handlers.get(0);
            assertThat(handler.getInt("descriptor")).isEqualTo(fd);
            assertThat(handler.getString("ready")).isEqualTo("READABLE");
            assertThat(handler.getClass("handler").getName()).isEqualTo(NamedHandler.class.getName());
            assertThat(handler.getClass("attachment").getName()).isEqualTo("java.lang.String");
        }
    }

    private static final class NamedHandler implements ReadyHandler {
        @Override
        public void ready(Registration registration, Readiness ready) {}
    }

    @Test
    void aHandlerThatThrowsIsRecordedAndSoIsItsPoll() throws Exception {
        for (String name : List.of(Recorded.HANDLER, Recorded.POLL)) {
            try (Poller poller = open()) {
                poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);
                List<RecordedEvent> events = Recorded.during(
                        name,
                        ALWAYS,
                        () -> assertThatThrownBy(() -> poller.poll((registration, ready) -> {
                                    throw new IOException("of the test");
                                }))
                                .hasMessage("of the test"));
                assertThat(events).hasSize(1);
            }
        }
    }

    @Test
    void aHandlerThatTakesLessThanTheThresholdIsNotRecorded() throws Exception {
        try (Poller poller = open()) {
            poller.register(descriptors.readyPipe().readFd(), Interest.READ);
            assertThat(Recorded.during(Recorded.HANDLER, NEVER, () -> poller.poll(IGNORE)))
                    .isEmpty();
        }
    }

    @Test
    void theThresholdIs10MillisecondsUnlessTheRecordingSaysOtherwise() throws Exception {
        open().close();
        EventType handler = FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .filter(type -> type.getName().equals(Recorded.HANDLER))
                .findFirst()
                .orElseThrow();
        assertThat(handler.getSettingDescriptors())
                .filteredOn(setting -> setting.getName().equals("threshold"))
                .extracting(SettingDescriptor::getDefaultValue)
                .containsExactly("10 ms");
    }

    // Switched on and off.

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", " true "})
    void thePropertyRecordsEveryPollerThatAProgramOpens(String value) throws Exception {
        System.setProperty(PROPERTY, value);
        try (Poller poller = Pollers.open()) {
            assertThat(Recorded.during(Recorded.POLL, NEVER, () -> poller.poll(0, IGNORE)))
                    .hasSize(1);
        }
    }

    @Test
    void thePropertyRecordsTheSelectorsOfAProgram() throws Exception {
        System.setProperty(PROPERTY, "true");
        PolluxSelectorProvider provider = new PolluxSelectorProvider();
        try (Selector selector = provider.openSelector()) {
            Pipe pipe = provider.openPipe();
            pipe.sink().configureBlocking(false);
            pipe.sink().register(selector, SelectionKey.OP_WRITE);

            List<RecordedEvent> polls = Recorded.during(Recorded.POLL, NEVER, selector::select);

            assertThat(polls).hasSize(1);
            assertThat(polls.get(0).getInt("ready")).isEqualTo(1);
            assertThat(polls.get(0).getInt("registered")).isEqualTo(1);
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void nothingStandsBeforeAPollerThatNobodyRecords(Usable.Combination combination) throws IOException {
        try (Poller poller = combination.open()) {
            assertThat(poller).isInstanceOf(KernelPoller.class);
        }
    }

    @Test
    void whatTheProgramSaysComesBeforeTheProperty() throws IOException {
        System.setProperty(PROPERTY, "true");
        try (Poller poller = Pollers.builder().jfr(false).open()) {
            assertThat(poller).isInstanceOf(KernelPoller.class);
        }
        System.setProperty(PROPERTY, "false");
        try (Poller poller = open()) {
            assertThat(poller).isInstanceOf(RecordedPoller.class);
        }
    }

    @Test
    void aPropertyThatIsNeitherTrueNorFalseIsRefused() {
        System.setProperty(PROPERTY, "yes");
        assertThatThrownBy(Pollers::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dev.pollux.jfr=yes is neither true nor false");
    }
}
