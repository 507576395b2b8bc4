// SPDX-License-Identifier: Apache-2.0
// Waits and calls a handler for what is ready, as one would write it in C: the system calls, their arguments and the
// watched descriptors (an eventfd besides the others) are those of Pollux, and nothing else is done.

#include "dev_pollux_benchmarks_PlainC.h"
#include "loop.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <unistd.h>

#ifndef IORING_SETUP_DEFER_TASKRUN // headers from before Linux 6.1
#define IORING_SETUP_COOP_TASKRUN (1U << 8)
#define IORING_SETUP_SINGLE_ISSUER (1U << 12)
#define IORING_SETUP_DEFER_TASKRUN (1U << 13)
#endif

#define WORD_BITS (8 * (int)sizeof(unsigned long))

int wake(struct loop *loop)
{
    uint64_t one = 1;
    return write(loop->waker, &one, sizeof one) < 0 ? -errno : 0;
}

void drain(struct loop *loop)
{
    uint64_t count;
    if (read(loop->waker, &count, sizeof count) < 0 && errno != EAGAIN)
        loop->error = -errno;
}

// epoll

int epoll_watch(struct loop *loop, int op, struct registration *registration, unsigned events)
{
    struct epoll_event event = {.events = events, .data.ptr = registration};
    return epoll_ctl(loop->epfd, op, registration == NULL ? loop->waker : registration->fd, &event) < 0 ? -errno : 0;
}

static int deliver_epoll(struct loop *loop, int found)
{
    int delivered = 0;
    for (int i = 0; i < found; i++) {
        struct registration *registration = loop->events[i].data.ptr;
        if (registration == NULL) {
            drain(loop);
        } else {
            loop->handler(loop, registration, loop->events[i].events);
            delivered++;
        }
    }
    return delivered;
}

static int epoll_once(struct loop *loop, const struct timespec *timeout)
{
    int found = epoll_wait(loop->epfd, loop->events, loop->count + 1, timeout == NULL ? -1 : 0);
    return found < 0 ? -errno : deliver_epoll(loop, found);
}

int open_epoll(struct loop *loop)
{
    loop->epfd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epfd < 0)
        return -errno;
    loop->events = calloc((size_t)loop->count + 1, sizeof *loop->events);
    if (loop->events == NULL)
        return -ENOMEM;
    int rc = epoll_watch(loop, EPOLL_CTL_ADD, NULL, EPOLLIN);
    for (int i = 0; i < loop->count && rc == 0; i++)
        rc = epoll_watch(loop, EPOLL_CTL_ADD, &loop->registrations[i], EPOLLIN | EPOLLRDHUP);
    loop->once = epoll_once;
    return rc;
}

// poll

static int poll_once(struct loop *loop, const struct timespec *timeout)
{
    int found = ppoll(loop->fds, (nfds_t)loop->count + 1, timeout, NULL);
    if (found < 0)
        return -errno;
    if (loop->fds[0].revents != 0) {
        drain(loop);
        found--;
    }
    int delivered = 0;
    for (int i = 1; i <= loop->count && delivered < found; i++) {
        if (loop->fds[i].revents != 0) {
            loop->handler(loop, &loop->registrations[i - 1], (unsigned)loop->fds[i].revents);
            delivered++;
        }
    }
    return delivered;
}

int open_poll(struct loop *loop)
{
    loop->fds = calloc((size_t)loop->count + 1, sizeof *loop->fds);
    if (loop->fds == NULL)
        return -ENOMEM;
    loop->fds[0] = (struct pollfd){.fd = loop->waker, .events = POLLIN};
    for (int i = 0; i < loop->count; i++)
        loop->fds[i + 1] = (struct pollfd){.fd = loop->registrations[i].fd, .events = POLLIN | POLLRDHUP};
    loop->once = poll_once;
    return 0;
}

// select, with bitmaps as large as the descriptors need: fd_set ends at 1024, the kernel does not.

static int select_once(struct loop *loop, const struct timespec *timeout)
{
    int words = (loop->nfds + WORD_BITS - 1) / WORD_BITS;
    for (int i = 0; i < 3; i++)
        memcpy(loop->answer[i], loop->asked[i], (size_t)words * sizeof(unsigned long));
    int found = pselect(loop->nfds, (fd_set *)loop->answer[0], (fd_set *)loop->answer[1], (fd_set *)loop->answer[2],
                        timeout, NULL);
    if (found <= 0)
        return found < 0 ? -errno : 0;
    int delivered = 0;
    for (int word = 0; word < words; word++) {
        unsigned long read = loop->answer[0][word];
        unsigned long write = loop->answer[1][word];
        unsigned long except = loop->answer[2][word];
        for (unsigned long any = read | write | except; any != 0; any &= any - 1) {
            int bit = __builtin_ctzl(any);
            struct registration *registration = loop->by_fd[word * WORD_BITS + bit];
            if (registration == NULL) {
                drain(loop);
                continue;
            }
            unsigned ready = (read >> bit & 1 ? POLLIN : 0) | (write >> bit & 1 ? POLLOUT : 0) |
                             (except >> bit & 1 ? POLLPRI : 0);
            loop->handler(loop, registration, ready);
            delivered++;
        }
    }
    return delivered;
}

