// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Pollers;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EchoMessageTest {
    private static ByteBuffer message(int connection, int round) throws IOException {
        NativeMemory memory = NativeMemory.allocate(Pollers.builder().syscalls(), EchoMessage.MAX_LENGTH_BYTES);
        return memory.buffer().slice(0, EchoMessage.put(memory, connection, round));
    }

    @Test
    void theSameConnectionAndRoundGiveTheSameMessage() throws IOException {
        assertThat(message(7, 11)).isEqualTo(message(7, 11));
        assertThat(message(7, 11).remaining()).isEqualTo(EchoMessage.lengthBytes(7, 11));
    }

    @Test
    void everyConnectionAndRoundHasAMessageOfItsOwn() throws IOException {
        Set<ByteBuffer> messages = new HashSet<>();
        for (int connection = 0; connection < 50; connection++) {
            for (int round = 0; round < 50; round++) {
                messages.add(message(connection, round));
            }
        }

        assertThat(messages).hasSize(2500);
        assertThat(messages)
                .allSatisfy(message -> assertThat(message.remaining()).isBetween(16, EchoMessage.MAX_LENGTH_BYTES));
    }
}
