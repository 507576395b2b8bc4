// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import java.nio.channels.SelectionKey;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The selected-key set, without garbage: an array in which each key knows its index. Users may remove keys; only the
 * selector adds them. Guarded by its own monitor, as {@link java.nio.channels.Selector} specifies.
 *
 * <p>The keys are in {@code keys[first]} to {@code keys[end - 1]}, in the order in which they were added. The first key
 * moves to the index of a removed one: an iteration from the front has already seen it.
 */
final class SelectedKeys extends AbstractSet<SelectionKey> {
    private PolluxSelectionKey[] keys = new PolluxSelectionKey[64];
    private int first;
    private int end;
    private int changes;

    /** Adds a key of this selector that is not in the set. */
    void select(PolluxSelectionKey key) {
        if (end == keys.length) {
            makeRoom();
        }
        keys[end] = key;
        key.selectedIndex = end++;
        changes++;
    }

    private void makeRoom() {
        int size = size();
        if (2 * size > keys.length) {
            keys = Arrays.copyOf(keys, 2 * keys.length);
        }
        System.arraycopy(keys, first, keys, 0, size);
        Arrays.fill(keys, size, end, null);
        first = 0;
        end = size;
        for (int i = 0; i < size; i++) {
            keys[i].selectedIndex = i;
        }
    }

    boolean isSelected(PolluxSelectionKey key) {
        return key.selectedIndex >= 0;
    }

    /** Removes a key of this selector, if it is in the set. */
    void deselect(PolluxSelectionKey key) {
        if (isSelected(key)) {
            take(key.selectedIndex);
        }
    }

    private void take(int index) {
        changes++;
        keys[index].selectedIndex = -1;
        if (index != first) {
            keys[index] = keys[first];
            keys[index].selectedIndex = index;
        }
        keys[first++] = null;
        if (first == end) {
            first = 0;
            end = 0;
        }
    }

    @Override
    public int size() {
        return end - first;
    }

    @Override
    public boolean contains(Object object) {
        return indexOf(object) >= 0;
    }

    /** The key's index; negative if it is not in the set. The key may belong to another selector. */
    private int indexOf(Object object) {
        int index = object instanceof PolluxSelectionKey key ? key.selectedIndex : -1;
        return index >= 0 && index < keys.length && keys[index] == object ? index : -1;
    }

    @Override
    public boolean remove(Object object) {
        int index = indexOf(object);
        if (index >= 0) {
            take(index);
        }
        return index >= 0;
    }

    @Override
    public void clear() {
        changes++;
        for (int i = first; i < end; i++) {
            keys[i].selectedIndex = -1;
            keys[i] = null;
        }
        first = 0;
        end = 0;
    }

    @Override
    public Iterator<SelectionKey> iterator() {
        return new FromTheFront();
    }

    private final class FromTheFront implements Iterator<SelectionKey> {
        private int next = first;
        private int last = -1;
        private int expected = changes;

        @Override
        public boolean hasNext() {
            return next < end;
        }

        @Override
        public SelectionKey next() {
            if (expected != changes) {
                throw new ConcurrentModificationException();
            } else if (next >= end) {
                throw new NoSuchElementException();
            }
            last = next++;
            return keys[last];
        }

        @Override
        public void remove() {
            if (last < 0) {
                throw new IllegalStateException("next was not called, or remove was called already");
            } else if (expected != changes) {
                throw new ConcurrentModificationException();
            }
            take(last);
            last = -1;
            expected = changes;
        }
    }
}
