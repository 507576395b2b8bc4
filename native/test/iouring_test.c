// SPDX-License-Identifier: Apache-2.0
#ifdef HAVE_LINUX_IO_URING
#include <linux/io_uring.h>
#include <linux/membarrier.h>
#endif
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

static void memory_is_mapped_and_unmapped(void) {
    jlong size = sysconf(_SC_PAGESIZE);
    jlong page = CALL(mmap, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, NOT_A_DESCRIPTOR, 0);
    CHECK(page % size, 0);
    CHECK(*(char *) (intptr_t) page, 0);
    *(char *) (intptr_t) page = 1;
    CHECK(CALL(munmap, page, size), 0);
    CHECK(CALL(munmap, page + 1, size), -EINVAL);
    CHECK(CALL(mmap, 0, PROT_READ, MAP_SHARED | MAP_ANON, NOT_A_DESCRIPTOR, 0), -EINVAL);
    CHECK(CALL(mmap, size, PROT_READ, MAP_SHARED, NOT_A_DESCRIPTOR, 0), -EBADF);
}

#ifdef IORING_ENTER_EXT_ARG
#define ANSWERS 0x123456789abcdef0

static char *mapped(jint ring, jlong size, jlong offset) {
    jlong address = CALL(mmap, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, offset);
    CHECK(address % sysconf(_SC_PAGESIZE), 0);
    return (char *) (intptr_t) address;
}

static void submit_poll(char *rings, struct io_uring_params *params, struct io_uring_sqe *sqes, int fd) {
    memset(sqes, 0, sizeof *sqes);
    sqes->opcode = IORING_OP_POLL_ADD;
    sqes->fd = fd;
    sqes->poll_events = POLLIN;
    sqes->user_data = ANSWERS;
    ((unsigned *) (rings + params->sq_off.array))[0] = 0;
    __atomic_store_n((unsigned *) (rings + params->sq_off.tail), 1, __ATOMIC_RELEASE);
}

static void a_poll_comes_back(jint ring, struct io_uring_params *params) {
    int fds[2];
    struct __kernel_timespec instant = {0, 1000};
    struct io_uring_getevents_arg arg = {.sigmask_sz = 8, .ts = (uint64_t) ADDRESS(&instant)};
    jlong sq_size = params->sq_off.array + params->sq_entries * sizeof(unsigned);
    jlong cq_size = params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe);
    jlong size = sq_size > cq_size ? sq_size : cq_size;
    jlong sqes_size = params->sq_entries * sizeof(struct io_uring_sqe);
    char *rings = mapped(ring, size, IORING_OFF_SQ_RING);
    struct io_uring_sqe *sqes = (struct io_uring_sqe *) mapped(ring, sqes_size, IORING_OFF_SQES);

    CHECK(CALL(pipe, ADDRESS(fds)), 0);
    submit_poll(rings, params, sqes, fds[0]);
    CHECK(CALL(ioUringEnter, ring, 1, 0, 0, 0, 0), 1);
    CHECK(CALL(ioUringEnter, ring, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, ADDRESS(&arg), sizeof arg),
          -ETIME);
    CHECK(CALL(write, fds[1], ADDRESS("a"), 1), 1);
    CHECK(CALL(ioUringEnter, ring, 0, 1, IORING_ENTER_GETEVENTS, 0, 0), 0);
    CHECK(__atomic_load_n((unsigned *) (rings + params->cq_off.tail), __ATOMIC_ACQUIRE), 1);
    struct io_uring_cqe *cqe = (struct io_uring_cqe *) (rings + params->cq_off.cqes);
    CHECK(cqe->user_data, ANSWERS);
    CHECK(cqe->res, POLLIN);

    CHECK(CALL(munmap, ADDRESS(sqes), sqes_size), 0);
    CHECK(CALL(munmap, ADDRESS(rings), size), 0);
    close(fds[0]);
    close(fds[1]);
}

static void a_barrier_needs_its_registration(void) {
    CHECK(CALL(membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0), -EPERM);
    CHECK(CALL(membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0), 0);
    CHECK(CALL(membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0), 0);
    CHECK(CALL(membarrier, -1, 0), -EINVAL);
}

int main(void) {
    memory_is_mapped_and_unmapped();
    if (CALL(membarrier, -1, 0) == -ENOSYS)
        puts("this kernel has no membarrier");
    else
        a_barrier_needs_its_registration();
    struct io_uring_params params = {0};
    jint ring = CALL(ioUringSetup, 1, ADDRESS(&params));
    if (ring == -ENOSYS || ring == -EPERM || ring == -ENOMEM) {
        printf("this kernel refuses io_uring_setup: -%d\n", -ring);
        CHECK(CALL(ioUringSetup, 0, ADDRESS(&params)) < 0, 1);
        CHECK(CALL(ioUringEnter, NOT_A_DESCRIPTOR, 0, 0, 0, 0, 0) < 0, 1);
        return 0;
    }
    MUST(ring);
    CHECK(CALL(ioUringSetup, 0, ADDRESS(&params)), -EINVAL);
    CHECK(CALL(ioUringSetup, 1, 0), -EFAULT);
    CHECK(CALL(ioUringEnter, NOT_A_DESCRIPTOR, 0, 0, 0, 0, 0), -EBADF);
    CHECK(CALL(ioUringEnter, ring, 0, 0, -1, 0, 0), -EINVAL);
    if ((params.features & IORING_FEAT_SINGLE_MMAP) && (params.features & IORING_FEAT_EXT_ARG)) {
        a_poll_comes_back(ring, &params);
    } else {
        puts("this kernel is too old for waits with a timeout");
    }
    close(ring);
    return 0;
}
#else
int main(void) {
    memory_is_mapped_and_unmapped();
#ifndef __linux__
    CHECK(CALL(ioUringSetup, 1, 0), -ENOSYS);
    CHECK(CALL(ioUringEnter, 0, 0, 0, 0, 0, 0), -ENOSYS);
    CHECK(CALL(membarrier, 0, 0), -ENOSYS);
#endif
    return 0;
}
#endif
