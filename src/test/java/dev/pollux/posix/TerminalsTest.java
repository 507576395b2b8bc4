// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Binding;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.SyscallException;
import dev.pollux.Usable;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.posix.Terminals.Pty;
import dev.pollux.posix.Terminals.WindowSize;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalsTest {
    private Syscalls syscalls;
    private KernelPosix posix;
    private Terminals terminals;
    private Descriptors descriptors;
    private Pty pty;

    @BeforeEach
    void openPty() throws IOException {
        syscalls = Usable.syscalls(Binding.JNA);
        posix = new KernelPosix(syscalls);
        terminals = posix.terminals();
        descriptors = new Descriptors(posix);
        pty = terminals.openPty();
    }

    @AfterEach
    void close() throws IOException {
        pty.close();
        descriptors.close();
    }

    private int slave() throws IOException {
        return descriptors.opened(terminals.open(pty.slavePath()));
    }

    private void write(int fd, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(posix.write(
                        fd, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()))
                .isEqualTo(bytes.length);
    }

    /** What can be read now. */
    private String read(int fd) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        posix.read(fd, buffer);
        return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
    }

    private void awaitRead(int fd, String expected) {
        StringBuilder text = new StringBuilder();
        Eventually.until(
                "reads " + expected, () -> text.append(read(fd)).toString().equals(expected));
    }

    @Test
    void masterAndSlaveAreNonBlockingAndCloseOnExec() throws IOException {
        int slave = slave();
        for (int fd : new int[] {pty.masterFd(), slave}) {
            assertThat(syscalls.fcntl(fd, Fcntl.F_GETFL, 0) & Fcntl.O_NONBLOCK).isNotZero();
            assertThat(syscalls.fcntl(fd, Fcntl.F_GETFD, 0)).isEqualTo(Fcntl.FD_CLOEXEC);
            assertThat(terminals.isTerminal(fd)).isTrue();
        }
        assertThat(pty).hasToString("the pty with master " + pty.masterFd() + " and slave " + pty.slavePath());
    }

    @Test
    void aSecondCloseOfAPtyDoesNotCloseWhateverHasItsNumberNow() throws IOException {
        pty.close();
        int sameNumber = descriptors.opened(posix.open(Path.of("/dev/null")));
        pty.close();
        assertThat(posix.isOpen(sameNumber)).isTrue();
    }

    @Test
    void aCookedTerminalGivesWholeLinesAndEchoes() throws IOException {
        int slave = slave();
        TerminalMode mode = terminals.mode(slave);
        assertThat(mode.isCanonical()).isTrue();
        assertThat(mode.isEcho()).isTrue();

        write(pty.masterFd(), "ab\u007fc\r");

        awaitRead(slave, "ac\n");
        awaitRead(pty.masterFd(), "ab\b \bc\r\n");
    }

    @Test
    void aRawTerminalChangesNothingAndEchoesNothing() throws IOException {
        int slave = slave();
        TerminalMode before = terminals.mode(slave);

        terminals.setMode(slave, before.raw());

        TerminalMode raw = terminals.mode(slave);
        assertThat(raw).isEqualTo(before.raw()).isEqualTo(raw.raw()).isNotEqualTo(before);
        assertThat(raw.isCanonical()).isFalse();
        assertThat(raw.isEcho()).isFalse();
        write(pty.masterFd(), "a\u007f\u0003\r");
        awaitRead(slave, "a\u007f\u0003\r");
        write(slave, "out\n");
        awaitRead(pty.masterFd(), "out\n");

        terminals.setMode(slave, before);
        assertThat(terminals.mode(slave)).isEqualTo(before).hasSameHashCodeAs(before);
    }

    /** As the C library's own program sees it. */
    @Test
    void sttySeesTheModeTheRateAndTheSize() throws Exception {
        int slave = slave();
        assertThat(terminals.windowSize(slave)).isEqualTo(new WindowSize(0, 0));
        terminals.setMode(slave, terminals.mode(slave).raw().withBaudRate(115_200));
        terminals.setWindowSize(pty.masterFd(), new WindowSize(25, 40_000));

        assertThat(terminals.mode(slave).baudRate()).isEqualTo(115_200);
        assertThat(terminals.windowSize(slave)).isEqualTo(new WindowSize(25, 40_000));
        Process stty = new ProcessBuilder("stty", "-a")
                .redirectInput(pty.slavePath().toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(stty.waitFor(Eventually.DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(printed)
                .contains(
                        "speed 115200 baud", "rows 25", "columns 40000", "-icanon", "-isig", "-echo ", "-opost", "cs8");
        assertThat(printed).contains("min = 1", "time = 0");
    }

    @Test
    void theMasterReadsTheRestAndThenFailsWithEio() throws IOException {
        int slave = slave();
        write(slave, "last");
        descriptors.close(slave);

        awaitRead(pty.masterFd(), "last");
        assertThatThrownBy(() -> read(pty.masterFd()))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("EIO");
    }

    @Test
    void aHungUpSlaveReportsTheEnd() throws IOException {
        int slave = slave();
        pty.close();
        assertThat(posix.read(slave, ByteBuffer.allocateDirect(1))).isEqualTo(-1);
        assertThatThrownBy(() -> terminals.mode(slave)).hasMessageContaining("EIO");
    }

    @Test
    void aPipeIsNoTerminalAndTheErrorSaysSo() throws IOException {
        int fd = descriptors.pipe().readFd();
        assertThat(terminals.isTerminal(fd)).isFalse();
        assertThat(terminals.isTerminal(descriptors.closedNumber())).isFalse();
        assertThatThrownBy(() -> terminals.mode(fd))
                .hasMessage("tcgetattr(" + fd + ", ...): ENOTTY (Inappropriate ioctl for device); the descriptor is no "
                        + "terminal: ask Terminals.isTerminal first");
        assertThatThrownBy(() -> terminals.setMode(fd, terminals.mode(pty.masterFd())))
                .hasMessageContaining("tcsetattr(" + fd + ", TCSANOW, ...): ENOTTY");
        assertThatThrownBy(() -> terminals.windowSize(fd)).hasMessageContaining("ioctl(" + fd + ", TIOCGWINSZ, ...)");
        assertThatThrownBy(() -> terminals.setWindowSize(fd, new WindowSize(1, 2)))
                .hasMessageContaining("ioctl(" + fd + ", TIOCSWINSZ, {ws_row=1, ws_col=2}): ENOTTY");
    }

    @Test
    void wrongArgumentsAreRefused() throws IOException {
        TerminalMode mode = terminals.mode(pty.masterFd());
        assertThatIllegalArgumentException().isThrownBy(() -> terminals.mode(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> terminals.isTerminal(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> mode.withBaudRate(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mode.withBaudRate(12_345))
                .withMessage("no baud rate here: 12345; termios(3) has the list");
        assertThatIllegalArgumentException().isThrownBy(() -> terminals.setMode(pty.masterFd(), null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WindowSize(24, 65_536))
                .withMessage("24 rows and 65536 columns are not both from 0 to 65535");
        assertThatIllegalArgumentException().isThrownBy(() -> new WindowSize(-1, 80));
    }

    private final List<Integer> closed = new ArrayList<>();

    /** A kernel that answers this to one call, and remembers what was closed. */
    private Terminals refusing(String call, int rc) {
        return new KernelPosix(new ForwardingSyscalls(syscalls) {
                    private int calls;

                    private int or(String here, int otherwise) {
                        return here.equals(call) && calls++ == 0 ? rc : otherwise;
                    }

                    @Override
                    public int grantpt(int fd) {
                        return or("grantpt", super.grantpt(fd));
                    }

                    @Override
                    public int ptsnameR(int fd, NativeMemory buf, int buflen) {
                        return or("ptsname_r", super.ptsnameR(fd, buf, buflen));
                    }

                    @Override
                    public int tcsetattr(int fd, int optionalActions, NativeMemory termios) {
                        return or("tcsetattr", super.tcsetattr(fd, optionalActions, termios));
                    }

                    @Override
                    public int close(int fd) {
                        closed.add(fd);
                        return super.close(fd);
                    }

                    @Override
                    public String missing(String function) {
                        return "no symbol " + function;
                    }
                })
                .terminals();
    }

    @Test
    void aPtyThatCannotBeFinishedIsClosed() {
        assertThatThrownBy(() -> refusing("grantpt", -Errno.EACCES).openPty())
                .satisfies(e -> assertThat(e).hasMessageContaining("grantpt(" + closed.get(0) + "): EACCES"));
        assertThatThrownBy(() -> refusing("ptsname_r", -Errno.ENOSYS).openPty())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("ptsname_r is missing here: no symbol ptsname_r");
        assertThat(closed).hasSize(2);
    }

    @Test
    void aCallThatASignalInterruptsIsRepeated() throws IOException {
        TerminalMode raw = terminals.mode(pty.masterFd()).raw();
        refusing("tcsetattr", -Errno.EINTR).setMode(pty.masterFd(), raw);
        assertThat(terminals.mode(pty.masterFd())).isEqualTo(raw);
    }
}
