// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Epoll.EPOLLET;
import static dev.pollux.abi.Epoll.EPOLLEXCLUSIVE;
import static dev.pollux.abi.Epoll.EPOLLIN;
import static dev.pollux.abi.Epoll.EPOLLONESHOT;
import static dev.pollux.abi.Epoll.EPOLLRDHUP;
import static dev.pollux.abi.Epoll.EPOLL_CLOEXEC;
import static dev.pollux.abi.Epoll.EPOLL_CTL_ADD;
import static dev.pollux.abi.Epoll.EPOLL_CTL_DEL;
import static dev.pollux.abi.Epoll.EPOLL_CTL_MOD;
import static dev.pollux.mechanism.PollBits.IN;
import static dev.pollux.mechanism.PollBits.OUT;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Os;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code epoll(7)}.
 *
 * <ul>
 *   <li>(a) An event carries 64 bits of ours: the descriptor below, the registration's generation above. What comes
 *       for a generation that has ended is not looked at.
 *   <li>(b) A descriptor closed while a duplicate of it is open stays in the list, cannot be named any more (EBADF),
 *       and goes on being reported. In each 1024th wait the descriptors of all that is ready are checked, so that
 *       this does not go on for ever. Once the kernel could not let go of a registration, events of ended ones in two
 *       waits in a row are ghosts, and the whole list is built anew.
 *   <li>(c) Regular files, directories and the like are refused with EPERM: they are always ready, and are kept on a
 *       list of our own.
 *   <li>(d) HUP and ERR come even where nothing was asked, so an interest of NONE leaves the list, and an entry whose
 *       answer is nothing that was asked is hushed: made edge-triggered, so that it speaks again when its state changes.
 *   <li>(e) A ONESHOT that has fired is silent, HUP included, until EPOLL_CTL_MOD; MOD reports again what is ready.
 *   <li>(f) The kernel forgets a closed descriptor without a word: DEL and MOD give EBADF or ENOENT then, which is no
 *       failure of a cancel, and ADD succeeds where the table here says that it cannot.
 *   <li>(g) {@code epoll_pwait2} takes nanoseconds; libc may have it where the kernel or a seccomp filter refuses it,
 *       so it is called once to find out. {@code epoll_wait} is the cheaper one, and so it makes every wait that whole
 *       milliseconds can say.
 *   <li>(h) EPOLLEXCLUSIVE can be asked with EPOLL_CTL_ADD only, and neither with EPOLLRDHUP nor EPOLLPRI nor
 *       EPOLLONESHOT; EPOLL_CTL_MOD gives EINVAL, whether the entry has it or the change asks for it. So an exclusive
 *       entry changes by DEL and ADD. A kernel that does not know it (before Linux 4.5) takes the bit for nothing: a
 *       MOD that asks for it finds out.
 *   <li>(i) EPIOCSPARAMS belongs to one epoll descriptor, so a list that is built anew is asked again. Kernels before
 *       6.9 say ENOTTY, those built without it EOPNOTSUPP.
 *   <li>(j) A ONESHOT costs an EPOLL_CTL_MOD each time it is armed again. One that is always armed again before the next
 *       wait, as by a handler, stays in the list without EPOLLONESHOT and costs nothing; where that does not come in
 *       time, it is silenced before the wait.
 *   <li>(k) EPOLLET tells of each write to an eventfd, whether the ones before were read or not. So the waker's is not read.
 *   <li>(l) The list knows an entry by its number and its open file: where a ghost has both, because its descriptor was
 *       duplicated back to its number or because EPOLL_CTL_DEL failed, ADD gives EEXIST until the ghost is deleted.
 * </ul>
 */
public final class EpollPoller extends KernelPoller {
    private static final int IN_LIST = 1;
    private static final int MAX_EVENTS = 1 << 20;

    /** So often a ONESHOT must have been armed again before the next wait, to be trusted to be again: (j). */
    private static final int TRUSTED = 8;

    /** A list that could not be built anew is not tried again at once, since that costs a call for each registration. */
    private static final int WAITS_TO_NEXT_REBUILD = 64;

    private static final Epoll.Layout LAYOUT = Epoll.layout();

    private final NativeMemory change;
    private final NativeMemory timeout;
    private final NativeMemory params;
    private final boolean nanoseconds;
    private final int wakerFd;
    private final int wakerEvents;
    private int epfd;
    private boolean takesExclusive;
    private NativeMemory events;

    /** What has fired since the last wait though the kernel does not know: (j). */
    private final List<Entry> standing = new ArrayList<>();

    /** Whether the last wait was one in nanoseconds: (g). */
    private boolean waitsInNanos;

    /** How many of the answers at hand were delivered at once. */
    private int delivered;

