// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Background;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Closing channels, selectors or both, in any order, frees the descriptors, and the peer sees it. */
class SelectorClosingTest extends SelectorFixture {
    private static final int ROUNDS = 20;

    private interface Round {
        void run(PolluxSelector fresh) throws Exception;
    }

    @BeforeEach
    void whereTheyCanBeCounted() {
        assumeThat(Descriptors.PROC).as("where open descriptors can be counted").isDirectory();
    }

    /** Each round must leave as many descriptors open as before. */
    private void assertNothingLeaks(Round round) throws Exception {
        run(round); // opens what is opened only once
        long before = Descriptors.openNow();
        for (int i = 0; i < ROUNDS; i++) {
            run(round);
        }
        Eventually.until(before + " are open, as before", () -> Descriptors.openNow() == before);
    }

    private void run(Round round) throws Exception {
        try (PolluxSelector fresh = provider.openSelector(combination.open())) {
            round.run(fresh);
        }
    }

    private Pipe plainPipe() throws IOException {
        Pipe pipe = provider.openPipe();
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
        return pipe;
    }

    @Test
    void closingASelectorFreesItsDescriptorsAndThoseOfChannelsClosedBefore() throws Exception {
        assertNothingLeaks(fresh -> {
            Pipe pipe = plainPipe();
            pipe.source().register(fresh, SelectionKey.OP_READ);
            pipe.sink().register(fresh, SelectionKey.OP_WRITE);
            fresh.selectNow();
            pipe.source().close();
            pipe.sink().close();
        });
    }

    @Test
    void aChannelClosedAfterItsSelectorFreesItsDescriptor() throws Exception {
        assertNothingLeaks(fresh -> {
            Pipe pipe = plainPipe();
            SelectionKey key = pipe.source().register(fresh, SelectionKey.OP_READ);
            fresh.selectNow();
            fresh.close();
            assertThat(key.isValid()).isFalse();
            assertThat(pipe.source().isRegistered()).isFalse();
            assertThat(pipe.source().keyFor(fresh)).isNull();
            pipe.source().close();
            pipe.sink().close();
        });
    }

    @Test
    void aClosedChannelFreesItsDescriptorInTheNextSelection() throws Exception {
        SelectionKey[] other = {register(pipe().source(), SelectionKey.OP_READ)};
        selector.selectNow();
        long before = Descriptors.openNow();
        for (int i = 0; i < ROUNDS; i++) {
            Pipe pipe = plainPipe();
            pipe.source().register(selector, SelectionKey.OP_READ);
            pipe.sink().register(selector, 0);
            selector.selectNow();
            pipe.source().close();
            pipe.sink().close();
            selector.selectNow();
        }
        assertThat(Descriptors.openNow()).isEqualTo(before);
        assertThat(selector.keys()).containsExactly(other);
    }

    @Test
    void aClosedChannelInTwoSelectorsKeepsItsDescriptorUntilBothDeregisterIt() throws Exception {
        PolluxSelector second = openSelector();
        long before = Descriptors.openNow();
        Pipe pipe = plainPipe();
        pipe.source().register(selector, SelectionKey.OP_READ);
        pipe.source().register(second, SelectionKey.OP_READ);
        pipe.sink().write(bytes(1));
        assertThat(selector.select()).isEqualTo(1);
        assertThat(second.select()).isEqualTo(1);

        pipe.source().close();
        selector.selectNow();
        assertThat(Descriptors.openNow()).isEqualTo(before + 2);
        second.selectNow();
        assertThat(Descriptors.openNow()).isEqualTo(before + 1);
        pipe.sink().close();
    }

    @Test
    void aChannelInTwoClosedSelectorsLeavesNothing() throws Exception {
        assertNothingLeaks(fresh -> {
            try (PolluxSelector second = provider.openSelector(combination.open())) {
                Pipe pipe = plainPipe();
                pipe.source().register(fresh, SelectionKey.OP_READ);
                pipe.source().register(second, SelectionKey.OP_READ);
                fresh.selectNow();
                second.selectNow();
                fresh.close();
                pipe.source().close();
                pipe.sink().close();
            }
        });
    }

    @Test
    void thePeerSeesTheEndWhenAnotherThreadClosesDuringASelection() throws Exception {
        Connection connection = connection();
        register(connection.channel(), SelectionKey.OP_READ);
        Background<Integer> selecting = Background.start(() -> {
            int selections = 0;
            while (selector.isOpen() && !selector.keys().isEmpty()) {
                selector.select();
                selector.selectedKeys().clear();
                selections++;
            }
            return selections;
        });
        selecting.awaitInKernel();

        connection.channel().close();
        selector.wakeup();

        assertThat(selecting.get()).isPositive();
        connection.peer().configureBlocking(true);
        assertThat(connection.peer().read(bytes(1))).isEqualTo(-1);
    }

    @Test
    void closingTheSelectorEndsAllKeys() throws IOException {
        SelectionKey one = register(readyPipe().source(), SelectionKey.OP_READ);
        SelectionKey bare = selector.register(descriptors.readyPipe().readFd(), SelectionKey.OP_READ, null);
        selector.select();
        selector.close();
        assertThat(one.isValid()).isFalse();
        assertThat(bare.isValid()).isFalse();
        assertThat(one.channel().isOpen()).isTrue();
        assertThat(selector.toString()).contains("closed");
    }

    /** The next channel gets its number; the kernel must not keep the old registration under it. */
    @Test
    void aReusedNumberOfAClosedChannelBelongsToTheNewChannelOnly() throws IOException {
        for (int i = 0; i < 50; i++) {
            Connection connection = connection();
            SelectionKey old = register(connection.channel(), SelectionKey.OP_WRITE);
            assertThat(readyOps(old)).isEqualTo(SelectionKey.OP_WRITE);
            connection.channel().close();
            connection.peer().close();
            selector.selectNow();

            SocketChannel next = connection().channel();
            SelectionKey key = register(next, SelectionKey.OP_READ);
            assertNothingIsReady();
            key.interestOps(SelectionKey.OP_WRITE);
            assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_WRITE);
            next.close();
            selector.selectNow();
            assertThat(selector.keys()).isEmpty();
        }
    }
}
