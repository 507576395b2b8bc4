// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.mechanism.PollBits.IN;
import static dev.pollux.mechanism.PollBits.OUT;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Stat;
import java.io.IOException;

/**
 * {@code io_uring(7)}: polls are requests in one ring; answers arrive in another.
 *
 * <ul>
 *   <li>(a) Arming only queues a poll; the next wait submits all of them, and waits, in one {@code io_uring_enter}.
 *   <li>(b) A poll belongs to the thread that submitted it: the kernel completes it as task work of that thread, later
 *       if the thread is busy, and with ECANCELED if the thread has ended. So only the polling thread submits polls,
 *       and a thread that takes over submits all of them again.
 *   <li>(c) An answer that was in the ring before the wait began may be stale: the data may have been read since. The
 *       driver checks the state again.
 *   <li>(d) A multishot poll is edge-triggered: it reports a change, not the state. {@code poll(2)} gives the state, in
 *       one call for all such descriptors: {@link StateChecks}. EDGE and LEVEL use a multishot poll. A LEVEL event is
 *       delivered, then checked before each wait until it is no longer ready; meanwhile the ring is entered only to
 *       submit. A one-shot poll would have to be submitted again after each event, which costs 500 ns.
 *   <li>(e) The kernel ends a multishot poll (no IORING_CQE_F_MORE) when the completion ring is full, and at once for a
 *       file without a wait queue: regular files, directories and /dev/null, which are always ready. A poll for PRI
 *       alone on such a file gives EINVAL.
 *   <li>(f) The kernel always watches ERR, HUP and RDHUP. An entry whose answer contains nothing of its interest is
 *       polled by multishot, so that it is reported again when its state changes.
 *   <li>(g) An answer's user data has the descriptor in the low half and the number of the poll in the high half. An
 *       answer whose number is not that of the entry's last poll is skipped.
 *   <li>(h) A poll keeps its file open, so a cancel waits for the poll's last answer. If another thread completes the
 *       poll, it releases the file after that answer; the cancel then also passes through the lock under which it does
 *       so. A file whose descriptor was closed without a cancel stays open; a new poll for that number gives EBADF.
 *       IORING_OP_POLL_REMOVE does not do: right after an event of the poll it gives EALREADY and the poll goes on.
 *       IORING_OP_ASYNC_CANCEL ends it even then.
 *   <li>(i) The kernel keeps answers that do not fit into the ring until {@code io_uring_enter} fetches them.
 *   <li>(j) Without IORING_SETUP_COOP_TASKRUN (Linux 5.19) the kernel interrupts the polling thread for each event that
 *       another processor brings about. With it the kernel completes polls whenever the thread leaves the kernel. Each
 *       wait makes a system call before it looks for answers, so IORING_SETUP_TASKRUN_FLAG is not needed. While the
 *       polling thread computes, a cancel by another thread would wait for the timer's next interrupt. {@code
 *       membarrier(2)} interrupts the polling thread at once; without it the ring is set up without COOP_TASKRUN.
 *       IORING_SETUP_DEFER_TASKRUN does not do: only one thread may enter such a ring, so no other could cancel.
 *   <li>(k) After {@code munmap} the memory of the rings may belong to others, so their references are null then.
 *   <li>(l) A poll for PRI alone never completes: the kernel does not compare PRI with a wakeup. RDBAND is part of each
 *       wakeup of a socket's reader, so with it the poll completes whenever data arrives, urgent or not; the state is
 *       then checked as in (d).
 *   <li>(m) {@code /proc/mounts}, pressure stall triggers and sysfs attributes report POLLPRI|POLLERR once, to the
 *       first caller. So except for sockets, a PRI in the poll's answer is added to the state of (d).
 * </ul>
 */
public final class IoUringDriver extends Driver {
    /** How long a close waits for the last answers; it closes anyway if the kernel does not give them. */
    private static final long LAST_WAIT_NANOS = 1_000_000_000;

    private final Ring ring;
    private final RingPolls polls;
    private final StateChecks checks;
    private final FileStat stat;

    /** The polls to submit with the next wait. */
    private final SubmitQueue queue = new SubmitQueue();

    /** (b) */
    private Thread submitter;

    /** The current stage of {@link #next}. */
    private Stage stage = Stage.DONE;

    /** The stages of {@link #next}, in order. */
    private enum Stage {
        /** States that {@link #await} has checked. */
        STATES,
        /** Answers in the ring. */
        ANSWERS,
        /** States of entries that the ring has reported. */
        NEW_STATES,
        DONE
    }

    public IoUringDriver(PollerSettings settings) throws IOException {
        super(settings, Trait.EDGES, Trait.REPORTS_CLOSED, Trait.MISSES_CLOSED, Trait.MUTES_BY_EDGE);
        checks = new StateChecks(syscalls);
        stat = new FileStat(syscalls);
        ring = Ring.open(syscalls);
        polls = new RingPolls(ring, registry);
    }

