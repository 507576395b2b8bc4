// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Kqueue.EV_ADD;
import static dev.pollux.abi.Kqueue.EV_CLEAR;
import static dev.pollux.abi.Kqueue.EV_DELETE;
import static dev.pollux.abi.Kqueue.EV_DISABLE;
import static dev.pollux.abi.Kqueue.EV_DISPATCH;
import static dev.pollux.abi.Kqueue.EV_ENABLE;
import static dev.pollux.abi.Kqueue.EV_EOF;
import static dev.pollux.abi.Kqueue.EV_ERROR;
import static dev.pollux.abi.Kqueue.EV_ONESHOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Timespec;
import dev.pollux.mechanism.SimulatedKqueue.Manners;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulated kqueue behaves as the kernels and the library that it simulates. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SimulatedKqueueTest {
    private static final Syscalls LINUX = new JnaSyscalls();
    private static final int ENABLED = EV_ADD | EV_ENABLE;

    private final Kqueue.Abi abi = Kqueue.abi();
    private SimulatedKqueue kernel;
    private Descriptors descriptors;
    private int kq;

    @BeforeEach
    void open() {
        open(Manners.FREEBSD);
    }

    private void open(Manners manners) {
        kernel = new SimulatedKqueue(LINUX, manners);
        descriptors = new Descriptors(new KernelPosix(kernel));
        kq = descriptors.opened(kernel.kqueue());
    }

    @AfterEach
    void close() throws IOException {
        descriptors.close();
    }

    /** The fields of an event that these tests check. */
    private record Told(int fd, int filter, int flags, long udata) {}

    private int change(int fd, int filter, int flags, long udata) {
        NativeMemory change = NativeMemory.allocate(kernel, abi.sizeBytes());
        abi.put(change.buffer(), 0, fd, filter, flags, 0, 0, udata);
        return kernel.kevent(kq, change, 1, null, 0, null);
    }

    private int read(int fd, int flags) {
        return change(fd, abi.EVFILT_READ, flags, 7);
    }

    private int write(int fd, int flags) {
        return change(fd, abi.EVFILT_WRITE, flags, 7);
    }

    private NativeMemory timeout(long nanos) {
        NativeMemory timeout = NativeMemory.allocate(kernel, Timespec.SIZE);
        Timespec.put(timeout.buffer(), nanos);
        return timeout;
    }

    private List<Told> look(int slots) {
        NativeMemory events = NativeMemory.allocate(kernel, slots * abi.sizeBytes());
        return told(events, kernel.kevent(kq, null, 0, events, slots, timeout(0)));
    }

    private List<Told> look() {
        return look(16);
    }

    private List<Told> told(NativeMemory events, int count) {
        assertThat(count).as("result of kevent").isNotNegative();
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            told.add(new Told(
                    (int) abi.ident(events.buffer(), i),
                    abi.filter(events.buffer(), i),
                    abi.flags(events.buffer(), i) & (EV_EOF | EV_ERROR),
                    abi.udata(events.buffer(), i)));
        }
        return told;
    }

    private Told readable(int fd) {
        return new Told(fd, abi.EVFILT_READ, 0, 7);
    }

    @Test
    void aLevelIsReportedWhileItHolds() throws IOException {
        Pipe pipe = descriptors.pipe();
        assertThat(read(pipe.readFd(), ENABLED)).isZero();
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactly(readable(pipe.readFd()));
        assertThat(look()).containsExactly(readable(pipe.readFd()));
        descriptors.drain(pipe.readFd());
        assertThat(look()).isEmpty();
    }

    @Test
    void clearReportsEachArrivalOnce() throws IOException {
        Pipe pipe = descriptors.readyPipe();
        read(pipe.readFd(), ENABLED | EV_CLEAR);
        assertThat(look()).containsExactly(readable(pipe.readFd()));
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactly(readable(pipe.readFd()));
        assertThat(look()).isEmpty();
        read(pipe.readFd(), ENABLED | EV_CLEAR);
        assertThat(look()).as("added again").containsExactly(readable(pipe.readFd()));
    }

    @ParameterizedTest
    @EnumSource
    void aOneshotIsGoneOnceItWasToldAndTheBsdsTellOneThatHasPassed(Manners manners) throws IOException {
        close();
        open(manners);
        int fd = descriptors.readyPipe().readFd();
        read(fd, ENABLED | EV_ONESHOT);
        assertThat(look()).containsExactly(readable(fd));
        assertThat(look()).isEmpty();
        assertThat(read(fd, EV_DELETE)).isEqualTo(-Errno.ENOENT);
        read(fd, ENABLED | EV_ONESHOT);
        descriptors.drain(fd);
        boolean looksAgain = manners == Manners.MACOS || manners == Manners.LIBKQUEUE;
        assertThat(look()).hasSize(looksAgain ? 0 : 1);
    }

    @Test
    void dispatchReportsOnceUntilItIsEnabledAgain() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        read(fd, ENABLED | EV_DISPATCH);
        assertThat(look()).hasSize(1);
        assertThat(look()).isEmpty();
        read(fd, EV_ENABLE | EV_ADD);
        assertThat(look()).hasSize(1);
    }

    @Test
    void addDoesNotEnableADisabledFilter() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        read(fd, EV_ADD | EV_DISABLE);
        assertThat(look()).isEmpty();
        read(fd, EV_ADD);
        assertThat(look()).isEmpty();
        read(fd, EV_ENABLE);
        assertThat(look()).hasSize(1);
    }

    @Test
    void addOverALevelDoesNotMakeItAOneshotButReplacesUdata() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        read(fd, ENABLED);
        change(fd, abi.EVFILT_READ, ENABLED | EV_ONESHOT, 8);
        assertThat(look()).containsExactly(new Told(fd, abi.EVFILT_READ, 0, 8));
        assertThat(look()).hasSize(1);
    }

    @Test
    void enableReplacesUdataExceptOnOpenbsd() throws IOException {
        for (Manners manners : List.of(Manners.FREEBSD, Manners.OPENBSD)) {
            close();
            open(manners);
            int fd = descriptors.readyPipe().readFd();
            read(fd, ENABLED);
            change(fd, abi.EVFILT_READ, EV_ENABLE, 9);
            assertThat(look()).extracting(Told::udata).containsExactly(manners == Manners.OPENBSD ? 7L : 9L);
        }
    }

    @Test
    void aMissingFilterIsEnoentAndAClosedDescriptorIsEbadf() throws IOException {
        int fd = descriptors.pipe().readFd();
        assertThat(read(fd, EV_DELETE)).isEqualTo(-Errno.ENOENT);
        assertThat(read(fd, EV_ENABLE)).isEqualTo(-Errno.ENOENT);
        assertThat(read(1_000_000, ENABLED)).isEqualTo(-Errno.EBADF);
        assertThat(change(fd, 1234, ENABLED, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(read(descriptors.open("/dev/null", Fcntl.O_RDWR), ENABLED)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.kevent(1_000_000, null, 0, null, 0, null)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void aFailedChangeIsReportedInTheEventListIfThereIsRoom() throws IOException {
        int fd = descriptors.pipe().readFd();
        NativeMemory change = NativeMemory.allocate(kernel, abi.sizeBytes());
        abi.put(change.buffer(), 0, fd, abi.EVFILT_READ, EV_DELETE, 0, 0, 7);
        NativeMemory events = NativeMemory.allocate(kernel, abi.sizeBytes());
        int count = kernel.kevent(kq, change, 1, events, 1, null);
        assertThat(told(events, count)).containsExactly(new Told(fd, abi.EVFILT_READ, EV_ERROR, 7));
        assertThat(abi.data(events.buffer(), 0)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void aPipeWithoutReaderRefusesTheWriteFilterOrReportsItsEnd() throws IOException {
        for (Manners manners : Manners.values()) {
            close();
            open(manners);
            Pipe pipe = descriptors.pipe();
            Pipe other = descriptors.pipe();
            assertThat(write(other.writeFd(), ENABLED)).isZero();
            descriptors.close(pipe.readFd());
            descriptors.close(other.readFd());
            int refused = switch (manners) {
                case FREEBSD, OPENBSD, MACOS -> -Errno.EPIPE;
                case NETBSD -> -Errno.EBADF;
                case LIBKQUEUE -> 0;
            };
            assertThat(write(pipe.writeFd(), ENABLED)).as(manners.name()).isEqualTo(refused);
            assertThat(look())
                    .as(manners.name())
                    .contains(new Told(other.writeFd(), abi.EVFILT_WRITE, EV_EOF, 7))
                    .hasSize(refused == 0 ? 2 : 1);
        }
    }

    @Test
    void aClosedDescriptorLosesItsKnotesHoweverItIsClosed() throws IOException {
        int ready = descriptors.readyPipe().readFd();
        int seen = descriptors.dup(ready);
        int unseen = LINUX.dup(ready);
        read(seen, ENABLED);
        read(unseen, ENABLED);
        assertThat(kernel.knotes()).isEqualTo(2);
        descriptors.close(seen);
        assertThat(kernel.knotes()).isEqualTo(1);
        LINUX.close(unseen);
        assertThat(look()).isEmpty();
        assertThat(kernel.knotes()).isZero();
    }

    @Test
    void aNumberThatWasUsedAgainHasNoKnote() throws IOException {
        int ready = descriptors.readyPipe().readFd();
        int number = LINUX.dup(descriptors.pipe().readFd());
        read(number, ENABLED);
        LINUX.close(number);
        descriptors.dupAs(ready, number);
        assertThat(look()).isEmpty();
        assertThat(read(number, EV_ENABLE)).isEqualTo(-Errno.ENOENT);
        assertThat(read(number, ENABLED)).isZero();
        assertThat(look()).containsExactly(readable(number));
    }

    @Test
    void withFewerSlotsThanEventsTheNextCallReportsTheRest() throws IOException {
        List<Told> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int fd = descriptors.readyPipe().readFd();
            read(fd, ENABLED);
            all.add(readable(fd));
        }
        assertThat(look(3)).containsExactlyElementsOf(all.subList(0, 3));
        assertThat(look(3)).containsExactly(all.get(3), all.get(4), all.get(0));
    }

    @Test
    void severalKqueuesReportTheSame() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        read(fd, ENABLED);
        int first = kq;
        kq = descriptors.opened(kernel.kqueue());
        assertThat(look()).isEmpty();
        read(fd, ENABLED);
        assertThat(look()).hasSize(1);
        kq = first;
        assertThat(look()).hasSize(1);
    }

    private Background<List<Told>> waiting() {
        NativeMemory events = NativeMemory.allocate(kernel, 16 * abi.sizeBytes());
        return Background.start(() -> told(events, kernel.kevent(kq, null, 0, events, 16, null)))
                .awaitInKernel();
    }

    @Test
    void aWaitSeesWhatArrivesAndWhatIsChangedMeanwhile() throws Exception {
        Pipe pipe = descriptors.pipe();
        read(pipe.readFd(), ENABLED);
        Background<List<Told>> first = waiting();
        descriptors.write(pipe.writeFd());
        assertThat(first.get()).containsExactly(readable(pipe.readFd()));
        descriptors.drain(pipe.readFd());

        Pipe ready = descriptors.readyPipe();
        Background<List<Told>> second = waiting();
        read(ready.readFd(), ENABLED);
        assertThat(second.get()).containsExactly(readable(ready.readFd()));
        read(ready.readFd(), EV_DISABLE);

        Background<List<Told>> third = waiting();
        read(ready.readFd(), EV_ENABLE);
        assertThat(third.get()).containsExactly(readable(ready.readFd()));
    }

    @Test
    void inLibkqueueAChangeWaitsForTheEndOfTheWait() throws Exception {
        close();
        open(Manners.LIBKQUEUE);
        Pipe pipe = descriptors.pipe();
        Pipe ready = descriptors.readyPipe();
        read(pipe.readFd(), ENABLED);
        Background<List<Told>> wait = waiting();
        Background<Integer> change = Background.start(() -> read(ready.readFd(), ENABLED));
        Eventually.until("the change waits", () -> change.thread().getState() == Thread.State.WAITING);
        assertThat(wait.isDone()).isFalse();
        descriptors.write(pipe.writeFd());
        assertThat(wait.get()).containsExactly(readable(pipe.readFd()));
        assertThat(change.get()).isZero();
    }

    @Test
    void libkqueueDoesNotReportAFilterThatIsAddedAgain() throws IOException {
        close();
        open(Manners.LIBKQUEUE);
        int fd = descriptors.readyPipe().readFd();
        read(fd, ENABLED | EV_CLEAR);
        assertThat(look()).hasSize(1);
        assertThat(read(fd, ENABLED | EV_CLEAR)).isZero();
        assertThat(read(fd, EV_ADD | EV_CLEAR)).isZero();
        assertThat(look()).isEmpty();
        assertThat(read(fd, EV_ADD)).isNegative();
        read(fd, EV_DELETE);
        read(fd, ENABLED | EV_CLEAR);
        assertThat(look()).hasSize(1);
    }

    @Test
    void aTimeoutIsKeptAndOneOfMoreThanADayRefused() {
        NativeMemory events = NativeMemory.allocate(kernel, abi.sizeBytes());
        long startNanos = System.nanoTime();
        assertThat(kernel.kevent(kq, null, 0, events, 1, timeout(3_000_000))).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(3_000_000);
        NativeMemory tooLong = timeout(TimeUnit.HOURS.toNanos(24) + 1);
        assertThat(kernel.kevent(kq, null, 0, events, 1, tooLong)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void closingAKqueueEndsItsWaitAndFreesItsDescriptors() throws Exception {
        List<String> before = openDescriptors();
        int another = kernel.kqueue();
        NativeMemory events = NativeMemory.allocate(kernel, abi.sizeBytes());
        Background<Integer> wait = Background.start(() -> kernel.kevent(another, null, 0, events, 1, null))
                .awaitInKernel();
        kernel.close(another);
        assertThat(wait.get()).isEqualTo(-Errno.EBADF);
        Eventually.until(
                "as many descriptors as before", () -> openDescriptors().equals(before));
    }

    private static List<String> openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        return names == null ? List.of() : Arrays.stream(names).sorted().toList();
    }
}
