// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.abi.Os;
import dev.pollux.abi.PollFd;
import dev.pollux.mechanism.ReadyBits;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random descriptors in random states under random registrations: after each step every mechanism through every binding
 * has to report the same readiness, which is also that of a {@code poll(2)} without Pollux.
 *
 * <p>{@code -Dpollux.steps=N} for more steps, {@code -Dpollux.seed=S} to repeat a run (as far as the network stack
 * repeats itself).
 */
@Timeout(value = 30, unit = java.util.concurrent.TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DifferentialTest {
    private static final int STEPS = Integer.getInteger("pollux.steps", 20_000);
    private static final long SEED = Long.getLong("pollux.seed", System.nanoTime());

    private static final int MOST_DESCRIPTORS = 40;
    private static final int TOLD = ReadyBits.READABLE | ReadyBits.WRITABLE | ReadyBits.PRIORITY | ReadyBits.INVALID;

    private enum Kind {
        PIPE_READ,
        PIPE_WRITE,
        UNIX,
        DATAGRAM,
        TCP,
        UDP,
        LISTENER,
        EVENTFD,
        FILE
    }

    /** A descriptor, and how it is registered with all pollers. */
    private static final class Subject {
        final int fd;
        final Kind kind;
        Registration[] registrations;
        boolean fired;

        Subject(int fd, Kind kind) {
            this.fd = fd;
            this.kind = kind;
        }

        Interest interest() {
            return registrations[0].interest();
        }

        boolean isRegistered() {
            return registrations != null;
        }

        boolean isOneshot() {
            return isRegistered() && registrations[0].trigger() == Trigger.ONESHOT;
        }

        @Override
        public String toString() {
            return kind + " " + fd + (isRegistered() ? " " + registrations[0] + (fired ? " fired" : "") : "");
        }
    }

    private final Random random = new Random(SEED);
    private final Deque<String> history = new ArrayDeque<>();
    private final List<Subject> subjects = new ArrayList<>();
    private final List<Poller> pollers = new ArrayList<>();
    private Syscalls syscalls;
    private KernelPosix posix;
    private Descriptors descriptors;
    private NativeMemory pollfds;
    private boolean priorityIsThere;
    private int step;
    private int events;
    private int waits;

    @Test
    void everyMechanismThroughEveryBindingGivesTheSameAnswer() throws Exception {
        assumeThat(Os.here())
                .as("the system on which all mechanisms can be compared")
                .isEqualTo(Os.LINUX);
        syscalls = Usable.syscalls(null);
        posix = new KernelPosix(syscalls);
        descriptors = new Descriptors(posix);
        pollfds = posix.allocate(2 * MOST_DESCRIPTORS * PollFd.SIZE);
        List<Usable.Combination> combinations = Usable.combinations();
        try {
            for (Usable.Combination combination : combinations) {
                pollers.add(combination.open());
            }
            priorityIsThere = priorityIsThere();
            for (step = 1; step <= STEPS; step++) {
                doSomething();
                compare();
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("step " + step + ", -Dpollux.seed=" + SEED + "\n" + state(), e);
        } finally {
            for (Poller poller : pollers) {
                poller.close();
            }
            descriptors.close();
        }
        System.out.printf(
                "differential: %d steps, %d events, %d settled late, seed %d, %s%n",
                STEPS, events, waits, SEED, combinations);
        assertThat(events).as("enough events to compare").isGreaterThan(STEPS / 10);
    }

    /** The kqueue of some systems lacks the filter of PRIORITY; then no poller is asked for it. */
    private boolean priorityIsThere() throws IOException {
        Pipe pipe = descriptors.pipe();
        for (Poller poller : pollers) {
            try {
                poller.register(pipe.readFd(), Interest.PRIORITY).cancel();
            } catch (UnsupportedOperationException e) {
                return false;
            }
        }
        return true;
    }

    private String state() {
        return String.join("\n", history) + "\n"
                + String.join("\n", subjects.stream().map(Subject::toString).toList());
    }

    // What happens.

    private void doSomething() throws IOException {
        int choice = random.nextInt(100);
        if (choice < 12) {
            open();
        } else if (choice < 27) {
            with(subject -> !subject.isRegistered(), this::register);
        } else if (choice < 42) {
            with(Subject::isRegistered, this::modify);
        } else if (choice < 48) {
            with(Subject::isRegistered, this::cancel);
        } else if (choice < 66) {
            with(subject -> subject.kind != Kind.PIPE_READ, this::write);
        } else if (choice < 84) {
            with(subject -> subject.kind != Kind.PIPE_WRITE, this::read);
        } else if (choice < 88) {
            with(subject -> subject.kind == Kind.TCP, this::urgent);
        } else if (choice < 93) {
            with(DifferentialTest::isSocket, this::shutdown);
        } else {
            with(subject -> true, this::close);
        }
    }

    private interface Act {
        String on(Subject subject) throws IOException;
    }

    private void with(Predicate<Subject> which, Act act) throws IOException {
        List<Subject> candidates = subjects.stream().filter(which).toList();
        if (!candidates.isEmpty()) {
            Subject subject = candidates.get(random.nextInt(candidates.size()));
            String before = subject.toString();
            String done;
            try {
                done = act.on(subject);
            } catch (SyscallException e) {
                done = e.getMessage(); // EPIPE, ECONNRESET: states to test, too
            }
            note(before + ": " + done);
        }
    }

    private void note(String what) {
        history.addLast(step + " " + what);
        if (history.size() > 40) {
            history.removeFirst();
        }
    }

    private static boolean isSocket(Subject subject) {
        return switch (subject.kind) {
            case UNIX, DATAGRAM, TCP, UDP -> true;
            default -> false;
        };
    }

    private void open() throws IOException {
        if (subjects.size() > MOST_DESCRIPTORS - 2) {
            return;
        }
        int before = subjects.size();
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                Pipe pipe = descriptors.pipe();
                add(pipe.readFd(), Kind.PIPE_READ);
                add(pipe.writeFd(), Kind.PIPE_WRITE);
            }
            case 2 -> add(descriptors.socketPair(), Kind.UNIX);
            case 3 -> add(descriptors.datagramPair(), Kind.DATAGRAM);
            case 4, 5 -> add(smallBuffers(descriptors.tcpPair()), Kind.TCP);
            case 6 -> {
                if (random.nextBoolean()) {
                    add(descriptors.udpPair(), Kind.UDP);
                } else {
                    int listener = descriptors.listener(3);
                    int client = descriptors.tcpSocket();
                    add(listener, Kind.LISTENER);
                    add(client, Kind.TCP);
                    if (random.nextBoolean()) {
                        posix.connect(client, posix.localAddress(listener));
                    }
                }
            }
            case 7 -> add(descriptors.eventfd(random.nextInt(2)), Kind.EVENTFD);
            default -> add(descriptors.open("/dev/null", 2), Kind.FILE);
        }
        note("opened " + subjects.subList(before, subjects.size()));
    }

    private void add(int fd, Kind kind) {
        subjects.add(new Subject(fd, kind));
    }

    private void add(SocketPair pair, Kind kind) {
        add(pair.fd(), kind);
        add(pair.peerFd(), kind);
    }

    private SocketPair smallBuffers(SocketPair pair) throws IOException {
        for (int fd : new int[] {pair.fd(), pair.peerFd()}) {
            posix.setSendBufferSize(fd, 4096);
            posix.setReceiveBufferSize(fd, 4096);
            posix.setNoDelay(fd, true);
        }
        return pair;
    }

    private Interest randomInterest() {
        Interest interest = random.nextInt(3) > 0 ? Interest.READ : Interest.NONE;
        interest = random.nextInt(2) > 0 ? interest.plus(Interest.WRITE) : interest;
        return random.nextInt(3) == 0 && priorityIsThere ? interest.plus(Interest.PRIORITY) : interest;
    }

    private String register(Subject subject) throws IOException {
        Interest interest = randomInterest();
        Trigger trigger = random.nextBoolean() ? Trigger.LEVEL : Trigger.ONESHOT;
        Registration[] registrations = new Registration[pollers.size()];
        for (int i = 0; i < registrations.length; i++) {
            registrations[i] = pollers.get(i).register(subject.fd, interest, trigger, subject);
        }
        subject.registrations = registrations;
        subject.fired = false;
        return "registered for " + interest + ", " + trigger;
    }

    private String modify(Subject subject) throws IOException {
        Interest interest = random.nextInt(4) == 0 ? subject.interest() : randomInterest();
        modify(subject, interest);
        return "modified to " + interest;
    }

    private static void modify(Subject subject, Interest interest) throws IOException {
        for (Registration registration : subject.registrations) {
            registration.modify(interest);
        }
        subject.fired = false;
    }

    private String cancel(Subject subject) throws IOException {
        for (Registration registration : subject.registrations) {
            registration.cancel();
        }
        subject.registrations = null;
        return "cancelled";
    }

    private String write(Subject subject) throws IOException {
        if (subject.kind == Kind.EVENTFD) {
            NativeMemory value = posix.allocate(Long.BYTES);
            value.putLong(0, random.nextInt(3) == 0 ? -2L : 1L);
            return "added " + posix.write(subject.fd, value, 0, Long.BYTES);
        }
        if (subject.kind == Kind.LISTENER) {
            if (subjects.size() > MOST_DESCRIPTORS - 2) {
                return "not connected";
            }
            int client = descriptors.tcpSocket();
            add(client, Kind.TCP);
            return "connecting " + client + ": " + posix.connect(client, posix.localAddress(subject.fd));
        }
        if (subject.kind != Kind.FILE && subject.kind != Kind.UDP && random.nextInt(4) == 0) {
            int count = subject.kind == Kind.DATAGRAM ? 1000 : 1 << 16;
            for (int i = 0; i < 500 && descriptors.write(subject.fd, count) > 0; i++) {}
            return "filled";
        }
        return "written " + descriptors.write(subject.fd, 1 + random.nextInt(500));
    }

    private String read(Subject subject) throws IOException {
        if (subject.kind == Kind.LISTENER) {
            int accepted = posix.accept(subject.fd);
            if (accepted >= 0) {
                add(descriptors.opened(accepted), Kind.TCP);
            }
            return "accepted " + accepted;
        }
        if (subject.kind == Kind.EVENTFD) {
            return "read " + descriptors.read(subject.fd, Long.BYTES);
        }
        return random.nextInt(3) == 0
                ? "read " + descriptors.read(subject.fd, 1 + random.nextInt(3000))
                : "drained " + descriptors.drain(subject.fd);
    }

    private String urgent(Subject subject) throws IOException {
        return "urgent byte: " + posix.sendUrgent(subject.fd, (byte) step);
    }

    private String shutdown(Subject subject) throws IOException {
        switch (random.nextInt(3)) {
            case 0 -> posix.shutdownRead(subject.fd);
            case 1 -> posix.shutdownWrite(subject.fd);
            default -> posix.shutdownBoth(subject.fd);
        }
        return "shut down";
    }

    private String close(Subject subject) throws IOException {
        if (subject.isRegistered()) {
            cancel(subject);
        }
        if (subject.kind == Kind.TCP && random.nextInt(3) == 0) {
            posix.setLinger(subject.fd, 0);
        }
        descriptors.close(subject.fd);
        subjects.remove(subject);
        return "closed";
    }

    // What is answered.

    /**
     * TCP may need a moment, so the answers are compared until they agree, with a deadline. If a ONESHOT has fired in one
     * poller and not yet in another one, all pollers arm it again before the next comparison.
     */
    private void compare() throws IOException {
        long startNanos = System.nanoTime();
        boolean late = false;
        while (true) {
            Map<Integer, Integer> expected = reference();
            List<Map<Integer, Integer>> answers = new ArrayList<>();
            for (Poller poller : pollers) {
                answers.add(answer(poller));
            }
            if (agree(expected, answers)) {
                settle(expected);
                waits += late ? 1 : 0;
                return;
            }
            if (System.nanoTime() - startNanos > Eventually.DEADLINE_NANOS) {
                throw new AssertionError(difference(expected, answers));
            }
            late = true;
            for (Map<Integer, Integer> answer : answers) {
                armAgain(answer);
            }
        }
    }

    private boolean agree(Map<Integer, Integer> expected, List<Map<Integer, Integer>> answers) {
        for (int i = 0; i < answers.size(); i++) {
            if (!answers.get(i).equals(promised(expected, pollers.get(i)))) {
                return false;
            }
        }
        return true;
    }

    /** select reports no details; kqueue reports a socket's hang-up only to those who ask for both directions. */
    private static Map<Integer, Integer> promised(Map<Integer, Integer> expected, Poller poller) {
        return hasDetails(poller) ? expected : withoutDetails(expected);
    }

    private static boolean hasDetails(Poller poller) {
        return switch (poller.mechanism()) {
            case POLL, DEVPOLL, EPOLL, IO_URING -> true;
            case SELECT, KQUEUE -> false;
        };
    }

    private static Map<Integer, Integer> withoutDetails(Map<Integer, Integer> answer) {
        Map<Integer, Integer> told = new TreeMap<>(answer);
        told.replaceAll((fd, bits) -> bits & TOLD);
        return told;
    }

    private void settle(Map<Integer, Integer> answer) {
        events += answer.size();
        for (Subject subject : subjects) {
            subject.fired |= subject.isOneshot() && answer.containsKey(subject.fd);
        }
    }

    private void armAgain(Map<Integer, Integer> answer) throws IOException {
        for (Subject subject : subjects) {
            if (answer.containsKey(subject.fd) && subject.isOneshot()) {
                modify(subject, subject.interest());
            }
        }
    }

    private Map<Integer, Integer> answer(Poller poller) throws IOException {
        Map<Integer, Integer> answer = new TreeMap<>();
        int count = poller.poll(0, (registration, ready) -> {
            Subject subject = (Subject) registration.attachment();
            assertThat(subject.fired)
                    .as(poller + ": " + subject + " fired again")
                    .isFalse();
            assertThat(poller.registration(subject.fd)).isSameAs(registration);
            assertThat(answer.put(registration.fd(), ReadyBits.of(ready)))
                    .as(poller + ": " + subject + " twice in a poll")
                    .isNull();
        });
        assertThat(count).isEqualTo(answer.size());
        return poller.mechanism() == Mechanism.KQUEUE ? withoutDetails(answer) : answer;
    }

    /** The result of poll(2) for the registered descriptors, translated as {@code Readiness} documents. */
    private Map<Integer, Integer> reference() {
        int asked = PollFd.POLLIN | PollFd.POLLPRI | PollFd.POLLOUT | PollFd.POLLRDHUP;
        int count = 0;
        for (Subject subject : subjects) {
            pollfds.putInt(count * PollFd.SIZE + PollFd.FD, subject.fd);
            pollfds.putShort(count * PollFd.SIZE + PollFd.EVENTS, (short) asked);
            count++;
        }
        assertThat(syscalls.poll(pollfds, count, 0)).isNotNegative();
        Map<Integer, Integer> answer = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Subject subject = subjects.get(i);
            if (subject.isRegistered() && !subject.fired) {
                int revents = pollfds.getShort(i * PollFd.SIZE + PollFd.REVENTS);
                int told = told(subject.interest(), revents);
                if (told != 0) {
                    answer.put(subject.fd, told | details(subject.interest(), revents));
                }
            }
        }
        return answer;
    }

    private static int told(Interest interest, int bits) {
        boolean error = (bits & PollFd.POLLERR) != 0;
        boolean readable = error || (bits & (PollFd.POLLIN | PollFd.POLLHUP)) != 0;
        boolean writable = error || (bits & PollFd.POLLOUT) != 0;
        return (interest.isRead() && readable ? ReadyBits.READABLE : 0)
                | (interest.isWrite() && writable ? ReadyBits.WRITABLE : 0)
                | (interest.isPriority() && (bits & PollFd.POLLPRI) != 0 ? ReadyBits.PRIORITY : 0);
    }

    private static int details(Interest interest, int bits) {
        return ((bits & PollFd.POLLHUP) != 0 ? ReadyBits.HANGUP : 0)
                | ((bits & PollFd.POLLRDHUP) != 0 && interest.isRead() ? ReadyBits.READ_HANGUP : 0)
                | ((bits & PollFd.POLLERR) != 0 ? ReadyBits.ERROR : 0);
    }

    private String difference(Map<Integer, Integer> expected, List<Map<Integer, Integer>> answers) {
        StringBuilder text = new StringBuilder("the answers do not agree");
        for (Subject subject : subjects) {
            Integer all = expected.get(subject.fd);
            text.append("\n").append(subject).append(": poll(2) ").append(name(all));
            for (int i = 0; i < answers.size(); i++) {
                Integer reference = promised(expected, pollers.get(i)).get(subject.fd);
                Integer answer = answers.get(i).get(subject.fd);
                if (!java.util.Objects.equals(answer, reference)) {
                    text.append(", ").append(pollers.get(i)).append(" ").append(name(answer));
                }
            }
        }
        return text.toString();
    }

    private static String name(Integer bits) {
        return bits == null ? "nothing" : ReadyBits.readiness(bits).toString();
    }
}
