// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.EventFd;
import dev.pollux.abi.Inotify;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Membarrier;
import dev.pollux.abi.Mman;
import dev.pollux.abi.Os;
import dev.pollux.abi.Pidfd;
import dev.pollux.abi.Signal;
import dev.pollux.abi.SignalFd;
import dev.pollux.abi.TimerFd;
import dev.pollux.abi.Wait;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every number in {@code abi/} against what the C compiler read in this system's headers: {@code native/layout.c}. */
class LayoutTest {
    private static final String BUSY_POLL = "Linux 6.9 and glibc 2.40";
    private static final String RING = "in the kernel's headers since 5.12 to 6.1";

    private static final String PIDFD = "Linux 5.3 to 5.10 and glibc 2.36";

    private static final Set<String> NEWER = Set.of(BUSY_POLL, RING, PIDFD);

    /** The headers that a system may lack. */
    private static final Set<Class<?>> FACILITIES = Set.of(
            DevPoll.class,
            Epoll.class,
            EventFd.class,
            Inotify.class,
            IoUring.class,
            Kqueue.class,
            Membarrier.class,
            Mman.class,
            Pidfd.class,
            Signal.class,
            SignalFd.class,
            TimerFd.class,
            Wait.class);

    /** Numbers that no header states. */
    private static final Map<String, String> OUR_OWN = Map.ofEntries(
            Map.entry("Errno.UNKNOWN", "no error has this number"),
            Map.entry("Errno.EDEADLOCK_ON_POWER", "ForeignNumbersTest compares it"),
            Map.entry("Errno.NUMBERS", "the column of the table of errors where the numbers begin"),
            Map.entry("Errno.NUMBER_WIDTH", "the width of such a column"),
            Map.entry("Ioctl.ENCODED", "Ioctl.FIONREAD is compared"),
            Map.entry("Ioctl.ON_LINUX", "Ioctl.FIONREAD is compared"),
            Map.entry("IoUring.SIGSET_SIZE", "of the kernel's sigset_t, which no header of the C library has"),
            Map.entry("Message.SCM_MAX_FD", "of the kernel, which no header of the C library has"),
            Map.entry("Message.LENGTH_WIDTH", "Message.lengthWidthBytes is compared"),
            Map.entry("Message.CMSG_LEVEL", "Message.cmsgLevelOffset is compared"),
            Map.entry("Message.CMSG_TYPE", "Message.cmsgTypeOffset is compared"),
            Map.entry("Message.CMSG_ALIGNMENT", "Message.cmsgAlignment is compared"),
            Map.entry("Message.CMSG_DATA", "Message.cmsgDataOffset is compared"),
            Map.entry("Signal.SIGNAL_MAX", "SIGRTMAX, which in the C library is a call"),
            Map.entry("Socket.SOCKADDR_MAX_SIZE", "room for the largest address of all systems"),
            Map.entry("Socket.SIN6_SIZE", "Socket.sin6Size is compared"),
            Map.entry("Socket.SIN6_SIZE_SOLARIS", "Socket.sin6Size is compared"),
            Map.entry("Stat.SIZE_MAX", "room for the largest struct of all systems"),
            Map.entry("Stat.MODE", "Stat.modeOffset is compared"),
            Map.entry("Stat.MODE_WIDTH", "Stat.modeWidthBytes is compared"),
            Map.entry("Termios.IBSHIFT", "of the kernel's headers; glibc has the mask alone"),
            Map.entry("Timespec.NANOS_PER_SECOND", "a fact of time"));

    /** Numbers that the headers of some systems lack. */
    private static final Map<String, String> NOT_EVERYWHERE = Map.ofEntries(
            Map.entry("DevPoll.DP_SETP", "newer illumos only"),
            Map.entry("Epoll.EPOLLEXCLUSIVE", "Linux 4.5 and glibc 2.24"),
            Map.entry("Errno.EBADFD", "Linux and Solaris"),
            Map.entry("Epoll.EPOLLWAKEUP", "Linux"),
            Map.entry("Epoll.EPIOCSPARAMS", BUSY_POLL),
            Map.entry("Epoll.EPIOCGPARAMS", BUSY_POLL),
            Map.entry("Epoll.PARAMS_SIZE", BUSY_POLL),
            Map.entry("Epoll.BUSY_POLL_USECS", BUSY_POLL),
            Map.entry("Epoll.BUSY_POLL_BUDGET", BUSY_POLL),
            Map.entry("Epoll.PREFER_BUSY_POLL", BUSY_POLL),
            Map.entry("IoUring.IORING_SETUP_SUBMIT_ALL", RING),
            Map.entry("IoUring.IORING_SETUP_COOP_TASKRUN", RING),
            Map.entry("IoUring.IORING_SETUP_TASKRUN_FLAG", RING),
            Map.entry("IoUring.IORING_SETUP_SINGLE_ISSUER", RING),
            Map.entry("IoUring.IORING_SETUP_DEFER_TASKRUN", RING),
            Map.entry("IoUring.IORING_FEAT_NATIVE_WORKERS", RING),
            Map.entry("IoUring.IORING_FEAT_RSRC_TAGS", RING),
            Map.entry("IoUring.IORING_FEAT_CQE_SKIP", RING),
            Map.entry("IoUring.IORING_FEAT_LINKED_FILE", RING),
            Map.entry("IoUring.IORING_SQ_TASKRUN", RING),
            Map.entry("IoUring.IOSQE_CQE_SKIP_SUCCESS", RING),
            Map.entry("IoUring.IORING_POLL_ADD_MULTI", RING),
            Map.entry("IoUring.IORING_POLL_UPDATE_EVENTS", RING),
            Map.entry("IoUring.IORING_POLL_UPDATE_USER_DATA", RING),
            Map.entry("IoUring.IORING_POLL_ADD_LEVEL", RING),
            Map.entry("IoUring.IORING_ASYNC_CANCEL_ALL", RING),
            Map.entry("IoUring.IORING_ASYNC_CANCEL_FD", RING),
            Map.entry("IoUring.IORING_ASYNC_CANCEL_ANY", RING),
            Map.entry("IoUring.IORING_CQE_F_MORE", RING),
            Map.entry("Kqueue.EV_RECEIPT", "not in old systems"),
            Map.entry("Kqueue.EV_DISPATCH", "not in old systems"),
            Map.entry("Kqueue.NOTE_TRIGGER", "comes with EVFILT_USER"),
            Map.entry("Iovec.IOV_MAX", "the kernel's own on Solaris and illumos"),
            Map.entry("Message.MSG_CMSG_CLOEXEC", "not in macOS, not in all versions of Solaris and illumos"),
            Map.entry("Socket.SOCK_NONBLOCK", "not in macOS"),
            Map.entry("Socket.SOCK_CLOEXEC", "not in macOS"),
            Map.entry("Pidfd.SYS_pidfd_send_signal", PIDFD),
            Map.entry("Pidfd.SYS_pidfd_open", PIDFD),
            Map.entry("Pidfd.PIDFD_NONBLOCK", PIDFD),
            Map.entry("Wait.P_PIDFD", PIDFD),
            Map.entry("PollFd.POLLRDHUP", "Linux, FreeBSD and illumos"),
            Map.entry("Socket.MSG_NOSIGNAL", "not in old macOS"),
            Map.entry("Socket.SO_REUSEPORT", "not known of Solaris"),
            Map.entry("Termios.IUTF8", "not in OpenBSD and NetBSD"));

