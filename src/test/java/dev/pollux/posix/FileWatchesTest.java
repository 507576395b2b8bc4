// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static dev.pollux.posix.FileWatches.IN_CREATE;
import static dev.pollux.posix.FileWatches.IN_DELETE;
import static dev.pollux.posix.FileWatches.IN_DELETE_SELF;
import static dev.pollux.posix.FileWatches.IN_IGNORED;
import static dev.pollux.posix.FileWatches.IN_ISDIR;
import static dev.pollux.posix.FileWatches.IN_MODIFY;
import static dev.pollux.posix.FileWatches.IN_MOVED_FROM;
import static dev.pollux.posix.FileWatches.IN_MOVED_TO;
import static dev.pollux.posix.FileWatches.IN_ONESHOT;
import static dev.pollux.posix.FileWatches.IN_ONLYDIR;
import static dev.pollux.posix.FileWatches.IN_OPEN;
import static dev.pollux.posix.FileWatches.IN_Q_OVERFLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pollux.Usable;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileWatchesTest extends EventFixture {
    @TempDir
    private Path folder;

    private FileWatches watches;
    private FileWatches.Events events;
    private int inotify;

    @BeforeEach
    void open() throws IOException {
        super.open();
        watches = posix.fileWatches();
        inotify = descriptors.opened(watches.inotify());
        events = watches.events(inotify);
    }

    private void assertEvent(int wd, int mask, String name) throws IOException {
        assertThat(events.next()).isTrue();
        assertThat(events.wd()).isEqualTo(wd);
        assertThat(events.mask()).isEqualTo(mask);
        assertThat(events.is(mask)).isTrue();
        assertThat(events.is(~mask)).isFalse();
        assertThat(events.name()).isEqualTo(name);
    }

    @Test
    void theDescriptorIsNonBlockingCloseOnExecAndSilent() throws IOException {
        register(inotify);

        assertNonBlockingAndCloseOnExec(inotify);
        assertNothingIsReady();
        assertThat(events.next()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32})
    void whatIsNoEventOfInotifyIsRefused(int sizeBytes) throws IOException {
        Posix.Pipe pipe = descriptors.pipe();
        ByteBuffer bytes = ByteBuffer.allocateDirect(sizeBytes);
        while (bytes.hasRemaining()) {
            bytes.put((byte) 0x40);
        }
        posix.write(pipe.writeFd(), bytes.flip());
        FileWatches.Events none = watches.events(pipe.readFd());

        assertThatIllegalStateException().isThrownBy(none::next).withMessageContaining("descriptor " + pipe.readFd());
        assertThat(none.next()).isFalse();
    }

    @Test
    void aFolderTellsOfItsEntriesByName() throws IOException {
        register(inotify);
        int wd = watches.add(inotify, folder, IN_CREATE | IN_DELETE);
        assertNothingIsReady();
        Files.createFile(folder.resolve("Grüße"));
        Files.createDirectory(folder.resolve("folder"));
        Files.delete(folder.resolve("Grüße"));

        awaitReadable(inotify);

        assertEvent(wd, IN_CREATE, "Grüße");
        assertThat(events.cookie()).isZero();
        assertEvent(wd, IN_CREATE | IN_ISDIR, "folder");
        assertEvent(wd, IN_DELETE, "Grüße");
        assertThat(events.next()).isFalse();
        assertNothingIsReady();
    }

    @Test
    void theTwoEventsOfARenameShareACookie() throws IOException {
        register(inotify);
        Path from = Files.createFile(folder.resolve("from"));
        int wd = watches.add(inotify, folder, IN_MOVED_FROM | IN_MOVED_TO);
        Files.move(from, folder.resolve("to"));

        awaitReadable(inotify);

        assertEvent(wd, IN_MOVED_FROM, "from");
        int cookie = events.cookie();
        assertEvent(wd, IN_MOVED_TO, "to");
        assertThat(events.cookie()).isNotZero().isEqualTo(cookie);
    }

    @Test
    void aFileThatIsWrittenAndDeletedEndsWithIgnoredAndItsWatchIsGone() throws IOException {
        register(inotify);
        Path file = Files.createFile(folder.resolve("file"));
        int wd = watches.add(inotify, file, IN_MODIFY | IN_DELETE_SELF);
        Files.writeString(file, "text");
        awaitReadable(inotify);
        assertEvent(wd, IN_MODIFY, "");
        assertThat(events.next()).isFalse();

        Files.delete(file);

        awaitReadable(inotify);
        assertEvent(wd, IN_DELETE_SELF, "");
        assertEvent(wd, IN_IGNORED, "");
        assertThat(events.next()).isFalse();
        assertRefused("EINVAL", "inotify_rm_watch(" + inotify + ", " + wd + ")", () -> watches.remove(inotify, wd));
    }

    @Test
    void aRemovedWatchEndsWithIgnored() throws IOException {
        register(inotify);
        int wd = watches.add(inotify, folder, IN_CREATE);
        watches.remove(inotify, wd);
        Files.createFile(folder.resolve("unseen"));

        awaitReadable(inotify);

        assertEvent(wd, IN_IGNORED, "");
        assertThat(events.next()).isFalse();
    }

    @Test
    void aOneshotWatchEndsAfterOneEvent() throws IOException {
        int wd = watches.add(inotify, folder, IN_CREATE | IN_ONESHOT);
        Files.createFile(folder.resolve("one"));
        Files.createFile(folder.resolve("two"));

        assertEvent(wd, IN_CREATE, "one");
        assertEvent(wd, IN_IGNORED, "");
        assertThat(events.next()).isFalse();
    }

    private void createFiles(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Files.createFile(folder.resolve("a file with a name of some length, number " + i));
        }
    }

    @Test
    void withAnEdgeTriggerALoopUntilFalseReadsMoreThanABuffer() throws IOException {
        registerEdge(inotify);
        watches.add(inotify, folder, IN_CREATE);
        int count = 1000; // of 80 bytes, in 16 KiB
        createFiles(count);

        awaitReadable(inotify);

        List<String> names = new ArrayList<>();
        while (events.next()) {
            names.add(events.name());
        }
        assertThat(names).hasSize(count).endsWith("a file with a name of some length, number " + (count - 1));
        assertNothingIsReady();
        Files.createFile(folder.resolve("one more"));
        awaitReadable(inotify);
    }

    @Test
    void withAnEdgeTriggerWhatOneReadLeavesIsNotReportedAgain() throws IOException {
        registerEdge(inotify);
        watches.add(inotify, folder, IN_CREATE);
        createFiles(1000);
        awaitReadable(inotify);

        assertThat(events.next()).isTrue();

        assertNothingIsReady();
        assertThat(events.next()).isTrue();
    }

    /** Through a buffer: of this file the kernel gives all in one read, or only the beginning. */
    private static int maxQueuedEvents() throws IOException {
        Path sysctl = Path.of("/proc/sys/fs/inotify/max_queued_events");
        try (BufferedReader file = Files.newBufferedReader(sysctl)) {
            return Integer.parseInt(file.readLine());
        }
    }

    @Test
    void aQueueThatOverflowsSaysSo() throws IOException {
        register(inotify);
        int limit = maxQueuedEvents();
        watches.add(inotify, folder, IN_OPEN | IN_MODIFY);
        NativeMemory text = posix.allocate(1);
        Path file = Files.createFile(folder.resolve("file"));
        for (int i = 0; i < limit / 2 + 10; i++) { // different events, since equal ones are merged
            int fd = posix.open(file, Fcntl.O_WRONLY);
            posix.write(fd, text, 0, 1);
            posix.close(fd);
        }

        awaitReadable(inotify);

        int read = 0;
        while (events.next() && !events.is(IN_Q_OVERFLOW)) {
            read++;
        }
        assertThat(read).isEqualTo(limit);
        assertThat(events.wd()).isEqualTo(-1);
        assertThat(events.name()).isEmpty();
        assertThat(events.next()).isFalse();
    }

    @Test
    void withoutAnEventThereIsNothingToAsk() throws IOException {
        assertThatIllegalStateException().isThrownBy(() -> events.wd());
        assertThat(events.next()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> events.mask());
        watches.add(inotify, folder, IN_CREATE);
        Files.createFile(folder.resolve("one"));
        assertThat(events.next()).isTrue();
        assertThat(events.next()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> events.name());
    }

    @Test
    void whatTheKernelRefusesNamesTheCallAndTheFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Path none = folder.resolve("none");
        int pipe = descriptors.pipe().readFd();

        assertRefused(
                "ENOENT",
                "inotify_add_watch(" + inotify + ", \"" + none + "\", IN_CREATE)",
                () -> watches.add(inotify, none, IN_CREATE));
        assertRefused("ENOTDIR", "IN_CREATE|IN_ONLYDIR)", () -> watches.add(inotify, file, IN_CREATE | IN_ONLYDIR));
        assertRefused("EINVAL", "inotify_add_watch(" + pipe, () -> watches.add(pipe, folder, IN_CREATE));
        assertThatIllegalArgumentException().isThrownBy(() -> watches.add(-1, folder, IN_CREATE));
        assertThatIllegalArgumentException().isThrownBy(() -> watches.events(-1));
    }

    @Test
    void aLimitOfTheUserIsNamedWithTheSysctl() throws IOException {
        FileWatches full = new KernelPosix(new ForwardingSyscalls(Usable.syscalls(combination.binding())) {
                    @Override
                    public int inotifyInit1(int flags) {
                        return -Errno.EMFILE;
                    }

                    @Override
                    public int inotifyAddWatch(int fd, NativeMemory pathname, int mask) {
                        return -Errno.ENOSPC;
                    }
                })
                .fileWatches();
        assertRefused("EMFILE", "fs.inotify.max_user_instances", full::inotify);
        assertRefused("ENOSPC", "fs.inotify.max_user_watches", () -> full.add(inotify, folder, IN_CREATE));
    }

    @Test
    void aSystemWithoutTheCallNamesTheCounterpart() {
        FileWatches elsewhere = elsewhere().fileWatches();
        assertMissing("inotify_init1", "EVFILT_VNODE", elsewhere::inotify);
        assertMissing("inotify_add_watch", "WatchService", () -> elsewhere.add(1, folder, IN_CREATE));
    }
}
