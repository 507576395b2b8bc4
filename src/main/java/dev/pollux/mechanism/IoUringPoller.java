// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Epoll.EPOLLRDBAND;
import static dev.pollux.abi.IoUring.IORING_POLL_ADD_MULTI;
import static dev.pollux.mechanism.PollBits.IN;
import static dev.pollux.mechanism.PollBits.OUT;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Stat;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.Arrays;

/**
 * {@code io_uring(7)}: polls as requests in a ring, answers in another one.
 *
 * <ul>
 *   <li>(a) What is to be polled is only noted; the next wait submits it all, and waits, in one {@code io_uring_enter}.
 *   <li>(b) A poll belongs to the thread that submitted it: the kernel completes it in that thread's name, later if it
 *       does something else, and with ECANCELED if it has ended. So only the polling thread submits polls, and one that
 *       takes over submits all of them anew.
 *   <li>(c) An answer that lay in the ring before the wait began may be old: somebody has read meanwhile. What is the
 *       case now is asked anew.
 *   <li>(d) A multishot poll is edge-triggered and tells what happened, not what is: that is asked with {@code poll(2)},
 *       of those where something happened, in one call. EDGE is one. LEVEL is told as the kernel has it, and asked about
 *       in each wait from then on until it is ready no more; while something is, the ring is entered only to submit. It is
 *       multishot too while events come one by one. Once several come with a wait it is one-shot, and submitted again
 *       when it is ready no more: that costs 500 ns, but a thread that works while polls are armed is interrupted for
 *       each byte that arrives, which doubled the time of an echo. To submit a one-shot again with each wait cost 1.5
 *       to 2.5 times as much as epoll's LEVEL, in C; this costs less than that.
 *   <li>(e) The kernel ends a multishot poll (no IORING_CQE_F_MORE) when the ring of answers is full, and at once where
 *       the file cannot be waited for: regular files, directories, /dev/null, which are always ready. Asked for PRI
 *       alone, such a file gives EINVAL.
 *   <li>(f) ERR, HUP and RDHUP are always watched. What answers nothing that was asked is hushed: polled by multishot, so
 *       that it speaks again when its state changes.
 *   <li>(g) The answer carries the descriptor below and, above, a number that no other poll has: what comes for another
 *       number than the entry's last one is not looked at.
 *   <li>(h) A poll keeps its file open. A cancel returns when the poll's last answer was seen, and, if that was given in
 *       the name of another thread, which lets go of the file only then, once more through the lock under which it
 *       does. A descriptor that was closed without one stays open behind its number; a poll that is submitted for that
 *       number gives EBADF. In each 8th wait that finds something, the descriptor of one poll is checked. IORING_OP_POLL_REMOVE is no way
 *       to cancel: it gives EALREADY, and the poll goes on, where something has just happened to it;
 *       IORING_OP_ASYNC_CANCEL ends it even so.
 *   <li>(i) Answers that have no room in the ring are kept by the kernel until somebody enters it for them.
 *   <li>(j) IORING_SETUP_COOP_TASKRUN and DEFER_TASKRUN gain nothing here that could be measured (one thread, ready
 *       descriptors). With the first a cancel by another thread would last until the polling thread enters the kernel
 *       next; with the second it cannot be done at all, since only one thread may enter the ring.
 *   <li>(k) After {@code munmap} the rings are anybody's memory: whoever comes late finds null.
 *   <li>(l) PRI alone is never told: the kernel leaves it out of what it compares a wakeup with. With RDBAND besides,
 *       which no state has but each wakeup of a socket's reader, it is told whenever something arrives, urgent or not.
 *       So what is is asked as in (d).
 *   <li>(m) {@code /proc/mounts}, pressure stall triggers and sysfs attributes tell POLLPRI|POLLERR once, to whoever
 *       asks first. So for what is not a socket the poll's own PRI is believed, beside what (d) says.
 * </ul>
 */
