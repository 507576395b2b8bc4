// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Interest;
import dev.pollux.Trigger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events that wait for delivery, and reserved places for events that may come again. */
class BatchTest {
    private static final int READABLE = ReadyBits.READABLE;
    private static final int WRITABLE = ReadyBits.WRITABLE;

    private final Batch batch = new Batch();
    private final Entry one = entry(1);
    private final Entry other = entry(2);
    private final Entry third = entry(3);

    private static Entry entry(int fd) {
        return new Entry(new Entry.Terms(null, fd, Interest.READ, Trigger.LEVEL, null, null, false, fd));
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < batch.count(); i++) {
            entries.add(batch.get(i));
        }
        return entries;
    }

    @Test
    void aRegistrationIsInTheBatchOnceWithAllItsBits() {
        batch.add(one, READABLE);
        batch.add(other, READABLE);
        batch.add(one, WRITABLE);

        assertThat(entries()).containsExactly(one, other);
        assertThat(one.fetched).isEqualTo(READABLE | WRITABLE);
    }

    @Test
    void anEventFetchedUnderAnOlderVersionIsReplaced() {
        batch.add(one, READABLE);
        one.outdate();

        batch.add(one, WRITABLE);

        assertThat(one.fetched).isEqualTo(WRITABLE);
        assertThat(one.fetchedVersion).isEqualTo(one.version());
        assertThat(batch.count()).isEqualTo(1);
    }

    @Test
    void aReservedPlaceIsNoEventAndComesBeforeLaterOnes() {
        batch.reserve(one);
        batch.reserve(one);
        assertThat(batch.isEmpty()).isFalse();
        assertThat(batch.events()).isZero();

        batch.add(other, READABLE);
        batch.add(one, READABLE);

        assertThat(entries()).containsExactly(one, other);
        assertThat(batch.events()).isEqualTo(2);
    }

    @Test
    void anEventThatBecomesAPlaceLosesItsBits() {
        batch.add(one, READABLE);

        batch.reserve(one);

        assertThat(batch.events()).isZero();
        batch.add(one, WRITABLE);
        assertThat(one.fetched).isEqualTo(WRITABLE);
    }

    @Test
    void unusedReservedPlacesAreDropped() {
        batch.reserve(one);
        batch.add(other, READABLE);
        batch.reserve(third);

        batch.dropReserved();

        assertThat(entries()).containsExactly(other);
        assertThat(one.fetched).isEqualTo(Entry.NOT_IN_BATCH);
        assertThat(batch.events()).isEqualTo(1);
    }

    @Test
    void theFirstOnesAreTakenAndTheRestIsPutBackInOrder() {
        List<Entry> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(entry(i));
            batch.add(many.get(i), READABLE);
        }

        for (int i = 0; i < 150; i++) {
            batch.take(i);
        }
        batch.removeFirst(150);

        assertThat(entries()).isEqualTo(many.subList(150, 200));
        assertThat(many.get(0).fetched).isEqualTo(Entry.NOT_IN_BATCH);
        batch.retain(entry -> entry.fd() % 2 == 0);
        assertThat(entries()).hasSize(25).allMatch(entry -> entry.fd() % 2 == 0);
        assertThat(many.get(199).fetched).isEqualTo(Entry.NOT_IN_BATCH);
    }
}
