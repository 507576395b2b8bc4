// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Background;
import dev.pollux.CountingSyscalls;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.contract.PollerContract;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EpollPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.EPOLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(EpollDriver::new, settings);
    }

    @Test
    void aHandlerThatCancelsTheNextEventsDoesNotCauseARebuild() throws IOException {
        int[] lists = {0};
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int epollCreate1(int flags) {
                lists[0]++;
                return super.epollCreate1(flags);
            }
        });
        Registration[] both = new Registration[2];
        for (int i = 0; i < both.length; i++) {
            both[i] = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        }
        look();
        for (int round = 0; round < 5; round++) {
            int events = poller.poll(0, (registration, ready) -> {
                Registration other = both[registration == both[0] ? 1 : 0];
                other.cancel();
            });
            assertThat(events).isEqualTo(1);
            for (int i = 0; i < both.length; i++) {
                if (!both[i].isValid()) {
                    both[i] = poller.register(both[i].fd(), Interest.READ);
                }
            }
        }

        assertThat(lists[0]).as("how many lists were made").isEqualTo(1);
        assertThat(look()).hasSize(2);
    }

    @Test
    void aNumberThatARebuildFoundClosedCanBeRegisteredDuringTheNextWait() throws IOException {
        Posix.Pipe next = descriptors.readyPipe();
        List<Registration> registrations = new ArrayList<>();
        poller = openOver(new ForwardingSyscalls(calls) {
            private int lists;

            @Override
            public int epollCreate1(int flags) {
                lists++;
                return super.epollCreate1(flags);
            }

            @Override
            public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
                int rc = super.epollWait(epfd, events, maxevents, timeoutMillis);
                if (lists == 2 && registrations.size() == 1) {
                    try {
                        int fd = registrations.get(0).fd();
                        descriptors.dupAs(next.readFd(), fd);
                        registrations.add(poller.register(fd, Interest.READ));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
                return rc;
            }
        });
        registrations.add(poller.register(descriptors.pipe().readFd(), Interest.READ));
        Registration stale = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        descriptors.dup(stale.fd());
        descriptors.close(stale.fd());
        stale.cancel();
        descriptors.close(registrations.get(0).fd());

        for (int i = 0; i < 10; i++) {
            look();
        }

        assertThat(registrations).hasSize(2);
        assertThat(look()).containsExactly(event(registrations.get(1), READABLE));
        assertThat(registrations.get(0).isValid()).isFalse();
    }

    /** The kernel reports HUP whatever is asked; a new TCP socket has it. */
    @Test
    void theQuestionWhoseNumberItIsCausesNoEventForTheOldRegistration() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        AtomicBoolean asks = new AtomicBoolean();
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
                int rc = super.epollWait(epfd, events, maxevents, timeoutMillis);
                answers.addAndGet(Math.max(rc, 0));
                return rc;
            }

            @Override
            public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
                int before = answers.get();
                int rc = super.epollCtl(epfd, op, fd, event);
                if (asks.getAndSet(false)) {
                    Eventually.until("the waiting thread has the answer", () -> answers.get() > before);
                }
                return rc;
            }
        });
        Posix.Pipe pipe = descriptors.readyPipe();
        Registration old = poller.register(pipe.readFd(), Interest.READ);
        look();
        look(); // from now on its events are delivered without the lock
        descriptors.drain(old.fd());
        List<Event> events = Collections.synchronizedList(new ArrayList<>());
        int next = descriptors.tcpSocket();
        Background<Integer> waiting = waitInBackground((registration, ready) -> events.add(event(registration, ready)));
        descriptors.close(old.fd());
        descriptors.dupAs(next, old.fd());

        asks.set(true);
        Registration fresh = poller.register(old.fd(), Interest.WRITE);

        waiting.get();
        assertThat(events).extracting(Event::registration).containsExactly(fresh);
    }

    /** Opens a poller and counts the changes of its list. */
    private int[] countChanges() throws IOException {
        int[] changes = {0};
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
                changes[0]++;
                return super.epollCtl(epfd, op, fd, event);
            }
        });
        return changes;
    }

    /** As in C: EPOLL_CTL_ADD, MOD and DEL, and nothing else. */
    @Test
    void aSocketIsRegisteredModifiedAndCancelledByOneSystemCallEach() throws IOException {
        List<String> made = new ArrayList<>();
        poller = opened(Pollers.builder()
                .mechanism(mechanism())
                .binding(binding())
                .trace(made::add)
                .open());
        int fd = descriptors.socketPair().fd();
        poller.register(fd, Interest.READ).cancel(); // the table of numbers grows once
        made.clear();

        Registration registration = poller.register(fd, Interest.READ);
        registration.modify(Interest.READ_WRITE);
        registration.cancel();

        assertThat(made)
                .extracting(call -> call.split(", ")[1])
                .containsExactly("EPOLL_CTL_ADD", "EPOLL_CTL_MOD", "EPOLL_CTL_DEL");
    }

    private Registration registerTrusted() throws IOException {
        return registerTrusted(descriptors.readyPipe().readFd());
    }

    private Registration registerTrusted(int readyFd) throws IOException {
        Registration registration = poller.register(readyFd, Interest.READ, Trigger.ONESHOT, null);
        for (int round = 0; round < 20; round++) {
            assertThat(poller.poll(0, (fired, ready) -> fired.modify(Interest.READ)))
                    .isEqualTo(1);
        }
        return registration;
    }

    @Test
    void aOneshotThatItsHandlerAlwaysRearmsBecomesLazyAndCostsNoSystemCall() throws IOException {
        int[] changes = countChanges();
        registerTrusted();
        int before = changes[0];
        for (int round = 0; round < 20; round++) {
            assertThat(poller.poll(0, (fired, ready) -> fired.modify(Interest.READ)))
                    .isEqualTo(1);
        }

        assertThat(changes[0]).isEqualTo(before);
    }

    @Test
    void aLazyOneshotThatIsNotRearmedIsSilent() throws IOException {
        int[] changes = countChanges();
        Registration registration = registerTrusted();
        assertThat(look()).containsExactly(event(registration, READABLE));

        assertThat(look()).isEmpty();
        int before = changes[0];
        assertThat(look()).isEmpty();
        assertThat(changes[0]).as("changes of the list").isEqualTo(before);
        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void aLazyOneshotRearmedForAnotherInterestIsReportedForIt() throws IOException {
        poller = opened(open());
        Posix.SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = registerTrusted(pair.fd());

        registration.modify(Interest.WRITE);
        assertThat(look()).containsExactly(event(registration, WRITABLE));
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
        registration.modify(Interest.NONE);
        assertThat(look()).isEmpty();
        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
        registration.cancel();
        assertThat(look()).isEmpty();
    }

    @Test
    void aLazyOneshotClosedWithoutACancelIsDroppedAndItsNumberIsFree() throws IOException {
        Posix.Pipe next = descriptors.readyPipe();
        Registration registration = registerTrusted();
        assertThat(poller.poll(0, (fired, ready) -> descriptors.close(fired.fd())))
                .isEqualTo(1);
        assertThat(look()).isEmpty();

        assertDroppedAndItsNumberFree(registration, next);
    }

    @Test
    void aLazyOneshotClosedAfterItFellSilentIsDropped() throws IOException {
        Posix.Pipe next = descriptors.readyPipe();
        Registration registration = registerTrusted();
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        descriptors.close(registration.fd());

        assertDroppedAndItsNumberFree(registration, next);
    }

    private void assertDroppedAndItsNumberFree(Registration closed, Posix.Pipe next) throws IOException {
        descriptors.dupAs(next.readFd(), closed.fd());

        Registration fresh = poller.register(closed.fd(), Interest.READ);

        assertThat(closed.isValid()).isFalse();
        assertThat(look()).containsExactly(event(fresh, READABLE));
    }

    @Test
    void aHangUpOfASilentLazyOneshotNeitherSpinsNorIsLost() throws IOException {
        Posix.SocketPair pair = descriptors.socketPair();
        CountingSyscalls counting = count();
        descriptors.write(pair.peerFd());
        Registration registration = registerTrusted(pair.fd());
        assertThat(poller.poll(0, IGNORE)).isEqualTo(1);
        assertThat(look()).isEmpty();
        descriptors.close(pair.peerFd());
        int before = counting.waits();

        assertThat(poller.poll(20_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 20 ms").isLessThanOrEqualTo(3);
        registration.modify(Interest.READ);
        assertThat(poller.poll(0, IGNORE)).isEqualTo(1);
    }

    @Test
    void aLazyOneshotWhoseHandlerThrowsIsReportedAgainOnlyAfterARearm() throws IOException {
        poller = opened(open());
        Registration registration = registerTrusted();
        assertThatThrownBy(() -> poller.poll(0, (fired, ready) -> {
                    throw new IOException("on purpose");
                }))
                .hasMessage("on purpose");

        assertThat(look()).isEmpty();
        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @Test
    void aRefusalForLackOfWatchesNamesTheLimit() throws IOException {
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
                return fd == 0 ? -Errno.ENOSPC : super.epollCtl(epfd, op, fd, event);
            }
        });

        assertThatThrownBy(() -> poller.register(0, Interest.READ))
                .hasMessageContaining("EPOLL_CTL_ADD, 0): ENOSPC (No space left on device); ")
                .hasMessageContaining("fs.epoll.max_user_watches");
    }
}
