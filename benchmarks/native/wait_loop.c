// SPDX-License-Identifier: Apache-2.0
// Waits and calls a handler for what is ready, as one would write it in C: the system calls, their arguments and the
// watched descriptors (an eventfd besides the pipes) are those of Pollux, and nothing else is done.

#include "dev_pollux_benchmarks_PlainC.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#define WORD_BITS (8 * (int)sizeof(unsigned long))

struct registration {
    int fd;
    void *attachment;
};

struct loop {
    int (*once)(struct loop *, const struct timespec *timeout);
    int count;
    int waker;
    struct registration *registrations;
    uint64_t *counters;

    int epfd;
    struct epoll_event *events;

    struct pollfd *fds; // the first is the waker's

    int nfds;
    union bits {
        fd_set set;
        unsigned long words[FD_SETSIZE / (8 * sizeof(unsigned long))];
    } asked[3], answer[3];
    struct registration *by_fd[FD_SETSIZE];
};

static void count_ready(struct registration *registration, unsigned ready)
{
    if (ready & (POLLIN | POLLHUP | POLLERR))
        ++*(uint64_t *)registration->attachment;
}

// volatile: the compiler must not know whom it calls, as Pollux does not.
static void (*volatile handler)(struct registration *, unsigned) = count_ready;

// epoll

static int watch(struct loop *loop, int fd, unsigned events, struct registration *registration)
{
    struct epoll_event event = {.events = events, .data.ptr = registration};
    return epoll_ctl(loop->epfd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

#ifdef HAVE_EPOLL_PWAIT2
static bool takes_nanoseconds(struct loop *loop)
{
    static const struct timespec zero;
    return epoll_pwait2(loop->epfd, loop->events, 1, &zero, NULL) >= 0;
}
#endif

static int deliver_epoll(struct loop *loop, int found)
{
    int delivered = 0;
    for (int i = 0; i < found; i++) {
        struct registration *registration = loop->events[i].data.ptr;
        if (registration != NULL) {
            handler(registration, loop->events[i].events);
            delivered++;
        }
    }
    return delivered;
}

#ifdef HAVE_EPOLL_PWAIT2
static int epoll_nanos_once(struct loop *loop, const struct timespec *timeout)
{
    int found = epoll_pwait2(loop->epfd, loop->events, loop->count + 1, timeout, NULL);
    return found < 0 ? -errno : deliver_epoll(loop, found);
}
#endif

static int epoll_millis_once(struct loop *loop, const struct timespec *timeout)
{
    int found = epoll_wait(loop->epfd, loop->events, loop->count + 1, timeout == NULL ? -1 : 0);
    return found < 0 ? -errno : deliver_epoll(loop, found);
}

static int open_epoll(struct loop *loop)
{
    loop->epfd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epfd < 0)
        return -errno;
    loop->events = calloc((size_t)loop->count + 1, sizeof *loop->events);
    if (loop->events == NULL)
        return -ENOMEM;
    int rc = watch(loop, loop->waker, EPOLLIN, NULL);
    for (int i = 0; i < loop->count && rc == 0; i++)
        rc = watch(loop, loop->registrations[i].fd, EPOLLIN | EPOLLRDHUP, &loop->registrations[i]);
    loop->once = epoll_millis_once;
#ifdef HAVE_EPOLL_PWAIT2
    if (takes_nanoseconds(loop))
        loop->once = epoll_nanos_once;
#endif
    return rc;
}

// poll

static int poll_once(struct loop *loop, const struct timespec *timeout)
{
    int found = ppoll(loop->fds, (nfds_t)loop->count + 1, timeout, NULL);
    if (found < 0)
        return -errno;
    if (loop->fds[0].revents != 0)
        found--;
    int delivered = 0;
    for (int i = 1; i <= loop->count && delivered < found; i++) {
        if (loop->fds[i].revents != 0) {
            handler(&loop->registrations[i - 1], (unsigned)loop->fds[i].revents);
            delivered++;
        }
    }
    return delivered;
}

static int open_poll(struct loop *loop)
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

// select

static int select_once(struct loop *loop, const struct timespec *timeout)
{
    int words = (loop->nfds + WORD_BITS - 1) / WORD_BITS;
    for (int i = 0; i < 3; i++)
        memcpy(&loop->answer[i], &loop->asked[i], (size_t)words * sizeof(unsigned long));
    fd_set *reads = &loop->answer[0].set, *writes = &loop->answer[1].set, *excepts = &loop->answer[2].set;
    int found = pselect(loop->nfds, reads, writes, excepts, timeout, NULL);
    if (found <= 0)
        return found < 0 ? -errno : 0;
    int delivered = 0;
    for (int word = 0; word < words; word++) {
        unsigned long read = loop->answer[0].words[word];
        unsigned long write = loop->answer[1].words[word];
        unsigned long except = loop->answer[2].words[word];
        for (unsigned long any = read | write | except; any != 0; any &= any - 1) {
            int bit = __builtin_ctzl(any);
            struct registration *registration = loop->by_fd[word * WORD_BITS + bit];
            if (registration != NULL) {
                unsigned ready = (read >> bit & 1 ? POLLIN : 0) | (write >> bit & 1 ? POLLOUT : 0) |
                                 (except >> bit & 1 ? POLLPRI : 0);
                handler(registration, ready);
                delivered++;
            }
        }
    }
    return delivered;
}

static int ask(struct loop *loop, int fd, struct registration *registration)
{
    if (fd >= FD_SETSIZE)
        return -EINVAL;
    FD_SET(fd, &loop->asked[0].set);
    loop->by_fd[fd] = registration;
    if (fd >= loop->nfds)
        loop->nfds = fd + 1;
    return 0;
}

static int open_select(struct loop *loop)
{
    int rc = ask(loop, loop->waker, NULL);
    for (int i = 0; i < loop->count && rc == 0; i++)
        rc = ask(loop, loop->registrations[i].fd, &loop->registrations[i]);
    loop->once = select_once;
    return rc;
}

// the loop

static void close_loop(struct loop *loop)
{
    if (loop->epfd >= 0)
        close(loop->epfd);
    if (loop->waker >= 0)
        close(loop->waker);
    free(loop->events);
    free(loop->fds);
    free(loop->counters);
    free(loop->registrations);
    free(loop);
}

static int open_mechanism(struct loop *loop, jint mechanism)
{
    switch (mechanism) {
    case dev_pollux_benchmarks_PlainC_SELECT:
        return open_select(loop);
    case dev_pollux_benchmarks_PlainC_POLL:
        return open_poll(loop);
    case dev_pollux_benchmarks_PlainC_EPOLL:
        return open_epoll(loop);
    default:
        return -ENOSYS;
    }
}

static int open_loop(struct loop *loop, jint mechanism, const jint *fds)
{
    loop->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->waker < 0)
        return -errno;
    loop->registrations = calloc((size_t)loop->count, sizeof *loop->registrations);
    loop->counters = calloc((size_t)loop->count, sizeof *loop->counters);
    if (loop->registrations == NULL || loop->counters == NULL)
        return -ENOMEM;
    for (int i = 0; i < loop->count; i++)
        loop->registrations[i] = (struct registration){.fd = fds[i], .attachment = &loop->counters[i]};
    return open_mechanism(loop, mechanism);
}

