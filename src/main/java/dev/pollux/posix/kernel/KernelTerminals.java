// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import static dev.pollux.posix.kernel.KernelCalls.check;
import static dev.pollux.posix.kernel.KernelCalls.requireDescriptor;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Termios;
import dev.pollux.posix.TerminalMode;
import dev.pollux.posix.Terminals;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/** {@link Terminals} over {@link Syscalls}. */
final class KernelTerminals implements Terminals {
    private static final Termios.Abi ABI = Termios.abi();
    private static final int PATH_SIZE = 128;

    private final KernelDescriptors descriptors;
    private final Syscalls syscalls;

    KernelTerminals(KernelDescriptors descriptors) {
        this.descriptors = descriptors;
        syscalls = descriptors.syscalls;
    }

    @Override
    public Pty openPty() throws SyscallException {
        int flags = Fcntl.O_RDWR | Fcntl.O_NOCTTY;
        int fd = call("posix_openpt", "O_RDWR|O_NOCTTY", () -> syscalls.posixOpenpt(flags));
        descriptors.calls.prepare(fd);
        try {
            call("grantpt", Integer.toString(fd), () -> syscalls.grantpt(fd));
            call("unlockpt", Integer.toString(fd), () -> syscalls.unlockpt(fd));
            return new KernelPty(descriptors, fd, slavePath(fd), new AtomicBoolean());
        } catch (SyscallException | UnsupportedOperationException e) {
            syscalls.close(fd);
            throw e;
        }
    }

    private Path slavePath(int masterFd) throws SyscallException {
        NativeMemory path = descriptors.allocate(PATH_SIZE);
        call("ptsname_r", masterFd + ", ..., " + PATH_SIZE, () -> syscalls.ptsnameR(masterFd, path, PATH_SIZE));
        String text = StandardCharsets.UTF_8.decode(path.buffer().duplicate()).toString();
        return Path.of(text.substring(0, text.indexOf(0)));
    }

    private record KernelPty(KernelDescriptors descriptors, int masterFd, Path slavePath, AtomicBoolean closed)
            implements Pty {
        @Override
        public void close() throws SyscallException {
            if (!closed.getAndSet(true)) {
                descriptors.close(masterFd);
            }
        }

        @Override
        public String toString() {
            return "the pty with master " + masterFd + " and slave " + slavePath;
        }
    }

    @Override
    public int open(Path terminal) throws SyscallException {
        return descriptors.open(terminal, Fcntl.O_RDWR | Fcntl.O_NOCTTY);
    }

    @Override
    public boolean isTerminal(int fd) {
        requireDescriptor(fd);
        return syscalls.tcgetattr(fd, descriptors.allocate(ABI.sizeBytes())) >= 0;
    }

    @Override
    public TerminalMode mode(int fd) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory termios = descriptors.allocate(ABI.sizeBytes());
        call("tcgetattr", fd + ", ...", () -> syscalls.tcgetattr(fd, termios));
        byte[] bytes = new byte[ABI.sizeBytes()];
        termios.buffer().get(0, bytes);
        return new KernelTerminalMode(bytes);
    }

    @Override
    public void setMode(int fd, TerminalMode mode) throws SyscallException {
        requireDescriptor(fd);
        if (!(mode instanceof KernelTerminalMode kernelMode)) {
            throw new IllegalArgumentException("not a mode that Terminals.mode has returned: " + mode);
        }
        NativeMemory termios = descriptors.allocate(ABI.sizeBytes());
        kernelMode.copyTo(termios.buffer());
        call("tcsetattr", fd + ", TCSANOW, ...", () -> syscalls.tcsetattr(fd, ABI.TCSANOW, termios));
    }

    @Override
    public WindowSize windowSize(int fd) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory winsize = descriptors.allocate(Termios.WINSIZE);
        call("ioctl", fd + ", TIOCGWINSZ, ...", () -> syscalls.ioctl(fd, ABI.TIOCGWINSZ, winsize));
        return new WindowSize(
                Short.toUnsignedInt(winsize.getShort(Termios.WS_ROW)),
                Short.toUnsignedInt(winsize.getShort(Termios.WS_COL)));
    }

    @Override
    public void setWindowSize(int fd, WindowSize size) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory winsize = descriptors.allocate(Termios.WINSIZE);
        winsize.putShort(Termios.WS_ROW, (short) size.rows());
        winsize.putShort(Termios.WS_COL, (short) size.columns());
        String text = fd + ", TIOCSWINSZ, {ws_row=" + size.rows() + ", ws_col=" + size.columns() + "}";
        call("ioctl", text, () -> syscalls.ioctl(fd, ABI.TIOCSWINSZ, winsize));
    }

    /** Makes a call again if a signal interrupts it. The caller's lambda keeps the memory alive meanwhile. */
    private int call(String call, String arguments, IntSupplier kernel) throws SyscallException {
        int rc;
        do {
            rc = kernel.getAsInt();
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(kernel);
        if (rc == -Errno.ENOSYS) {
            throw new UnsupportedOperationException(call + " is missing here: " + syscalls.missing(call));
        }
        return check(call, arguments, rc);
    }
}
