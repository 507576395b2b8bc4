// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import dev.pollux.abi.Kqueue.Abi;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KqueueTest {
    private static final String NONE = "2147483647";

    private final String abiProperty = System.getProperty(Kqueue.ABI_PROPERTY);
    private final String libraryProperty = System.getProperty(Kqueue.LIBRARY_PROPERTY);

    @BeforeEach
    void beginWithoutProperties() {
        System.clearProperty(Kqueue.ABI_PROPERTY);
        System.clearProperty(Kqueue.LIBRARY_PROPERTY);
    }

    @AfterEach
    void putThePropertiesBack() {
        restore(Kqueue.ABI_PROPERTY, abiProperty);
        restore(Kqueue.LIBRARY_PROPERTY, libraryProperty);
    }

    private static void restore(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    @Test
    void theFlagsAreTheSameEverywhere() { // event.h of all the sources below
        assertThat(Kqueue.EV_ADD).isEqualTo(0x1);
        assertThat(Kqueue.EV_DELETE).isEqualTo(0x2);
        assertThat(Kqueue.EV_ENABLE).isEqualTo(0x4);
        assertThat(Kqueue.EV_DISABLE).isEqualTo(0x8);
        assertThat(Kqueue.EV_ONESHOT).isEqualTo(0x10);
        assertThat(Kqueue.EV_CLEAR).isEqualTo(0x20);
        assertThat(Kqueue.EV_RECEIPT).isEqualTo(0x40);
        assertThat(Kqueue.EV_DISPATCH).isEqualTo(0x80);
        assertThat(Kqueue.EV_ERROR).isEqualTo(0x4000);
        assertThat(Kqueue.EV_EOF).isEqualTo(0x8000);
        assertThat(Kqueue.NOTE_TRIGGER).isEqualTo(0x01000000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MACOS     | 32 | 2 | 10 | 12 | 16 | 24 | xnu bsd/sys/event.h",
                "FREEBSD   | 64 | 2 | 10 | 12 | 16 | 24 | FreeBSD 14 sys/sys/event.h",
                "FREEBSD11 | 32 | 2 | 10 | 12 | 16 | 24 | FreeBSD 14 sys/sys/event.h, struct kevent_freebsd11",
                "OPENBSD   | 32 | 2 | 10 | 12 | 16 | 24 | OpenBSD sys/sys/event.h 1.74",
                "DRAGONFLY | 32 | 2 | 10 | 12 | 16 | 24 | DragonFly sys/sys/event.h",
                "NETBSD    | 40 | 4 | 12 | 16 | 24 | 32 | NetBSD sys/sys/event.h 1.45",
                "NETBSD11  | 72 | 4 | 12 | 16 | 24 | 32 | readiness.md; NetBSD sys/compat/sys/event.h has its"
                        + " kevent100",
                "LIBKQUEUE | 32 | 2 | 10 | 12 | 16 | 24 | libkqueue include/sys/event.h",
            })
    void theStructIsThatOfTheHeader(
            Abi abi, int sizeBytes, int width, int flags, int fflags, int data, int udata, String source) {
        assertThat(abi.sizeBytes()).as(source).isEqualTo(sizeBytes);
        assertThat(abi.identOffset()).as(source).isEqualTo(0);
        assertThat(abi.filterOffset()).as(source).isEqualTo(8);
        assertThat(abi.filterBytes()).as(source).isEqualTo(width);
        assertThat(abi.flagsOffset()).as(source).isEqualTo(flags);
        assertThat(abi.flagsBytes()).as(source).isEqualTo(width);
        assertThat(abi.fflagsOffset()).as(source).isEqualTo(fflags);
        assertThat(abi.dataOffset()).as(source).isEqualTo(data);
        assertThat(abi.udataOffset()).as(source).isEqualTo(udata);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MACOS     | -1 | -2 | -10 | -15        | 2 | kevent      | xnu bsd/sys/event.h",
                "FREEBSD   | -1 | -2 | -11 | " + NONE + " | 0 | kevent      | FreeBSD 14 sys/sys/event.h",
                "FREEBSD11 | -1 | -2 | -11 | " + NONE + " | 0 | kevent      | FreeBSD 14 sys/sys/event.h",
                "OPENBSD   | -1 | -2 | -10 | -9         | 4 | kevent      | OpenBSD sys/sys/event.h 1.74",
                "DRAGONFLY | -1 | -2 | -9  | -8         | 2 | kevent      | DragonFly sys/sys/event.h",
                "NETBSD    | 0  | 1  | 8   | " + NONE + " | 0 | __kevent50  | NetBSD sys/sys/event.h 1.45",
                "NETBSD11  | 0  | 1  | 8   | " + NONE + " | 0 | __kevent100 | NetBSD sys/compat/sys/event.h",
                "LIBKQUEUE | -1 | -2 | -11 | " + NONE + " | 0 | kevent      | libkqueue include/sys/event.h",
            })
    void theFiltersAreThoseOfTheHeader(
            Abi abi, int read, int write, int user, int except, int noteOob, String symbol, String source) {
        assertThat(abi.EVFILT_READ).as(source).isEqualTo(read);
        assertThat(abi.EVFILT_WRITE).as(source).isEqualTo(write);
        assertThat(abi.EVFILT_USER).as(source).isEqualTo(user);
        assertThat(abi.EVFILT_EXCEPT).as(source).isEqualTo(except);
        assertThat(abi.NOTE_OOB).as(source).isEqualTo(noteOob);
        assertThat(abi.symbol()).as(source).isEqualTo(symbol);
        assertThat(abi.hasUser()).isTrue();
        assertThat(abi.hasExcept()).isEqualTo(noteOob != 0);
    }

    @ParameterizedTest
    @EnumSource
    void aStructThatWasWrittenIsReadBack(Abi abi) {
        ByteBuffer events = events(abi, 3);
        int flags = Kqueue.EV_ERROR | Kqueue.EV_EOF | Kqueue.EV_ADD;
        abi.put(events, 1, 0x1122334455667788L, abi.EVFILT_WRITE, flags, 0x81000001, -5, Long.MIN_VALUE + 7);
        assertThat(abi.ident(events, 1)).isEqualTo(0x1122334455667788L);
        assertThat(abi.filter(events, 1)).isEqualTo(abi.EVFILT_WRITE);
        assertThat(abi.flags(events, 1)).isEqualTo(flags);
        assertThat(abi.fflags(events, 1)).isEqualTo(0x81000001);
        assertThat(abi.data(events, 1)).isEqualTo(-5);
        assertThat(abi.udata(events, 1)).isEqualTo(Long.MIN_VALUE + 7);
    }

    @ParameterizedTest
    @EnumSource
    void everyFieldIsReadAtItsOwnOffsetAndWidth(Abi abi) {
        ByteBuffer events = events(abi, 2);
        int base = abi.sizeBytes();
        events.putLong(base + abi.identOffset(), 3);
        if (abi.filterBytes() == 2) {
            events.putShort(base + abi.filterOffset(), (short) abi.EVFILT_READ);
            events.putShort(base + abi.flagsOffset(), (short) Kqueue.EV_EOF);
        } else {
            events.putInt(base + abi.filterOffset(), abi.EVFILT_READ);
            events.putInt(base + abi.flagsOffset(), Kqueue.EV_EOF);
        }
        events.putInt(base + abi.fflagsOffset(), 111);
        events.putLong(base + abi.dataOffset(), 4096);
        events.putLong(base + abi.udataOffset(), 42);
        assertThat(abi.ident(events, 1)).isEqualTo(3);
        assertThat(abi.filter(events, 1)).isEqualTo(abi.EVFILT_READ);
        assertThat(abi.flags(events, 1)).isEqualTo(Kqueue.EV_EOF);
        assertThat(abi.fflags(events, 1)).isEqualTo(111);
        assertThat(abi.data(events, 1)).isEqualTo(4096);
        assertThat(abi.udata(events, 1)).isEqualTo(42);
    }

    @ParameterizedTest
    @EnumSource
    void puttingOneStructWritesItsExtensionsAndLeavesItsNeighbours(Abi abi) {
        ByteBuffer events = events(abi, 3);
        abi.put(events, 1, 0, 0, 0, 0, 0, 0);
        for (int i = 0; i < abi.sizeBytes(); i++) {
            assertThat(events.get(i)).isEqualTo((byte) 0xff);
            assertThat(events.get(2 * abi.sizeBytes() + i)).isEqualTo((byte) 0xff);
        }
        int padding = abi.fflagsOffset() + 4; // the compiler's, where the struct has any
        for (int i = 0; i < abi.sizeBytes(); i++) {
            if (i < padding || i >= abi.dataOffset()) {
                assertThat(events.get(abi.sizeBytes() + i)).as("byte %d", i).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theAccessorsAllocateNothing(Abi abi) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer events = events(abi, 64);
        long sum = touch(abi, events);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int round = 0; round < 1000; round++) {
            sum += touch(abi, events);
        }
        long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(sum).isNotZero();
        assertThat(allocatedBytes).isLessThan(16_000); // of 64,000 structs
    }

    private static long touch(Abi abi, ByteBuffer events) {
        long sum = 0;
        for (int i = 0; i < 64; i++) {
            abi.put(events, i, i, abi.EVFILT_READ, Kqueue.EV_ADD, 0, i, i);
            sum += abi.ident(events, i) + abi.filter(events, i) + abi.flags(events, i);
            sum += abi.fflags(events, i) + abi.data(events, i) + abi.udata(events, i);
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource
    void anAbiIsFoundByItsNameInAnyCase(Abi abi) {
        assertThat(Abi.named(abi.name())).isEqualTo(abi);
        assertThat(Abi.named(abi.name().toLowerCase(java.util.Locale.ROOT))).isEqualTo(abi);
    }

    @Test
    void theErrorForAnUnknownNameListsTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Abi.named("plan9"))
                .withMessage("no kqueue ABI is named 'plan9'; there are [MACOS, FREEBSD, FREEBSD11, OPENBSD, DRAGONFLY,"
                        + " NETBSD, NETBSD11, LIBKQUEUE]");
    }

    @ParameterizedTest
    @CsvSource({
        "MACOS, 14.5, MACOS",
        "FREEBSD, 14.1-RELEASE-p3, FREEBSD",
        "FREEBSD, 15.0-CURRENT, FREEBSD",
        "FREEBSD, 12.0-RELEASE, FREEBSD",
        "FREEBSD, 11.4-RELEASE, FREEBSD11",
        "FREEBSD, 9.3, FREEBSD11",
        "FREEBSD, '', FREEBSD",
        "OPENBSD, 7.8, OPENBSD",
        "DRAGONFLY, 6.4-RELEASE, DRAGONFLY",
        "NETBSD, 9.3, NETBSD",
        "NETBSD, 10.0, NETBSD",
        "NETBSD, 10.1_STABLE, NETBSD",
        "NETBSD, 10.99.12, NETBSD11",
        "NETBSD, 11.0, NETBSD11",
        "NETBSD, 11.99.1, NETBSD11",
        "LINUX, 6.18.0, LIBKQUEUE",
        "SOLARIS, 5.11, LIBKQUEUE",
        "OTHER, whatever, LIBKQUEUE",
    })
    void theAbiFollowsFromTheSystemAndItsVersion(Os os, String osVersion, Abi abi) {
        assertThat(Abi.here(os, osVersion)).isEqualTo(abi);
    }

    @Test
    void withoutPropertiesTheAbiIsTheSystemsOwn() {
        assertThat(Kqueue.abi()).isEqualTo(Abi.here(Os.here(), System.getProperty("os.version")));
    }

    @Test
    void anotherLibraryIsTakenForLibkqueue() {
        System.setProperty(Kqueue.LIBRARY_PROPERTY, "/usr/lib/libkqueue.so.0");
        assertThat(Kqueue.abi()).isEqualTo(Abi.LIBKQUEUE);
    }

    @Test
    void thePropertyWinsAndIsReadEachTime() {
        System.setProperty(Kqueue.LIBRARY_PROPERTY, "/opt/libnetbsd.so");
        System.setProperty(Kqueue.ABI_PROPERTY, "NetBSD");
        assertThat(Kqueue.abi()).isEqualTo(Abi.NETBSD);
        System.setProperty(Kqueue.ABI_PROPERTY, "openbsd");
        assertThat(Kqueue.abi()).isEqualTo(Abi.OPENBSD);
    }

    private static ByteBuffer events(Abi abi, int count) {
        ByteBuffer events = ByteBuffer.allocateDirect(count * abi.sizeBytes()).order(ByteOrder.nativeOrder());
        byte[] ones = new byte[events.capacity()];
        Arrays.fill(ones, (byte) 0xff);
        return events.put(0, ones);
    }
}