    @Override
    void watchWaker(Waker waker) {
        polls.setWaker(waker.fd());
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.IO_URING;
    }

    @Override
    public long timeoutResolutionNanos() {
        return 1;
    }

    // Arming.

    @Override
    Entry newEntry(Entry.Terms terms) {
        return new IoUringEntry(terms);
    }

    /** (a) */
    @Override
    int arm(Entry entry, Interest interest) throws SyscallException {
        IoUringEntry armed = (IoUringEntry) entry;
        if (armed.state() == State.NEW) {
            requireOpen(armed.fd());
        }
        if (interest.isPriority() && armed.fileType == 0) {
            armed.fileType = stat.load(armed.fd()) < 0 ? Stat.S_IFMT : stat.type();
        }
        armed.quiet = false;
        checks.remove(armed);
        queue.add(armed);
        return 0;
    }

    /** (h) */
    @Override
    void disarm(Entry entry) throws SyscallException {
        IoUringEntry disarmed = (IoUringEntry) entry;
        queue.remove(disarmed);
        checks.remove(disarmed);
        if (disarmed.isPolled()) {
            int rc = ring.makeRoom(1) ? cancel(disarmed) : -Errno.EAGAIN;
            if (rc < 0) {
                throw failure(rc);
            }
        }
    }

    private int cancel(IoUringEntry entry) {
        polls.cancel(entry);
        return awaitLeaving(-1);
    }

    /**
     * (h) Returns when the kernel has released the files of all cancelled polls. With a limit it gives up after a call
     * without an answer. Negative is -errno.
     */
    private int awaitLeaving(long limitNanos) {
        int rc = ring.enter(0, 0);
        setAside();
        if (polls.leaving() > 0) {
            ring.interruptThreads(); // (j)
        }
        while (polls.leaving() > 0 && !Ring.isFailure(rc)) {
            rc = ring.enter(1, limitNanos);
            boolean givesUp = limitNanos > 0 && ring.answers() == 0;
            setAside();
            if (givesUp) {
                return rc;
            }
        }
        if (Ring.isFailure(rc)) {
            return rc;
        }
        if (submitter != Thread.currentThread()) {
            if (!ring.makeRoom(1)) {
                return -Errno.EAGAIN;
            }
            ring.passLock();
        }
        return 0;
    }

    @Override
    void fired(Entry entry) throws SyscallException {
        disarm(entry);
        ((IoUringEntry) entry).quiet = false;
    }

    /** (f) */
    @Override
    void mute(Entry entry) {
        IoUringEntry muted = (IoUringEntry) entry;
        muted.quiet = true;
        if (!muted.isPolled()) {
            queue.add(muted);
        }
    }

    /** (f) A ONESHOT stays as it is: its event ends it. */
    @Override
    void unmute(Entry entry) {
        ((IoUringEntry) entry).quiet = entry.trigger().isOneshot();
    }

    // Submitting.

    private boolean isMultishot(IoUringEntry entry) {
        return entry.quiet || !entry.trigger().isOneshot();
    }

    private void submitQueue() {
        polls.addWaker();
        int submitted = 0;
        while (submitted < queue.count() && ring.makeRoom(2)) {
            IoUringEntry entry = queue.get(submitted++);
            polls.add(entry, isMultishot(entry));
        }
        queue.removeFirst(submitted);
    }

    // Waiting.

    @Override
    int await(long timeoutNanos) {
        if (submitter != Thread.currentThread()) {
            takeOver();
        }
        do {
            setAside();
        } while (ring.fetchOverflow());
        int asked = ask();
        stage = Stage.STATES;
        if (asked > 0 && queue.isEmpty() && ring.unsubmitted() == 0 && !ring.isOverflowing()) {
            return asked;
        }
        submitQueue();
        boolean looks = timeoutNanos == 0 || asked > 0 || !queue.isEmpty() || !polls.hasWaker();
        int rc = ring.enter(looks ? 0 : 1, timeoutNanos);
        int found = ring.answers() + asked;
        return found > 0 ? found : Ring.isFailure(rc) ? rc : 0;
    }

    /** (b) */
    private void takeOver() {
        if (submitter != null) {
            for (int fd = 0; fd < registry.numbers(); fd++) {
                IoUringEntry entry = (IoUringEntry) registry.get(fd);
                if (entry != null && entry.isPolled()) {
                    queue.add(entry);
                }
            }
            polls.cancelWaker();
        }
        submitter = Thread.currentThread();
    }

    /** (d) Checks the states, and returns of how many there are answers to take. If none is ready, there are none. */
    private int ask() {
        int rc = checks.ask();
        if (rc > 0 || rc == 0 && checks.isAnyReportedOnce()) {
            return checks.askedCount();
        }
        for (IoUringEntry entry = checks.next(); entry != null; entry = checks.next()) {
            if (entry.reportedOnce != 0) {
                checks.add(entry); // poll(2) failed
            } else if (rc < 0 || isUnpolled(entry)) {
                queue.add(entry); // the poll reports the state as well
            }
        }
        return 0;
    }

