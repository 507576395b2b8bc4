// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Binding;
import dev.pollux.CountingSyscalls;
import dev.pollux.Descriptors;
import dev.pollux.Interest;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectLimit;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a poller over a {@link FakeDriver}, accessible to tests. The driver checks in each call that the lock is
 * held where {@link Driver} requires it, and which thread calls.
 */
final class FakeCore {
    final FakeKernel kernel = new FakeKernel();
    final CountingSyscalls calls = new CountingSyscalls(kernel);
    final KernelPosix posix = new KernelPosix(kernel);
    final Descriptors descriptors = new Descriptors(posix);
    final CheckingDriver driver;
    final Waker waker;
    final Gate gate;
    final Lifecycle lifecycle;
    final PollLoop loop;

    /** A core that never looks before it waits. */
    FakeCore(FakeDriver.Kind kind) throws IOException {
        this(kind, Integer.MAX_VALUE);
    }

    FakeCore(FakeDriver.Kind kind, int lookPause) throws IOException {
        PollerSettings settings = new PollerSettings(calls, Binding.JNI, SelectLimit.FD_SETSIZE, 0, null, lookPause);
        driver = new CheckingDriver(settings, kind);
        waker = Waker.open(calls);
        driver.watchWaker(waker);
        gate = new Gate(
                kind.mechanism,
                driver.has(Trait.CHANGES_DURING_WAIT),
                waker,
                () -> driver.registry.check(driver.has(Trait.MUTES_BY_EDGE)));
        lifecycle = new Lifecycle(driver, gate);
        loop = new PollLoop(driver, gate, waker, lifecycle, settings);
    }

    /** A driver that fails on demand, and when a call breaks the rules. */
    final class CheckingDriver extends FakeDriver {
        final List<Thread> waitingThreads = new ArrayList<>();
        final List<Long> timeoutsNanos = new ArrayList<>();

        /** Makes this many calls fail with ENOMEM. */
        int failingArms;

        int failingDisarms;
        int failingAnswers;
        int failingQuestions;

        CheckingDriver(PollerSettings settings, Kind kind) {
            super(settings, kernel, kind);
        }

        private void requireLock() {
            if (!gate.isLocked()) {
                throw new AssertionError("called without the lock");
            }
        }

        private void failIfPositive(int count, String call) throws SyscallException {
            if (count > 0) {
                throw Failure.of(call, "", -Errno.ENOMEM);
            }
        }

        @Override
        int arm(Entry entry, Interest interest) throws SyscallException {
            requireLock();
            failIfPositive(failingArms--, "arm");
            return super.arm(entry, interest);
        }

        @Override
        void disarm(Entry entry) throws SyscallException {
            requireLock();
            failIfPositive(failingDisarms--, "disarm");
            super.disarm(entry);
        }

        @Override
        boolean detectLoss(Entry entry) throws SyscallException {
            requireLock();
            failIfPositive(failingQuestions--, "ask");
            return super.detectLoss(entry);
        }

        @Override
        void beforeWait() {
            requireLock();
        }

        @Override
        int await(long timeoutNanos) {
            if (gate.isLocked()) {
                throw new AssertionError("waits with the lock");
            }
            waitingThreads.add(Thread.currentThread());
            timeoutsNanos.add(timeoutNanos);
            return super.await(timeoutNanos);
        }

        @Override
        Entry next(int index) throws SyscallException {
            if (!has(Trait.STABLE_ANSWERS)) {
                requireLock();
            }
            Entry entry = super.next(index);
            if (entry != null) {
                failIfPositive(failingAnswers--, "next");
            }
            return entry;
        }
    }

    /** An action with the lock held. */
    interface Change {
        void run() throws IOException;
    }

    void locked(Change change) throws IOException {
        gate.lock();
        try {
            gate.excludeWait();
            change.run();
        } finally {
            gate.unlock();
        }
    }

    Entry register(int fd, Interest interest, Trigger trigger) throws IOException {
        return register(fd, interest, trigger, null);
    }

    Entry register(int fd, Interest interest, Trigger trigger, SelectableChannel channel) throws IOException {
        Entry entry = driver.newEntry(
                new Entry.Terms(null, fd, interest, trigger, null, channel, false, driver.registry.nextGeneration()));
        locked(() -> lifecycle.begin(entry));
        return entry;
    }

    void modify(Entry entry, Interest interest) throws IOException {
        locked(() -> lifecycle.change(entry, interest));
    }

    void cancel(Entry entry) throws IOException {
        locked(() -> lifecycle.cancel(entry));
    }

    /** Opens this many readable descriptors. */
    List<Entry> registerReady(int count, Trigger trigger) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(register(descriptors.readyPipe().readFd(), Interest.READ, trigger));
        }
        return entries;
    }

    /** The events of one poll with a timeout of 0. */
    List<Entry> look() throws IOException {
        List<Entry> delivered = new ArrayList<>();
        look((registration, ready) -> delivered.add((Entry) registration));
        return delivered;
    }

    int look(ReadyHandler handler) throws IOException {
        return loop.poll(0, (registration, ready) -> {
            if (gate.isLocked()) {
                throw new AssertionError("a handler runs with the lock");
            }
            handler.ready(registration, ready);
        });
    }
}
