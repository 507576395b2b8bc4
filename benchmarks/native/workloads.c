// SPDX-License-Identifier: Apache-2.0
// What is done with a loop, many times in one call from Java.

#include "dev_pollux_benchmarks_PlainC.h"
#include "loop.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct timespec zero;

static int once(struct loop *loop, const struct timespec *timeout)
{
    int rc;
    do
        rc = loop->once(loop, timeout);
    while (rc == -EINTR);
    return rc < 0 ? rc : loop->error < 0 ? loop->error : rc;
}

static jlong times_once(struct loop *loop, jboolean blocking, jint times)
{
    const struct timespec *timeout = blocking ? NULL : &zero;
    jlong delivered = 0;
    for (jint i = 0; i < times; i++) {
        int rc = once(loop, timeout);
        if (rc < 0)
            return rc;
        delivered += rc;
    }
    return delivered;
}

// wait and dispatch

static void count_ready(struct loop *loop, struct registration *registration, unsigned ready)
{
    (void)loop;
    if (is_readable(ready))
        ++*(uint64_t *)registration->attachment;
}

NATIVE(jlong, waitFor)(ENV, jlong handle, jboolean blocking, jint times)
{
    struct loop *loop = loop_of(handle);
    loop->handler = count_ready;
    return times_once(loop, blocking, times);
}

// one ready among many

static void read_one(struct loop *loop, struct registration *registration, unsigned ready)
{
    char byte;
    if (is_readable(ready) && read(registration->fd, &byte, 1) != 1)
        loop->error = -EIO;
}

NATIVE(jlong, pick)(ENV, jlong handle, jboolean blocking, jintArray order)
{
    struct loop *loop = loop_of(handle);
    loop->handler = read_one;
    jint count = (*env)->GetArrayLength(env, order);
    jint *picked = (*env)->GetIntArrayElements(env, order, NULL);
    if (picked == NULL)
        return -ENOMEM;
    const struct timespec *timeout = blocking ? NULL : &zero;
    jlong delivered = 0;
    for (jint i = 0; i < count && delivered >= 0; i++) {
        int rc = write(loop->far_fds[picked[i]], "e", 1) == 1 ? once(loop, timeout) : -errno;
        delivered = rc < 0 ? rc : delivered + rc;
    }
    (*env)->ReleaseIntArrayElements(env, order, picked, JNI_ABORT);
    return delivered;
}

// the chain: each that receives a byte sends one to the next, while writes are left

static void send_to(struct loop *loop, long index)
{
    if (send(loop->far_fds[index], "e", 1, 0) != 1)
        loop->error = -EIO;
    loop->sent++;
}

static void pass_on(struct loop *loop, struct registration *registration, unsigned ready)
{
    char byte;
    (void)ready;
    if (recv(registration->fd, &byte, 1, 0) == 1)
        loop->received++;
    if (loop->writes_left > 0) {
        loop->writes_left--;
        send_to(loop, (registration - loop->registrations + 1) % loop->count);
    }
}

NATIVE(jlong, startChain)(ENV, jlong handle, jint active)
{
    struct loop *loop = loop_of(handle);
    loop->sent = 0;
    for (jint i = 0; i < active; i++)
        send_to(loop, (long)i * (loop->count / active));
    return loop->error;
}

NATIVE(jlong, runChain)(ENV, jlong handle, jint writes)
{
    struct loop *loop = loop_of(handle);
    loop->handler = pass_on;
    loop->received = 0;
    loop->writes_left = writes;
    do {
        int rc = once(loop, &zero);
        if (rc < 0)
            return rc;
    } while (loop->received != loop->sent);
    return loop->received;
}

// churn, on epoll; re-arming on io_uring too

static jlong change_all(struct loop *loop, int op, unsigned events)
{
    for (int i = 0; i < loop->count; i++) {
        int rc = epoll_watch(loop, op, &loop->registrations[i], events);
        if (rc < 0)
            return rc;
    }
    return 0;
}

NATIVE(jlong, cancelAndRegister)(ENV, jlong handle)
{
    struct loop *loop = loop_of(handle);
    jlong rc = change_all(loop, EPOLL_CTL_DEL, 0);
    return rc < 0 ? rc : change_all(loop, EPOLL_CTL_ADD, EPOLLIN | EPOLLRDHUP);
}

NATIVE(jlong, modify)(ENV, jlong handle)
{
    struct loop *loop = loop_of(handle);
    jlong rc = change_all(loop, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    return rc < 0 ? rc : change_all(loop, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
}

static void arm_again(struct loop *loop, struct registration *registration, unsigned ready)
{
    (void)ready;
    int rc = loop->ring.fd >= 0
                 ? uring_watch(loop, registration)
                 : epoll_watch(loop, EPOLL_CTL_MOD, registration, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
    if (rc < 0)
        loop->error = rc;
}

NATIVE(jlong, arm)(ENV, jlong handle)
{
    struct loop *loop = loop_of(handle);
    loop->oneshot = true;
    return loop->ring.fd >= 0 ? 0 : change_all(loop, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
}

NATIVE(jlong, rearm)(ENV, jlong handle, jint times)
{
    struct loop *loop = loop_of(handle);
    loop->handler = arm_again;
    return times_once(loop, JNI_TRUE, times);
}

// wakeup

NATIVE(jlong, wakeAndWait)(ENV, jlong handle, jint times)
{
    struct loop *loop = loop_of(handle);
    for (jint i = 0; i < times; i++) {
        int rc = wake(loop);
        rc = rc < 0 ? rc : once(loop, NULL);
        if (rc < 0)
            return rc;
    }
    return times;
}

struct answerer {
    struct loop *loop, *asker;
    jint times;
    atomic_int rc;
};

static void *answer(void *argument)
{
    struct answerer *self = argument;
    for (jint i = 0; i < self->times && self->rc >= 0; i++) {
        self->rc = once(self->loop, NULL);
        wake(self->asker); // whatever happened: who asked must not wait for ever
    }
    return NULL;
}

NATIVE(jlong, pingPong)(ENV, jlong handle, jlong other, jint times)
{
    struct loop *loop = loop_of(handle);
    struct answerer answerer = {.loop = loop_of(other), .asker = loop, .times = times};
    pthread_t thread;
    int rc = -pthread_create(&thread, NULL, answer, &answerer);
    if (rc < 0)
        return rc;
    for (jint i = 0; i < times && rc >= 0 && answerer.rc >= 0; i++) {
        rc = wake(answerer.loop);
        rc = rc < 0 ? rc : once(loop, NULL);
    }
    pthread_join(thread, NULL);
    return rc < 0 ? rc : answerer.rc < 0 ? answerer.rc : times;
}
