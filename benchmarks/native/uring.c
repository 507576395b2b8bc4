// SPDX-License-Identifier: Apache-2.0
// io_uring without liburing: polls that are one-shot, all submitted with the wait in one call.

#include "loop.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SQ_ENTRIES 256
#define CQ_ENTRIES 4096

static int enter(struct loop *loop, unsigned min_complete, unsigned flags)
{
    struct uring *ring = &loop->ring;
    unsigned unsubmitted = *ring->sq_tail - __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE);
    long rc = syscall(SYS_io_uring_enter, (long)ring->fd, (long)unsubmitted, (long)min_complete, (long)flags, 0L, 0L);
    return rc < 0 ? -errno : 0;
}

// NULL is the waker's.
int uring_watch(struct loop *loop, struct registration *registration)
{
    struct uring *ring = &loop->ring;
    unsigned tail = *ring->sq_tail;
    if (tail - __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE) > ring->sq_mask) {
        int rc = enter(loop, 0, 0);
        if (rc < 0)
            return rc;
    }
    struct io_uring_sqe *sqe = &ring->sqes[tail & ring->sq_mask];
    sqe->opcode = IORING_OP_POLL_ADD;
    sqe->fd = registration == NULL ? loop->waker : registration->fd;
    sqe->poll32_events = registration == NULL ? POLLIN : POLLIN | POLLRDHUP; // swapped halves where big-endian
    sqe->user_data = (uint64_t)(uintptr_t)registration;
    __atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
    return 0;
}

static int uring_once(struct loop *loop, const struct timespec *timeout)
{
    struct uring *ring = &loop->ring;
    int rc = enter(loop, timeout == NULL ? 1 : 0, IORING_ENTER_GETEVENTS);
    int delivered = 0;
    unsigned head = *ring->cq_head;
    unsigned tail = __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE);
    while (rc >= 0 && head != tail) {
        struct io_uring_cqe *cqe = &ring->cqes[head++ & ring->cq_mask];
        struct registration *registration = (struct registration *)(uintptr_t)cqe->user_data;
        if (cqe->res < 0) {
            rc = cqe->res;
        } else if (registration == NULL) {
            drain(loop);
            rc = uring_watch(loop, NULL);
        } else {
            loop->handler(loop, registration, (unsigned)cqe->res);
            delivered++;
            if (!loop->oneshot)
                rc = uring_watch(loop, registration);
        }
    }
    __atomic_store_n(ring->cq_head, head, __ATOMIC_RELEASE);
    return rc < 0 ? rc : delivered;
}

static void *map(int fd, size_t length, off_t offset)
{
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);
    return memory == MAP_FAILED ? NULL : memory;
}

int open_uring(struct loop *loop, unsigned setup_flags)
{
    struct uring *ring = &loop->ring;
    struct io_uring_params params = {.flags = IORING_SETUP_CQSIZE | setup_flags, .cq_entries = CQ_ENTRIES};
    ring->fd = (int)syscall(SYS_io_uring_setup, (long)SQ_ENTRIES, &params);
    if (ring->fd < 0)
        return -errno;
    size_t sq_length = params.sq_off.array + params.sq_entries * sizeof(unsigned);
    size_t cq_length = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
    ring->length = sq_length > cq_length ? sq_length : cq_length;
    ring->memory = map(ring->fd, ring->length, IORING_OFF_SQ_RING);
    ring->sqes_length = params.sq_entries * sizeof(struct io_uring_sqe);
    ring->sqes = map(ring->fd, ring->sqes_length, IORING_OFF_SQES);
    if (ring->memory == NULL || ring->sqes == NULL)
        return -ENOMEM;
    ring->sq_head = (unsigned *)(ring->memory + params.sq_off.head);
    ring->sq_tail = (unsigned *)(ring->memory + params.sq_off.tail);
    ring->sq_mask = *(unsigned *)(ring->memory + params.sq_off.ring_mask);
    ring->cq_head = (unsigned *)(ring->memory + params.cq_off.head);
    ring->cq_tail = (unsigned *)(ring->memory + params.cq_off.tail);
    ring->cq_mask = *(unsigned *)(ring->memory + params.cq_off.ring_mask);
    ring->cqes = (struct io_uring_cqe *)(ring->memory + params.cq_off.cqes);
    unsigned *array = (unsigned *)(ring->memory + params.sq_off.array);
    for (unsigned i = 0; i < params.sq_entries; i++)
        array[i] = i;
    int rc = uring_watch(loop, NULL);
    for (int i = 0; i < loop->count && rc == 0; i++)
        rc = uring_watch(loop, &loop->registrations[i]);
    loop->once = uring_once;
    return rc;
}

void close_uring(struct loop *loop)
{
    struct uring *ring = &loop->ring;
    if (ring->memory != NULL)
        munmap(ring->memory, ring->length);
    if (ring->sqes != NULL)
        munmap(ring->sqes, ring->sqes_length);
    if (ring->fd >= 0)
        close(ring->fd);
}
