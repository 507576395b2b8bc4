// SPDX-License-Identifier: Apache-2.0
// What the workloads in Java do with a descriptor, whoever waits for it; and a place for descriptors to stay open.

#include "dev_pollux_benchmarks_PlainC.h"
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

NATIVE(jlong, writeByte)(ENV, jint fd)
{
    ssize_t rc = write(fd, "e", 1);
    return rc < 0 ? -errno : rc;
}

NATIVE(jlong, readByte)(ENV, jint fd)
{
    char byte;
    ssize_t rc = read(fd, &byte, 1);
    return rc < 0 ? -errno : rc;
}

NATIVE(jlong, sendByte)(ENV, jint fd)
{
    ssize_t rc = send(fd, "e", 1, 0);
    return rc < 0 ? -errno : rc;
}

NATIVE(jlong, receiveByte)(ENV, jint fd)
{
    char byte;
    ssize_t rc = recv(fd, &byte, 1, 0);
    return rc < 0 ? -errno : rc;
}

NATIVE(jlong, roundTrip)(ENV, jint fd)
{
    char byte = 'e';
    if (send(fd, &byte, 1, MSG_NOSIGNAL) < 0)
        return -errno;
    struct pollfd answer = {.fd = fd, .events = POLLIN};
    while (poll(&answer, 1, -1) < 0)
        if (errno != EINTR)
            return -errno;
    ssize_t rc = recv(fd, &byte, 1, 0);
    return rc < 0 ? -errno : rc;
}

NATIVE(jlong, fill)(ENV, jint fd)
{
    static const char zeros[64 * 1024];
    jlong sum = 0;
    for (;;) {
        ssize_t count = send(fd, zeros, sizeof zeros, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0)
            return errno == EAGAIN ? sum : -errno;
        sum += count;
    }
}

// A thread with a descriptor table of its own, a copy of what was open when it began: what is closed elsewhere stays
// open there, and does not count for the limit any more.

struct keeper {
    pthread_t thread;
    sem_t begun, over;
    int rc;
};

static void *keep_open(void *argument)
{
    struct keeper *self = argument;
    self->rc = unshare(CLONE_FILES) < 0 ? -errno : 0;
    sem_post(&self->begun);
    while (sem_wait(&self->over) < 0) {
    }
    return NULL;
}

static void end_keeper(struct keeper *keeper)
{
    sem_post(&keeper->over);
    pthread_join(keeper->thread, NULL);
    sem_destroy(&keeper->begun);
    sem_destroy(&keeper->over);
    free(keeper);
}

NATIVE(jlong, keepOpen)(ENV)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);
    if (keeper == NULL)
        return -ENOMEM;
    sem_init(&keeper->begun, 0, 0);
    sem_init(&keeper->over, 0, 0);
    int rc = -pthread_create(&keeper->thread, NULL, keep_open, keeper);
    if (rc < 0) {
        free(keeper);
        return rc;
    }
    while (sem_wait(&keeper->begun) < 0) {
    }
    rc = keeper->rc;
    if (rc < 0) {
        end_keeper(keeper);
        return rc;
    }
    return (jlong)(intptr_t)keeper;
}

NATIVE(void, letGo)(ENV, jlong keeper)
{
    end_keeper((struct keeper *)(intptr_t)keeper);
}
