// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Binding;
import dev.pollux.ChildJvm;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Unchanged servers, each in its own JVM with only the provider's name. Their clients are in this JVM, which uses the
 * JDK's provider.
 */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServersOnPolluxTest {
    private static final String PROVIDER = "dev.pollux.nio.PolluxSelectorProvider";
    private static final int CLIENTS = 200;
    private static final int REQUESTS = Integer.getInteger("pollux.server.requests", 20);

    @TempDir
    private Path folder;

    static Stream<Arguments> serversAndMechanisms() {
        return Stream.of(NettyServer.class, JettyServer.class, TomcatServer.class)
                .flatMap(server -> Stream.of(Mechanism.values())
                        .filter(mechanism -> Usable.reasonAgainst(mechanism, Binding.JNI) == null)
                        .map(mechanism -> Arguments.of(server, mechanism)));
    }

    @BeforeAll
    static void assumeTheNativePart() {
        NativePart.assume("servers on Pollux");
        NativePart.assumeNothingAgainst(
                "servers on Pollux", Descriptors.PROC.isDirectory() ? null : "open descriptors cannot be counted here");
    }

    @ParameterizedTest
    @MethodSource("serversAndMechanisms")
    void twoHundredKeepAliveClientsAreServedAndLeaveNothingBehind(Class<?> main, Mechanism mechanism) throws Exception {
        try (ServerProcess server = new ServerProcess(
                main,
                folder,
                "-Djava.nio.channels.spi.SelectorProvider=" + PROVIDER,
                "-Ddev.pollux.mechanism=" + mechanism.name().toLowerCase(Locale.ROOT))) {
            HttpClients few = new HttpClients(server.port(), 10, 1);
            HttpClients many = new HttpClients(server.port(), CLIENTS, REQUESTS);
            few.run(); // opens what is opened only once
            assertThat(server.provider()).isEqualTo(PROVIDER);
            assertThatThreadsWaitIn(mechanism, server);
            long before = server.openDescriptors();

            many.run();
            many.run();

            Eventually.until(before + " descriptors are open, as before", () -> server.openDescriptors() <= before);
            ChildJvm ended = server.stop();
            assertThat(ended.exitCode()).as(ended.output()).isZero();
            assertThat(ended.output()).doesNotContainIgnoringCase("WARN", "SEVERE", "ERROR", "Exception");
        }
    }

    private static void assertThatThreadsWaitIn(Mechanism mechanism, ServerProcess server) {
        String driver = "dev.pollux.mechanism." + mechanism.name().replace("_", "") + "Driver";
        Eventually.until("a thread waits in " + driver, () -> {
            List<String> classes = server.classesOnStacks();
            return classes.contains(PolluxSelector.class.getName())
                    && classes.stream().anyMatch(driver::equalsIgnoreCase);
        });
    }
}