    // Answers.

    @Override
    boolean hasNext(int index) {
        return stage != Stage.DONE;
    }

    @Override
    Entry next(int index) throws SyscallException {
        Entry entry = stage == Stage.ANSWERS ? nextAnswer() : nextState();
        if (entry == null) {
            finishStage();
        }
        return entry;
    }

    private void finishStage() {
        if (stage == Stage.STATES) {
            stage = Stage.ANSWERS;
        } else if (stage == Stage.ANSWERS) {
            ring.forgetOverflow();
            ask();
            stage = Stage.NEW_STATES;
        } else {
            stage = Stage.DONE;
            checks.listReady();
        }
    }

    /** (c) */
    private void setAside() {
        for (int left = ring.answers(); left > 0; left--) {
            int at = ring.advance();
            boolean more = ring.hasMore(at);
            IoUringEntry entry = polls.answered(at, more);
            if (entry != null && (entry.keepReportedOnce(ring.res(at)) || more || entry.trigger() == Trigger.LEVEL)) {
                checks.add(entry);
            } else if (entry != null) {
                queue.add(entry);
            }
        }
        ring.release();
    }

    private IoUringEntry nextAnswer() throws SyscallException {
        do {
            while (ring.answers() > 0) {
                int at = ring.advance();
                boolean more = ring.hasMore(at);
                IoUringEntry entry = polls.answered(at, more);
                if (entry != null && isAnswer(entry, ring.res(at), more)) {
                    return entry;
                }
            }
            ring.release();
        } while (ring.fetchOverflow());
        return null;
    }

    /** Whether this answer is final; if not, the state is checked, or the poll is submitted again. */
    private boolean isAnswer(IoUringEntry entry, int res, boolean more) throws SyscallException {
        if (res < 0) {
            return isFinalAnswer(entry, res);
        }
        if (entry.trigger() == Trigger.EDGE && !more) {
            return isFinalEdge(entry);
        }
        if (entry.trigger() == Trigger.EDGE || entry.quiet || entry.interest().isPriority()) { // (d), (l)
            boolean isKept = entry.keepReportedOnce(res);
            if (!more && !isKept && (res & PollBits.OVER) != 0) {
                entry.quiet = true; // (f), if poll(2) reports nothing of its interest
            }
            checks.add(entry);
            return false;
        }
        decide(entry, res);
        return true;
    }

    private boolean isFinalAnswer(IoUringEntry entry, int res) throws SyscallException {
        if (res == -Errno.EBADF) {
            bits = PollBits.NVAL;
            return true;
        }
        if (res == -Errno.EINVAL) { // (e)
            bits = PollBits.CONSTANT | IN | OUT;
            return true;
        }
        queue.add(entry);
        if (res != -Errno.ECANCELED) {
            throw Failure.of("io_uring_enter", ring.fd() + ", IORING_OP_POLL_ADD, " + entry.fd(), res);
        }
        return false;
    }

    /** (e) */
    private boolean isFinalEdge(IoUringEntry entry) {
        if (ring.overflowed()) {
            queue.add(entry);
            return false;
        }
        bits = PollBits.CONSTANT | IN | OUT;
        return true;
    }

    private IoUringEntry nextState() {
        IoUringEntry entry = checks.next();
        if (entry != null) {
            int reported = PollBits.ofPollfd(checks.revents()) | entry.reportedOnce;
            entry.reportedOnce = 0;
            decide(entry, reported);
        }
        return entry;
    }

    /** Decides how to watch an entry with these bits from now on. */
    private void decide(IoUringEntry entry, int pollBits) {
        bits = pollBits;
        if (PollBits.isEvent(PollBits.ready(entry.asked(), pollBits))) {
            checks.setReady(entry);
        } else if (isUnpolled(entry)) {
            queue.add(entry);
        }
    }

    /** Whether an entry that is not ready needs another poll: (d). */
    private boolean isUnpolled(IoUringEntry entry) {
        return entry.state().isWatched() && !entry.isPolled();
    }

    @Override
    SyscallException failure(int rc) {
        return Failure.of("io_uring_enter", ring.fd() + ", ..., IORING_ENTER_GETEVENTS, ...", rc);
    }

    @Override
    boolean owns(int fd) {
        return fd == ring.fd();
    }

    /** (h), (k) */
    @Override
    void close() {
        cancelAll();
        ring.close();
    }

    /**
     * The kernel releases a ring some time after the close of its descriptor, and keeps polled files open until then.
     */
    private void cancelAll() {
        for (int fd = 0; fd < registry.numbers(); fd++) {
            IoUringEntry entry = (IoUringEntry) registry.get(fd);
            if (entry != null && entry.isPolled() && ring.makeRoom(1)) {
                polls.cancel(entry);
            }
        }
        if (polls.leaving() > 0) {
            awaitLeaving(LAST_WAIT_NANOS); // whatever it returns: the ring is closed
        }
    }
}
