// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.ChannelUser;
import dev.pollux.ChildJvm;
import dev.pollux.ForeignChannel;
import java.nio.channels.Pipe;
import org.junit.jupiter.api.Test;

/** How Pollux finds the descriptor of a channel: through the native library, or by reflection with a flag. */
class ChannelBridgeTest {
    private static final String NO_LIBRARY = "-Ddev.pollux.native.library=/nonexistent/libpollux.so";
    private static final String[] FLAG = {"--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED"};

    @Test
    void withoutTheNativeLibraryTheErrorNamesTheFlagAndSaysWhyThereIsNone() throws Exception {
        ChildJvm child = ChildJvm.run(ChannelUser.class, NO_LIBRARY);

        assertThat(child.output())
                .startsWith("refused: ")
                .contains("start the JVM with " + FLAG[0] + " " + FLAG[1])
                .contains("the native library is not available", "/nonexistent/libpollux.so");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void withTheFlagTheNativeLibraryIsNotNeeded() throws Exception {
        ChildJvm child = ChildJvm.run(ChannelUser.class, NO_LIBRARY, FLAG[0], FLAG[1]);

        assertThat(child).isEqualTo(new ChildJvm(0, "ready: 1\n"));
    }

    @Test
    void aChannelThatIsNotTheJdksHasNoDescriptor() {
        Pipe.SourceChannel foreign = new ForeignChannel();

        assertThatThrownBy(() -> ChannelBridge.fd(foreign))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(ForeignChannel.class.getName())
                .hasMessageContaining("not a channel of the JDK");
    }
}
