// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.util.BitSet;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class EchoRoundsTest {
    private static final int LOWEST_CLIENT_FD = 400;
    private static final long SERVE_NANOS = 100_000_000L;

    private static Histogram serve(Syscalls syscalls, int connections, int active) throws IOException {
        try (EchoRounds rounds = new EchoRounds(new KernelPosix(syscalls), LOWEST_CLIENT_FD, active);
                Poller poller = Pollers.open()) {
            rounds.connect(connections, () -> false);
            assertThat(rounds.connections()).isEqualTo(connections);
            Histogram nanos = rounds.serve(poller, System.nanoTime() + SERVE_NANOS, () -> false);
            assertThat(rounds.messages()).isEqualTo((nanos.getTotalCount() + 10) * Math.min(active, connections));
            return nanos;
        }
    }

    @Test
    void everyRoundIsTimed() throws IOException {
        Histogram nanos = serve(new JnaSyscalls(), 50, 5);
        assertThat(nanos.getTotalCount()).isPositive();
        assertThat(nanos.getValueAtPercentile(50)).isPositive();
    }

    @Test
    void fewerConnectionsThanActiveOnesAllTakePart() throws IOException {
        assertThat(serve(new JnaSyscalls(), 3, 5).getTotalCount()).isPositive();
    }

    @Test
    void everyConnectionHasItsTurn() throws IOException {
        BitSet senders = new BitSet();
        Syscalls recording = new ForwardingSyscalls(new JnaSyscalls()) {
            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                senders.set(fd);
                return super.write(fd, buf, bufOffset, count);
            }
        };
        serve(recording, 20, 2);
        assertThat(senders.get(LOWEST_CLIENT_FD, LOWEST_CLIENT_FD + 100).cardinality())
                .isEqualTo(20);
    }

    @Test
    void aWrongByteIsFoundAndItsConnectionNamed() {
        Syscalls corrupting = new ForwardingSyscalls(new JnaSyscalls()) {
            private int writes;

            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                if (++writes == 50) {
                    buf.buffer().put(bufOffset + 9, (byte) ~buf.buffer().get(bufOffset + 9));
                }
                return super.write(fd, buf, bufOffset, count);
            }
        };
        assertThatThrownBy(() -> serve(corrupting, 10, 5))
                .isInstanceOf(IOException.class)
                .message()
                .matches("connection \\d, message \\d: byte 9 of \\d+ is wrong");
    }

    @Test
    void aConnectionThatEndsTooEarlyIsFound() {
        Syscalls ending = new ForwardingSyscalls(new JnaSyscalls()) {
            private int reads;

            @Override
            public int read(int fd, NativeMemory buf, int bufOffset, int count) {
                return fd >= LOWEST_CLIENT_FD && ++reads == 20 ? 0 : super.read(fd, buf, bufOffset, count);
            }
        };
        assertThatThrownBy(() -> serve(ending, 10, 5))
                .message()
                .matches("connection \\d, message \\d: the server closed it");
    }

    @Test
    void itStopsBeforeItsTimeWhenItIsToldTo() throws IOException {
        try (EchoRounds rounds = new EchoRounds(new KernelPosix(new JnaSyscalls()), LOWEST_CLIENT_FD, 5);
                Poller poller = Pollers.open()) {
            rounds.connect(10, () -> false);
            rounds.connect(20, () -> true);
            assertThat(rounds.connections()).isEqualTo(10);
            assertThat(rounds.serve(poller, Long.MAX_VALUE / 2, () -> true).getTotalCount())
                    .isEqualTo(1);
        }
    }
}
