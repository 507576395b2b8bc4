// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import java.nio.channels.SelectionKey;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A selector's set of selected keys, which makes no garbage: an array, and each key knows its place. Users may take keys
 * out, and only the selector puts them in. Guarded by its own monitor, as {@link java.nio.channels.Selector} says.
 *
 * <p>The keys stand in {@code keys[first]} to {@code keys[end - 1]}, in the order in which they were put in. The place
 * of one that leaves is taken by the first: whoever goes through the set from the front has seen that one already.
 */
final class SelectedKeys extends AbstractSet<SelectionKey> {
    private PolluxSelectionKey[] keys = new PolluxSelectionKey[64];
    private int first;
    private int end;
    private int changes;

    /** Puts in a key of this selector that is not in yet. */
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

    /** Takes out a key of this selector, if it is in. */
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

    /** Negative if it is not in; it may be another selector's. */
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
                throw new IllegalStateException("next was not called, or remove was already");
            } else if (expected != changes) {
                throw new ConcurrentModificationException();
            }
            take(last);
            last = -1;
            expected = changes;
        }
    }
}
