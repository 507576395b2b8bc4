// SPDX-License-Identifier: Apache-2.0
// One system call, many times, without a poller; and how many waits a preloaded replay.c has answered.

#include "dev_pollux_benchmarks_PlainC.h"
#include "loop.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/epoll.h>

NATIVE(jlong, fcntl)(ENV, jint fd, jint times)
{
    jlong sum = 0;
    for (jint i = 0; i < times; i++) {
        int rc = fcntl(fd, F_GETFD, 0);
        if (rc < 0)
            return -errno;
        sum += rc;
    }
    return sum;
}

NATIVE(jlong, epollWait)(ENV, jint epfd, jint maxevents, jint times)
{
    struct epoll_event events[64];
    if (maxevents > 64)
        return -EINVAL;
    jlong sum = 0;
    for (jint i = 0; i < times; i++) {
        int rc = epoll_wait(epfd, events, maxevents, 0);
        if (rc < 0)
            return -errno;
        sum += rc;
    }
    return sum;
}

NATIVE(jlong, replayedWaits)(ENV)
{
    long (*answered)(void) = (long (*)(void))(intptr_t)dlsym(RTLD_DEFAULT, "pollux_replay_answered");
    return answered == NULL ? -ENOSYS : answered();
}
