// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.mechanism.FakeKernel.Answer;
import dev.pollux.mechanism.FakeKernel.Item;
import java.util.List;

/** A mechanism over the readiness table of a {@link FakeKernel}; an example of a new driver. */
class FakeDriver extends Driver {
    /** The two kinds of drivers, which use different parts of the core. */
    enum Kind {
        /** A table of numbers, as in {@code poll(2)}: it cannot change during a wait, and has no edges. */
        NUMBERS(Mechanism.POLL, Trait.REPORTS_CLOSED),
        /** A table of files, as in {@code epoll(7)}: handlers run while its answers are still being read. */
        FILES(
                Mechanism.EPOLL,
                Trait.CHANGES_DURING_WAIT,
                Trait.EDGES,
                Trait.STABLE_ANSWERS,
                Trait.MISSES_CLOSED,
                Trait.MUTES_BY_EDGE,
                Trait.CHEAP_LOOK);

        final Mechanism mechanism;
        private final Trait[] traits;

        Kind(Mechanism mechanism, Trait... traits) {
            this.mechanism = mechanism;
            this.traits = traits;
        }
    }

    private final Kind kind;
    private final FakeKernel.Table table;
    private List<Answer> answers = List.of();

    private static final class FakeEntry extends Entry {
        final Item item = new Item(this, fd());
        boolean isListed;

        FakeEntry(Terms terms) {
            super(terms);
        }
    }

    FakeDriver(PollerSettings settings, FakeKernel kernel, Kind kind) {
        super(settings, kind.traits);
        this.kind = kind;
        table = kernel.openTable(kind == Kind.NUMBERS);
    }

    @Override
    public Mechanism mechanism() {
        return kind.mechanism;
    }

    @Override
    public long timeoutResolutionNanos() {
        return NANOS_PER_MILLI;
    }

    @Override
    void watchWaker(Waker waker) {
        table.watch(new Item(null, waker.fd()), PollBits.IN, kind == Kind.FILES && waker.leaveUnread());
    }

    @Override
    Entry newEntry(Entry.Terms terms) {
        return new FakeEntry(terms);
    }

    @Override
    int arm(Entry entry, Interest interest) throws SyscallException {
        requireNoWait();
        FakeEntry armed = (FakeEntry) entry;
        if (armed.state() == State.NEW) {
            requireOpen(armed.fd());
        }
        boolean edge = armed.trigger().isEdge();
        int rc = table.watch(armed.item, PollBits.events(interest, PollBits.RDHUP), edge);
        if (rc < 0) {
            throw Failure.of("watch", table.fd + ", " + armed.fd(), rc);
        }
        armed.isListed = true;
        if (kind == Kind.FILES && table.isAlwaysReady(armed.item)) {
            disarm(armed);
            return PollBits.IN | PollBits.OUT;
        }
        return 0;
    }

    @Override
    void disarm(Entry entry) throws SyscallException {
        requireNoWait();
        FakeEntry disarmed = (FakeEntry) entry;
        table.forget(disarmed.item);
        disarmed.isListed = false;
    }

    /** Rule 2. */
    private void requireNoWait() {
        assert has(Trait.CHANGES_DURING_WAIT) || !table.isAwaited() : "a change during a wait";
    }

    @Override
    void mute(Entry entry) throws SyscallException {
        if (has(Trait.MUTES_BY_EDGE)) {
            table.watchArrivals(((FakeEntry) entry).item);
        } else {
            disarm(entry);
        }
    }

    @Override
    void unmute(Entry entry) throws SyscallException {
        arm(entry, entry.interest());
    }

    @Override
    int await(long timeoutNanos) {
        int rc = syscalls.epollWait(table.fd, null, registry.size() + 1, millisRoundedUp(timeoutNanos));
        answers = rc > 0 ? table.answers() : List.of();
        return rc;
    }

    @Override
    boolean hasNext(int index) {
        return index < answers.size();
    }

    @Override
    Entry next(int index) throws SyscallException {
        Answer answer = answers.get(index);
        Entry entry = answer.item().entry;
        return entry != null && registry.get(entry.fd()) == entry ? entry : null;
    }

    /** Depends only on the index: the caller may ask twice for the same answer. */
    @Override
    int bits(int index) {
        return answers.get(index).bits();
    }

    @Override
    boolean detectLoss(Entry entry) throws SyscallException {
        FakeEntry asked = (FakeEntry) entry;
        return isClosed(entry) || kind == Kind.FILES && asked.isListed && !table.isWatched(asked.item);
    }

    @Override
    boolean owns(int fd) {
        return fd == table.fd;
    }

    @Override
    SyscallException failure(int rc) {
        return Failure.of("epoll_wait", table.fd + ", ...", rc);
    }

    @Override
    void close() {
        syscalls.close(table.fd);
    }
}
