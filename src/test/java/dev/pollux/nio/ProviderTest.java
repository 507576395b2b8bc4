// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.ChildJvm;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the provider opens and what it refuses; and that only a property installs it. */
class ProviderTest {
    private static final String PROPERTY =
            "-Djava.nio.channels.spi.SelectorProvider=dev.pollux.nio.PolluxSelectorProvider";
    private static final String NO_LIBRARY = "-Ddev.pollux.native.library=/nonexistent/libpollux.so";
    private static final String[] FLAG = {"--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED"};

    private final PolluxSelectorProvider provider = new PolluxSelectorProvider();

    @BeforeEach
    void assumeTheNativePart() {
        NativePart.assume("the provider without a flag");
    }

    // What it opens.

    private void assertOurs(SelectableChannel channel, String jdkClass) throws IOException {
        try (channel) {
            assertThat(channel.provider()).isSameAs(provider);
            assertThat(channel.getClass().getName()).isEqualTo("sun.nio.ch." + jdkClass);
            assertThat(channel.isOpen()).isTrue();
            assertThat(channel.isBlocking()).isTrue();
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theChannelsAreTheJdksAndNameThisProvider() throws IOException {
        assertOurs(provider.openSocketChannel(), "SocketChannelImpl");
        assertOurs(provider.openSocketChannel(StandardProtocolFamily.INET), "SocketChannelImpl");
        assertOurs(provider.openSocketChannel(StandardProtocolFamily.UNIX), "SocketChannelImpl");
        assertOurs(provider.openServerSocketChannel(), "ServerSocketChannelImpl");
        assertOurs(provider.openServerSocketChannel(StandardProtocolFamily.INET), "ServerSocketChannelImpl");
        assertOurs(provider.openServerSocketChannel(StandardProtocolFamily.UNIX), "ServerSocketChannelImpl");
        assertOurs(provider.openDatagramChannel(), "DatagramChannelImpl");
        assertOurs(provider.openDatagramChannel(StandardProtocolFamily.INET), "DatagramChannelImpl");
        Pipe pipe = provider.openPipe();
        assertOurs(pipe.source(), "SourceChannelImpl");
        assertOurs(pipe.sink(), "SinkChannelImpl");
    }

    @Test
    void anExceptionOfTheJdkIsPassedOnUnchanged() {
        ProtocolFamily unknown = () -> "PIGEON";
        assertThatThrownBy(() -> provider.openSocketChannel(unknown))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> provider.openServerSocketChannel(unknown))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> provider.openDatagramChannel(StandardProtocolFamily.UNIX))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> provider.openSocketChannel(null)).isExactlyInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> provider.openServerSocketChannel(null))
                .isExactlyInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> provider.openDatagramChannel(null)).isExactlyInstanceOf(NullPointerException.class);
    }

    @Test
    void itsSelectorsUseTheBestMechanismHere() throws IOException {
        try (Selector selector = provider.openSelector()) {
            assertThat(selector).isInstanceOf(PolluxSelector.class);
            assertThat(selector.provider()).isSameAs(provider);
            assertThat(selector.isOpen()).isTrue();
            assertThat(selector.toString()).matches("PolluxSelector\\[\\w+ through \\w+]");
        }
    }

    @Test
    void theInheritedChannelIsTheJdks() throws IOException {
        Channel inherited = provider.inheritedChannel();
        assertThat(inherited).isSameAs(SelectorProvider.provider().inheritedChannel());
    }

    // Installing it.

    @Test
    void theJarOnTheClassPathAloneDoesNotInstallTheProvider() throws IOException {
        String name = "META-INF/services/" + SelectorProvider.class.getName();
        assertThat(Collections.list(provider.getClass().getClassLoader().getResources(name)))
                .isEmpty();
        assertThat(SelectorProvider.provider()).isNotInstanceOf(PolluxSelectorProvider.class);
    }

    @Test
    void thePropertyMakesItTheSystemsProvider() throws Exception {
        ChildJvm child = ChildJvm.run(
                ProviderUser.class, PROPERTY, "-Ddev.pollux.mechanism=poll", "-Ddev.pollux.binding=jna", "-Xcheck:jni");

        assertThat(child.output().lines().filter(line -> !line.matches("(WARNING|\\s).*|")))
                .containsExactly(
                        "dev.pollux.nio.PolluxSelectorProvider",
                        "PolluxSelector[POLL through JNA]",
                        "ready: 1",
                        "inherited: null");
        assertThat(child.output()).doesNotContain("syscall.jni");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void withoutFreeDescriptorsTheJdksExceptionIsPassedOn() throws Exception {
        List<String> fewDescriptors = List.of("sh", "-c", "ulimit -n 100 && exec \"$@\"", "sh");
        ChildJvm child = ChildJvm.run(
                fewDescriptors, System.getProperty("java.class.path"), ProviderUser.class, PROPERTY, "-Dchannels=200");

        assertThat(child.output()).contains("not opened: java.net.SocketException: Too many open files");
        assertThat(child.exitCode()).isZero();
    }

    // Without the native part.

    @Test
    void withoutTheNativePartTheErrorNamesTheFlagAndSaysWhyThereIsNone() throws Exception {
        ChildJvm child = ChildJvm.run(ProviderUser.class, PROPERTY, NO_LIBRARY);

        assertThat(child.output())
                .contains("refused: ", "start the JVM with " + FLAG[0] + " " + FLAG[1])
                .contains("the native library is not available", "/nonexistent/libpollux.so");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void withTheFlagTheNativePartIsNotNeeded() throws Exception {
        List<String> fewDescriptors = List.of("sh", "-c", "ulimit -n 100 && exec \"$@\"", "sh");
        ChildJvm child = ChildJvm.run(
                fewDescriptors,
                System.getProperty("java.class.path"),
                ProviderUser.class,
                PROPERTY,
                NO_LIBRARY,
                FLAG[0],
                FLAG[1],
                "-Dchannels=200");

        assertThat(child.output())
                .contains("ready: 1", "inherited: null")
                .contains("not opened: java.net.SocketException: Too many open files");
        assertThat(child.exitCode()).isZero();
    }
}
