// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Epoll.EPOLLRDBAND;
import static dev.pollux.abi.IoUring.IORING_CQE_F_MORE;
import static dev.pollux.abi.IoUring.IORING_ENTER_EXT_ARG;
import static dev.pollux.abi.IoUring.IORING_ENTER_GETEVENTS;
import static dev.pollux.abi.IoUring.IORING_OP_ASYNC_CANCEL;
import static dev.pollux.abi.IoUring.IORING_OP_POLL_ADD;
import static dev.pollux.abi.IoUring.IORING_POLL_ADD_MULTI;
import static dev.pollux.mechanism.PollBits.IN;
import static dev.pollux.mechanism.PollBits.OUT;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Mman;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
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
 *   <li>(d) ONESHOT is a one-shot poll. All others are multishot, which is edge-triggered and tells what happened, not
 *       what is: that is asked with {@code poll(2)}, of those where something happened, in one call. LEVEL is told as
 *       the kernel has it, and asked about in each wait from then on until it is ready no more; while something is,
 *       the ring is entered only to submit. To submit a one-shot again with each wait cost 1.5 to 2.5 times as much as
 *       epoll's LEVEL, in C; this costs less than that.
 *   <li>(e) The kernel ends a multishot poll (no IORING_CQE_F_MORE) when the ring of answers is full, and at once where
 *       the file cannot be waited for: regular files, directories, /dev/null, which are always ready. Asked for PRI
 *       alone, such a file gives EINVAL.
 *   <li>(f) ERR, HUP and RDHUP are always watched. A ONESHOT whose answer is nothing that was asked is hushed: polled by
 *       multishot, so that it speaks again when its state changes.
 *   <li>(g) The answer carries the descriptor below and, above, a number that no other poll has: what comes for another
 *       number than the entry's last one is not looked at.
 *   <li>(h) A poll keeps its file open. A cancel returns when the poll's last answer was seen. A descriptor that was
 *       closed without one stays open behind its number; a poll that is submitted for that number gives EBADF. In each
 *       1024th wait the descriptors of all polls are checked. IORING_OP_POLL_REMOVE is no way to cancel: it gives EALREADY,
 *       and the poll goes on, where something has just happened to it; IORING_OP_ASYNC_CANCEL ends it even so.
 *   <li>(i) Answers that have no room in the ring are kept by the kernel until somebody enters it for them.
 *   <li>(j) IORING_SETUP_COOP_TASKRUN and DEFER_TASKRUN gain nothing here that could be measured (one thread, ready
 *       descriptors). With the first a cancel by another thread would last until the polling thread enters the kernel
 *       next; with the second it cannot be done at all, since only one thread may enter the ring.
 *   <li>(k) After {@code munmap} the rings are anybody's memory: whoever comes late finds null.
 *   <li>(l) PRI alone is never told: the kernel leaves it out of what it compares a wakeup with. With RDBAND besides,
 *       which no state has but each wakeup of a socket's reader, it is told whenever something arrives, urgent or not.
 *       So what is is asked as in (d).
 * </ul>
 */
public final class IoUringPoller extends KernelPoller {
    private static final int SQ_ENTRIES = 256;
    private static final int CQ_ENTRIES = 4096;

    /** CQE_SKIP is of Linux 5.17, as are all kernels with multishot polls that work. */
    private static final int FEATURES = IoUring.IORING_FEAT_SINGLE_MMAP
            | IoUring.IORING_FEAT_NODROP
            | IoUring.IORING_FEAT_EXT_ARG
            | IoUring.IORING_FEAT_CQE_SKIP;