    /** Whether a registration has ended that the kernel may still have: (b). */
    private boolean mayHaveGhosts;

    /** Whether an answer was nobody's after handlers had run: a ghost, or what one of them has cancelled. */
    private boolean doubtful;

    /** How many waits in a row brought an event of an ended registration. */
    private int ghostlyWaits;

    public EpollPoller(PollerSettings settings) throws SyscallException {
        super(settings);
        change = NativeMemory.allocate(syscalls, LAYOUT.sizeBytes());
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
        events = NativeMemory.allocate(syscalls, 64 * LAYOUT.sizeBytes());
        params = params(settings.busyPoll());
        epfd = create();
        try {
            busyPoll(settings.busyPoll());
            Waker waker = openWaker();
            wakerFd = waker.fd();
            wakerEvents = Os.here() == Os.LINUX && waker.leaveUnread() ? EPOLLIN | EPOLLET : EPOLLIN;
            watchWaker();
            requireWait(syscalls.epollWait(epfd, events, 1, 0));
        } catch (Throwable e) {
            abandon();
            throw e;
        }
        nanoseconds = syscalls.epollPwait2(epfd, events, 1, timeout) >= 0;
    }

    private int create() throws SyscallException {
        int fd = syscalls.epollCreate1(EPOLL_CLOEXEC);
        if (fd < 0) {
            throw Failure.of("epoll_create1", "EPOLL_CLOEXEC", fd);
        }
        return fd;
    }

    private NativeMemory params(BusyPoll wanted) {
        if (wanted == null) {
            return null;
        }
        NativeMemory memory = NativeMemory.allocate(syscalls, Epoll.PARAMS_SIZE);
        memory.putInt(Epoll.BUSY_POLL_USECS, wanted.micros());
        memory.putShort(Epoll.BUSY_POLL_BUDGET, (short) wanted.budget());
        memory.buffer().put(Epoll.PREFER_BUSY_POLL, (byte) (wanted.prefer() ? 1 : 0));
        return memory;
    }

    /** (i) */
    private void busyPoll(BusyPoll wanted) {
        int rc = wanted == null ? 0 : syscalls.ioctl(epfd, Epoll.EPIOCSPARAMS, params);
        if (rc < 0) {
            SyscallException e = Failure.of("ioctl", epfd + ", EPIOCSPARAMS, " + wanted.text(), rc);
            throw new UnsupportedOperationException(
                    "EPOLL takes no busy polling here: " + e.getMessage()
                            + (rc == -Errno.EPERM
                                    ? "; a budget of more than 64 packets (NAPI_POLL_WEIGHT) needs CAP_NET_ADMIN"
                                    : "; it needs Linux 6.9 or later, built with CONFIG_NET_RX_BUSY_POLL"),
                    e);
        }
    }

    private void watchWaker() throws SyscallException {
        int rc = control(EPOLL_CTL_ADD, wakerFd, wakerEvents, 0);
        if (rc < 0) {
            throw failure(EPOLL_CTL_ADD, wakerFd, rc);
        }
    }

    private int control(int op, int fd, int eventBits, int generation) {
        change.putInt(LAYOUT.eventsOffset(), eventBits);
        change.putLong(LAYOUT.dataOffset(), (long) generation << 32 | fd);
        return syscalls.epollCtl(epfd, op, fd, change);
    }

    private SyscallException failure(int op, int fd, int rc) {
        return Failure.of("epoll_ctl", epfd + ", " + Epoll.opName(op) + ", " + fd, rc);
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.EPOLL;
    }

    @Override
    public boolean supports(Trigger trigger) {
        return true;
    }

    @Override
    public long timeoutResolutionNanos() {
        return nanoseconds ? 1 : NANOS_PER_MILLI;
    }

    @Override
    boolean changesWhileWaiting() {
        return true;
    }

    @Override
    boolean forgetsSilently() {
        return true;
    }

    /** (i) */
    @Override
    boolean takesBusyPoll() {
        return true;
    }

    /** (h) */
    @Override
    boolean takesExclusive() {
        if (!takesExclusive) {
            takesExclusive = control(EPOLL_CTL_MOD, wakerFd, wakerEvents | EPOLLEXCLUSIVE, 0) == -Errno.EINVAL;
        }
        return takesExclusive;
    }

    /** epoll's bits are poll's. (h) */
    private static int eventBits(Entry entry, Interest interest) {
        return entry.exclusive ? PollBits.events(interest, 0) | EPOLLEXCLUSIVE : PollBits.events(interest, EPOLLRDHUP);
    }

    @Override
    void arm(Entry entry, Interest interest) throws SyscallException {
        Trigger trigger = entry.trigger();
        boolean trusted = trigger == Trigger.ONESHOT && isTrusted(entry);
        int events = eventBits(entry, interest)
                | (trigger.isEdge() ? EPOLLET : 0)
                | (trigger.isOneshot() && !trusted ? EPOLLONESHOT : 0);
        if (!trusted || entry.kernelState != IN_LIST || entry.listedEvents != events) {
            set(entry, events);
        }
    }

