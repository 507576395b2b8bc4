// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class EchoClientsTest {
    private static final Syscalls JNA = new JnaSyscalls();
    private static final long WARM_UP_NANOS = 1_000_000L;
    private static final long MEASURE_NANOS = 200_000_000L;

    /** What the clients found, of a server that calls the kernel in this way. */
    private static void talk(Syscalls ofServer, int connections, int active, Found found) throws IOException {
        try (EchoServer server = new EchoServer(
                        EventLoopGroup.open(1, Pollers::open),
                        new KernelPosix(ofServer),
                        new InetSocketAddress("127.0.0.1", 0),
                        false);
                Poller clientPoller = Pollers.open();
                EchoClients clients =
                        new EchoClients(clientPoller, new KernelPosix(JNA), server, connections, active, 400)) {
            server.start();
            clients.run(WARM_UP_NANOS, MEASURE_NANOS);
            found.accept(clients);
        }
    }

    private interface Found {
        void accept(EchoClients clients);
    }

    @Test
    void everyEchoIsCountedAndTimed() throws IOException {
        talk(JNA, 100, 100, clients -> {
            assertThat(clients.served()).isEqualTo(100);
            assertThat(clients.echoes()).isGreaterThan(100);
            assertThat(clients.latencies().count()).isEqualTo(clients.echoes());
            assertThat(clients.measuredNanos()).isGreaterThanOrEqualTo(MEASURE_NANOS);
            assertThat(clients.lostBytes()).isZero();
            assertThat(clients.limit()).isNull();
        });
    }

    @Test
    void theyTakeTurnsWhereNotAllAreActive() throws IOException {
        talk(JNA, 100, 7, clients -> {
            assertThat(clients.served()).isEqualTo(100);
            assertThat(clients.echoes()).isGreaterThan(100);
            assertThat(clients.lostBytes()).isZero();
        });
    }

    @Test
    void aWrongByteIsFoundAndItsConnectionNamed() {
        Syscalls corrupting = new ForwardingSyscalls(JNA) {
            private int writes;

            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                if (++writes == 50) {
                    buf.buffer().put(bufOffset + 9, (byte) ~buf.buffer().get(bufOffset + 9));
                }
                return super.write(fd, buf, bufOffset, count);
            }
        };

        assertThatThrownBy(() -> talk(corrupting, 10, 10, clients -> {}))
                .isInstanceOf(IOException.class)
                .message()
                .matches("connection \\d, message \\d: byte 9 of \\d+ is -?\\d+, not -?\\d+");
    }

    @Test
    void aByteTooManyIsFound() {
        Syscalls adding = new ForwardingSyscalls(JNA) {
            private int writes;

            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                buf.buffer().put(bufOffset + count, (byte) 0);
                return ++writes == 50
                        ? super.write(fd, buf, bufOffset, count + 1) - 1
                        : super.write(fd, buf, bufOffset, count);
            }
        };

        assertThatThrownBy(() -> talk(adding, 10, 10, clients -> {}))
                .message()
                .matches("connection \\d, message \\d: the server sent 1 bytes too many");
    }

    @Test
    void aConnectionThatEndsTooEarlyIsFound() {
        Syscalls ending = new ForwardingSyscalls(JNA) {
            private int reads;

            @Override
            public int read(int fd, NativeMemory buf, int bufOffset, int count) {
                int rc = super.read(fd, buf, bufOffset, count);
                return ++reads == 50 ? 0 : rc;
            }
        };

        assertThatThrownBy(() -> talk(ending, 10, 10, clients -> {}))
                .message()
                .matches("connection \\d, message \\d: the server closed it with (\\d+) of \\1 bytes not sent back");
    }
}
