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
 * {@code io_uring(7)}: polls are requests in one ring, answers come back in another one.
 *
 * <ul>
 *   <li>(a) Arming only queues a poll; the next wait submits all of them, and waits, in one {@code io_uring_enter}.
 *   <li>(b) A poll belongs to the thread that submitted it: the kernel completes it in that thread's name, later if the
 *       thread is busy, and with ECANCELED if it has ended. So only the polling thread submits polls, and a thread that
 *       takes over submits all of them again.
 *   <li>(c) An answer that lay in the ring before the wait began may be old: somebody may have read since. Its state is
 *       asked for again.
 *   <li>(d) A multishot poll is edge-triggered: it reports that something happened, not what is the case. That is asked
 *       with {@code poll(2)}, for all such descriptors in one call: {@link StateChecks}. EDGE uses a multishot poll. A
 *       LEVEL event is delivered, then checked before each wait until it is no longer ready; meanwhile the ring is
 *       entered only to submit. LEVEL is multishot as well while events come singly. Once several come with one wait it
 *       is one-shot, and submitted again when it is no longer ready: that costs 500 ns, but a thread that works while
 *       polls are armed is interrupted for each byte that arrives, which doubled the time of an echo.
 *   <li>(e) The kernel ends a multishot poll (no IORING_CQE_F_MORE) when the completion ring is full, and at once where
 *       the file cannot be waited for: regular files, directories, /dev/null, which are always ready. Asked for PRI
 *       alone, such a file gives EINVAL.
 *   <li>(f) ERR, HUP and RDHUP are always watched. An entry that is answered by nothing that was asked for is polled by
 *       multishot, so that it is reported again when its state changes.
 *   <li>(g) An answer carries the descriptor in the low half and, in the high half, a number that no other poll has. An
 *       answer with another number than the entry's last poll is skipped.
 *   <li>(h) A poll keeps its file open. A cancel returns when the poll's last answer was seen; if that came in the name
 *       of another thread, which releases the file only afterwards, once more through the lock under which it does so.
 *       A descriptor that was closed without a cancel stays open behind its number; a poll submitted for that number
 *       gives EBADF. IORING_OP_POLL_REMOVE is no way to cancel: if something has just happened to the poll it gives
 *       EALREADY and the poll goes on; IORING_OP_ASYNC_CANCEL ends it even then.
 *   <li>(i) Answers that do not fit into the ring are kept by the kernel until somebody enters it for them.
 *   <li>(j) IORING_SETUP_COOP_TASKRUN and DEFER_TASKRUN gained nothing that could be measured (one thread, ready
 *       descriptors). With the first, a cancel by another thread would last until the polling thread enters the kernel
 *       next; with the second it is impossible, since only one thread may enter the ring.
 *   <li>(k) After {@code munmap} the rings are anybody's memory: a late thread finds null.
 *   <li>(l) PRI alone is never reported: the kernel leaves it out of what it compares a wakeup with. With RDBAND, which
 *       is no state but part of each wakeup of a socket's reader, it is reported whenever something arrives, urgent or
 *       not; so the state is asked for as in (d).
 *   <li>(m) {@code /proc/mounts}, pressure stall triggers and sysfs attributes report POLLPRI|POLLERR once, to the
 *       first who asks. So for what is not a socket the poll's own PRI counts, beside what (d) says.
 * </ul>
 */
public final class IoUringDriver extends Driver {
    /** How long a close waits for an answer that must come; it closes anyway if the kernel does not give it. */
    private static final long LAST_WAIT_NANOS = 1_000_000_000;

    /** So many waits after one that brought several events count as busy: (d). */
    private static final int BUSY_WAITS = 8;

    private final Ring ring;
    private final RingPolls polls;
    private final StateChecks checks;
    private final FileStat stat;

    /** What is to be submitted with the next wait. */
    private final SubmitQueue queue = new SubmitQueue();

    /** How many waits count as busy from now on: (d). */
    private int busyWaits;

    /** (b) */
    private Thread submitter;

    /** Where {@link #next} is. */
    private Stage stage = Stage.DONE;

    /** What {@link #next} goes through, in this order. */
    private enum Stage {
        /** The states that the wait itself has asked for. */
        STATES,
        /** The ring. */
        ANSWERS,
        /** The states of what the ring has reported. */
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
     * (h) Returns when the kernel has released all that was cancelled; with a limit, at the latest after a call that
     * brought nothing. Negative is -errno.
     */
    private int awaitLeaving(long limitNanos) {
        while (polls.leaving() > 0) {
            int rc = ring.enter(1, limitNanos);
            boolean givesUp = limitNanos > 0 && ring.answers() == 0;
            setAside();
            if (Ring.isFailure(rc) || givesUp) {
                return rc;
            }
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

    /** (f) A ONESHOT ends with the event that it has now. */
    @Override
    void unmute(Entry entry) {
        ((IoUringEntry) entry).quiet = entry.trigger().isOneshot();
    }

    // Submitting.

    private boolean isMultishot(IoUringEntry entry) {
        return entry.quiet || entry.trigger() == Trigger.EDGE || entry.trigger() == Trigger.LEVEL && busyWaits == 0;
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

    /** (d) Asks for the states; of how many. If none is ready, and there is nothing to take, that was all. */
    private int ask() {
        int rc = checks.ask();
        if (rc > 0 || rc == 0 && checks.isAnyReportedOnce()) {
            return checks.askedCount();
        }
        for (IoUringEntry entry = checks.next(); entry != null; entry = checks.next()) {
            if (entry.reportedOnce != 0) {
                checks.add(entry); // poll(2) failed
            } else if (rc < 0 || isUnpolled(entry)) {
                queue.add(entry); // which asks as well
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
            busyWaits = checks.listReady() > 1 ? BUSY_WAITS : Math.max(busyWaits - 1, 0);
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

    /** Whether this is an answer as it stands; otherwise the state is asked for, or the poll submitted again. */
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
                entry.quiet = true; // (f), if poll(2) reports nothing that was asked for
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

    /** Decides how an entry with these bits is watched from now on. */
    private void decide(IoUringEntry entry, int pollBits) {
        bits = pollBits;
        if (PollBits.isEvent(PollBits.ready(entry.asked(), pollBits))) {
            checks.setReady(entry);
        } else if (isUnpolled(entry)) {
            queue.add(entry);
        }
    }

    /** Whether an entry that is not ready is not polled as it should be: (d). */
    private boolean isUnpolled(IoUringEntry entry) {
        return entry.state().isWatched()
                && (!entry.isPolled() || busyWaits > 0 && entry.trigger() == Trigger.LEVEL && !entry.quiet);
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

    /** The kernel releases a ring some time after its descriptor was closed, and keeps what is polled until then. */
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
