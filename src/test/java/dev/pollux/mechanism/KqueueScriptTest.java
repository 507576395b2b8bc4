// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Kqueue.EV_ADD;
import static dev.pollux.abi.Kqueue.EV_CLEAR;
import static dev.pollux.abi.Kqueue.EV_DELETE;
import static dev.pollux.abi.Kqueue.EV_ENABLE;
import static dev.pollux.mechanism.ScriptedKernel.Calls.KQ;
import static dev.pollux.mechanism.ScriptedKernel.Calls.NOTHING;
import static dev.pollux.mechanism.ScriptedKernel.Calls.NO_CHANGES;
import static dev.pollux.mechanism.ScriptedKernel.Calls.WAKER;
import static dev.pollux.mechanism.ScriptedKernel.Calls.atMost;
import static dev.pollux.mechanism.ScriptedKernel.Calls.changes;
import static dev.pollux.mechanism.ScriptedKernel.Calls.exactly;
import static dev.pollux.mechanism.ScriptedKernel.Calls.except;
import static dev.pollux.mechanism.ScriptedKernel.Calls.exceptional;
import static dev.pollux.mechanism.ScriptedKernel.Calls.forever;
import static dev.pollux.mechanism.ScriptedKernel.Calls.kevent;
import static dev.pollux.mechanism.ScriptedKernel.Calls.kqueue;
import static dev.pollux.mechanism.ScriptedKernel.Calls.look;
import static dev.pollux.mechanism.ScriptedKernel.Calls.read;
import static dev.pollux.mechanism.ScriptedKernel.Calls.readable;
import static dev.pollux.mechanism.ScriptedKernel.Calls.room;
import static dev.pollux.mechanism.ScriptedKernel.Calls.writable;
import static dev.pollux.mechanism.ScriptedKernel.Calls.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Binding;
import dev.pollux.Descriptors;
import dev.pollux.Interest;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Kqueue;
import dev.pollux.mechanism.ScriptedKernel.Call;
import dev.pollux.mechanism.ScriptedKernel.Event;
import dev.pollux.mechanism.ScriptedKernel.Room;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link KqueueDriver} over a scripted kernel: how it calls kevent, and how it handles the answers. */
class KqueueScriptTest {
    private static final Syscalls JNA = new JnaSyscalls();
    private static final int LEVEL = EV_ADD | EV_ENABLE;
    private static final int EDGE = EV_ADD | EV_ENABLE | EV_CLEAR;
    private static final int SLOTS = 512;
    private static final Room WAIT = room(SLOTS, forever());
    private static final Room LOOK = room(SLOTS, look());
    private static final long TEN_SECONDS = TimeUnit.SECONDS.toNanos(10);
    private static final long DAY = TimeUnit.HOURS.toNanos(24);

    private final String abiProperty = System.getProperty(Kqueue.ABI_PROPERTY);
    private final Descriptors descriptors = new Descriptors(new KernelPosix(JNA));
    private final List<String> delivered = new ArrayList<>();
    private final ReadyHandler recording = (registration, ready) -> delivered.add(registration.fd() + ": " + ready);
    private ScriptedKernel kernel;
    private KernelPoller poller;

    @BeforeEach
    void openOnTheAbiOfMacos() throws IOException {
        open(Kqueue.Abi.MACOS);
    }

    @AfterEach
    void closeAndCheckThatTheScriptIsDone() throws IOException {
        try {
            kernel.checkDone();
        } finally {
            poller.close();
            descriptors.close();
            putThePropertyBack();
        }
    }

    private void putThePropertyBack() {
        if (abiProperty == null) {
            System.clearProperty(Kqueue.ABI_PROPERTY);
        } else {
            System.setProperty(Kqueue.ABI_PROPERTY, abiProperty);
        }
    }

    private void open(Kqueue.Abi abi) throws IOException {
        if (poller != null) {
            poller.close();
        }
        System.setProperty(Kqueue.ABI_PROPERTY, abi.name());
        kernel = new ScriptedKernel(JNA);
        kernel.expect(kqueue()).answer(KQ);
        expect(kevent(changes(read(WAKER, LEVEL).generation(0)), NOTHING)).answer(0);
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        poller = KernelPoller.open(KqueueDriver::new, new PollerSettings(kernel, Binding.JNA, SelectLimit.FD_SETSIZE));
    }

