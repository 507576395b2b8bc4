// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Registration;
import dev.pollux.abi.Errno;
import dev.pollux.loop.EventLoop;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChatServerTest {
    private static final Syscalls JNA = new JnaSyscalls();

    private Poller poller;
    private EventLoop loop;
    private ChatServer server;
    private BackgroundThread<IOException> serving;
    private final List<Client> clients = new ArrayList<>();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());

    static List<Mechanism> mechanisms() {
        return CommandRun.usableMechanisms();
    }

    private void start(Mechanism mechanism, Syscalls syscalls) throws IOException {
        poller = Pollers.open(mechanism);
        loop = new EventLoop(poller);
        loop.onException(thrown::add);
        server = new ChatServer(loop, new KernelPosix(syscalls), new InetSocketAddress("127.0.0.1", 0), log::add);
        serving = BackgroundThread.start("chat-server-test", loop::run);
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        for (Client client : clients) {
            client.socket.close();
        }
        if (server != null) {
            loop.stop();
            serving.join();
            assertThat(serving.await(0)).isTrue();
            server.close();
            loop.close();
        }
        assertThat(thrown).isEmpty();
    }

    /** A person with {@code nc}. */
    private final class Client {
        private final Socket socket = new Socket();
        private final BufferedReader lines;

        Client(int receiveBufferSize) throws IOException {
            if (receiveBufferSize > 0) {
                socket.setReceiveBufferSize(receiveBufferSize);
            }
            socket.connect(server.address(), Eventually.DEADLINE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Eventually.DEADLINE_MILLIS);
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            clients.add(this);
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        String read() throws IOException {
            return lines.readLine();
        }

        void expect(String... expected) throws IOException {
            for (String line : expected) {
                assertThat(read()).isEqualTo(line);
            }
        }
    }

    private Client connect() throws IOException {
        Client client = new Client(0);
        client.expect("* what is your name?");
        return client;
    }

    /** Connects and gives a name; the server has accepted it when this returns. */
    private Client join(String name) throws IOException {
        Client client = connect();
        client.send(name + "\n");
        assertThat(client.read()).startsWith("* welcome, " + name + "; others here: ");
        return client;
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void threePeopleTalk(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        Client ada = connect();
        ada.send("ada\n");
        ada.expect("* welcome, ada; others here: 0");
        Client bob = connect();
        bob.send("bob\r\n");
        bob.expect("* welcome, bob; others here: 1 (ada)");
        ada.expect("* bob joined");
        Client zoe = connect();
        zoe.send("zoë\n");
        zoe.expect("* welcome, zoë; others here: 2 (ada, bob)");
        ada.expect("* zoë joined");
        bob.expect("* zoë joined");

        ada.send("hello\n");
        bob.expect("ada: hello");
        zoe.expect("ada: hello");
        zoe.send("grüß Gott, 你好 🎉\r\n\n\ttab and \u001b[2Jescape\n");
        ada.expect("zoë: grüß Gott, 你好 🎉", "zoë: \ttab and ?[2Jescape");
        bob.expect("zoë: grüß Gott, 你好 🎉", "zoë: \ttab and ?[2Jescape");

        bob.socket.close();
        ada.expect("* bob left");
        zoe.expect("* bob left");
        assertThat(log).containsExactly("* ada joined", "* bob joined", "* zoë joined", "* bob left");
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aHundredClientsHearEachOther(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        int count = 100;
        List<Client> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(join("guest" + i));
        }
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                all.get(i).expect("* guest" + j + " joined");
            }
        }
        for (int i = 0; i < count; i++) {
            all.get(i).send("line of " + i + "\n");
            for (int j = 0; j < count; j++) {
                if (j != i) {
                    all.get(j).expect("guest" + i + ": line of " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aLineInPiecesIsOneLineAndManyInOnePieceAreMany(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        Client ada = join("ada");
        Client bob = connect();
        for (byte b : "bob\nzwölf".getBytes(StandardCharsets.UTF_8)) {
            bob.send(new byte[] {b});
        }
        assertThat(bob.read()).startsWith("* welcome, bob");
        ada.expect("* bob joined");
        ada.send("I am heard\n");
        bob.expect("ada: I am heard");

        bob.send(" Boxkämpfer\none\ntwo\nthr");
        ada.expect("bob: zwölf Boxkämpfer", "bob: one", "bob: two");
        bob.send("ee");
        bob.socket.shutdownOutput();

        ada.expect("bob: three", "* bob left");
        assertThat(bob.read()).isNull();
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aLineThatIsTooLongReachesNobodyAndItsSenderGetsAMessage(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        Client ada = join("ada");
        Client bob = join("bob");
        ada.expect("* bob joined");
        String longest = "é".repeat(ChatServer.LONGEST_LINE_BYTES / 2);

        ada.send(longest + "\n" + longest + "!\n" + "x".repeat(100_000) + "\nshort\n");

        bob.expect("ada: " + longest, "ada: short");
        String told = "* that line was longer than 1000 bytes, and was not sent";
        ada.expect(told, told);
    }

    @Test
    void aNameIsOneWordAndUnique() throws IOException {
        start(mechanisms().get(0), JNA);
        join("ada");
        Client other = connect();
        String asked = "* a name has 1 to 20 letters, digits, dots, underscores or dashes: what is your name?";
        for (String name : List.of("", "* bob", "two words", "x".repeat(21), "es\u001bcape", "y".repeat(2000))) {
            other.send(name + "\n");
            other.expect(name.length() == 2000 ? "* that line was longer than 1000 bytes, and was not sent" : asked);
        }
        other.send(new byte[] {(byte) 0xff, (byte) 0xc3, '\n'});
        other.expect(asked);
        other.send("ADA\n");
        other.expect("* the name ADA is taken: what is your name?");
        other.send("名無し.2\n");
        other.expect("* welcome, 名無し.2; others here: 1 (ada)");
    }

    @Test
    void aClientWithoutANameNeitherReceivesNorSendsLines() throws IOException {
        start(mechanisms().get(0), JNA);
        Client ada = join("ada");
        Client nobody = connect();
        Client bob = join("bob");
        bob.send("hello\n");
        ada.expect("* bob joined", "bob: hello");
        nobody.send("not yet a name\n");
        assertThat(nobody.read()).startsWith("* a name has");
        nobody.socket.close();
        bob.send("bye\n");
        ada.expect("bob: bye");
    }

    @Test
    void bytesThatAreNotUtf8ArePassedOnUnchanged() throws IOException {
        start(mechanisms().get(0), JNA);
        Client bob = join("bob");
        Client ada = join("ada");
        bob.expect("* ada joined");

        ada.send(new byte[] {(byte) 0xe9, 't', (byte) 0xe9, (byte) 0xff, '\n'});

        assertThat(bob.read()).isEqualTo("ada: \ufffdt\ufffd\ufffd");
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aClientThatDoesNotReadIsDroppedAndTheOthersGetAMessage(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        Client ada = join("ada");
        Client slow = new Client(4096);
        slow.send("slow\n");
        ada.expect("* slow joined");
        Client bob = join("bob");
        ada.expect("* bob joined");

        String line = "x".repeat(ChatServer.LONGEST_LINE_BYTES);
        String heard = "";
        for (int i = 0; i < 100_000 && !heard.startsWith("*"); i++) {
            ada.send(line + "\n");
            heard = bob.read();
        }

        assertThat(heard).isEqualTo("* slow was dropped: it left more than 65536 bytes unread");
        ada.expect(heard);
        bob.send("still here\n");
        ada.expect("bob: still here");
        Client again = join("slow");
        again.send("sorry\n");
        ada.expect("* slow joined", "slow: sorry");
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aClientThatReadsLateGetsEverythingAndIsThenWatchedForReadOnly(Mechanism mechanism) throws IOException {
        AtomicInteger refusals = new AtomicInteger();
        start(mechanism, new ForwardingSyscalls(JNA) {
            private boolean full;

            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                full = !full;
                if (full) {
                    refusals.incrementAndGet();
                    return -Errno.EAGAIN;
                }
                return super.write(fd, buf, bufOffset, Math.min(count, 7));
            }
        });
        Client ada = join("ada");
        Client bob = join("bob");
        ada.expect("* bob joined");
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            text.append("line ").append(i).append(" with some words\n");
            expected.add("ada: line " + i + " with some words");
        }

        ada.send(text.toString());

        bob.expect(expected.toArray(String[]::new));
        assertThat(refusals.get()).isGreaterThan(100);
        CommandRun.await(
                "no registration is interested in WRITE",
                () -> interests().stream().noneMatch(Interest::isWrite));
        assertThat(interests()).hasSize(3);
    }

    private List<Interest> interests() {
        List<Interest> interests = new ArrayList<>();
        for (int fd = 0; fd < 1024; fd++) {
            Registration registration = poller.registration(fd);
            if (registration != null) {
                interests.add(registration.interest());
            }
        }
        return interests;
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aClientThatResetsItsConnectionHasLeft(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        Client ada = join("ada");
        for (int i = 0; i < 20; i++) {
            Client bob = join("bob" + i);
            ada.expect("* bob" + i + " joined");
            bob.socket.setSoLinger(true, 0);
            bob.send("half a li");
            bob.socket.close();
            String next = ada.read();
            if (next.startsWith("bob")) { // the server reads the half line only if it does so before the reset
                assertThat(next).isEqualTo("bob" + i + ": half a li");
                next = ada.read();
            }
            assertThat(next).isEqualTo("* bob" + i + " left");
        }
        CommandRun.await("only two are registered", () -> poller.size() == 2);
    }

    @Test
    void withoutFreeDescriptorsTheServerTriesAgainAfterASecond() throws IOException {
        AtomicInteger refusals = new AtomicInteger(1);
        start(mechanisms().get(0), new ForwardingSyscalls(JNA) {
            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                return refusals.getAndDecrement() > 0 ? -Errno.EMFILE : super.accept4(sockfd, addr, addrlen, flags);
            }
        });

        join("ada");

        CommandRun.await("both failures are logged", () -> log.size() == 2);
        assertThat(log.get(0))
                .startsWith("no new connections for a second: accept4(")
                .contains("EMFILE (Too many open files)");
        assertThat(log.get(1)).isEqualTo("* ada joined");
    }

    private void start(Poller opened, Syscalls syscalls, long mostUnsentBytesOfAll) throws IOException {
        poller = opened;
        loop = new EventLoop(poller);
        loop.onException(thrown::add);
        server = new ChatServer(
                loop, new KernelPosix(syscalls), new InetSocketAddress("127.0.0.1", 0), log::add, mostUnsentBytesOfAll);
        serving = BackgroundThread.start("chat-server-test", loop::run);
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void noSplitLetsC1ControlCharactersThrough(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        Client ada = join("ada");
        Client bob = join("bob");
        ada.expect("* bob joined");
        byte[] csi = "\u009b2J\u0085 straße 你好\n".getBytes(StandardCharsets.UTF_8);
        for (byte b : csi) {
            ada.send(new byte[] {b});
        }
        bob.expect("ada: ?2J? straße 你好");
        ada.send(new byte[] {'x', (byte) 0x9b, '2', 'J', '\n'});
        bob.expect("ada: x?2J");
    }

    /** A kernel that counts writes and refuses those to one descriptor with EAGAIN. */
    private static final class CountedWrites extends ForwardingSyscalls {
        private final AtomicInteger writes = new AtomicInteger();
        private volatile int fullFd = -1;
        private volatile int lastAccepted;

        CountedWrites() {
            super(JNA);
        }

        @Override
        public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
            int fd = super.accept4(sockfd, addr, addrlen, flags);
            lastAccepted = fd < 0 ? lastAccepted : fd;
            return fd;
        }

        @Override
        public int write(int fd, NativeMemory buf, int bufOffset, int count) {
            writes.incrementAndGet();
            return fd == fullFd ? -Errno.EAGAIN : super.write(fd, buf, bufOffset, count);
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void manyShortLinesAreWrittenTogetherAndDoNotDelayOtherClients(Mechanism mechanism) throws IOException {
        CountedWrites kernel = new CountedWrites();
        start(mechanism, kernel);
        Client flooder = join("flooder");
        Client ada = join("ada");
        flooder.expect("* ada joined");
        int before = kernel.writes.get();
        int lines = 32_768;

        flooder.send("x\n".repeat(lines));
        ada.send("hello\n");

        flooder.expect("ada: hello");
        for (int i = 0; i < lines; i++) {
            ada.expect("flooder: x");
        }
        assertThat(kernel.writes.get() - before).isLessThan(lines / 8);
    }

    @Test
    void aLineDoesNotWaitForAllLinesOfAnotherClient() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        start(mechanisms().get(0), JNA);
        Client flooder = join("flooder");
        Client ada = join("ada");
        Client bob = join("bob");
        ada.expect("* bob joined");
        flooder.expect("* ada joined", "* bob joined");
        loop.execute(() -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        flooder.send("x\n".repeat(2000)); // fits into one read of the server
        ada.send("hello\n");
        go.countDown();

        int before = 0;
        while (!bob.read().equals("ada: hello")) {
            before++;
        }
        assertThat(before).as("lines of the flooder before ada's").isLessThan(1000);
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void theServerDoesNotReadFromAClientThatDoesNotRead(Mechanism mechanism) throws IOException {
        CountedWrites kernel = new CountedWrites();
        start(mechanism, kernel);
        Client ada = join("ada");
        Client deaf = join("deaf");
        ada.expect("* deaf joined");
        kernel.fullFd = kernel.lastAccepted;
        ada.send("are you there?\n");
        CommandRun.await(
                "the server waits until it can write, and reads nothing meanwhile",
                () -> interests().contains(Interest.WRITE));
        deaf.send("yes\n");
        ada.send("hello?\n");
        kernel.fullFd = -1;
        deaf.expect("ada: are you there?");
        ada.expect("deaf: yes");
    }

    @Test
    void whenMemoryRunsOutTheNewestMemberThatDoesNotReadIsDropped() throws IOException {
        AtomicInteger first = new AtomicInteger(-1);
        AtomicBoolean isFull = new AtomicBoolean();
        start(
                Pollers.open(mechanisms().get(0)),
                new ForwardingSyscalls(JNA) {
                    @Override
                    public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                        int fd = super.accept4(sockfd, addr, addrlen, flags);
                        first.compareAndSet(-1, fd);
                        return fd;
                    }

                    @Override
                    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                        return isFull.get() && fd != first.get()
                                ? -Errno.EAGAIN
                                : super.write(fd, buf, bufOffset, count);
                    }
                },
                10_000);
        Client ada = join("ada");
        for (int i = 0; i < 10; i++) {
            join("deaf" + i);
            ada.expect("* deaf" + i + " joined");
        }
        isFull.set(true);
        ada.send("y".repeat(900) + "\n");
        String how = " was dropped: it left output unread, and the server has no memory for more";
        ada.expect("* deaf8" + how); // when deaf9 needs memory, deaf8 is the newest member that uses some
        ada.send("still here?\n");
        CommandRun.await(
                "some are left",
                () -> log.stream().filter(line -> line.endsWith(how)).count() >= 1);
        assertThat(log).doesNotContain("* deaf0" + how, "* ada" + how);
        isFull.set(false);
        assertThat(join("next")).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void anyChangeThatTheKernelRefusesIsRetried(Mechanism mechanism) throws Exception {
        for (int refusedChange = 1; refusedChange <= 8; refusedChange++) {
            AtomicInteger changes = new AtomicInteger();
            AtomicInteger accepts = new AtomicInteger();
            int refused = refusedChange;
            start(
                    RefusingPoller.of(Pollers.open(mechanism), () -> changes.incrementAndGet() == refused),
                    new ForwardingSyscalls(JNA) {
                        private boolean full;

                        @Override
                        public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                            return accepts.incrementAndGet() == 1
                                    ? -Errno.EMFILE
                                    : super.accept4(sockfd, addr, addrlen, flags);
                        }

                        @Override
                        public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                            full = !full;
                            return full ? -Errno.EAGAIN : super.write(fd, buf, bufOffset, count);
                        }
                    },
                    1 << 20);
            Client ada = join("ada");
            Client bob = join("bob");
            ada.expect("* bob joined");
            ada.send("hello\n".repeat(100));
            for (int i = 0; i < 100; i++) {
                bob.expect("ada: hello");
            }
            assertThat(changes.get()).isGreaterThan(refused);
            stop();
            clients.clear();
            server = null;
        }
    }

    @Test
    void oneRoundAcceptsManyConnections() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        start(counting(Pollers.open(mechanisms().get(0)), rounds), JNA, 1 << 20);
        loop.execute(() -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        List<Client> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(new Client(0));
        }
        int before = rounds.get();
        go.countDown();
        for (Client client : all) {
            client.expect("* what is your name?");
        }
        assertThat(rounds.get() - before).as("rounds for 50 connections").isLessThan(10);
    }

    private static Poller counting(Poller poller, AtomicInteger polls) {
        return (Poller) Proxy.newProxyInstance(
                ChatServerTest.class.getClassLoader(), new Class<?>[] {Poller.class}, (proxy, method, args) -> {
                    if (method.getName().equals("poll")) {
                        polls.incrementAndGet();
                    }
                    return method.invoke(poller, args);
                });
    }
}
