// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code java.nio} channels in place of bare descriptors. */
@Tag("channel")
public abstract class ChannelContract extends PollerFixture {
    @Test
    void aBlockingChannelIsRefused() throws IOException {
        java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
        try {
            assertThatThrownBy(() -> poller.register(pipe.source(), Interest.READ, Trigger.LEVEL, null))
                    .isInstanceOf(IllegalBlockingModeException.class);
            assertThat(poller.size()).isZero();
        } finally {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    @Test
    void aClosedChannelIsRefused() throws IOException {
        java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().close();
        pipe.source().close();

        assertThatThrownBy(() -> poller.register(pipe.source(), Interest.READ, Trigger.LEVEL, null))
                .isInstanceOf(ClosedChannelException.class);
        assertThat(poller.size()).isZero();
    }

    @Test
    void aChannelIsWatchedOrTheRefusalNamesTheMissingFlag() throws IOException {
        java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
        try {
            pipe.source().configureBlocking(false);
            Registration registration;
            try {
                registration = poller.register(pipe.source(), Interest.READ, Trigger.LEVEL, "attached");
            } catch (UnsupportedOperationException e) {
                assertThat(e).hasMessageContaining("--add-opens java.base/sun.nio.ch=ALL-UNNAMED");
                assertThat(poller.size()).isZero();
                return;
            }
            assertThat(look()).isEmpty();
            pipe.sink().write(ByteBuffer.allocate(1));
            assertThat(await()).containsExactly(event(registration, READABLE));
            assertThat(registration.attachment()).isEqualTo("attached");
            pipe.source().close();
            assertThat(look()).noneMatch(event -> event.ready().isReadable());
            assertThat(registration.isValid()).isFalse();
            assertThat(poller.size()).isZero();
        } finally {
            pipe.source().close();
            pipe.sink().close();
        }
    }
}