JNIEXPORT jlong JNICALL Java_dev_pollux_benchmarks_PlainC_open(JNIEnv *env, jclass type, jint mechanism, jintArray fds)
{
    (void)type;
    jint *numbers = (*env)->GetIntArrayElements(env, fds, NULL);
    struct loop *loop = calloc(1, sizeof *loop);
    if (numbers == NULL || loop == NULL) {
        free(loop);
        return -ENOMEM;
    }
    loop->count = (*env)->GetArrayLength(env, fds);
    loop->epfd = -1;
    int rc = open_loop(loop, mechanism, numbers);
    (*env)->ReleaseIntArrayElements(env, fds, numbers, JNI_ABORT);
    if (rc < 0) {
        close_loop(loop);
        return rc;
    }
    return (jlong)(intptr_t)loop;
}

JNIEXPORT jlong JNICALL Java_dev_pollux_benchmarks_PlainC_run(JNIEnv *env, jclass type, jlong handle, jboolean blocking,
                                                              jint waits)
{
    (void)env;
    (void)type;
    static const struct timespec zero;
    struct loop *loop = (struct loop *)(intptr_t)handle;
    const struct timespec *timeout = blocking ? NULL : &zero;
    jlong delivered = 0;
    for (jint i = 0; i < waits;) {
        int rc = loop->once(loop, timeout);
        if (rc >= 0) {
            delivered += rc;
            i++;
        } else if (rc != -EINTR) {
            return rc;
        }
    }
    return delivered;
}

JNIEXPORT void JNICALL Java_dev_pollux_benchmarks_PlainC_close(JNIEnv *env, jclass type, jlong handle)
{
    (void)env;
    (void)type;
    close_loop((struct loop *)(intptr_t)handle);
}
