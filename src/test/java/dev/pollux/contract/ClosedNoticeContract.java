// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.ClosedPollerException;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The one {@code isInvalid} event, on the mechanisms that report a closed descriptor. */
@Tag("closed-notice")
public abstract class ClosedNoticeContract extends PollerFixture {
    @Test
    void aNoticeIsNotLostByAnException() throws IOException {
        assumeThat(reportsClosedDescriptors())
                .as(mechanism() + " reports closed descriptors")
                .isTrue();
        List<Registration> closed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            closed.add(poller.register(descriptors.pipe().readFd(), Interest.READ));
        }
        for (Registration registration : closed) {
            descriptors.close(registration.fd());
        }
        List<Event> reported = new ArrayList<>();

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                        reported.add(event(registration, ready));
                        throw new IOException("on purpose");
                    }))
                    .hasMessage("on purpose");
        }

        assertThat(reported)
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allMatch(event -> event.ready().isInvalid());
        assertThat(look()).isEmpty();
    }

    @Test
    void aNoticeIsNotDeliveredAfterCancel() throws IOException {
        assumeThat(reportsClosedDescriptors())
                .as(mechanism() + " reports closed descriptors")
                .isTrue();
        Registration one = poller.register(descriptors.pipe().readFd(), Interest.READ);
        Registration other = poller.register(descriptors.pipe().readFd(), Interest.READ);
        descriptors.close(one.fd());
        descriptors.close(other.fd());
        List<Registration> reported = new ArrayList<>();

        poller.poll(0, (registration, ready) -> {
            reported.add(registration);
            (registration == one ? other : one).cancel();
        });
        poller.poll(0, (registration, ready) -> reported.add(registration));

        assertThat(reported).hasSize(1);
    }

    @Test
    void aNoticeIsNotDeliveredAfterThePollerIsClosed() throws IOException {
        assumeThat(reportsClosedDescriptors())
                .as(mechanism() + " reports closed descriptors")
                .isTrue();
        Registration one = poller.register(descriptors.pipe().readFd(), Interest.READ);
        Registration other = poller.register(descriptors.pipe().readFd(), Interest.READ);
        descriptors.close(one.fd());
        descriptors.close(other.fd());
        List<Registration> reported = new ArrayList<>();

        try {
            poller.poll(0, (registration, ready) -> {
                reported.add(registration);
                poller.close();
            });
        } catch (ClosedPollerException e) {
            assertThat(e).hasMessageContaining(mechanism().name());
        }

        assertThat(reported).hasSize(1);
    }
}