public final class IoUringPoller extends KernelPoller {
    /** How long a close waits for an answer that must come; it closes all the same if the kernel owes it. */
    private static final long LAST_WAIT_NANOS = 1_000_000_000;

    /** One in so many waits checks a descriptor, the next of the polled ones: (h). */
    private static final int WAITS_A_CHECK = 8;

    /** How many numbers it goes through at most to find that. */
    private static final int NUMBERS_A_CHECK = 64;

    /** So many waits after one that brought several events count as busy: (d). */
    private static final int BUSY_WAITS = 8;

    private final Ring ring;
    private final int wakerFd;

    /** What is to be submitted with the next wait. */
    private Entry[] queue = new Entry[64];

    private int queued;

    /** What {@code poll(2)} is to be asked about: (d). */
    private Entry[] changed = new Entry[64];

    private int changes;

    /** The last number whose descriptor was checked, and how many waits have found something: (h). */
    private int checkedFd;

    private int collected;

    /** About how many of them it was asked, by the last wait. */
    private int looked;

    /** How many waits count as busy from now on: (d). */
    private int busyWaits;

    private NativeMemory pollfds = NativeMemory.allocate(syscalls, changed.length * PollFd.SIZE);

    /** (g) */
    private int lastNumber;

    private int wakerNumber;

    /** How many polls were told to go and have not answered for the last time. */
    private int leaving;

    /** (b) */
    private Thread submitter;

    public IoUringPoller(PollerSettings settings) throws IOException {
        super(settings);
        ring = Ring.open(syscalls);
        try {
            wakerFd = openWaker().fd();
            int rc = ring.enter(1, 1);
            requireWait(Ring.isFailure(rc) ? rc : 0);
        } catch (Throwable e) {
            abandon();
            throw e;
        }
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.IO_URING;
    }

    @Override
    public boolean supports(Trigger trigger) {
        return true;
    }

    @Override
    public long timeoutResolutionNanos() {
        return 1;
    }

    /** (b) */
    @Override
    boolean changesWhileWaiting() {
        return false;
    }

    /** (h) */
    @Override
    boolean forgetsSilently() {
        return true;
    }

    // What is to be submitted.

    /** (a) */
    @Override
    void arm(Entry entry, Interest interest) throws SyscallException {
        if (!entry.valid) {
            requireOpen(entry.fd());
        }
        if (interest.isPriority() && entry.fileType == 0) {
            entry.fileType = fileType(entry.fd());
        }
        entry.changed = false;
        submitLater(entry);
    }

    private void submitLater(Entry entry) {
        if (entry.queued == 0) {
            if (queued == queue.length) {
                queue = Arrays.copyOf(queue, 2 * queued);
            }
            queue[queued++] = entry;
            entry.queued = queued;
        }
    }

    /** Its place is taken by the last one. */
    private void submitNot(Entry entry) {
        if (entry.queued != 0) {
            Entry last = queue[--queued];
            queue[entry.queued - 1] = last;
            last.queued = entry.queued;
            queue[queued] = null;
            entry.queued = 0;
        }
    }

    /** (h) */
    @Override
    void disarm(Entry entry) throws SyscallException {
        submitNot(entry);
        entry.changed = false;
        if (entry.kernelState != 0) {
            requireRoom();
            remove(entry);
            int rc = seeOff(-1);
            if (rc < 0) {
                throw waitFailure(rc);
            }
        }
    }

