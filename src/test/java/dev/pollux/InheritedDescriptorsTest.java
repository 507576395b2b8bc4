// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.jna.NativeLibrary;
import dev.pollux.posix.Posix;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A child process inherits no descriptor of Pollux. The child is a shell that C's {@code system} starts: the JDK's own
 * {@code ProcessBuilder} closes all descriptors in its children, and would hide a leak.
 */
class InheritedDescriptorsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void procIsThere() {
        assumeThat(Descriptors.PROC)
                .as("/proc lists the descriptors of a process")
                .isDirectory();
    }

    private static String target(Path proc, int fd) throws IOException {
        return fd + " " + Files.readSymbolicLink(proc.resolve(Integer.toString(fd)));
    }

    /** Every descriptor with what it refers to. */
    private static Set<String> ofThisProcess() throws IOException {
        Set<String> open = new TreeSet<>();
        for (String fd : Descriptors.PROC.list()) {
            try {
                open.add(target(Descriptors.PROC.toPath(), Integer.parseInt(fd)));
            } catch (IOException e) {
                assertThat(e)
                        .isInstanceOf(java.nio.file.NoSuchFileException.class); // closed meanwhile, as that of the list
            }
        }
        return open;
    }

    private Set<String> ofAChild() throws IOException {
        Path list = folder.resolve("list");
        String command =
                "for fd in /proc/self/fd/*; do echo \"${fd##*/} $(readlink /proc/$$/fd/${fd##*/})\"; done >" + list;
        int rc = NativeLibrary.getProcess().getFunction("system").invokeInt(new Object[] {command});
        assertThat(rc).isZero();
        return new TreeSet<>(Files.readAllLines(list));
    }

    @Test
    void aDescriptorWithoutCloseOnExecIsInherited() throws IOException {
        Syscalls syscalls = Usable.syscalls(null);
        NativeMemory ends = NativeMemory.allocate(syscalls, 2 * Integer.BYTES);
        assertThat(syscalls.pipe(ends)).isZero();
        try {
            assertThat(ofAChild()).contains(target(Descriptors.PROC.toPath(), ends.getInt(0)));
        } finally {
            syscalls.close(ends.getInt(0));
            syscalls.close(ends.getInt(Integer.BYTES));
        }
    }

    @Test
    void aChildInheritsNothingOfAPoller() throws IOException {
        List<Poller> pollers = new ArrayList<>();
        Set<String> before = ofThisProcess();
        try {
            for (Usable.Combination each : Usable.combinations()) {
                pollers.add(each.open());
            }
            assertThat(inheritedOf(opened(before))).isEmpty();
        } finally {
            for (Poller each : pollers) {
                each.close();
            }
        }
    }

    @Test
    void aChildInheritsNothingThatPosixOpened() throws IOException {
        Posix posix = Pollers.posix();
        List<Integer> fds = new ArrayList<>();
        Set<String> before = ofThisProcess();
        try {
            Pipe pipe = posix.pipe();
            SocketPair pair = posix.socketPair();
            int server = posix.streamSocket(StandardProtocolFamily.INET);
            int client = posix.streamSocket(StandardProtocolFamily.INET);
            fds.addAll(List.of(pipe.readFd(), pipe.writeFd(), pair.fd(), pair.peerFd(), server, client));
            posix.bind(server, new InetSocketAddress("127.0.0.1", 0));
            posix.listen(server, 1);
            posix.setNonBlocking(client, false);
            posix.connect(client, posix.localAddress(server));
            fds.add(posix.accept(server));
            fds.add(posix.dup(server));
            fds.add(posix.dupAtOrAbove(server, 300));
            fds.add(posix.open(Path.of("/dev/null")));
            fds.add(posix.datagramSocket(StandardProtocolFamily.INET));

            assertThat(opened(before)).hasSizeGreaterThanOrEqualTo(fds.size());
            assertThat(inheritedOf(opened(before))).isEmpty();
        } finally {
            for (int fd : fds) {
                posix.close(fd);
            }
        }
    }

    private static Set<String> opened(Set<String> before) throws IOException {
        Set<String> opened = ofThisProcess();
        opened.removeAll(before);
        return opened;
    }

    private Set<String> inheritedOf(Set<String> opened) throws IOException {
        assertThat(opened).isNotEmpty();
        Set<String> inherited = ofAChild();
        inherited.retainAll(opened);
        return inherited;
    }
}
