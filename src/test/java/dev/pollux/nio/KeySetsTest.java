// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Background;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The key set, the selected-key set, and when cancelled keys leave them. */
class KeySetsTest extends SelectorFixture {
    private static final Random RANDOM = new Random(5);

    private List<SelectionKey> readyKeys(int count) throws IOException {
        List<SelectionKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(register(readyPipe().source(), SelectionKey.OP_READ));
        }
        return keys;
    }

    // The key set.

    @Test
    void aKeyIsInTheKeySetFromItsRegistrationOn() throws IOException {
        assertThat(selector.keys()).isEmpty();
        Pipe pipe = pipe();
        SelectionKey key = register(pipe.source(), SelectionKey.OP_READ);
        assertThat(selector.keys()).containsExactly(key);
        assertThat(pipe.source().keyFor(selector)).isSameAs(key);
        assertThat(selector.keys()).isSameAs(selector.keys());
    }

    @Test
    void theKeySetCannotBeModified() throws IOException {
        SelectionKey key = register(pipe().source(), SelectionKey.OP_READ);
        Set<SelectionKey> keys = selector.keys();
        Iterator<SelectionKey> iterator = keys.iterator();
        iterator.next();

        assertThatThrownBy(() -> keys.remove(key)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> keys.add(key)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(keys::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(iterator::remove).isInstanceOf(UnsupportedOperationException.class);
        assertThat(keys).containsExactly(key);
    }

    @Test
    void anIteratorOfTheKeySetToleratesRegistrationsAndDeregistrations() throws IOException {
        List<SelectionKey> keys = readyKeys(10);
        Iterator<SelectionKey> iterator = selector.keys().iterator();
        keys.get(3).cancel();
        selector.selectNow();
        readyKeys(10);
        int seen = 0;
        while (iterator.hasNext()) {
            assertThat(iterator.next().selector()).isSameAs(selector);
            seen++;
        }
        assertThat(seen).isBetween(9, 20);
    }

    @Test
    void aClosedSelectorHasNoKeySets() throws IOException {
        selector.close();
        assertThatThrownBy(selector::keys).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(selector::selectedKeys).isInstanceOf(ClosedSelectorException.class);
    }

    // The selected-key set.

    @Test
    void selectedKeysCanBeRemovedButNotAdded() throws IOException {
        List<SelectionKey> keys = readyKeys(4);
        Set<SelectionKey> selected = selector.selectedKeys();
        assertThat(selector.select()).isEqualTo(4);
        assertThat(selected).containsExactlyInAnyOrderElementsOf(keys).hasSize(4);

        assertThat(selected.remove(keys.get(0))).isTrue();
        assertThat(selected.remove(keys.get(0))).isFalse();
        assertThat(selected.contains(keys.get(0))).isFalse();
        assertThatThrownBy(() -> selected.add(keys.get(0))).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> selected.addAll(keys)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> addAnything(selected)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(selected).containsExactlyInAnyOrderElementsOf(keys.subList(1, 4));
        assertThat(selected.removeIf(key -> key == keys.get(1))).isTrue();
        assertThat(selected.retainAll(List.of(keys.get(3)))).isTrue();
        assertThat(selected).containsExactly(keys.get(3)).isEqualTo(Set.of(keys.get(3)));
        assertThat(selected.hashCode()).isEqualTo(Set.of(keys.get(3)).hashCode());
        selected.clear();
        assertThat(selected).isEmpty();

        assertThat(selector.select()).isEqualTo(4);
        assertThat(selector.selectedKeys()).isSameAs(selected).hasSize(4);
    }

    /** Adds through a raw type. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void addAnything(Set set) {
        set.add("anything");
    }

    @Test
    void theSelectedSetContainsNoKeysOfOtherSelectors() throws IOException {
        PolluxSelector other = openSelector();
        Pipe pipe = readyPipe();
        SelectionKey own = register(pipe.source(), SelectionKey.OP_READ);
        SelectionKey others = pipe.source().register(other, SelectionKey.OP_READ);
        selector.select();
        other.select();

        assertThat(selector.selectedKeys().contains(others)).isFalse();
        assertThat(selector.selectedKeys().remove(others)).isFalse();
        assertThat(selector.selectedKeys().contains("a key")).isFalse();
        assertThat(selector.selectedKeys().contains(null)).isFalse();
        assertThat(selector.selectedKeys()).containsExactly(own);
        assertThat(other.selectedKeys()).containsExactly(others);
    }

    @Test
    void theSelectedSetBehavesLikeAHashSet() throws IOException {
        List<SelectionKey> keys = readyKeys(300);
        Set<SelectionKey> expected = new HashSet<>();
        for (int round = 0; round < 60; round++) {
            assertThat(selector.selectNow()).isEqualTo(keys.size() - expected.size());
            expected.addAll(keys);
            int kept = RANDOM.nextInt(4);
            Set<SelectionKey> seen = new HashSet<>();
            for (Iterator<SelectionKey> each = selector.selectedKeys().iterator(); each.hasNext(); ) {
                SelectionKey key = each.next();
                assertThat(seen.add(key)).as("seen once").isTrue();
                if (RANDOM.nextInt(4) >= kept) {
                    each.remove();
                    expected.remove(key);
                    assertThat(selector.selectedKeys().contains(key)).isFalse();
                }
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(keys);
            for (int i = 0; i < 20; i++) {
                SelectionKey key = keys.get(RANDOM.nextInt(keys.size()));
                assertThat(selector.selectedKeys().remove(key)).isEqualTo(expected.remove(key));
            }
            assertThat(selector.selectedKeys()).hasSize(expected.size()).isEqualTo(expected);
        }
    }

    @Test
    void anIteratorOfTheSelectedSetFailsFast() throws IOException {
        List<SelectionKey> keys = readyKeys(3);
        selector.select();
        Iterator<SelectionKey> iterator = selector.selectedKeys().iterator();
        assertThatThrownBy(iterator::remove).isInstanceOf(IllegalStateException.class);
        SelectionKey first = iterator.next();
        iterator.remove();
        assertThatThrownBy(iterator::remove).isInstanceOf(IllegalStateException.class);
        keys.remove(first);
        iterator.next();
        selector.selectedKeys().remove(keys.get(0));
        assertThatThrownBy(iterator::next).isInstanceOf(ConcurrentModificationException.class);
        assertThatThrownBy(iterator::remove).isInstanceOf(ConcurrentModificationException.class);

        Iterator<SelectionKey> another = selector.selectedKeys().iterator();
        another.next();
        assertThat(another.hasNext()).isFalse();
        assertThatThrownBy(another::next).isInstanceOf(NoSuchElementException.class);
    }

    // Cancelled keys.

    @Test
    void aCancelledKeyIsInvalidAtOnceAndStaysInTheSetsUntilTheNextSelection() throws IOException {
        Pipe pipe = readyPipe();
        SelectionKey key = register(pipe.source(), SelectionKey.OP_READ);
        selector.select();

        key.cancel();
        key.cancel();

        assertThat(key.isValid()).isFalse();
        assertThat(selector.keys()).containsExactly(key);
        assertThat(selector.selectedKeys()).containsExactly(key);
        assertThat(pipe.source().isRegistered()).isTrue();
        assertThatThrownBy(() -> register(pipe.source(), SelectionKey.OP_READ))
                .isInstanceOf(CancelledKeyException.class);

        assertThat(selector.selectNow()).isZero();
        assertThat(selector.keys()).isEmpty();
        assertThat(selector.selectedKeys()).isEmpty();
        assertThat(pipe.source().isRegistered()).isFalse();
        assertThat(pipe.source().keyFor(selector)).isNull();
        SelectionKey again = register(pipe.source(), SelectionKey.OP_READ);
        assertThat(again).isNotSameAs(key);
        assertThat(readyOps(again)).isEqualTo(SelectionKey.OP_READ);
    }

    @Test
    void cancelledKeysAreDeregisteredBeforeTheWait() throws Exception {
        Pipe pipe = readyPipe();
        SelectionKey key = register(pipe.source(), SelectionKey.OP_READ);
        selector.select();
        key.cancel();

        Background<Integer> waiting = selectInBackground().awaitInKernel();

        assertThat(selector.keys()).isEmpty();
        assertThat(pipe.source().isRegistered()).isFalse();
        selector.wakeup();
        assertThat(waiting.get()).isZero();
    }

    @Test
    void aKeyCancelledDuringTheWaitIsDeregisteredAfterIt() throws Exception {
        Pipe pipe = pipe();
        SelectionKey key = register(pipe.source(), SelectionKey.OP_READ);
        Background<Integer> waiting = selectInBackground().awaitInKernel();

        key.cancel();
        assertThat(selector.keys()).containsExactly(key);
        selector.wakeup();
        assertThat(waiting.get()).isZero();

        assertThat(selector.keys()).isEmpty();
        assertThat(pipe.source().isRegistered()).isFalse();
    }

    @Test
    void aKeyCancelledByAnActionIsDeregisteredWhenTheSelectionReturns() throws IOException {
        List<SelectionKey> keys = readyKeys(2);
        assertThat(selector.select(SelectionKey::cancel)).isEqualTo(2);
        assertThat(selector.keys()).isEmpty();
        assertThat(keys).noneMatch(SelectionKey::isValid);
    }

    @Test
    void aCancelledKeyIsNotSelectedAlthoughItIsReady() throws IOException {
        SelectionKey key = register(readyPipe().source(), SelectionKey.OP_READ);
        key.cancel();
        assertNothingIsReady();
    }

    @Test
    void keysThatComeAndGoManyTimesAreNotMixedUp() throws IOException {
        Pipe[] pipes = {readyPipe(), pipe(), readyPipe()};
        for (int i = 0; i < 500; i++) {
            SelectionKey[] keys = new SelectionKey[pipes.length];
            for (int p = 0; p < pipes.length; p++) {
                keys[p] = register(pipes[p].source(), SelectionKey.OP_READ);
            }
            assertThat(acted(0)).containsExactlyInAnyOrder(keys[0], keys[2]);
            for (SelectionKey key : keys) {
                key.cancel();
            }
            assertThat(selector.selectNow()).isZero();
            assertThat(selector.keys()).isEmpty();
        }
    }
}
