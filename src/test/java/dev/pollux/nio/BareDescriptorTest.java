// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import org.junit.jupiter.api.Test;

/** Descriptors without a channel in a selector, and the limit of select for both kinds of keys. */
class BareDescriptorTest extends SelectorFixture {
    @Test
    void aBareDescriptorIsSelectedBesideChannels() throws IOException {
        Posix.Pipe bare = descriptors.pipe();
        PolluxSelectionKey key = selector.register(bare.readFd(), OP_READ, "bare");
        SelectionKey channels = register(readyPipe().source(), OP_READ);
        assertThat(key.fd()).isEqualTo(bare.readFd());
        assertThat(key.channel()).isNull();
        assertThat(key.selector()).isSameAs(selector);
        assertThat(key.attachment()).isEqualTo("bare");
        assertThat(selector.keys()).containsExactlyInAnyOrder(key, channels);
        assertThat(acted(0)).containsExactly(channels);

        descriptors.write(bare.writeFd());
        assertThat(acted(0)).containsExactlyInAnyOrder(key, channels);
        assertThat(key.readyOps()).isEqualTo(OP_READ);
    }

    @Test
    void aBareDescriptorAcceptsAllOperations() throws IOException {
        PolluxSelectionKey key = selector.register(descriptors.socketPair().fd(), OP_READ | OP_ACCEPT, null);
        assertNothingIsReady();
        key.interestOps(OP_WRITE | OP_READ);
        assertThat(readyOps(key)).isEqualTo(OP_WRITE);
        key.interestOpsOr(OP_CONNECT);
        assertThat(readyOps(key)).isEqualTo(OP_WRITE | OP_CONNECT);

        PolluxSelectionKey hungUp = selector.register(descriptors.hungUpPipe(), OP_READ | OP_ACCEPT, null);
        key.interestOps(0);
        assertThat(readyOps(hungUp)).isEqualTo(OP_READ | OP_ACCEPT);
    }

