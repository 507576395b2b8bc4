// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Connects without blocking and waits with a poller. */
@Command(
        name = "connect",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Connect to a TCP port without blocking, wait until the socket is writable, and print the result. Tries"
                        + " the addresses of the host in turn until one answers.")
final class ConnectCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "HOST", description = "A host name or an address.")
    private String host;

    @Parameters(
            index = "1",
            paramLabel = "PORT",
            converter = Addresses.PortConverter.class,
            description = "A TCP port.")
    private int port;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            converter = Seconds.Converter.class,
            description = "The timeout for all addresses together. Default: ${DEFAULT-VALUE}.")
    private Seconds timeout;

    @Mixin
    private PollerOptions pollerOptions;

    ConnectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        long deadlineNanos = System.nanoTime() + timeout.nanos();
        List<InetSocketAddress> addresses = Addresses.resolve(host, port);
        try (Poller poller = pollerOptions.open()) {
            Posix posix = Pollers.posix();
            for (int i = 0; i < addresses.size(); i++) {
                long shareNanos = (deadlineNanos - System.nanoTime()) / (addresses.size() - i);
                if (connect(poller, posix, addresses.get(i), Math.max(0, shareNanos))) {
                    return ExitCode.OK;
                }
            }
        }
        return ExitCode.SOFTWARE;
    }

    private boolean connect(Poller poller, Posix posix, InetSocketAddress address, long timeoutNanos)
            throws IOException {
        int fd = posix.streamSocket(
                address.getAddress() instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET);
        try {
            long begin = System.nanoTime();
            int errno = attempt(poller, posix, fd, address, timeoutNanos);
            long nanos = System.nanoTime() - begin;
            if (errno != 0) {
                print(spec.commandLine().getErr(), "connect(" + Addresses.text(address) + "): " + text(errno));
                return false;
            }
            print(
                    spec.commandLine().getOut(),
                    "connected to " + Addresses.text(address) + " from " + Addresses.text(posix.localAddress(fd))
                            + " in " + Seconds.millisText(nanos) + " (" + PollerOptions.text(poller) + ")");
            return true;
        } finally {
            posix.close(fd);
        }
    }

    private void print(PrintWriter writer, String text) {
        writer.println(Paragraph.wrapped(terminal, terminal.columns(), text));
    }

    /** Returns 0, or the errno of the failure. */
    private static int attempt(Poller poller, Posix posix, int fd, InetSocketAddress address, long timeoutNanos)
            throws IOException {
        try {
            if (posix.connect(fd, address)) {
                return 0;
            }
        } catch (SyscallException e) {
            return e.errno();
        }
        Registration registration = poller.register(fd, Interest.WRITE);
        try {
            int count = poller.poll(timeoutNanos, (writable, ready) -> {});
            return count == 0 ? TIMED_OUT : posix.socketError(fd);
        } finally {
            registration.cancel();
        }
    }

    /** Not an errno: the timeout of this command, which was shorter than the kernel's. */
    private static final int TIMED_OUT = -1;

    private String text(int errno) {
        return errno == TIMED_OUT ? "timed out after " + timeout + " s" : Errno.describe(errno);
    }
}
