// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Epoll.EPOLLRDBAND;
import static dev.pollux.abi.IoUring.IORING_POLL_ADD_MULTI;

/**
 * The polls in a ring: adds and cancels them, and finds the registration of an answer. For the user data see note (g)
 * of {@code IoUringDriver}.
 */
final class RingPolls {
    private final Ring ring;
    private final Registry registry;
    private int wakerFd;

    /** The number of the waker's poll; 0 if there is none. */
    private int wakerPoll;

    private int lastPoll;
    private int leaving;

    RingPolls(Ring ring, Registry registry) {
        this.ring = ring;
        this.registry = registry;
    }

    void setWaker(int fd) {
        wakerFd = fd;
    }

    boolean hasWaker() {
        return wakerPoll != 0;
    }

    /** Adds the waker's poll, unless it is there or there is no room. */
    void addWaker() {
        if (wakerPoll == 0 && ring.makeRoom(1)) {
            wakerPoll = nextPoll();
            ring.add(wakerFd, PollBits.IN, 0, userData(wakerFd, wakerPoll));
        }
    }

    void cancelWaker() {
        if (wakerPoll != 0 && ring.makeRoom(1)) {
            cancel(userData(wakerFd, wakerPoll));
            wakerPoll = 0;
        }
    }

    /** Adds a poll, and cancels the previous one; the caller has made room for two requests. */
    void add(IoUringEntry entry, boolean isMultishot) {
        if (entry.isPolled()) {
            cancel(entry);
        }
        entry.poll = nextPoll();
        int rdband = entry.interest().isPriority() ? EPOLLRDBAND : 0;
        ring.add(
                entry.fd(),
                PollBits.events(entry.interest(), PollBits.RDHUP) | rdband,
                isMultishot ? IORING_POLL_ADD_MULTI : 0,
                userData(entry.fd(), entry.poll));
    }

    /** The caller has made room for a request. */
    void cancel(IoUringEntry entry) {
        cancel(userData(entry.fd(), entry.poll));
        entry.poll = 0;
    }

    private void cancel(long userData) {
        ring.remove(userData);
        leaving++;
    }

    /** How many cancelled polls have not given their last answer yet. */
    int leaving() {
        return leaving;
    }

    /** The registration of this answer; null if it has ended or its poll was replaced. */
    IoUringEntry answered(int at, boolean more) {
        long userData = ring.userData(at);
        int fd = (int) userData;
        int poll = (int) (userData >>> 32);
        IoUringEntry entry = (IoUringEntry) registry.get(fd);
        if (entry != null && entry.poll == poll) {
            entry.poll = more ? poll : 0;
            return entry;
        }
        if (fd == wakerFd && poll == wakerPoll) {
            wakerPoll = 0;
        } else if (userData != Ring.NO_POLL && !more) {
            leaving--;
        }
        return null;
    }

    private int nextPoll() {
        if (++lastPoll == 0) {
            lastPoll = 1;
        }
        return lastPoll;
    }

    private static long userData(int fd, int poll) {
        return (long) poll << 32 | fd;
    }
}
