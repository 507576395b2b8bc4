// SPDX-License-Identifier: Apache-2.0
// What waits, and for which descriptors; the workloads are in workloads.c.

#ifndef POLLUX_BENCH_LOOP_H
#define POLLUX_BENCH_LOOP_H

#include <jni.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

// A native method of PlainC: NATIVE(jlong, name)(ENV, jint argument) { ... }
#define NATIVE(type, name) JNIEXPORT type JNICALL Java_dev_pollux_benchmarks_PlainC_##name
#define ENV __attribute__((unused)) JNIEnv *env, __attribute__((unused)) jclass type

struct registration {
    int fd;
    void *attachment;
};

// io_uring's two rings, as they are mapped.
struct uring {
    int fd;
    char *memory;
    size_t length, sqes_length;
    unsigned *sq_head, *sq_tail, *cq_head, *cq_tail;
    unsigned sq_mask, cq_mask;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
};

struct loop {
    // Waits once; how many descriptors the handler was called for, or -errno.
    int (*once)(struct loop *, const struct timespec *timeout);
    void (*handler)(struct loop *, struct registration *, unsigned ready);
    int count;
    int waker; // an eventfd, which every mechanism watches besides
    struct registration *registrations;
    int *far_fds; // the other ends
    uint64_t *counters;

    // of the workload that runs
    int error;
    int received;
    int sent;
    int writes_left;

    int epfd;
    struct epoll_event *events;

    struct uring ring;
    bool oneshot; // who is told arms again

    struct pollfd *fds; // the first is the waker's

    int nfds;
    unsigned long *asked[3], *answer[3];
    struct registration **by_fd;

    struct event_base *base;
    struct event **watches; // the last is the waker's
    int delivered;
};

// The caller has filled in all that is not of one mechanism; 0 or -errno.
int open_epoll(struct loop *);
int open_poll(struct loop *);
int open_select(struct loop *);
int open_uring(struct loop *, unsigned setup_flags);
void close_uring(struct loop *);
int open_libevent(struct loop *, const char *method);
void close_libevent(struct loop *);

int epoll_watch(struct loop *, int op, struct registration *, unsigned events);
int uring_watch(struct loop *, struct registration *);
int wake(struct loop *);
void drain(struct loop *);

static inline struct loop *loop_of(jlong handle)
{
    return (struct loop *)(intptr_t)handle;
}

static inline int is_readable(unsigned ready)
{
    return (ready & (POLLIN | POLLHUP | POLLERR)) != 0;
}

#endif
