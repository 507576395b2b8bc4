// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Background;
import dev.pollux.CountingSyscalls;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.Poller;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Membarrier;
import dev.pollux.contract.PollerContract;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IoUringPollerTest extends PollerContract {
    /** More answers than the completion ring has room for. */
    private static final int MANY = 5000;

    @Override
    protected Mechanism mechanism() {
        return Mechanism.IO_URING;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(IoUringDriver::new, settings);
    }

    private List<Registration> registerMany(int readFd, Trigger trigger) throws IOException {
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(MANY + 500);
        List<Registration> registrations = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            registrations.add(poller.register(descriptors.dup(readFd), Interest.READ, trigger, null));
        }
        return registrations;
    }

    @ParameterizedTest
    @EnumSource(names = {"LEVEL", "ONESHOT"})
    void whatIsReadyComesInOnePollThoughTheRingsHaveNoRoomForIt(Trigger trigger) throws IOException {
        List<Registration> registrations = registerMany(descriptors.readyPipe().readFd(), trigger);

        assertThat(look()).hasSize(MANY).doesNotHaveDuplicates();
        for (Registration registration : registrations) {
            registration.modify(Interest.READ);
        }
        assertThat(look()).hasSize(MANY).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(names = {"LEVEL", "EDGE"})
    void noEdgeIsLostWhenTheRingOfAnswersIsFull(Trigger trigger) throws IOException {
        Pipe pipe = descriptors.pipe();
        registerMany(pipe.readFd(), trigger);
        assertThat(look()).isEmpty();
        for (int i = 0; i < 2; i++) {
            descriptors.write(pipe.writeFd());
            assertThat(look()).hasSize(MANY).doesNotHaveDuplicates();
            descriptors.drain(pipe.readFd());
            assertThat(look()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoeverPollsNextLosesNothingOfAThreadThatHasEnded(Trigger trigger) throws Exception {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, trigger, null);
        Background<Integer> other = pollInBackground(0, UNEXPECTED);
        assertThat(other.get()).isZero();
        other.thread().join(DEADLINE_NANOS / 1_000_000);

        Background<Integer> waiting = waitInBackground(IGNORE);
        descriptors.write(pipe.writeFd());
        assertThat(waiting.get()).isEqualTo(1);

        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @Test
    void aCancelReturnsOnceTheKernelReleasedTheFileEvenIfThePollingThreadIsBusy() throws Exception {
        SocketPair pair = descriptors.socketPair();
        Pipe ready = descriptors.readyPipe();
        Registration registration = poller.register(pair.fd(), Interest.READ);
        CountDownLatch polled = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Background<Boolean> busy = Background.start(() -> {
            poller.poll(0, UNEXPECTED);
            polled.countDown();
            while (over.getCount() > 0) {
                Thread.onSpinWait();
            }
            return true;
        });
        polled.await();

        registration.cancel();
        descriptors.close(pair.fd());

        assertThat(poller.size()).isZero();
        assertThat(descriptors.read(pair.peerFd(), 1))
                .as("the end, at the peer")
                .isEqualTo(-1);
        descriptors.dupAs(ready.readFd(), pair.fd());
        Registration fresh = poller.register(pair.fd(), Interest.READ);
        over.countDown();
        assertThat(busy.get()).isTrue();
        assertThat(look()).containsExactly(event(fresh, READABLE));
    }

    @ParameterizedTest
    @EnumSource(names = {"LEVEL", "ONESHOT"})
    void aWriterThatIsToldOfTheEndOfItsPeersWritingDoesNotSpin(Trigger trigger) throws IOException {
        CountingSyscalls counting = count();
        for (int others : new int[] {0, 3}) {
            tellAtOnce(others);
            SocketPair pair = descriptors.socketPair();
            descriptors.fill(pair.fd());
            posix.shutdownWrite(pair.peerFd());
            Registration registration = poller.register(pair.fd(), Interest.WRITE, trigger, null);
            int before = counting.waits();

            assertThat(poller.poll(50_000_000, UNEXPECTED)).isZero();

            assertThat(counting.waits() - before).as("waits in 50 ms").isLessThanOrEqualTo(5);
            descriptors.drain(pair.peerFd());
            assertThat(await()).containsExactly(event(registration, WRITABLE));
            registration.cancel();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsForUrgentDataDoesNotSpinAtTheEndOfAllOther(Trigger trigger) throws IOException {
        CountingSyscalls counting = count();
        for (int others : new int[] {0, 3}) {
            tellAtOnce(others);
            SocketPair pair = descriptors.tcpPair();
            posix.shutdownWrite(pair.peerFd());
            Registration registration = poller.register(pair.fd(), Interest.PRIORITY, trigger, null);
            int before = counting.waits();

            assertThat(poller.poll(50_000_000, UNEXPECTED)).isZero();

            assertThat(counting.waits() - before).as("waits in 50 ms").isLessThanOrEqualTo(5);
            registration.cancel();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatWasClosedIsFoundOutWhicheverWaitsFindSomething(int waitsBefore) throws IOException {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        Pipe other = descriptors.pipe();
        poller.register(other.readFd(), Interest.READ);
        for (int i = 0; i < waitsBefore; i++) {
            assertThat(look()).isEmpty();
        }
        int rounds = 0;
        for (descriptors.close(other.readFd()); poller.size() > 1 && rounds < 1000; rounds++) {
            descriptors.write(pipe.writeFd());
            poller.poll((registration, ready) -> {});
            descriptors.drain(pipe.readFd());
            poller.poll(0, (registration, ready) -> {});
        }
        assertThat(rounds).isLessThan(1000);
    }

    /** Delivers this many events in one poll, of registrations that are cancelled afterwards. */
    private void tellAtOnce(int events) throws IOException {
        List<Registration> registrations = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            registrations.add(poller.register(descriptors.readyPipe().readFd(), Interest.READ));
        }
        assertThat(look()).hasSize(events);
        for (Registration registration : registrations) {
            registration.cancel();
        }
    }

    @Test
    void anEntryRearmedWhileDataArrivesIsCheckedOnce() throws IOException {
        int[] most = {0};
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int poll(NativeMemory pollfds, int count, int timeoutMillis) {
                most[0] = Math.max(most[0], count);
                return super.poll(pollfds, count, timeoutMillis);
            }
        });
        SocketPair pair = descriptors.socketPair();
        poller.register(pair.fd(), Interest.READ);
        for (int round = 0; round < 50; round++) {
            descriptors.write(pair.peerFd());
            assertThat(poller.poll(0, (registration, ready) -> registration.modify(Interest.READ)))
                    .isEqualTo(1);
        }

        assertThat(most[0]).as("descriptors in one poll(2)").isLessThanOrEqualTo(1);
    }

    @Test
    void oneAndManyReadyDescriptorsGiveTheSameEvents() throws IOException {
        CountingSyscalls counting = count();
        Random random = new Random(8);
        Map<Registration, Pipe> pipes = new HashMap<>();
        Map<Registration, Integer> unread = new HashMap<>();
        for (int i = 0; i < 20; i++) {
            Pipe pipe = descriptors.pipe();
            pipes.put(poller.register(pipe.readFd(), Interest.READ), pipe);
        }
        List<Registration> all = List.copyOf(pipes.keySet());
        for (int round = 0; round < 3000; round++) {
            int arrivals = List.of(0, 0, 1, 1, 1, 3, 12).get(random.nextInt(7));
            for (int i = 0; i < (round / 50 % 2 == 0 ? arrivals : Math.min(arrivals, 1)); i++) {
                Registration registration = all.get(random.nextInt(all.size()));
                descriptors.write(pipes.get(registration).writeFd());
                unread.merge(registration, 1, Integer::sum);
            }
            Set<Registration> told = new HashSet<>();
            Set<Registration> expected = Set.copyOf(unread.keySet());
            int before = counting.waits();
            poller.poll(expected.isEmpty() ? 100_000 : Eventually.DEADLINE_NANOS, (registration, ready) -> {
                told.add(registration);
                if (random.nextInt(3) > 0) {
                    descriptors.drain(registration.fd());
                    unread.remove(registration);
                }
            });
            assertThat(told).as("round %d", round).isEqualTo(expected);
            assertThat(counting.waits() - before).as("waits in round %d", round).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void dataReadBeforeThePollIsNotReported() throws IOException {
        for (Trigger trigger : Trigger.values()) {
            Pipe pipe = descriptors.pipe();
            poller.register(pipe.readFd(), Interest.READ, trigger, null);
            assertThat(look()).isEmpty();
            descriptors.write(pipe.writeFd());
            descriptors.drain(pipe.readFd());

            assertThat(look()).as(trigger.name()).isEmpty();
        }
    }

    @Test
    void ordinaryDataIsNotReportedAsPriority() throws Exception {
        SocketPair tcp = descriptors.tcpPair();
        Registration registration = poller.register(tcp.fd(), Interest.READ.plus(Interest.PRIORITY));
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        descriptors.write(tcp.peerFd());

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, READABLE));
    }

    @Test
    void anEdgeAfterTheStateCheckIsReported() throws IOException {
        int[] drained = {-1};
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int poll(NativeMemory pollfds, int count, int timeoutMillis) {
                int rc = super.poll(pollfds, count, timeoutMillis);
                try {
                    if (drained[0] >= 0) {
                        descriptors.drain(drained[0]);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return rc;
            }
        });
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        Registration registration = poller.register(pair.fd(), Interest.READ_WRITE, Trigger.EDGE, null);
        assertThat(look()).isEmpty();
        descriptors.write(pair.peerFd());
        drained[0] = pair.peerFd();

        int bits = 0;
        for (int polls = 0; polls < 3; polls++) {
            for (Event event : look()) {
                bits |= ReadyBits.of(event.ready());
            }
        }

        assertThat(bits & (READABLE | WRITABLE)).isEqualTo(READABLE | WRITABLE);
        assertThat(registration.isValid()).isTrue();
    }

    // Refused.

    @Test
    void aRefusalNamesTheReason() {
        Map<Integer, String> reasons = Map.of(
                Errno.ENOSYS, "no io_uring",
                Errno.EPERM, "kernel.io_uring_disabled",
                Errno.EINVAL, "too old",
                Errno.ENOMEM, "RLIMIT_MEMLOCK");
        reasons.forEach((errno, words) -> assertThatThrownBy(() -> openOver(new ForwardingSyscalls(calls) {
                    @Override
                    public int ioUringSetup(int entries, NativeMemory params) {
                        return -errno;
                    }
                }))
                .isInstanceOf(MechanismUnavailableException.class)
                .hasMessageStartingWith("io_uring_setup(256, ")
                .hasMessageContaining(words));
    }

    @Test
    void aKernelWithoutCooperativeTaskRunningIsAskedAgainWithoutIt() throws IOException {
        List<Integer> flags = new ArrayList<>();
        requirePolls(new ForwardingSyscalls(calls) {
            @Override
            public int ioUringSetup(int entries, NativeMemory params) {
                flags.add(params.getInt(IoUring.FLAGS));
                boolean isCooperative = (params.getInt(IoUring.FLAGS) & IoUring.IORING_SETUP_COOP_TASKRUN) != 0;
                return isCooperative ? -Errno.EINVAL : super.ioUringSetup(entries, params);
            }
        });

        assertThat(flags)
                .containsExactly(
                        IoUring.IORING_SETUP_CQSIZE | IoUring.IORING_SETUP_COOP_TASKRUN, IoUring.IORING_SETUP_CQSIZE);
    }

    @Test
    void aKernelWithoutMembarrierInterruptsThePollingThreadForEachEvent() throws IOException {
        List<Integer> flags = new ArrayList<>();
        requirePolls(new ForwardingSyscalls(calls) {
            @Override
            public int membarrier(int cmd, int none) {
                return -Errno.ENOSYS;
            }

            @Override
            public int ioUringSetup(int entries, NativeMemory params) {
                flags.add(params.getInt(IoUring.FLAGS));
                return super.ioUringSetup(entries, params);
            }
        });

        assertThat(flags).containsExactly(IoUring.IORING_SETUP_CQSIZE);
    }

    private void requirePolls(ForwardingSyscalls old) throws IOException {
        poller = openOver(old);
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @Test
    void onlyACancelByAnotherThreadInterruptsThePollingThread() throws Exception {
        AtomicInteger interrupts = new AtomicInteger();
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int membarrier(int cmd, int none) {
                if (cmd == Membarrier.MEMBARRIER_CMD_PRIVATE_EXPEDITED) {
                    interrupts.incrementAndGet();
                }
                return super.membarrier(cmd, none);
            }
        });
        List<Registration> registrations = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            registrations.add(poller.register(descriptors.pipe().readFd(), Interest.READ));
        }
        assertThat(look()).isEmpty();

        registrations.remove(0).cancel();
        assertThat(interrupts).hasValue(0);

        Background<Integer> canceller = Background.start(() -> {
            for (Registration registration : registrations) {
                registration.cancel();
            }
            return poller.size();
        });
        while (!canceller.isDone()) {
            Thread.onSpinWait();
        }
        assertThat(canceller.get()).isZero();
        assertThat(interrupts.get()).isPositive();
    }

    @Test
    void aLackOfDescriptorsIsASyscallException() {
        assertThatThrownBy(() -> openOver(new ForwardingSyscalls(calls) {
                    @Override
                    public int ioUringSetup(int entries, NativeMemory params) {
                        return -Errno.EMFILE;
                    }
                }))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EMFILE));
    }

    @Test
    void aTooOldKernelIsRefusedAndItsRingClosed() {
        List<Integer> closed = new ArrayList<>();
        int[] ring = {-1};
        ForwardingSyscalls old = new ForwardingSyscalls(calls) {
            @Override
            public int ioUringSetup(int entries, NativeMemory params) {
                ring[0] = super.ioUringSetup(entries, params);
                params.putInt(IoUring.FEATURES, params.getInt(IoUring.FEATURES) & ~IoUring.IORING_FEAT_EXT_ARG);
                return ring[0];
            }

            @Override
            public int close(int fd) {
                closed.add(fd);
                return super.close(fd);
            }
        };

        assertThatThrownBy(() -> openOver(old))
                .isInstanceOf(MechanismUnavailableException.class)
                .hasMessageContaining("and lacks 0x100");
        assertThat(closed).containsExactly(ring[0]);
    }

    @Test
    void aRingThatCannotBeMappedIsClosed() {
        List<Integer> closed = new ArrayList<>();
        ForwardingSyscalls full = new ForwardingSyscalls(calls) {
            @Override
            public long mmap(long lengthBytes, int prot, int flags, int fd, long offset) {
                return offset == IoUring.IORING_OFF_SQES
                        ? -Errno.ENOMEM
                        : super.mmap(lengthBytes, prot, flags, fd, offset);
            }

            @Override
            public int close(int fd) {
                closed.add(fd);
                return super.close(fd);
            }
        };

        assertThatThrownBy(() -> openOver(full))
                .isInstanceOf(SyscallException.class)
                .hasMessageStartingWith("mmap(");
        assertThat(closed).hasSize(1);
    }

    @Test
    void aRingIsClosedIfJavaHasNoMemoryForItsMapping() {
        List<Integer> closed = new ArrayList<>();
        ForwardingSyscalls failing = new ForwardingSyscalls(calls) {
            @Override
            public long mmap(long lengthBytes, int prot, int flags, int fd, long offset) {
                if (offset == IoUring.IORING_OFF_SQES) {
                    throw new OutOfMemoryError("of the test");
                }
                return super.mmap(lengthBytes, prot, flags, fd, offset);
            }

            @Override
            public int close(int fd) {
                closed.add(fd);
                return super.close(fd);
            }
        };

        assertThatThrownBy(() -> openOver(failing)).isInstanceOf(OutOfMemoryError.class);
        assertThat(closed).hasSize(1);
    }
}