    /**
     * (h) Returns when the kernel has let go of all that was told to go; who has a limit gives up at the first call that
     * brings nothing. Negative is -errno.
     */
    private int seeOff(long limitNanos) {
        while (leaving > 0) {
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

    private void requireRoom() throws SyscallException {
        if (!ring.makeRoom(1)) {
            throw waitFailure(-Errno.EAGAIN);
        }
    }

    @Override
    void fired(Entry entry) throws SyscallException {
        entry.hushed = false;
        disarm(entry);
    }

    /** (f) */
    @Override
    void hush(Entry entry) {
        if (entry.kernelState == 0) {
            submitLater(entry);
        }
    }

    /** (f) A ONESHOT ends with what it says now. */
    @Override
    void unhush(Entry entry) {
        entry.hushed = entry.trigger().isOneshot();
    }

    private boolean isMultishot(Entry entry) {
        return entry.hushed || entry.trigger() == Trigger.EDGE || entry.trigger() == Trigger.LEVEL && busyWaits == 0;
    }

    private void submitQueue() {
        if (wakerNumber == 0 && ring.makeRoom(1)) {
            wakerNumber = nextNumber();
            ring.add(wakerFd, IN, 0, userData(wakerFd, wakerNumber));
        }
        int taken = 0;
        while (taken < queued && ring.makeRoom(2)) {
            Entry entry = queue[taken++];
            entry.queued = 0;
            if (entry.kernelState != 0) {
                remove(entry);
            }
            entry.kernelState = nextNumber();
            ring.add(
                    entry.fd(),
                    PollBits.events(entry.interest, PollBits.RDHUP) | (entry.interest.isPriority() ? EPOLLRDBAND : 0),
                    isMultishot(entry) ? IORING_POLL_ADD_MULTI : 0,
                    userData(entry.fd(), entry.kernelState));
        }
        keepQueueFrom(taken);
    }

    private void keepQueueFrom(int taken) {
        int before = queued;
        queued -= taken;
        System.arraycopy(queue, taken, queue, 0, queued);
        Arrays.fill(queue, queued, before, null);
        for (int i = 0; i < queued; i++) {
            queue[i].queued = i + 1;
        }
    }

    private int nextNumber() {
        if (++lastNumber == 0) {
            lastNumber = 1;
        }
        return lastNumber;
    }

    private static long userData(int fd, int number) {
        return (long) number << 32 | fd;
    }

    private void remove(Entry entry) {
        remove(userData(entry.fd(), entry.kernelState));
        entry.kernelState = 0;
    }

    private void remove(long userData) {
        ring.remove(userData);
        leaving++;
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
        looked = ask(0);
        if (looked > 0 && queued == 0 && ring.unsubmitted() == 0 && !ring.isOverflowing()) {
            return looked;
        }
        submitQueue();
        boolean looks = timeoutNanos == 0 || looked > 0 || queued > 0 || wakerNumber == 0;
        int rc = ring.enter(looks ? 0 : 1, timeoutNanos);
        int found = ring.answers() + looked;
        return found > 0 ? found : Ring.isFailure(rc) ? rc : 0;
    }

    /** (b) */
    private void takeOver() {
        if (submitter != null) {
            for (int fd = 0; fd < registrations.numbers(); fd++) {
                Entry entry = registrations.get(fd);
                if (entry != null && entry.kernelState != 0) {
                    submitLater(entry);
                }
            }
            if (wakerNumber != 0 && ring.makeRoom(1)) {
                remove(userData(wakerFd, wakerNumber));
                wakerNumber = 0;
            }
        }
        submitter = Thread.currentThread();
    }

    // What is answered.

    /** (c) */
    private void setAside() {
        for (int left = ring.answers(); left > 0; left--) {
            int at = ring.take();
            boolean more = ring.hasMore(at);
            Entry entry = answered(at, more);
            if (entry != null && keepsToldOnce(entry, ring.res(at))
                    || entry != null && (more || entry.trigger() == Trigger.LEVEL)) {
                lookLater(entry);
            } else if (entry != null) {
                submitLater(entry);
            }
        }
        ring.release();
    }

    /** Whose answer this is, null if nobody's any more: (g). */
    private Entry answered(int at, boolean more) {
        long userData = ring.userData(at);
        int fd = (int) userData;
        int number = (int) (userData >>> 32);
        Entry entry = registrations.get(fd);
        if (entry != null && entry.kernelState == number) {
            entry.kernelState = more ? number : 0;
            return entry;
        }
        if (fd == wakerFd && number == wakerNumber) {
            wakerNumber = 0;
        } else if (userData != Ring.NO_POLL && !more) {
            leaving--;
        }
        return null;
    }

    @Override
    void collect(int result) throws SyscallException {
        int kept = takeStates(0, looked);
        do {
            for (int left = ring.answers(); left > 0; left--) {
                int at = ring.take();
                boolean more = ring.hasMore(at);
                Entry entry = answered(at, more);
                if (entry != null) {
                    take(entry, ring.res(at), more);
                }
            }
            ring.release();
        } while (ring.fetchOverflow());
        ring.forgetOverflow();
        takeStates(kept, ask(kept));
        busyWaits = batch.events() > 1 ? BUSY_WAITS : Math.max(busyWaits - 1, 0);
        if (++collected % WAITS_A_CHECK == 0) {
            checkNext();
        }
    }

    /** (h) */
    private void checkNext() throws SyscallException {
        for (int i = 0; i < NUMBERS_A_CHECK; i++) {
            checkedFd = checkedFd + 1 < registrations.numbers() ? checkedFd + 1 : 0;
            Entry entry = registrations.get(checkedFd);
            if (isPolled(entry)) {
                dropIfClosed(entry);
                return;
            }
        }
    }

    private static boolean isPolled(Entry entry) {
        return entry != null && (entry.kernelState != 0 || entry.changed);
    }

    private void dropIfClosed(Entry entry) throws SyscallException {
        if (isClosed(entry)) {
            reportInvalid(entry);
        }
    }

    private void take(Entry entry, int res, boolean more) throws SyscallException {
        if (res < 0) {
            takeFailure(entry, res);
        } else if (entry.trigger() == Trigger.EDGE && !more) { // (e)
            takeEnd(entry);
        } else if (entry.trigger() == Trigger.EDGE || entry.hushed || entry.interest.isPriority()) { // (d), (l)
            keepsToldOnce(entry, res);
            entry.hushed |= !more
                    && (res & PollBits.OVER) != 0
                    && entry.toldOnce == 0
                    && entry.isArmed(); // (f), if poll(2) does not tell it
            lookLater(entry);
        } else {
            report(entry, res);
            watchOn(entry);
        }
    }

    private void takeFailure(Entry entry, int res) throws SyscallException {
        if (res == -Errno.EBADF) {
            reportInvalid(entry);
        } else if (res == -Errno.EINVAL) { // (e)
            makeConstant(entry, IN | OUT);
        } else {
            submitLater(entry);
            if (res != -Errno.ECANCELED) {
                throw Failure.of("io_uring_enter", ring.fd() + ", IORING_OP_POLL_ADD, " + entry.fd(), res);
            }
        }
    }

    private void takeEnd(Entry entry) {
        if (ring.overflowed()) {
            submitLater(entry);
        } else {
            makeConstant(entry, IN | OUT);
        }
    }

    /** What becomes of an entry that has been reported. */
    private void watchOn(Entry entry) {
        boolean told = entry.isFetched && entry.fetchedBits != 0;
        if (told && entry.trigger() == Trigger.LEVEL) {
            lookLater(entry);
        } else if (!told && isToSubmit(entry)) {
            submitLater(entry);
        }
    }

    /** Whether an entry that is not ready is not polled as it should be: (d). */
    private boolean isToSubmit(Entry entry) {
        return entry.isArmed()
                && (entry.kernelState == 0 || busyWaits > 0 && entry.trigger() == Trigger.LEVEL && !entry.hushed);
    }

    /** (m) Whether the answer has what the kernel does not tell again; it is delivered with the next look. */
    private static boolean keepsToldOnce(Entry entry, int res) {
        boolean isKept = res > 0 && (res & PollBits.PRI) != 0 && entry.interest.isPriority() && !isSocket(entry);
        entry.toldOnce |= isKept ? res : 0;
        return isKept;
    }

    private static boolean isSocket(Entry entry) {
        return entry.fileType == Stat.S_IFSOCK;
    }

    private void lookLater(Entry entry) {
        if (!entry.changed) {
            entry.changed = true;
            if (changes == changed.length) {
                changed = Arrays.copyOf(changed, 2 * changes);
            }
            changed[changes++] = entry;
        }
    }

    /** (d) Asks about those from here on; of how many. If none is ready they are done with. */
    private int ask(int from) {
        int count = putPollfds(from);
        int rc = count == 0 ? 0 : syscalls.poll(pollfds, count, 0);
        if (rc > 0 || rc == 0 && anyToldOnce(from)) {
            return count;
        }
        int kept = from;
        for (int i = from; i < changes; i++) {
            Entry entry = changed[i];
            changed[i] = null;
            if (entry.toldOnce != 0) { // poll(2) failed: it is asked again
                changed[kept++] = entry;
                continue;
            }
            entry.changed = false;
            if (rc < 0 || isToSubmit(entry)) {
                submitLater(entry); // which asks as well
            }
        }
        changes = kept;
        return 0;
    }

    private boolean anyToldOnce(int from) {
        for (int i = from; i < changes; i++) {
            if (changed[i].toldOnce != 0) {
                return true;
            }
        }
        return false;
    }

    private int putPollfds(int from) {
        if ((changes - from) * PollFd.SIZE > pollfds.sizeBytes()) {
            pollfds = NativeMemory.allocate(syscalls, changed.length * PollFd.SIZE);
        }
        int to = from;
        for (int i = from; i < changes; i++) {
            Entry entry = changed[i];
            if (entry.changed) {
                entry.changed = false; // it may have a second place, from before it was armed anew
                int at = (to - from) * PollFd.SIZE;
                pollfds.putInt(at + PollFd.FD, entry.fd());
                pollfds.putShort(at + PollFd.EVENTS, (short) PollBits.pollfdEvents(entry.interest));
                changed[to++] = entry;
            }
        }
        for (int i = from; i < to; i++) {
            changed[i].changed = true;
        }
        Arrays.fill(changed, to, changes, null);
        changes = to;
        return to - from;
    }

    /** Takes what was answered about so many from here on; how many of all are to be asked about again. */
    private int takeStates(int from, int count) throws SyscallException {
        int before = changes;
        boolean closed = false;
        changes = from;
        for (int i = 0; i < count; i++) {
            Entry entry = changed[from + i];
            int revents = pollfds.getShort(i * PollFd.SIZE + PollFd.REVENTS);
            entry.changed = false;
            if ((revents & PollBits.NVAL) != 0) {
                closed = true;
                lookLater(entry);
            } else {
                report(entry, PollBits.ofPollfd(revents) | entry.toldOnce);
                entry.toldOnce = 0;
                watchOn(entry);
            }
        }
        Arrays.fill(changed, changes, Math.max(changes, before), null);
        if (closed) {
            dropClosed();
        }
        return changes;
    }

    /** (h) */
    private void dropClosed() throws SyscallException {
        for (int fd = 0; fd < registrations.numbers(); fd++) {
            Entry entry = registrations.get(fd);
            if (isPolled(entry)) {
                dropIfClosed(entry);
            }
        }
    }

    @Override
    SyscallException waitFailure(int rc) {
        return Failure.of("io_uring_enter", ring.fd() + ", ..., IORING_ENTER_GETEVENTS, ...", rc);
    }

    @Override
    boolean owns(int fd) {
        return fd == ring.fd();
    }

    /** (h), (k) */
    @Override
    void release() {
        letGoOfAll();
        ring.close();
    }

    /** The kernel closes a ring some time after its descriptor was closed, and keeps what is polled until then. */
    private void letGoOfAll() {
        for (int fd = 0; fd < registrations.numbers(); fd++) {
            Entry entry = registrations.get(fd);
            if (entry != null && entry.kernelState != 0 && ring.makeRoom(1)) {
                remove(entry);
            }
        }
        if (leaving > 0) {
            seeOff(LAST_WAIT_NANOS); // whatever it says: the ring goes
        }
    }
}