    /** (j) */
    private boolean isTrusted(Entry entry) {
        if (entry.valid && !entry.isArmed()) {
            entry.prompt = hasJustFired(entry) ? Math.min(entry.prompt + 1, TRUSTED) : 0;
        }
        return entry.prompt == TRUSTED;
    }

    private void set(Entry entry, int eventBits) throws SyscallException {
        if (entry.exclusive) { // (h)
            disarm(entry);
        }
        int op = entry.kernelState == IN_LIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        int rc = control(op, entry.fd(), eventBits, entry.generation);
        if (rc == -Errno.EEXIST) { // (l)
            rc = takeGhostsPlace(entry, eventBits);
        }
        if (rc == -Errno.EPERM) { // (c)
            makeConstant(entry, IN | OUT);
        } else if (rc < 0) {
            throw failure(op, entry.fd(), rc);
        } else {
            entry.kernelState = IN_LIST;
            entry.listedEvents = eventBits;
        }
    }

    /** (l) */
    private int takeGhostsPlace(Entry entry, int eventBits) {
        int rc = control(EPOLL_CTL_DEL, entry.fd(), 0, entry.generation);
        return rc < 0 ? rc : control(EPOLL_CTL_ADD, entry.fd(), eventBits, entry.generation);
    }

    /** (d), (f) */
    @Override
    void disarm(Entry entry) throws SyscallException {
        if (entry.kernelState == IN_LIST) {
            int rc = control(EPOLL_CTL_DEL, entry.fd(), 0, entry.generation);
            mayHaveGhosts |= rc < 0;
            if (rc < 0 && rc != -Errno.EBADF && rc != -Errno.ENOENT) {
                throw failure(EPOLL_CTL_DEL, entry.fd(), rc);
            }
            entry.kernelState = 0;
        }
    }

    /** (e) A hushed one is not a ONESHOT for the kernel, nor is a trusted one. */
    @Override
    void fired(Entry entry) throws SyscallException {
        if (entry.hushed) {
            entry.hushed = false;
            disarm(entry);
        } else if ((entry.listedEvents & EPOLLONESHOT) == 0) {
            standing.add(entry);
        }
    }

    /** (j) */
    @Override
    void prepare() throws SyscallException {
        for (int i = 0; i < standing.size(); i++) {
            Entry entry = standing.get(i);
            if (!entry.isArmed() && entry.kernelState == IN_LIST) {
                entry.prompt = 0;
                silence(entry);
            }
        }
        standing.clear();
    }

    /** As if it had been a ONESHOT for the kernel too: in the list, so that it is found out if its descriptor is closed. */
    private void silence(Entry entry) throws SyscallException {
        int rc = control(EPOLL_CTL_MOD, entry.fd(), EPOLLONESHOT, entry.generation);
        if (rc == -Errno.EBADF || rc == -Errno.ENOENT) {
            drop(entry);
        } else if (rc < 0) {
            throw failure(EPOLL_CTL_MOD, entry.fd(), rc);
        } else {
            entry.listedEvents = EPOLLONESHOT;
        }
    }

    /** (d) */
    @Override
    void hush(Entry entry) throws SyscallException {
        set(entry, eventBits(entry, entry.interest) | EPOLLET);
    }

    @Override
    void unhush(Entry entry) throws SyscallException {
        if (!entry.trigger().isOneshot()) {
            entry.hushed = false;
            arm(entry, entry.interest);
        }
    }

    /** (f) */
    @Override
    boolean isLost(Entry entry) throws SyscallException {
        boolean isListed = entry.kernelState == IN_LIST;
        if (!isListed && entry.constantBits == 0) {
            return false;
        }
        int rc = control(EPOLL_CTL_ADD, entry.fd(), 0, entry.generation);
        if (rc >= 0) {
            mayHaveGhosts = true;
            entry.kernelState = 0;
            control(EPOLL_CTL_DEL, entry.fd(), 0, entry.generation); // if that fails, (l)
        }
        if (rc < 0 && rc != -Errno.EEXIST && rc != -Errno.EPERM) {
            throw failure(EPOLL_CTL_ADD, entry.fd(), rc);
        }
        return rc >= 0 || isListed && rc == -Errno.EPERM;
    }

    @Override
    int await(long timeoutNanos) {
        int maxevents = reserveEvents();
        waitsInNanos = nanoseconds && timeoutNanos > 0 && timeoutNanos % NANOS_PER_MILLI != 0;
        if (waitsInNanos) {
            Timespec.put(timeout.buffer(), timeoutNanos);
            return syscalls.epollPwait2(epfd, events, maxevents, timeout);
        }
        return syscalls.epollWait(epfd, events, maxevents, millisRoundedUp(timeoutNanos));
    }