    /** The user data of all requests that remove a poll: descriptor -1. */
    private static final long REMOVAL = -1;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final NativeMemory params = NativeMemory.allocate(syscalls, IoUring.PARAMS_SIZE);
    private final NativeMemory argument = NativeMemory.allocate(syscalls, IoUring.GETEVENTS_ARG_SIZE);
    private final NativeMemory timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
    private final int ringFd;
    private final int wakerFd;
    private final int sqMask;
    private final int cqMask;
    private final int sqHead;
    private final int sqTail;
    private final int sqFlags;
    private final int cqHead;
    private final int cqTail;
    private final int cqes;

    /** Both null once they are unmapped: (k). */
    private NativeMemory rings;

    private NativeMemory sqes;

    /** Where the next request goes, and the next answer comes from. */
    private int tail;

    private int head;

    /** Whether the ring of answers has been full: (i). */
    private boolean overflowed;

    /** What is to be submitted with the next wait. */
    private Entry[] queue = new Entry[64];

    private int queued;

    /** What {@code poll(2)} is to be asked about: (d). */
    private Entry[] changed = new Entry[64];

    private int changes;

    /** About how many of them it was asked, by the last wait. */
    private int looked;

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
        ringFd = setup();
        try {
            map();
            wakerFd = openWaker().fd();
        } catch (IOException e) {
            abandon();
            throw e;
        }
        sqMask = rings.getInt(params.getInt(IoUring.SQ_OFF_RING_MASK));
        cqMask = rings.getInt(params.getInt(IoUring.CQ_OFF_RING_MASK));
        sqHead = params.getInt(IoUring.SQ_OFF_HEAD);
        sqTail = params.getInt(IoUring.SQ_OFF_TAIL);
        sqFlags = params.getInt(IoUring.SQ_OFF_FLAGS);
        cqHead = params.getInt(IoUring.CQ_OFF_HEAD);
        cqTail = params.getInt(IoUring.CQ_OFF_TAIL);
        cqes = params.getInt(IoUring.CQ_OFF_CQES);
    }

    private int setup() throws IOException {
        params.putInt(IoUring.FLAGS, IoUring.IORING_SETUP_CQSIZE);
        params.putInt(IoUring.CQ_ENTRIES, CQ_ENTRIES);
        int fd = syscalls.ioUringSetup(SQ_ENTRIES, params);
        if (fd < 0) {
            throw refusal(Failure.of("io_uring_setup", SQ_ENTRIES + ", {flags=IORING_SETUP_CQSIZE, ...}", fd));
        }
        return fd;
    }

    /** What the process has run out of is said as it is. */
    private static IOException refusal(SyscallException e) {
        String reason = e.errno() == Errno.ENOSYS
                ? "this kernel has no io_uring, or a seccomp filter hides it"
                : e.errno() == Errno.EPERM || e.errno() == Errno.EACCES
                        ? "the sysctl kernel.io_uring_disabled forbids it, or a seccomp filter, as in many containers"
                        : e.errno() == Errno.EINVAL
                                ? "this kernel's io_uring is too old; it takes Linux 5.17 or later"
                                : e.errno() == Errno.ENOMEM
                                        ? "there is no memory for its rings; before Linux 5.12 RLIMIT_MEMLOCK counts"
                                        : null;
        if (reason == null) {
            return e;
        }
        MechanismUnavailableException refusal = new MechanismUnavailableException(e.getMessage() + ": " + reason);
        refusal.initCause(e);
        return refusal;
    }

    private void map() throws IOException {
        int features = params.getInt(IoUring.FEATURES);
        if ((features & FEATURES) != FEATURES) {
            throw new MechanismUnavailableException(String.format(
                    "this kernel's io_uring has features 0x%x, without the 0x%x that are needed;"
                            + " Linux 5.17 and later have them",
                    features, FEATURES & ~features));
        }
        int sqEntries = params.getInt(IoUring.SQ_ENTRIES);
        int array = params.getInt(IoUring.SQ_OFF_ARRAY);
        rings = map(
                Math.max(
                        array + sqEntries * Integer.BYTES,
                        params.getInt(IoUring.CQ_OFF_CQES) + params.getInt(IoUring.CQ_ENTRIES) * IoUring.CQE_SIZE),
                IoUring.IORING_OFF_SQ_RING);
        sqes = map(sqEntries * IoUring.SQE_SIZE, IoUring.IORING_OFF_SQES);
        for (int i = 0; i < sqEntries; i++) {
            rings.putInt(array + i * Integer.BYTES, i);
        }
    }

    private NativeMemory map(int sizeBytes, long offset) throws SyscallException {
        long address = syscalls.mmap(
                sizeBytes, Mman.PROT_READ | Mman.PROT_WRITE, Mman.MAP_SHARED | Mman.MAP_POPULATE, ringFd, offset);
        if (address < 0) {
            throw Failure.of("mmap", "NULL, " + sizeBytes + ", ..., " + ringFd + ", " + offset, (int) address);
        }
        return NativeMemory.view(syscalls, address, sizeBytes);
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
            makeRoom(1);
            remove(entry);
            while (leaving > 0) {
                int rc = enter(1, -1);
                setAside();
                if (isFailure(rc)) {
                    throw waitFailure(rc);
                }
            }
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
        if (entry.trigger().isOneshot()) {
            submitLater(entry);
        }
    }

    /** (f) A ONESHOT ends with what it says now. */
    @Override
    void unhush(Entry entry) {
        entry.hushed = entry.trigger().isOneshot();
    }

    private static boolean isMultishot(Entry entry) {
        return entry.hushed || !entry.trigger().isOneshot();
    }

    /** Whether there is room for so many requests now. */
    private boolean makeRoom(int requests) {
        int free = sqMask + 1 - unsubmitted();
        if (free >= requests) {
            return true;
        }
        syscalls.ioUringEnter(ringFd, unsubmitted(), 0, 0, null, 0);
        return sqMask + 1 - unsubmitted() >= requests;
    }

    private int unsubmitted() {
        return tail - (int) INT.getAcquire(rings.buffer(), sqHead);
    }

    private void submitQueue() {
        if (wakerNumber == 0 && makeRoom(1)) {
            wakerNumber = nextNumber();
            add(wakerFd, wakerNumber, IN, 0);
        }
        int taken = 0;
        while (taken < queued && makeRoom(2)) {
            Entry entry = queue[taken++];
            entry.queued = 0;
            if (entry.kernelState != 0) {
                remove(entry);
            }
            entry.kernelState = nextNumber();
            add(
                    entry.fd(),
                    entry.kernelState,
                    PollBits.events(entry.interest, PollBits.RDHUP) | (entry.interest.isPriority() ? EPOLLRDBAND : 0),
                    isMultishot(entry) ? IORING_POLL_ADD_MULTI : 0);
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

    private void add(int fd, int number, int events, int flags) {
        request(
                IORING_OP_POLL_ADD,
                0,
                fd,
                0,
                flags,
                IoUring.poll32Events(ByteOrder.nativeOrder(), events),
                userData(fd, number));
    }

    private void remove(Entry entry) {
        remove(userData(entry.fd(), entry.kernelState));
        entry.kernelState = 0;
    }

    private void remove(long userData) {
        request(IORING_OP_ASYNC_CANCEL, IoUring.IOSQE_CQE_SKIP_SUCCESS, -1, userData, 0, 0, REMOVAL);
        leaving++;
    }

    private void request(int opcode, int flags, int fd, long addr, int len, int events, long userData) {
        int at = (tail & sqMask) * IoUring.SQE_SIZE;
        sqes.buffer().put(at + IoUring.SQE_OPCODE, (byte) opcode);
        sqes.buffer().put(at + IoUring.SQE_FLAGS, (byte) flags);
        sqes.putInt(at + IoUring.SQE_FD, fd);
        sqes.putLong(at + IoUring.SQE_ADDR, addr);
        sqes.putInt(at + IoUring.SQE_LEN, len);
        sqes.putInt(at + IoUring.SQE_POLL32_EVENTS, events);
        sqes.putLong(at + IoUring.SQE_USER_DATA, userData);
        INT.setRelease(rings.buffer(), sqTail, ++tail);
    }

    // Waiting.

    @Override
    int await(long timeoutNanos) {
        if (submitter != Thread.currentThread()) {
            takeOver();
        }
        do {
            setAside();
        } while (fetchOverflow());
        submitQueue();
        looked = ask(0);
        if (looked > 0 && unsubmitted() == 0 && !isOverflowing()) {
            return looked;
        }
        boolean looks = timeoutNanos == 0 || looked > 0 || queued > 0;
        int rc = enter(looks ? 0 : 1, timeoutNanos);
        int found = answers() + looked;
        return found > 0 ? found : isFailure(rc) ? rc : 0;
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
            if (wakerNumber != 0 && makeRoom(1)) {
                remove(userData(wakerFd, wakerNumber));
                wakerNumber = 0;
            }
        }
        submitter = Thread.currentThread();
    }

    /** Submits, and waits for so many answers; the timeout counts only if it is positive. */
    private int enter(int minComplete, long timeoutNanos) {
        noteOverflow();
        int rc;
        if (minComplete > 0 && timeoutNanos > 0) {
            Timespec.put(timeout.buffer(), timeoutNanos);
            argument.putLong(IoUring.ARG_TS, NativeMemory.addressOf(timeout));
            rc = syscalls.ioUringEnter(
                    ringFd,
                    unsubmitted(),
                    minComplete,
                    IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG,
                    argument,
                    IoUring.GETEVENTS_ARG_SIZE);
        } else {
            rc = syscalls.ioUringEnter(ringFd, unsubmitted(), minComplete, IORING_ENTER_GETEVENTS, null, 0);
        }
        noteOverflow();
        return rc;
    }

    /** Not if it only ended early, or the kernel has no room until answers were taken. */
    private static boolean isFailure(int rc) {
        return rc < 0 && rc != -Errno.ETIME && rc != -Errno.EINTR && rc != -Errno.EAGAIN && rc != -Errno.EBUSY;
    }

    private boolean isOverflowing() {
        return ((int) INT.getAcquire(rings.buffer(), sqFlags) & IoUring.IORING_SQ_CQ_OVERFLOW) != 0;
    }

    private void noteOverflow() {
        overflowed |= isOverflowing();
    }

    private int answers() {
        return (int) INT.getAcquire(rings.buffer(), cqTail) - head;
    }

    // What is answered.

    /** (c) */
    private void setAside() {
        for (int left = answers(); left > 0; left--) {
            int at = nextAnswer();
            boolean more = hasMore(at);
            Entry entry = answered(at, more);
            if (entry != null && more) {
                lookLater(entry);
            } else if (entry != null) {
                submitLater(entry);
            }
        }
        INT.setRelease(rings.buffer(), cqHead, head);
    }

    private int nextAnswer() {
        return cqes + (head++ & cqMask) * IoUring.CQE_SIZE;
    }

    private boolean hasMore(int at) {
        return (rings.getInt(at + IoUring.CQE_FLAGS) & IORING_CQE_F_MORE) != 0;
    }

    /** Whose answer this is, null if nobody's any more: (g). */
    private Entry answered(int at, boolean more) {
        long userData = rings.getLong(at + IoUring.CQE_USER_DATA);
        int fd = (int) userData;
        int number = (int) (userData >>> 32);
        Entry entry = registrations.get(fd);
        if (entry != null && entry.kernelState == number) {
            entry.kernelState = more ? number : 0;
            return entry;
        }
        if (fd == wakerFd && number == wakerNumber) {
            wakerNumber = 0;
        } else if (userData != REMOVAL && !more) {
            leaving--;
        }
        return null;
    }

    @Override
    void collect(int result) throws SyscallException {
        int kept = takeStates(0, looked);
        do {
            for (int left = answers(); left > 0; left--) {
                int at = nextAnswer();
                boolean more = hasMore(at);
                Entry entry = answered(at, more);
                if (entry != null) {
                    take(entry, rings.getInt(at + IoUring.CQE_RES), more);
                }
            }
            INT.setRelease(rings.buffer(), cqHead, head);
        } while (fetchOverflow());
        overflowed = false;
        takeStates(kept, ask(kept));
        if (isClosedCheckDue()) {
            dropClosed();
        }
    }

    /** (i) */
    private boolean fetchOverflow() {
        return isOverflowing() && enter(0, 0) >= 0 && answers() > 0;
    }

    private void take(Entry entry, int res, boolean more) throws SyscallException {
        if (res < 0) {
            takeFailure(entry, res);
        } else if (entry.trigger() == Trigger.EDGE && !more) { // (e)
            takeEnd(entry);
        } else if (entry.trigger() == Trigger.EDGE || entry.hushed || entry.interest.isPriority()) { // (d), (l)
            lookLater(entry);
        } else {
            report(entry, res);
            watchOn(entry, res);
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
                throw Failure.of("io_uring_enter", ringFd + ", IORING_OP_POLL_ADD, " + entry.fd(), res);
            }
        }
    }

    private void takeEnd(Entry entry) {
        if (overflowed) {
            submitLater(entry);
        } else {
            makeConstant(entry, IN | OUT);
        }
    }

    /** What becomes of an entry that has been reported with these bits. */
    private void watchOn(Entry entry, int pollBits) {
        boolean told = entry.isFetched && entry.fetchedBits != 0;
        if (told && entry.trigger() == Trigger.LEVEL) {
            lookLater(entry);
        } else if (!told && entry.kernelState == 0 && entry.isArmed()) {
            entry.hushed |= entry.trigger().isOneshot() && pollBits != 0; // EDGE_ONESHOT: nobody else does
            submitLater(entry);
        }
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
        if (rc > 0) {
            return count;
        }
        for (int i = from; i < changes; i++) {
            Entry entry = changed[i];
            changed[i] = null;
            entry.changed = false;
            if (rc < 0 || entry.kernelState == 0) {
                submitLater(entry); // which asks as well
            }
        }
        changes = from;
        return 0;
    }

    private int putPollfds(int from) {
        if ((changes - from) * PollFd.SIZE > pollfds.sizeBytes()) {
            pollfds = NativeMemory.allocate(syscalls, changed.length * PollFd.SIZE);
        }
        int to = from;
        for (int i = from; i < changes; i++) {
            Entry entry = changed[i];
            if (entry.changed) {
                int at = (to - from) * PollFd.SIZE;
                pollfds.putInt(at + PollFd.FD, entry.fd());
                pollfds.putShort(at + PollFd.EVENTS, (short) PollBits.pollfdEvents(entry.interest));
                changed[to++] = entry;
            }
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
                report(entry, PollBits.ofPollfd(revents));
                watchOn(entry, revents);
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
            if (entry != null && (entry.kernelState != 0 || entry.changed) && isClosed(entry)) {
                reportInvalid(entry);
            }
        }
    }

    @Override
    SyscallException waitFailure(int rc) {
        return Failure.of("io_uring_enter", ringFd + ", ..., IORING_ENTER_GETEVENTS, ...", rc);
    }

    @Override
    boolean owns(int fd) {
        return fd == ringFd;
    }

    /** (k) */
    @Override
    void release() {
        NativeMemory[] mappings = {rings, sqes};
        rings = null;
        sqes = null;
        for (NativeMemory mapping : mappings) {
            if (mapping != null) {
                syscalls.munmap(NativeMemory.addressOf(mapping), mapping.sizeBytes());
            }
        }
        syscalls.close(ringFd);
    }
}
