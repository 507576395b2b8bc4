// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Eventually;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Os;
import dev.pollux.abi.PollFd;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JniSyscallsTest {
    private final Syscalls jna = new JnaSyscalls();
    private final Syscalls jni = new JniSyscalls();

    @BeforeAll
    static void assumeTheNativePart() {
        PackedShim.assumePresent();
    }

    private NativeMemory memory(int sizeBytes) {
        return NativeMemory.allocate(jni, sizeBytes);
    }

    private NativeMemory cString(String text) {
        NativeMemory memory = memory(text.length() + 1);
        memory.buffer().put(0, text.getBytes(StandardCharsets.US_ASCII));
        return memory;
    }

    @Test
    void anAddressIsTheSameAsThroughJna() {
        ByteBuffer direct = ByteBuffer.allocateDirect(64);

        assertThat(jni.addressOf(direct)).isNotZero().isEqualTo(jna.addressOf(direct));
        assertThat(jni.addressOf(direct.slice(16, 8))).isEqualTo(jna.addressOf(direct) + 16);
        assertThat(jni.addressOf(direct.asReadOnlyBuffer())).isEqualTo(jna.addressOf(direct));
    }

    // Errors.

    /** Calls that fail on every system: with a closed descriptor, invalid values, or NULL where memory is needed. */
    private Map<String, ToIntFunction<Syscalls>> failing() {
        NativeMemory room = memory(256);
        Map<String, ToIntFunction<Syscalls>> calls = new LinkedHashMap<>();
        for (int fd : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            String at = "(" + fd + ")";
            calls.put("close" + at, syscalls -> syscalls.close(fd));
            calls.put("read" + at, syscalls -> syscalls.read(fd, room, 8, 8));
            calls.put("write" + at, syscalls -> syscalls.write(fd, room, 8, 8));
            calls.put("dup" + at, syscalls -> syscalls.dup(fd));
            calls.put("fcntl" + at, syscalls -> syscalls.fcntl(fd, 1, 0));
            calls.put("fstat" + at, syscalls -> syscalls.fstat(fd, room));
            calls.put("bind" + at, syscalls -> syscalls.bind(fd, room, 16));
            calls.put("listen" + at, syscalls -> syscalls.listen(fd, 1));
            calls.put("accept" + at, syscalls -> syscalls.accept(fd));
            calls.put("connect" + at, syscalls -> syscalls.connect(fd, room, 16));
            calls.put("shutdown" + at, syscalls -> syscalls.shutdown(fd, 0));
            calls.put("getsockname" + at, syscalls -> syscalls.getsockname(fd, room, room));
            calls.put("getsockopt" + at, syscalls -> syscalls.getsockopt(fd, 1, 1, room, room));
            calls.put("setsockopt" + at, syscalls -> syscalls.setsockopt(fd, 1, 1, room, 4));
            calls.put("send" + at, syscalls -> syscalls.send(fd, room, 0, 8, 0));
            calls.put("recv" + at, syscalls -> syscalls.recv(fd, room, 0, 8, 0));
            calls.put("accept4" + at, syscalls -> syscalls.accept4(fd, room, room, 0));
            calls.put("getpeername" + at, syscalls -> syscalls.getpeername(fd, room, room));
            calls.put("sendto" + at, syscalls -> syscalls.sendto(fd, room, 0, 8, 0, room, 16));
            calls.put("recvfrom" + at, syscalls -> syscalls.recvfrom(fd, room, 0, 8, 0, room, room));
            calls.put("sendmsg" + at, syscalls -> syscalls.sendmsg(fd, room, 0));
            calls.put("recvmsg" + at, syscalls -> syscalls.recvmsg(fd, room, 0));
            calls.put("readv" + at, syscalls -> syscalls.readv(fd, room, 1));
            calls.put("writev" + at, syscalls -> syscalls.writev(fd, room, 1));
            calls.put("epoll_ctl" + at, syscalls -> syscalls.epollCtl(fd, 1, 0, room));
            calls.put("epoll_wait" + at, syscalls -> syscalls.epollWait(fd, room, 1, 0));
            calls.put("epoll_pwait2" + at, syscalls -> syscalls.epollPwait2(fd, room, 1, null));
            calls.put("ioctl" + at, syscalls -> syscalls.ioctl(fd, 0x541bL, room));
        }
        calls.put("open of no file", syscalls -> syscalls.open(cString("/dev/null/nothing"), 0));
        calls.put("open of no path", syscalls -> syscalls.open(cString(""), 0));
        calls.put("mkfifo of no path", syscalls -> syscalls.mkfifo(cString(""), 0600));
        calls.put("socket of no family", syscalls -> syscalls.socket(-1, -1, -1));
        calls.put("socketpair of no family", syscalls -> syscalls.socketpair(-1, -1, -1, room));
        calls.put("getrlimit of nothing", syscalls -> syscalls.getrlimit(-1, room));
        calls.put("setrlimit of nothing", syscalls -> syscalls.setrlimit(-1, room));
        calls.put("pselect of -1", syscalls -> syscalls.pselect(-1, null, null, null, room));
        calls.put("poll of -1", syscalls -> syscalls.poll(room, -1, 0));
        calls.put("poll of INT_MIN", syscalls -> syscalls.poll(room, Integer.MIN_VALUE, 0));
        calls.put("ppoll of -1", syscalls -> syscalls.ppoll(room, -1, room));
        calls.put("epoll_create1 of nonsense", syscalls -> syscalls.epollCreate1(-1));
        calls.put("eventfd of nonsense", syscalls -> syscalls.eventfd(0, -1));
        calls.put("epoll_wait for none", syscalls -> syscalls.epollWait(0, room, 0, 0));
        calls.put("epoll_wait for less", syscalls -> syscalls.epollWait(0, room, -1, 0));
        return calls;
    }

    @Test
    void aFailedCallReturnsMinusErrnoAsThroughJna() {
        failing()
                .forEach((name, call) ->
                        assertThat(call.applyAsInt(jni)).as(name).isNegative().isEqualTo(call.applyAsInt(jna)));
        assertThat(jni.close(-1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void nullBecomesANullPointer() {
        Map<String, ToIntFunction<Syscalls>> calls = Map.of(
                "open", syscalls -> syscalls.open(null, 0),
                "poll", syscalls -> syscalls.poll(null, 1, 0),
                "poll of none", syscalls -> syscalls.poll(null, 0, 0),
                "ppoll of none", syscalls -> syscalls.ppoll(null, 0, memory(16)),
                "pselect of none", syscalls -> syscalls.pselect(0, null, null, null, memory(16)));
        calls.forEach((name, call) ->
                assertThat(call.applyAsInt(jni)).as(name).isNotPositive().isEqualTo(call.applyAsInt(jna)));
        assertThat(jni.poll(null, 1, 0)).isEqualTo(-Errno.EFAULT);
    }

    // Missing functions.

    @Test
    void aFunctionOfTheSystemIsNotMissing() {
        for (String function : new String[] {"open", "read", "poll", "pselect", "fcntl", "getrlimit", "ioctl"}) {
            assertThat(jni.missing(function)).as(function).isNull();
        }
        assertThat(jni.missing("epoll_wait") == null).isEqualTo(jna.missing("epoll_wait") == null);
    }

    @Test
    void aFunctionThatTheSystemLacksReturnsEnosysAndIsMissing() {
        if (Os.here() == Os.LINUX) {
            assertThat(jni.missing("kqueue")).isEqualTo("the native library was compiled on a system without kqueue");
            assertThat(jni.missing("kevent")).contains("without kevent");
            assertThat(jni.kqueue()).isEqualTo(-Errno.ENOSYS);
            assertThat(jni.kevent(0, memory(64), 1, memory(64), 1, memory(16))).isEqualTo(-Errno.ENOSYS);
        } else {
            assertThat(jni.missing("epoll_pwait2")).contains("without epoll_pwait2");
            assertThat(jni.epollPwait2(0, memory(64), 1, null)).isEqualTo(-Errno.ENOSYS);
        }
        assertThat(jni.missing("no_such_call")).contains("without no_such_call");
    }

    @Test
    void theKqueueOfAnotherLibraryIsNotAvailable() {
        String before = System.setProperty(Kqueue.LIBRARY_PROPERTY, "libkqueue.so.0");
        try {
            assertThat(jni.missing("kqueue")).contains("JNI").contains(Kqueue.LIBRARY_PROPERTY);
            assertThat(jni.missing("kevent")).contains(Kqueue.LIBRARY_PROPERTY);
            assertThat(jni.missing("poll")).isNull();
            assertThat(jni.kqueue()).isEqualTo(-Errno.ENOSYS);
        } finally {
            if (before == null) {
                System.clearProperty(Kqueue.LIBRARY_PROPERTY);
            } else {
                System.setProperty(Kqueue.LIBRARY_PROPERTY, before);
            }
        }
    }

    // Memory.

    @Test
    void bytesGoWhereTheOffsetSays() {
        NativeMemory ends = memory(8);
        assertThat(jni.pipe(ends)).isZero();
        int readFd = ends.getInt(0);
        int writeFd = ends.getInt(4);
        NativeMemory sent = memory(16);
        sent.putLong(8, 0x0102030405060708L);
        NativeMemory received = memory(24);

        assertThat(jni.write(writeFd, sent, 8, 8)).isEqualTo(8);
        assertThat(jni.read(readFd, received, 16, 8)).isEqualTo(8);

        assertThat(received.getLong(0)).isZero();
        assertThat(received.getLong(8)).isZero();
        assertThat(received.getLong(16)).isEqualTo(0x0102030405060708L);
        assertThat(jni.close(readFd)).isZero();
        assertThat(jni.close(writeFd)).isZero();
    }

    /** Only the call refers to its memory. */
    private static int pollUnowned(Syscalls syscalls, int fd, int sizeBytes, int timeoutMillis) {
        NativeMemory fds = NativeMemory.allocate(syscalls, sizeBytes);
        fds.putInt(PollFd.FD, fd);
        fds.putShort(PollFd.EVENTS, (short) PollFd.POLLIN);
        return syscalls.poll(fds, 1, timeoutMillis);
    }

    private static int epollWaitUnowned(Syscalls syscalls, int epfd, int sizeBytes, int timeoutMillis) {
        return syscalls.epollWait(epfd, NativeMemory.allocate(syscalls, sizeBytes), 1, timeoutMillis);
    }

    private static int pselectUnowned(Syscalls syscalls, int fd, int sizeBytes, int timeoutMillis) {
        NativeMemory fds = NativeMemory.allocate(syscalls, sizeBytes);
        FdSet.set(fds.buffer(), fd);
        return syscalls.pselect(
                fd + 1, fds, null, null, timeoutMillis < 0 ? null : NativeMemory.allocate(syscalls, 16));
    }

    private interface Waiting {
        int call(int sizeBytes, int timeoutMillis);
    }

    /** The collector returns a big buffer to the system: a call that writes to it then fails with EFAULT. */
    private void assertKeptWhileWaiting(int writeFd, int readFd, Waiting waiting) throws Exception {
        for (int i = 0; i < 30_000; i++) { // the interpreter keeps everything: this has to be compiled
            waiting.call(128, 0);
        }
        for (int round = 0; round < 5; round++) {
            Background<Integer> waiter =
                    Background.start(() -> waiting.call(1 << 20, -1)).awaitInKernel();
            for (int i = 0; i < 3; i++) {
                collectGarbage();
            }
            NativeMemory someByte = memory(1);
            assertThat(jni.write(writeFd, someByte, 0, 1)).isEqualTo(1);
            assertThat(waiter.get()).isEqualTo(1);
            assertThat(jni.read(readFd, someByte, 0, 1)).isEqualTo(1);
        }
    }

    /** Returns when the collector has collected an object that is no longer reachable. */
    private static void collectGarbage() {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        PhantomReference<Object> unused = new PhantomReference<>(new byte[100], queue);
        Eventually.until("the collector runs", () -> {
            System.gc();
            return queue.poll() != null;
        });
        assertThat(unused.refersTo(null)).isTrue();
    }

    @Test
    void theCollectorKeepsTheMemoryOfACallThatWaits() throws Exception {
        NativeMemory ends = memory(8);
        assertThat(jni.pipe(ends)).isZero();
        int readFd = ends.getInt(0);
        int writeFd = ends.getInt(4);
        int epfd = jni.epollCreate1(0);
        try {
            assertKeptWhileWaiting(writeFd, readFd, (size, millis) -> pollUnowned(jni, readFd, size, millis));
            assertKeptWhileWaiting(writeFd, readFd, (size, millis) -> pselectUnowned(jni, readFd, size, millis));
            if (epfd >= 0) {
                NativeMemory event = memory(Epoll.layout().sizeBytes());
                event.putInt(0, Epoll.EPOLLIN);
                assertThat(jni.epollCtl(epfd, Epoll.EPOLL_CTL_ADD, readFd, event))
                        .isZero();
                assertKeptWhileWaiting(writeFd, readFd, (size, millis) -> epollWaitUnowned(jni, epfd, size, millis));
            }
        } finally {
            jni.close(epfd);
            jni.close(readFd);
            jni.close(writeFd);
        }
    }
}
