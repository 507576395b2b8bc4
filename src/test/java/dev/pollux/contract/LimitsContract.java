// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many descriptors, high numbers, and the limit of {@code select}. */
@Tag("limits")
public abstract class LimitsContract extends PollerFixture {
    @Test
    void onePollReportsAThousandReadyDescriptors() throws IOException {
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThanOrEqualTo(2000);
        int readFd = descriptors.readyPipe().readFd();
        Set<Integer> fds = new HashSet<>();
        while (fds.size() < 1000) {
            int fd = descriptors.dup(readFd);
            if (mechanism() == Mechanism.SELECT && fd >= 1024) {
                break;
            }
            fds.add(fd);
        }
        assertThat(fds).hasSizeGreaterThan(700);
        for (int fd : fds) {
            poller.register(fd, Interest.READ);
        }
        Map<Integer, Integer> seen = new HashMap<>();

        for (int polls = 0; polls < (isKqueue() ? 10 : 1); polls++) {
            poller.poll(0, (registration, ready) -> seen.merge(registration.fd(), 1, Integer::sum));
        }

        assertThat(seen.keySet()).isEqualTo(fds);
        if (!isKqueue()) {
            assertThat(seen.values()).containsOnly(1);
        }
    }

    @Test
    void aDescriptorAbove1024IsWatchedOrRefused() throws IOException {
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(5000);
        Pipe pipe = descriptors.readyPipe();
        int high = descriptors.dupAtOrAbove(pipe.readFd(), 5000);

        if (mechanism() == Mechanism.SELECT) {
            assertThatThrownBy(() -> poller.register(high, Interest.READ))
                    .isInstanceOfSatisfying(DescriptorLimitException.class, e -> {
                        assertThat(e.fd()).isEqualTo(high);
                        assertThat(e.limit()).isEqualTo(1024);
                        assertThat(e)
                                .hasMessageContaining("descriptor " + high)
                                .hasMessageContaining("FD_SETSIZE (1024)")
                                .hasMessageContaining("SELECT")
                                .hasMessageContaining("selectLimit(SelectLimit.KERNEL)");
                    });
            assertNothingIsRegistered(high);
        } else {
            Registration registration = poller.register(high, Interest.READ);
            assertThat(look()).containsExactly(event(registration, READABLE));
            descriptors.drain(pipe.readFd());
            assertThat(look()).isEmpty();
        }
    }

    @Test
    void selectRefusesDescriptor1024AndWatches1023() throws IOException {
        assumeThat(mechanism()).isEqualTo(Mechanism.SELECT);
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(1100);
        int readFd = descriptors.readyPipe().readFd();
        int last = descriptors.dupAs(readFd, 1023);
        int beyond = descriptors.dupAs(readFd, 1024);

        Registration registration = poller.register(last, Interest.READ);

        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThatThrownBy(() -> poller.register(beyond, Interest.NONE)).isInstanceOf(DescriptorLimitException.class);
        assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void selectWithTheKernelsLimitWatchesDescriptor5000() throws IOException {
        assumeThat(mechanism()).isEqualTo(Mechanism.SELECT);
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(9000);
        poller = opened(open(new PollerSettings(calls, binding(), SelectLimit.KERNEL)));
        Pipe pipe = descriptors.pipe();
        Registration high = poller.register(descriptors.dupAtOrAbove(pipe.readFd(), 5000), Interest.READ);
        Registration higher = poller.register(descriptors.dupAtOrAbove(pipe.writeFd(), 9000), Interest.WRITE);

        assertThat(look()).containsExactly(event(higher, WRITABLE));
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactlyInAnyOrder(event(high, READABLE), event(higher, WRITABLE));
        higher.cancel();
        assertThat(look()).containsExactly(event(high, READABLE));
        high.cancel();
        assertThat(look()).isEmpty();
    }

    @Test
    void selectCannotBeOpenedWithoutADescriptorBelow1024AndLeavesNothingOpen() throws IOException {
        assumeThat(mechanism()).isEqualTo(Mechanism.SELECT);
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(1200);
        int fd = descriptors.pipe().readFd();
        int highest;
        do {
            highest = descriptors.dup(fd);
        } while (highest < 1023);

        assertThatThrownBy(this::open)
                .isInstanceOf(DescriptorLimitException.class)
                .hasMessageContaining("selectLimit(SelectLimit.KERNEL)");

        assertThat(descriptors.dup(fd)).as("the lowest free number").isEqualTo(1024);
    }
}