    @Test
    void anInvalidRegistrationIsRefusedAndLeavesNothing() throws IOException {
        int fd = descriptors.pipe().readFd();
        int closed = descriptors.closedNumber();
        assertThatThrownBy(() -> selector.register(fd, 1 << 1, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> selector.register(-1, OP_READ, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> selector.register(closed, OP_READ, null))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
        assertThat(selector.keys()).isEmpty();

        selector.register(fd, OP_READ, null);
        assertThatThrownBy(() -> selector.register(fd, OP_READ, null)).isInstanceOf(IllegalStateException.class);
        assertThat(selector.keys()).hasSize(1);
        selector.close();
        assertThatThrownBy(() -> selector.register(fd, OP_READ, null)).isInstanceOf(ClosedSelectorException.class);
    }

    @Test
    void aCancelledDescriptorIsFreeAfterASelectionAndStaysOpen() throws IOException {
        Posix.Pipe pipe = descriptors.readyPipe();
        PolluxSelectionKey key = selector.register(pipe.readFd(), OP_READ, null);
        selector.select();
        key.cancel();
        assertThatThrownBy(key::interestOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> selector.register(pipe.readFd(), OP_READ, null))
                .isInstanceOf(IllegalStateException.class);
        assertNothingIsReady();
        assertThat(selector.keys()).isEmpty();
        assertThat(descriptors.posix().isOpen(pipe.readFd())).isTrue();

        assertThat(readyOps(selector.register(pipe.readFd(), OP_READ, null))).isEqualTo(OP_READ);
    }

    @Test
    void aDescriptorClosedWithoutACancelNeitherHangsNorSpins() throws IOException {
        Posix.Pipe pipe = descriptors.readyPipe();
        PolluxSelectionKey key = selector.register(pipe.readFd(), OP_READ, null);
        SelectionKey channels = register(readyPipe().source(), OP_READ);
        assertThat(selector.select()).isEqualTo(2);
        descriptors.close(pipe.readFd());
        selector.selectedKeys().clear();

        for (int i = 0; i < 3; i++) {
            selector.selectNow();
        }
        assertThat(selector.selectedKeys()).contains(channels);
        assertThat(acted(0)).containsExactly(channels);
        key.cancel();
        selector.selectNow();
        assertThat(selector.keys()).containsExactly(channels);
    }

    /** The kernel refuses the descriptor only when it is armed. */
    @Test
    void aDescriptorClosedBeforeItIsArmedLosesItsKeyAndTheNextSelectionWorks() throws IOException {
        assumeThat(combination.mechanism())
                .as("the kernel checks the descriptor at once")
                .isEqualTo(Mechanism.EPOLL);
        Posix.Pipe pipe = descriptors.readyPipe();
        PolluxSelectionKey key = selector.register(pipe.readFd(), 0, null);
        SelectionKey channels = register(readyPipe().source(), OP_READ);
        selector.selectNow();
        descriptors.close(pipe.readFd());
        key.interestOps(OP_READ);

        assertThatThrownBy(selector::selectNow).isInstanceOf(SyscallException.class);

        assertThat(key.isValid()).isFalse();
        assertThat(acted(0)).containsExactly(channels);
        assertThat(selector.keys()).containsExactly(channels);
    }

    @Test
    void aDescriptorThatWasClosedLosesItsKeyWhenItsNumberIsRegisteredAgain() throws IOException {
        assumeThat(combination.mechanism())
                .as("the kernel drops closed descriptors")
                .isEqualTo(Mechanism.EPOLL);
        Posix.Pipe pipe = descriptors.pipe();
        Posix.Pipe other = descriptors.readyPipe();
        PolluxSelectionKey key = selector.register(pipe.readFd(), OP_READ, "before");
        selector.selectNow();
        descriptors.close(pipe.readFd());
        descriptors.dupAs(other.readFd(), pipe.readFd());

        PolluxSelectionKey again = selector.register(pipe.readFd(), OP_READ, "again");

        assertThat(key.isValid()).isFalse();
        assertThat(acted(0)).containsExactly(again);
        assertThat(selector.keys()).containsExactly(again);
    }

    /** The failure of one key does not affect the others. */
    @Test
    void aChannelWhoseDescriptorIsRegisteredBareFailsAloneWhenItIsArmed() throws IOException {
        Pipe both = readyPipe();
        SelectionKey channels = register(both.source(), 0);
        int fd = ((PolluxSelectionKey) channels).fd();
        if (combination.mechanism() == Mechanism.SELECT) {
            assertThatThrownBy(() -> selector.register(fd, OP_READ, null)).isInstanceOf(IllegalStateException.class);
            return;
        }
        PolluxSelectionKey bare = selector.register(fd, OP_READ, null);
        SelectionKey other = register(readyPipe().source(), OP_READ);
        channels.interestOps(OP_READ);
        SelectionKey another = register(readyPipe().source(), OP_READ);

        assertThatThrownBy(selector::selectNow)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("descriptor " + fd);

        assertThat(channels.isValid()).isFalse();
        assertThat(acted(0)).containsExactlyInAnyOrder(bare, other, another);
    }

    /** The poller has noticed the close but could not report it, because an action of the same selection threw. */
    @Test
    void aChangeOfAClosedDescriptorDoesNotAffectOtherKeys() throws IOException {
        Posix.Pipe pipe = descriptors.readyPipe();
        SelectionKey thrower = register(readyPipe().source(), OP_READ);
        PolluxSelectionKey key = selector.register(pipe.readFd(), OP_READ, null);
        SelectionKey other = register(readyPipe().source(), OP_READ);
        selector.selectNow();
        descriptors.close(pipe.readFd());
        IllegalArgumentException thrown = new IllegalArgumentException("of an action");
        assertThatThrownBy(() -> selector.selectNow(any -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        other.interestOps(0);
        if (key.isValid()) {
            key.interestOps(0);
        }
        thrower.interestOps(0);
        try {
            selector.selectNow();
        } catch (SyscallException e) {
            assertThat(e.errno()).isEqualTo(Errno.EBADF); // the change comes before the poller notices the close
        }
        other.interestOps(OP_READ);

        assertThat(acted(DEADLINE_MILLIS)).containsExactly(other);
    }

    @Test
    void registerThrowsTheLimitOfSelect() throws IOException {
        assumeThat(combination.mechanism()).as("has a limit of its own").isEqualTo(Mechanism.SELECT);
        descriptors.posix().raiseDescriptorLimit();
        int high = descriptors.dupAtOrAbove(descriptors.readyPipe().readFd(), 1024);
        SelectionKey low = register(readyPipe().source(), OP_READ);

        assertThatThrownBy(() -> selector.register(high, OP_READ, null))
                .isInstanceOf(DescriptorLimitException.class)
                .hasMessageContaining("descriptor " + high);

        int quiet = descriptors.pipe().readFd();
        while (descriptors.dup(quiet) < 1024) {}
        Pipe channels = pipe();
        assertThatThrownBy(() -> register(channels.source(), OP_READ))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("beyond the limit of SELECT, FD_SETSIZE (1024)")
                .hasCauseInstanceOf(DescriptorLimitException.class);
        assertThat(channels.source().isRegistered()).isFalse();
        assertThat(acted(0)).containsExactly(low);
        assertThat(selector.keys()).containsExactly(low);
    }
}