    private ScriptedKernel.Expectation expect(Call call) {
        return kernel.expect(call);
    }

    private int pipeReadFd() throws IOException {
        return descriptors.pipe().readFd();
    }

    private int socket() throws IOException {
        return descriptors.socketPair().fd();
    }

    private List<Integer> duplicates(int fd, int count) throws IOException {
        List<Integer> fds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fds.add(descriptors.dup(fd));
        }
        return fds;
    }

    private Registration registered(int fd, Interest interest, Trigger trigger) throws IOException {
        int flags = trigger.isEdge() ? EDGE : LEVEL;
        if (interest.isRead()) {
            expect(kevent(changes(read(fd, flags)), NOTHING)).answer(0);
        }
        if (interest.isWrite()) {
            expect(kevent(changes(write(fd, flags)), NOTHING)).answer(0);
        }
        return poller.register(fd, interest, trigger, null);
    }

    private Registration registered(int fd, Interest interest) throws IOException {
        return registered(fd, interest, Trigger.LEVEL);
    }

    private int lookOnce() throws IOException {
        return poller.poll(0, recording);
    }

    private static List<Event> each(List<Integer> fds, int from, int to, IntFunction<Event> event) {
        return fds.subList(from, to).stream().map(fd -> event.apply(fd)).toList();
    }

    // The basic script.

    @ParameterizedTest
    @EnumSource(Kqueue.Abi.class)
    void aRegistrationWaitsIsToldChangesAndGoesOnEveryAbi(Kqueue.Abi abi) throws IOException {
        open(abi);
        int fd = socket();
        expect(kevent(changes(read(fd, LEVEL).generation(1)), NOTHING)).answer(0);
        Registration registration = poller.register(fd, Interest.READ);
        expect(kevent(NO_CHANGES, WAIT)).answer(readable(fd).data(3));
        assertThat(poller.poll(recording)).isEqualTo(1);
        expect(kevent(changes(write(fd, LEVEL).generation(1)), NOTHING)).answer(0);
        registration.modify(Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK))
                .answer(readable(fd).data(3), writable(fd).data(65536));
        assertThat(lookOnce()).isEqualTo(1);
        expect(kevent(changes(read(fd, EV_DELETE).generation(1)), NOTHING)).answer(0);
        registration.modify(Interest.WRITE);
        expect(kevent(changes(write(fd, EV_DELETE).generation(1)), NOTHING)).answer(0);
        registration.cancel();
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(lookOnce()).isZero();
        assertThat(delivered).containsExactly(fd + ": READABLE", fd + ": READABLE|WRITABLE");
    }

    @Test
    void aKqueueThatCannotBeOpenedThrowsTheErrorOfTheCall() {
        ScriptedKernel refusing = new ScriptedKernel(JNA);
        refusing.expect(kqueue()).answer(-Errno.EMFILE);
        assertThatThrownBy(() -> KernelPoller.open(
                        KqueueDriver::new, new PollerSettings(refusing, Binding.JNA, SelectLimit.FD_SETSIZE)))
                .isInstanceOf(SyscallException.class)
                .hasMessageStartingWith("kqueue(): EMFILE (Too many open files)")
                .hasMessageContaining("RLIMIT_NOFILE");
        refusing.checkDone();
    }

    @Test
    void aWakeupEndsThePollAndIsNoEvent() throws IOException {
        poller.wakeup();
        expect(kevent(NO_CHANGES, WAIT)).answer(readable(WAKER).data(8).generation(0));
        assertThat(poller.poll(recording)).isZero();
        assertThat(delivered).isEmpty();
    }

    // Two filters of one descriptor.

    @Test
    void twoFiltersOfADescriptorAreOneEvent() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK))
                .answer(writable(fd).data(9000), readable(fd).data(1));
        assertThat(lookOnce()).isEqualTo(1);
        assertThat(delivered).containsExactly(fd + ": READABLE|WRITABLE");
    }

    @Test
    void twoFiltersOfADescriptorAreOneEventAlsoWhenOthersStandBetweenThem() throws IOException {
        int first = socket();
        int second = socket();
        registered(first, Interest.READ_WRITE);
        registered(second, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK))
                .answer(
                        readable(first).data(1),
                        readable(second).data(1),
                        writable(second).data(9000),
                        writable(first).data(9000));
        assertThat(lookOnce()).isEqualTo(2);
        assertThat(delivered).containsExactly(first + ": READABLE|WRITABLE", second + ": READABLE|WRITABLE");
    }

    @Test
    void anEventOfOneFilterDoesNotSetTheBitsOfTheOther() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(writable(fd).data(9000));
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": WRITABLE");
    }

    // EV_EOF.

    @Test
    void endOfASocketWithDataLeftIsReadable() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).data(17).eof());
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": READABLE|READ_HANGUP");
    }

    @Test
    void endOfASocketWithoutDataIsReadable() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).eof(), writable(fd).data(9000));
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": READABLE|WRITABLE|READ_HANGUP");
    }

    @Test
    void endOfBothDirectionsOfASocketIsAHangup() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(writable(fd).eof(), readable(fd).eof());
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": READABLE|WRITABLE|HANGUP|READ_HANGUP");
    }

    @Test
    void ourOwnShutdownOfASocketIsWritableAndNotReadable() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(writable(fd).eof());
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": WRITABLE");
    }

    @Test
    void endsInTwoDifferentPollsAreNotJoined() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).eof());
        lookOnce();
        expect(kevent(NO_CHANGES, LOOK)).answer(writable(fd).eof());
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": READABLE|READ_HANGUP", fd + ": WRITABLE");
    }

    @Test
    void endOfAPipeIsReadableAndAHangup() throws IOException {
        int fd = pipeReadFd();
        registered(fd, Interest.READ);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).data(4).eof());
        lookOnce();
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).eof());
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": READABLE|HANGUP", fd + ": READABLE|HANGUP");
    }

    @Test
    void aPipeWithoutReaderIsWritableAndAnError() throws IOException {
        int fd = descriptors.pipe().writeFd();
        registered(fd, Interest.WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(writable(fd).eof());
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": WRITABLE|ERROR");
    }

    @Test
    void endWithAPendingErrorIsAnError() throws IOException {
        int connecting = socket();
        int reset = socket();
        registered(connecting, Interest.WRITE);
        registered(reset, Interest.READ);
        expect(kevent(NO_CHANGES, LOOK))
                .answer(
                        writable(connecting).eof(Errno.ECONNREFUSED),
                        readable(reset).eof(Errno.ECONNRESET));
        lookOnce();
        assertThat(delivered).containsExactly(connecting + ": WRITABLE|ERROR", reset + ": READABLE|READ_HANGUP|ERROR");
    }

    // EV_ERROR.

    @Test
    void anErrorInTheEventListIsReported() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).failed(Errno.EIO));
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": READABLE|WRITABLE|ERROR");
    }

    @Test
    void ebadfInTheEventListDropsAClosedDescriptorAndReportsIt() throws IOException {
        int fd = pipeReadFd();
        Registration registration = registered(fd, Interest.READ);
        descriptors.close(fd);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).failed(Errno.EBADF));
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(-Errno.EBADF);
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": INVALID");
        assertThat(registration.isValid()).isFalse();
        assertThat(poller.size()).isZero();
    }

    @Test
    void ebadfInTheEventListForAnOpenDescriptorIsJustAnError() throws IOException {
        int fd = pipeReadFd();
        Registration registration = registered(fd, Interest.READ);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).failed(Errno.EBADF));
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": READABLE|ERROR");
        assertThat(registration.isValid()).isTrue();
    }

    // Changes that fail.

    @Test
    void aPipeWithoutReaderThatIsRefusedWithEpipeAsOnOpenbsdIsAnEvent() throws IOException {
        refusedWrite(Errno.EPIPE);
    }

    @Test
    void aPipeWithoutReaderThatIsRefusedWithEbadfAsOnNetbsdIsAnEvent() throws IOException {
        refusedWrite(Errno.EBADF);
    }

    private void refusedWrite(int errno) throws IOException {
        Pipe pipe = descriptors.pipe();
        int fd = pipe.writeFd();
        descriptors.close(pipe.readFd());
        expect(kevent(changes(write(fd, LEVEL)), NOTHING)).answer(-errno);
        Registration registration = poller.register(fd, Interest.WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(poller.poll(recording)).isEqualTo(1);
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(poller.poll(recording)).isEqualTo(1);
        assertThat(delivered).containsExactly(fd + ": WRITABLE|ERROR", fd + ": WRITABLE|ERROR");
        registration.cancel();
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(lookOnce()).isZero();
    }

    @Test
    void ebadfForADescriptorThatIsReallyClosedStaysAnErrorAndRegistersNothing() throws IOException {
        int fd = descriptors.posix().dupAtOrAbove(descriptors.pipe().writeFd(), Descriptors.LOWEST);
        expect(kevent(changes(write(fd, LEVEL)), NOTHING))
                .meanwhile(() -> JNA.close(fd))
                .answer(-Errno.EBADF);
        assertThatThrownBy(() -> poller.register(fd, Interest.WRITE))
                .isInstanceOfSatisfying(SyscallException.class, e -> {
                    assertThat(e.errno()).isEqualTo(Errno.EBADF);
                    assertThat(e.call()).isEqualTo("kevent");
                });
        assertThat(poller.size()).isZero();
        assertThat(poller.registration(fd)).isNull();
    }

    @Test
    void aClosedDescriptorIsRefusedBeforeKeventIsCalled() throws IOException {
        int fd = pipeReadFd();
        descriptors.close(fd);
        assertThatThrownBy(() -> poller.register(fd, Interest.READ))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
        assertThat(poller.size()).isZero();
    }

    @Test
    void ifTheSecondFilterIsRefusedTheFirstIsDeleted() throws IOException {
        int fd = socket();
        expect(kevent(changes(read(fd, LEVEL)), NOTHING)).answer(0);
        expect(kevent(changes(write(fd, LEVEL)), NOTHING)).answer(-Errno.ENOMEM);
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(0);
        assertThatThrownBy(() -> poller.register(fd, Interest.READ_WRITE))
                .isInstanceOf(SyscallException.class)
                .hasMessageEndingWith(
                        ", [{" + fd + ", EVFILT_WRITE, EV_ADD}], 1, NULL, 0, NULL): ENOMEM (Cannot allocate memory)");
        assertThat(poller.size()).isZero();
    }

    @Test
    void afterARefusedModifyTheOldFilterIsAddedAgainBeforeTheNextWait() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ);
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(0);
        expect(kevent(changes(write(fd, LEVEL)), NOTHING)).answer(-Errno.ENOMEM);
        assertThatThrownBy(() -> registration.modify(Interest.WRITE)).isInstanceOf(SyscallException.class);
        expect(kevent(changes(read(fd, LEVEL)), NOTHING)).answer(0);
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        lookOnce();
        assertThat(registration.interest()).isEqualTo(Interest.READ);
        assertThat(registration.isValid()).isTrue();
    }

    @Test
    void enoentAndEbadfOnDeleteAreHarmless() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ_WRITE);
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(-Errno.ENOENT);
        expect(kevent(changes(write(fd, EV_DELETE)), NOTHING)).answer(-Errno.EBADF);
        registration.cancel();
        assertThat(registration.isValid()).isFalse();
        assertThat(poller.size()).isZero();
    }

    @Test
    void eintrOnAChangeMeansThatItWasMade() throws IOException {
        int fd = socket();
        expect(kevent(changes(read(fd, LEVEL)), NOTHING)).answer(-Errno.EINTR);
        Registration registration = poller.register(fd, Interest.READ);
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(-Errno.EINTR);
        registration.cancel();
        assertThat(poller.size()).isZero();
    }

    // Waiting.

    @Test
    void eintrInTheWaitIsRetriedAgainstTheSameDeadline() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ);
        expect(kevent(NO_CHANGES, room(SLOTS, exactly(TEN_SECONDS)))).answer(-Errno.EINTR);
        expect(kevent(NO_CHANGES, room(SLOTS, atMost(TEN_SECONDS - 1)))).answer(-Errno.EINTR);
        expect(kevent(NO_CHANGES, room(SLOTS, atMost(TEN_SECONDS - 2)))).answer(readable(fd));
        assertThat(poller.poll(TEN_SECONDS, recording)).isEqualTo(1);
    }

    @Test
    void eintrInAWaitWithoutLimitIsRetried() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ);
        expect(kevent(NO_CHANGES, WAIT)).answer(-Errno.EINTR);
        expect(kevent(NO_CHANGES, WAIT)).answer(readable(fd));
        assertThat(poller.poll(recording)).isEqualTo(1);
    }

    @Test
    void anEmptyAnswerBeforeTheDeadlineDoesNotEndThePoll() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ);
        expect(kevent(NO_CHANGES, room(SLOTS, exactly(TEN_SECONDS)))).answer(0);
        expect(kevent(NO_CHANGES, room(SLOTS, atMost(TEN_SECONDS - 1)))).answer(readable(fd));
        assertThat(poller.poll(TEN_SECONDS, recording)).isEqualTo(1);
    }

    @Test
    void aTimeoutOfMoreThanADayIsSplitIntoSeveralWaits() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ);
        expect(kevent(NO_CHANGES, room(SLOTS, exactly(DAY)))).answer(0);
        expect(kevent(NO_CHANGES, room(SLOTS, exactly(DAY)))).answer(0);
        expect(kevent(NO_CHANGES, room(SLOTS, exactly(DAY)))).answer(readable(fd));
        assertThat(poller.poll(Duration.ofDays(365), recording)).isEqualTo(1);
    }

    @Test
    void aFailedWaitIsThrown() {
        expect(kevent(NO_CHANGES, WAIT)).answer(-Errno.ENOMEM);
        assertThatThrownBy(() -> poller.poll(recording))
                .isInstanceOf(SyscallException.class)
                .hasMessageEndingWith("ENOMEM (Cannot allocate memory)");
    }

    @Test
    void aFullAnswerIsFollowedByASecondCall() throws IOException {
        List<Integer> fds = duplicates(pipeReadFd(), SLOTS + 8);
        for (int fd : fds) {
            registered(fd, Interest.READ);
        }
        expect(kevent(NO_CHANGES, WAIT)).answer(each(fds, 0, SLOTS, fd -> readable(fd)));
        expect(kevent(NO_CHANGES, LOOK)).answer(each(fds, SLOTS, SLOTS + 8, fd -> readable(fd)));
        assertThat(poller.poll(recording)).isEqualTo(SLOTS + 8);
        assertThat(delivered).hasSize(SLOTS + 8).doesNotHaveDuplicates();
    }

    @Test
    void anEmptySecondCallEndsTheFetch() throws IOException {
        List<Integer> fds = duplicates(pipeReadFd(), SLOTS);
        for (int fd : fds) {
            registered(fd, Interest.READ);
        }
        expect(kevent(NO_CHANGES, WAIT)).answer(each(fds, 0, SLOTS, fd -> readable(fd)));
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(poller.poll(recording)).isEqualTo(SLOTS);
    }

    @Test
    void aFullAnswerWithoutNewEventsEndsTheFetch() throws IOException {
        List<Integer> fds = duplicates(pipeReadFd(), SLOTS);
        for (int fd : fds) {
            registered(fd, Interest.READ);
        }
        expect(kevent(NO_CHANGES, WAIT)).answer(each(fds, 0, SLOTS, fd -> readable(fd)));
        expect(kevent(NO_CHANGES, LOOK)).answer(each(fds, 0, SLOTS, fd -> readable(fd)));
        assertThat(poller.poll(recording)).isEqualTo(SLOTS);
        assertThat(delivered).hasSize(SLOTS).doesNotHaveDuplicates();
    }

    @Test
    void aFailedSecondCallLosesNoEvents() throws IOException {
        List<Integer> fds = duplicates(pipeReadFd(), SLOTS);
        for (int fd : fds) {
            registered(fd, Interest.READ);
        }
        expect(kevent(NO_CHANGES, WAIT)).answer(each(fds, 0, SLOTS, fd -> readable(fd)));
        expect(kevent(NO_CHANGES, LOOK)).answer(-Errno.EINTR);
        assertThat(poller.poll(recording)).isEqualTo(SLOTS);
    }

    @Test
    void aFullAnswerWithOnlyTheOtherFiltersDoesNotEndTheFetch() throws IOException {
        List<Integer> fds = duplicates(socket(), SLOTS + 8);
        for (int fd : fds) {
            registered(fd, Interest.READ_WRITE);
        }
        expect(kevent(NO_CHANGES, WAIT)).answer(each(fds, 0, SLOTS, fd -> readable(fd)));
        expect(kevent(NO_CHANGES, LOOK)).answer(each(fds, 0, SLOTS, fd -> writable(fd)));
        List<Event> rest = new ArrayList<>(each(fds, SLOTS, SLOTS + 8, fd -> readable(fd)));
        rest.addAll(each(fds, SLOTS, SLOTS + 8, fd -> writable(fd)));
        expect(kevent(NO_CHANGES, LOOK)).answer(rest);
        assertThat(poller.poll(recording)).isEqualTo(SLOTS + 8);
        assertThat(delivered).allMatch(text -> text.endsWith(": READABLE|WRITABLE"));
    }

    // Triggers.

    @Test
    void anExistingLevelFilterIsNotAddedAgain() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ);
        registration.modify(Interest.READ);
        expect(kevent(changes(write(fd, LEVEL)), NOTHING)).answer(0);
        registration.modify(Interest.READ_WRITE);
        registration.modify(Interest.READ_WRITE);
    }

    @Test
    void interestNoneDeletesTheExistingFiltersOnly() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.WRITE);
        expect(kevent(changes(write(fd, EV_DELETE)), NOTHING)).answer(0);
        registration.modify(Interest.NONE);
        registration.modify(Interest.NONE);
        registration.cancel();
    }

    @Test
    void aRegistrationWithInterestNoneDoesNotCallKevent() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.NONE);
        expect(kevent(changes(read(fd, LEVEL)), NOTHING)).answer(0);
        registration.modify(Interest.READ);
    }

    @Test
    void aOneshotThatWasDeliveredHasItsFiltersDeletedAndIsArmedAgainByModify() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ_WRITE, Trigger.ONESHOT);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd));
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(0);
        expect(kevent(changes(write(fd, EV_DELETE)), NOTHING)).answer(0);
        lookOnce();
        expect(kevent(changes(read(fd, LEVEL)), NOTHING)).answer(0);
        expect(kevent(changes(write(fd, LEVEL)), NOTHING)).answer(0);
        registration.modify(Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(writable(fd), readable(fd));
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(0);
        expect(kevent(changes(write(fd, EV_DELETE)), NOTHING)).answer(0);
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": READABLE", fd + ": READABLE|WRITABLE");
    }

    @Test
    void theFiltersOfAOneshotMayHaveGoneBeforeTheyAreDeleted() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE, Trigger.ONESHOT);
        expect(kevent(NO_CHANGES, LOOK)).answer(writable(fd));
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(-Errno.ENOENT);
        expect(kevent(changes(write(fd, EV_DELETE)), NOTHING)).answer(-Errno.ENOENT);
        lookOnce();
        assertThat(delivered).containsExactly(fd + ": WRITABLE");
    }

    @Test
    void anExceptionOfAHandlerLeavesUndeliveredOneshotsArmed() throws IOException {
        int first = socket();
        int second = socket();
        registered(first, Interest.READ, Trigger.ONESHOT);
        registered(second, Interest.READ_WRITE, Trigger.ONESHOT);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(first), readable(second));
        expect(kevent(changes(read(first, EV_DELETE)), NOTHING)).answer(0);
        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    throw new IOException("of the handler");
                }))
                .hasMessage("of the handler");
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(second));
        expect(kevent(changes(read(second, EV_DELETE)), NOTHING)).answer(0);
        expect(kevent(changes(write(second, EV_DELETE)), NOTHING)).answer(0);
        lookOnce();
        assertThat(delivered).containsExactly(second + ": READABLE");
    }

    @Test
    void afterAnExceptionOfAHandlerUndeliveredEdgesAreReportedAgain() throws IOException {
        int first = socket();
        int second = socket();
        registered(first, Interest.READ, Trigger.EDGE);
        registered(second, Interest.READ, Trigger.EDGE);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(first), readable(second));
        expect(kevent(changes(read(second, EDGE)), NOTHING)).answer(0);
        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    throw new IOException("of the handler");
                }))
                .hasMessage("of the handler");
    }

    @Test
    void modifyAddsAnExistingEdgeFilterAgain() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ_WRITE, Trigger.EDGE);
        expect(kevent(changes(read(fd, EDGE)), NOTHING)).answer(0);
        expect(kevent(changes(write(fd, EDGE)), NOTHING)).answer(0);
        registration.modify(Interest.READ_WRITE);
    }

    @Test
    void anEdgeOneshotIsAnEdgeThatIsDeletedWhenItIsDelivered() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ_WRITE, Trigger.EDGE_ONESHOT);
        expect(kevent(NO_CHANGES, LOOK)).answer(writable(fd));
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(0);
        expect(kevent(changes(write(fd, EV_DELETE)), NOTHING)).answer(0);
        lookOnce();
        expect(kevent(changes(read(fd, EDGE)), NOTHING)).answer(0);
        registration.modify(Interest.READ);
        assertThat(delivered).containsExactly(fd + ": WRITABLE");
    }

    // Generations.

    @Test
    void anEventOfAnEarlierGenerationIsNotDelivered() throws IOException {
        int fd = socket();
        expect(kevent(changes(read(fd, LEVEL).generation(1)), NOTHING)).answer(0);
        Registration earlier = poller.register(fd, Interest.READ);
        expect(kevent(changes(read(fd, EV_DELETE).generation(1)), NOTHING)).answer(0);
        earlier.cancel();
        expect(kevent(changes(read(fd, LEVEL).generation(2)), NOTHING)).answer(0);
        poller.register(fd, Interest.READ);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(fd).eof().generation(1));
        assertThat(lookOnce()).isZero();
        expect(kevent(NO_CHANGES, LOOK))
                .answer(readable(fd).generation(1), readable(fd).generation(2));
        assertThat(lookOnce()).isEqualTo(1);
        assertThat(delivered).containsExactly(fd + ": READABLE");
    }

    @Test
    void aRegistrationCancelledByAHandlerIsNotDeliveredFromTheSameAnswer() throws IOException {
        int first = socket();
        int second = socket();
        registered(first, Interest.READ);
        Registration other = registered(second, Interest.READ);
        expect(kevent(NO_CHANGES, LOOK)).answer(readable(first), readable(second));
        expect(kevent(changes(read(second, EV_DELETE)), NOTHING)).answer(0);
        assertThat(poller.poll(0, (registration, ready) -> other.cancel())).isEqualTo(1);
    }

    @Test
    void aNumberThatWasClosedAndUsedAgainCanBeRegisteredAgain() throws IOException {
        int fd = socket();
        Registration earlier = registered(fd, Interest.READ_WRITE);
        expect(kevent(changes(read(fd, EV_ENABLE).generation(1)), NOTHING)).answer(-Errno.ENOENT);
        expect(kevent(changes(read(fd, EV_DELETE).generation(1)), NOTHING)).answer(-Errno.ENOENT);
        expect(kevent(changes(write(fd, EV_DELETE).generation(1)), NOTHING)).answer(-Errno.ENOENT);
        expect(kevent(changes(read(fd, LEVEL).generation(2)), NOTHING)).answer(0);
        poller.register(fd, Interest.READ);
        assertThat(earlier.isValid()).isFalse();
        assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void aSecondRegistrationIsRefusedWhileTheKernelHasTheFirst() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.WRITE);
        expect(kevent(changes(write(fd, EV_ENABLE).generation(1)), NOTHING)).answer(0);
        assertThatThrownBy(() -> poller.register(fd, Interest.READ)).isInstanceOf(IllegalStateException.class);
        assertThat(registration.isValid()).isTrue();
    }

    // Files that kqueue refuses.

    @Test
    void aRegularFileNeverReachesKevent() throws IOException {
        int fd = descriptors.regularFile();
        Registration registration = poller.register(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(poller.poll(recording)).isEqualTo(1);
        registration.modify(Interest.WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(poller.poll(recording)).isEqualTo(1);
        registration.cancel();
        assertThat(delivered).containsExactly(fd + ": READABLE|WRITABLE", fd + ": WRITABLE");
    }

    @Test
    void aDirectoryNeverReachesKevent(@TempDir Path directory) throws IOException {
        int fd = descriptors.open(directory.toString(), Fcntl.O_RDONLY);
        poller.register(fd, Interest.READ);
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(poller.poll(recording)).isEqualTo(1);
        assertThat(delivered).containsExactly(fd + ": READABLE");
    }

    @Test
    void aRefusedDeviceThatPollFindsReadyCountsAsAlwaysReady() throws IOException {
        int fd = descriptors.open("/dev/null", Fcntl.O_RDWR);
        expect(kevent(changes(read(fd, LEVEL)), NOTHING)).answer(-Errno.EINVAL);
        expect(kevent(changes(write(fd, LEVEL)), NOTHING)).answer(-Errno.EINVAL);
        Registration registration = poller.register(fd, Interest.READ_WRITE);
        expect(kevent(NO_CHANGES, LOOK)).answer(0);
        assertThat(poller.poll(recording)).isEqualTo(1);
        registration.cancel();
        assertThat(delivered).containsExactly(fd + ": READABLE|WRITABLE");
    }

    @Test
    void aRefusedDeviceThatPollDoesNotFindReadyIsRefused() throws IOException {
        int fd = pipeReadFd();
        expect(kevent(changes(read(fd, LEVEL)), NOTHING)).answer(-Errno.EINVAL);
        assertThatThrownBy(() -> poller.register(fd, Interest.READ))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        assertThat(poller.size()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kqueue.Abi.class,
            names = {"MACOS", "OPENBSD", "DRAGONFLY"})
    void priorityIsTheExceptFilterWhereThereIsOne(Kqueue.Abi abi) throws IOException {
        open(abi);
        int fd = socket();
        expect(kevent(changes(except(fd, LEVEL, abi.NOTE_OOB)), NOTHING)).answer(0);
        Registration registration = poller.register(fd, Interest.PRIORITY);
        expect(kevent(changes(read(fd, LEVEL)), NOTHING)).answer(0);
        registration.modify(Interest.PRIORITY.plus(Interest.READ));
        expect(kevent(NO_CHANGES, LOOK)).answer(exceptional(fd, abi.NOTE_OOB), readable(fd));
        lookOnce();
        expect(kevent(changes(read(fd, EV_DELETE)), NOTHING)).answer(0);
        expect(kevent(changes(except(fd, EV_DELETE, 0)), NOTHING)).answer(0);
        registration.cancel();
        assertThat(delivered).containsExactly(fd + ": READABLE|PRIORITY");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kqueue.Abi.class,
            names = {"FREEBSD", "FREEBSD11", "NETBSD", "NETBSD11", "LIBKQUEUE"})
    void priorityIsRefusedWhereThereIsNoExceptFilter(Kqueue.Abi abi) throws IOException {
        open(abi);
        int fd = socket();
        assertThatThrownBy(() -> poller.register(fd, Interest.PRIORITY))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("SELECT")
                .hasMessageContaining("POLL");
        Registration registration = registered(fd, Interest.READ);
        assertThatThrownBy(() -> registration.modify(Interest.READ.plus(Interest.PRIORITY)))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(registration.interest()).isEqualTo(Interest.READ);
    }

    @Test
    void aSocketWhoseExceptFilterIsRefusedAsByOlderOpenbsdIsNotAlwaysReady() throws IOException {
        open(Kqueue.Abi.OPENBSD);
        SocketPair pair = descriptors.socketPair();
        int fd = pair.fd();
        descriptors.write(pair.peerFd());
        expect(kevent(changes(except(fd, LEVEL, Kqueue.Abi.OPENBSD.NOTE_OOB)), NOTHING))
                .answer(-Errno.EINVAL);
        assertThatThrownBy(() -> poller.register(fd, Interest.PRIORITY))
                .isInstanceOfAny(UnsupportedOperationException.class, SyscallException.class);
        assertThat(poller.size()).isZero();
    }
}
