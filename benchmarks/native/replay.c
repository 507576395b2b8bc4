// SPDX-License-Identifier: Apache-2.0
// Preloaded with LD_PRELOAD, this answers epoll_wait from memory: the first answer of an epoll descriptor is kept and
// given again, until epoll_ctl changes its interest list. A poll then costs what the program adds to the system call,
// without the noise of the kernel. It suits only programs whose descriptors stay ready, such as DescriptorScaling.

#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DESCRIPTORS = 4096, MOST_EVENTS = 256 };

struct answer {
    int count; // 0: ask the kernel
    struct epoll_event events[MOST_EVENTS];
};

static struct answer answers[DESCRIPTORS];
static long answered;

// How many waits were answered from memory; the benchmark compares it with its polls.
long pollux_replay_answered(void)
{
    return answered;
}

static struct answer *answer_of(int epfd)
{
    return epfd >= 0 && epfd < DESCRIPTORS ? &answers[epfd] : NULL;
}

// Not epoll_wait, which some architectures do not have as a system call.
int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)
{
    struct answer *answer = answer_of(epfd);
    if (answer != NULL && answer->count > 0 && answer->count <= maxevents) {
        memcpy(events, answer->events, (size_t)answer->count * sizeof *events);
        answered++;
        return answer->count;
    }
    int count = (int)syscall(SYS_epoll_pwait, epfd, events, maxevents, timeout, NULL, (size_t)8);
    // A full answer may be a part of what is ready.
    if (answer != NULL && count > 0 && count <= MOST_EVENTS && count < maxevents) {
        memcpy(answer->events, events, (size_t)count * sizeof *events);
        answer->count = count;
    }
    return count;
}

int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    struct answer *answer = answer_of(epfd);
    if (answer != NULL)
        answer->count = 0;
    return (int)syscall(SYS_epoll_ctl, epfd, op, fd, event);
}
