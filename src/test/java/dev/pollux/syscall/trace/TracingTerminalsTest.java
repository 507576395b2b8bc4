// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Binding;
import dev.pollux.Usable;
import dev.pollux.abi.Os;
import dev.pollux.abi.Termios;
import dev.pollux.posix.Terminals;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the trace shows calls for terminals. {@link StraceTest} compares them with strace. */
class TracingTerminalsTest {
    private final List<String> lines = new ArrayList<>();
    private final Syscalls calls;

    TracingTerminalsTest() throws IOException {
        calls = new TracingSyscalls(
                Usable.syscalls(Binding.JNA), line -> lines.add(line.replaceFirst(" <[0-9.]+>$", "")));
    }

    @Test
    void aPtyAndItsModeAreShownAsStructs() throws IOException {
        assumeThat(Os.here()).isEqualTo(Os.LINUX);
        KernelPosix posix = new KernelPosix(calls);
        Terminals terminals = posix.terminals();
        try (Terminals.Pty pty = terminals.openPty()) {
            int fd = pty.masterFd();
            terminals.mode(fd);
            terminals.setMode(fd, terminals.mode(fd).raw().withBaudRate(115_200));
            terminals.setWindowSize(fd, new Terminals.WindowSize(25, 65_535));
            terminals.windowSize(fd);

            assertThat(lines)
                    .contains(
                            "posix_openpt(O_RDWR|O_NOCTTY) = " + fd,
                            "grantpt(" + fd + ") = 0",
                            "unlockpt(" + fd + ") = 0",
                            "ptsname_r(" + fd + ", \"" + pty.slavePath() + "\", 128) = 0",
                            "tcgetattr(" + fd + ", {c_iflag=ICRNL|IXON, c_oflag=OPOST|ONLCR, "
                                    + "c_cflag=B38400|CS8|CREAD, c_lflag=ISIG|ICANON|ECHO|ECHOE|ECHOK|IEXTEN|ECHOCTL|"
                                    + "ECHOKE, ...}) = 0",
                            "tcsetattr(" + fd + ", TCSANOW, {c_iflag=0, c_oflag=ONLCR, c_cflag=B115200|CS8|CREAD, "
                                    + "c_lflag=ECHOE|ECHOK|ECHOCTL|ECHOKE, ...}) = 0",
                            "ioctl(" + fd + ", TIOCSWINSZ, {ws_row=25, ws_col=65535, ws_xpixel=0, ws_ypixel=0}) = 0",
                            "ioctl(" + fd + ", TIOCGWINSZ, {ws_row=25, ws_col=65535, ws_xpixel=0, ws_ypixel=0}) = 0");
        }
    }

    @Test
    void aRateThatHasNoNameIsShownAsANumber() {
        Termios.Abi abi = Termios.abi();
        assumeThat(abi).isEqualTo(Termios.Abi.LINUX);
        NativeMemory mode = NativeMemory.allocate(calls, abi.sizeBytes());
        abi.putFlags(mode.buffer(), abi.cflagOffset(), 0x1000 | abi.PARENB);
        calls.tcsetattr(-1, 7, mode);
        assertThat(lines)
                .containsExactly(
                        "tcsetattr(-1, 0x7, {c_iflag=0, c_oflag=0, c_cflag=PARENB|0x1000, c_lflag=0, ...}) = -1 "
                                + "EINVAL (Invalid argument)");
    }

    @Test
    void memoryThatTheKernelDidNotWriteIsShownAsAnAddress() {
        calls.tcgetattr(-1, null);
        calls.ptsnameR(-1, null, 1);
        calls.ioctl(-1, Termios.abi().TIOCGWINSZ, null);
        assertThat(lines)
                .containsExactly(
                        "tcgetattr(-1, NULL) = -1 EBADF (Bad file descriptor)",
                        "ptsname_r(-1, NULL, 1) = -1 EBADF (Bad file descriptor)",
                        "ioctl(-1, TIOCGWINSZ, NULL) = -1 EBADF (Bad file descriptor)");
    }
}