    private static final Map<String, Long> LAYOUT = new LinkedHashMap<>();

    @BeforeAll
    static void readTheLayout() {
        PackedShim.assumePresent();
        ShimLibrary.require();
        String name;
        while ((name = Shim.layoutName(LAYOUT.size())) != null) {
            assertThat(LAYOUT.put(name, Shim.layoutValue(LAYOUT.size())))
                    .as(name + " stands there twice")
                    .isNull();
        }
    }

    @Test
    void everyNumberThatTheCompilerReadIsTheOneInJava() throws ReflectiveOperationException {
        assertThat(LAYOUT).hasSizeGreaterThan(150);
        Map<String, Long> inJava = new LinkedHashMap<>();
        for (String name : LAYOUT.keySet()) {
            inJava.put(name, AbiNumbers.of(name));
        }

        assertThat(inJava).isEqualTo(LAYOUT);
    }

    @Test
    void theTableStopsAtItsEnd() {
        for (int index : new int[] {-1, Integer.MIN_VALUE, LAYOUT.size(), Integer.MAX_VALUE}) {
            assertThat(Shim.layoutName(index)).isNull();
            assertThat(Shim.layoutValue(index)).isZero();
        }
    }

    @Test
    void everyNumberInJavaIsOneThatTheCompilerReadOrIsExplained() {
        List<String> unexplained = new ArrayList<>();
        for (Class<?> type : abi()) {
            boolean isHere = LAYOUT.keySet().stream().anyMatch(name -> name.startsWith(type.getSimpleName() + "."));
            if (!isHere) {
                assertThat(FACILITIES.contains(type) || numbers(type).isEmpty())
                        .as("the compiler read nothing of " + type)
                        .isTrue();
                continue;
            }
            numbers(type).stream()
                    .filter(name -> !LAYOUT.containsKey(name)
                            && !OUR_OWN.containsKey(name)
                            && !NOT_EVERYWHERE.containsKey(name))
                    .forEach(unexplained::add);
        }

        assertThat(unexplained).isEmpty();
    }

    @Test
    void anExplainedNumberIsInJavaAndNotInTheTable() {
        Set<String> numbers =
                abi().stream().flatMap(type -> numbers(type).stream()).collect(Collectors.toSet());

        assertThat(numbers).containsAll(OUR_OWN.keySet()).containsAll(NOT_EVERYWHERE.keySet());
        assertThat(LAYOUT).doesNotContainKeys(OUR_OWN.keySet().toArray(String[]::new));
    }

    @Test
    void linuxLacksOnlyKqueueDevPollAndPerhapsNewerNumbers() {
        assumeThat(Os.here()).isEqualTo(Os.LINUX);

        assertThat(NOT_EVERYWHERE.keySet().stream().filter(name -> !LAYOUT.containsKey(name)))
                .allMatch(name -> name.startsWith("Kqueue.")
                        || name.startsWith("DevPoll.")
                        || NEWER.contains(NOT_EVERYWHERE.get(name)));
        assertThat(LAYOUT).containsKeys("Epoll.sizeBytes", "EventFd.EFD_CLOEXEC", "Errno.ENOSYS");
    }

    private static List<Class<?>> abi() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(AbiNumbers.PACKAGE).stream()
                        .filter(each -> each.getPackageName().equals(AbiNumbers.PACKAGE) && each.isTopLevelClass())
                        .<Class<?>>map(JavaClass::reflect)
                        .toList();
    }

    /** The constants of a class, public or not. */
    private static List<String> numbers(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .filter(field -> field.getType() == int.class || field.getType() == long.class)
                .map(field -> type.getSimpleName() + "." + field.getName())
                .toList();
    }
}