static void ask(struct loop *loop, int fd, struct registration *registration)
{
    loop->asked[0][fd / WORD_BITS] |= 1UL << fd % WORD_BITS;
    loop->by_fd[fd] = registration;
}

int open_select(struct loop *loop)
{
    int highest = loop->waker;
    for (int i = 0; i < loop->count; i++)
        if (loop->registrations[i].fd > highest)
            highest = loop->registrations[i].fd;
    loop->nfds = highest + 1;
    size_t words = (size_t)highest / WORD_BITS + 1;
    for (int i = 0; i < 3; i++) {
        loop->asked[i] = calloc(words, sizeof(unsigned long));
        loop->answer[i] = calloc(words, sizeof(unsigned long));
        if (loop->asked[i] == NULL || loop->answer[i] == NULL)
            return -ENOMEM;
    }
    loop->by_fd = calloc(words * WORD_BITS, sizeof *loop->by_fd);
    if (loop->by_fd == NULL)
        return -ENOMEM;
    ask(loop, loop->waker, NULL);
    for (int i = 0; i < loop->count; i++)
        ask(loop, loop->registrations[i].fd, &loop->registrations[i]);
    loop->once = select_once;
    return 0;
}

// the loop

static void close_loop(struct loop *loop)
{
    close_libevent(loop);
    close_uring(loop);
    if (loop->epfd >= 0)
        close(loop->epfd);
    if (loop->waker >= 0)
        close(loop->waker);
    for (int i = 0; i < 3; i++) {
        free(loop->asked[i]);
        free(loop->answer[i]);
    }
    free(loop->by_fd);
    free(loop->events);
    free(loop->fds);
    free(loop->counters);
    free(loop->far_fds);
    free(loop->registrations);
    free(loop);
}

static int open_mechanism(struct loop *loop, jint library, jint mechanism)
{
    bool libevent = library == dev_pollux_benchmarks_PlainC_LIBEVENT;
    switch (mechanism) {
    case dev_pollux_benchmarks_PlainC_SELECT:
        return libevent ? open_libevent(loop, "select") : open_select(loop);
    case dev_pollux_benchmarks_PlainC_POLL:
        return libevent ? open_libevent(loop, "poll") : open_poll(loop);
    case dev_pollux_benchmarks_PlainC_EPOLL:
        return libevent ? open_libevent(loop, "epoll") : open_epoll(loop);
    case dev_pollux_benchmarks_PlainC_IO_URING:
        return libevent ? -ENOSYS : open_uring(loop, 0);
    case dev_pollux_benchmarks_PlainC_IO_URING_COOP_TASKRUN:
        return open_uring(loop, IORING_SETUP_COOP_TASKRUN);
    case dev_pollux_benchmarks_PlainC_IO_URING_DEFER_TASKRUN:
        return open_uring(loop, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
    default:
        return -ENOSYS;
    }
}

static int open_loop(struct loop *loop, JNIEnv *env, jintArray fds, jintArray far_fds)
{
    loop->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->waker < 0)
        return -errno;
    loop->registrations = calloc((size_t)loop->count, sizeof *loop->registrations);
    loop->far_fds = calloc((size_t)loop->count, sizeof *loop->far_fds);
    loop->counters = calloc((size_t)loop->count, sizeof *loop->counters);
    jint *numbers = (*env)->GetIntArrayElements(env, fds, NULL);
    if (loop->registrations == NULL || loop->far_fds == NULL || loop->counters == NULL || numbers == NULL)
        return -ENOMEM;
    for (int i = 0; i < loop->count; i++)
        loop->registrations[i] = (struct registration){.fd = numbers[i], .attachment = &loop->counters[i]};
    (*env)->ReleaseIntArrayElements(env, fds, numbers, JNI_ABORT);
    (*env)->GetIntArrayRegion(env, far_fds, 0, (*env)->GetArrayLength(env, far_fds), loop->far_fds);
    return 0;
}

NATIVE(jlong, open)(ENV, jint library, jint mechanism, jintArray fds, jintArray far_fds)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return -ENOMEM;
    loop->count = (*env)->GetArrayLength(env, fds);
    loop->epfd = -1;
    loop->ring.fd = -1;
    loop->waker = -1;
    int rc = open_loop(loop, env, fds, far_fds);
    if (rc == 0)
        rc = open_mechanism(loop, library, mechanism);
    if (rc < 0) {
        close_loop(loop);
        return rc;
    }
    return (jlong)(intptr_t)loop;
}

NATIVE(void, close)(ENV, jlong handle)
{
    close_loop(loop_of(handle));
}