    /** Room for all that is registered, so that one call tells of all that is ready. */
    private int reserveEvents() {
        int wanted = Math.min(registrations.size() + 1, MAX_EVENTS);
        if (wanted * LAYOUT.sizeBytes() > events.sizeBytes()) {
            events = NativeMemory.allocate(syscalls, 2 * wanted * LAYOUT.sizeBytes());
        }
        return events.sizeBytes() / LAYOUT.sizeBytes();
    }

    @Override
    boolean deliversAtOnce() {
        return !doubtful && ghostlyWaits == 0 && standing.isEmpty();
    }

    @Override
    int deliverAtOnce(int result, ReadyHandler handler) throws IOException {
        NativeMemory answers = events;
        int end = result * LAYOUT.sizeBytes();
        int offset = 0;
        try {
            while (offset < end) {
                long data = answers.getLong(offset + LAYOUT.dataOffset());
                Entry entry = registrations.get((int) data, (int) (data >>> 32));
                int pollBits = answers.getInt(offset + LAYOUT.eventsOffset());
                Readiness ready = entry == null ? null : PollBits.told(entry.answersAtOnce, pollBits);
                if (ready == null) {
                    break;
                }
                offset += LAYOUT.sizeBytes();
                handler.ready(entry, ready);
            }
        } finally {
            delivered = offset / LAYOUT.sizeBytes();
        }
        int count = delivered;
        if (offset == end) {
            delivered = 0;
        }
        return count;
    }

    @Override
    void collect(int result) throws SyscallException {
        boolean strangers = false;
        int first = delivered;
        delivered = 0;
        for (int index = first; index < result; index++) {
            int offset = index * LAYOUT.sizeBytes();
            long data = events.getLong(offset + LAYOUT.dataOffset());
            int generation = (int) (data >>> 32);
            Entry entry = registrations.get((int) data, generation);
            if (entry != null && entry.kernelState == IN_LIST) {
                if (isClosedCheckDue() && isClosed(entry)) {
                    drop(entry);
                }
                report(entry, events.getInt(offset + LAYOUT.eventsOffset()));
            } else {
                strangers |= generation != 0 && mayHaveGhosts;
            }
        }
        doubtful = strangers && first > 0;
        ghostlyWaits = strangers && first == 0 ? ghostlyWaits + 1 : 0;
        if (ghostlyWaits >= 2) {
            rebuild();
        }
    }

    @Override
    SyscallException waitFailure(int rc) {
        String arguments = epfd + ", [...], " + events.sizeBytes() / LAYOUT.sizeBytes() + ", ...";
        return Failure.of(waitsInNanos ? "epoll_pwait2" : "epoll_wait", arguments, rc);
    }

    /** (b) The new list is complete before the old one goes, and the ghosts with it; if it fails, it is tried again. */
    private void rebuild() {
        int old = epfd;
        int fresh = syscalls.epollCreate1(EPOLL_CLOEXEC);
        ghostlyWaits = -WAITS_TO_NEXT_REBUILD;
        if (fresh < 0) {
            return;
        }
        epfd = fresh;
        List<Entry> closed = new ArrayList<>();
        if (!fill(closed)) {
            epfd = old;
            syscalls.close(fresh);
            return;
        }
        syscalls.close(old);
        ghostlyWaits = 0;
        mayHaveGhosts = false;
        for (Entry entry : registrations.all()) {
            entry.kernelState = isListable(entry) ? IN_LIST : 0;
        }
        for (Entry entry : closed) {
            entry.kernelState = 0;
            drop(entry);
        }
    }

    /** Whether all that has to be in the list is in the new one; the closed ones are noted. */
    private boolean fill(List<Entry> closed) {
        boolean busyPolls = params == null || syscalls.ioctl(epfd, Epoll.EPIOCSPARAMS, params) >= 0;
        if (!busyPolls || control(EPOLL_CTL_ADD, wakerFd, wakerEvents, 0) < 0) {
            return false;
        }
        for (Entry entry : registrations.all()) {
            int rc = isListable(entry) ? control(EPOLL_CTL_ADD, entry.fd(), entry.listedEvents, entry.generation) : 0;
            if (rc < 0 && (rc == -Errno.EPERM || isClosed(entry))) {
                closed.add(entry);
            } else if (rc < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isListable(Entry entry) {
        return entry.isArmed() && entry.kernelState == IN_LIST;
    }

    @Override
    boolean owns(int fd) {
        return fd == epfd;
    }

    @Override
    void release() {
        syscalls.close(epfd);
    }
}
