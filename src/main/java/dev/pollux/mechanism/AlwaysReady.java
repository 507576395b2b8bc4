// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.syscall.Syscalls;
import java.util.ArrayList;
import java.util.List;

/**
 * The registrations whose descriptors are always ready, such as regular files. The kernel does not watch them, so this
 * class reports them and notices when one was closed. Guarded by the lock.
 */
final class AlwaysReady {
    private final FileStat stat;
    private final List<Item> items = new ArrayList<>();

    /** One registration with the identity of its file: the number may be reused for another file. */
    private static final class Item {
        final Entry entry;
        final int bits;
        final long device;
        final long inode;

        /** Whether it was delivered since it was armed: EDGE delivers once. */
        boolean delivered;

        Item(Entry entry, int bits, long device, long inode) {
            this.entry = entry;
            this.bits = bits;
            this.device = device;
            this.inode = inode;
        }
    }

    AlwaysReady(Syscalls syscalls) {
        stat = new FileStat(syscalls);
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    int size() {
        return items.size();
    }

    void add(Entry entry, int bits) {
        assert entry.place == 0 : entry;
        boolean isKnown = stat.load(entry.fd()) >= 0;
        items.add(new Item(entry, bits, isKnown ? stat.device() : 0, isKnown ? stat.inode() : 0));
        entry.place = items.size();
    }

    void remove(Entry entry) {
        Item last = items.remove(items.size() - 1);
        if (last.entry != entry) {
            items.set(entry.place - 1, last);
            last.entry.place = entry.place;
        }
        entry.place = 0;
    }

    Entry entry(int index) {
        return items.get(index).entry;
    }

    int bits(int index) {
        return items.get(index).bits;
    }

    void setDelivered(int index) {
        items.get(index).delivered = true;
    }

    boolean isAnyReady() {
        for (int index = 0; index < items.size(); index++) {
            if (isReady(index)) {
                return true;
            }
        }
        return false;
    }

    boolean isReady(Entry entry) {
        return entry.state() == State.CONSTANT && isReady(entry.place - 1);
    }

    boolean isReady(int index) {
        Item item = items.get(index);
        return PollBits.isEvent(PollBits.ready(item.entry.asked(), item.bits))
                && !(item.delivered && item.entry.trigger().isEdge());
    }

    /** Whether the number belongs to another file than the registered one, or to none. */
    boolean isAnotherFile(int index) {
        Item item = items.get(index);
        return stat.isOther(item.entry.fd(), item.device, item.inode) > 0;
    }
}
