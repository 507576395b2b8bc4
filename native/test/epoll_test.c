// SPDX-License-Identifier: Apache-2.0
#ifdef HAVE_EPOLL_CREATE1
#include <sys/epoll.h>
#endif
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

int main(void) {
#ifdef HAVE_EPOLL_CREATE1
    int fds[2];
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0x123456789abcdef0}, got[4];
    CHECK(CALL(epollCreate1, -1), -EINVAL);
    jint epfd = MUST(CALL(epollCreate1, EPOLL_CLOEXEC));
    CHECK(CALL(fcntl, epfd, F_GETFD, 0), FD_CLOEXEC);
    CHECK(CALL(pipe, ADDRESS(fds)), 0);
    CHECK(CALL(epollCtl, epfd, EPOLL_CTL_ADD, fds[0], ADDRESS(&event)), 0);
    CHECK(CALL(epollCtl, epfd, EPOLL_CTL_ADD, fds[0], ADDRESS(&event)), -EEXIST);
    CHECK(CALL(epollCtl, epfd, EPOLL_CTL_MOD, fds[1], ADDRESS(&event)), -ENOENT);
    CHECK(CALL(epollCtl, epfd, EPOLL_CTL_ADD, NOT_A_DESCRIPTOR, ADDRESS(&event)), -EBADF);
    CHECK(CALL(epollWait, epfd, ADDRESS(got), 4, 0), 0);
    CHECK(CALL(write, fds[1], ADDRESS("a"), 1), 1);
    CHECK(CALL(epollWait, epfd, ADDRESS(got), 4, -1), 1);
    CHECK(got[0].events, EPOLLIN);
    CHECK(got[0].data.u64, event.data.u64);
    CHECK(CALL(epollWait, epfd, ADDRESS(got), 0, 0), -EINVAL);

#ifdef __linux__
    struct timespec wait = {0, 1000 * 1000}, negative = {-1, 0};
    jint ready = CALL(epollPwait2, epfd, ADDRESS(got), 4, 0);
    if (ready == -ENOSYS) {
        puts("this kernel has no epoll_pwait2");
    } else {
        CHECK(ready, 1);
        CHECK(got[0].data.u64, event.data.u64);
        CHECK(CALL(epollPwait2, epfd, ADDRESS(got), 4, ADDRESS(&negative)), -EINVAL);
        CHECK(CALL(epollPwait2, NOT_A_DESCRIPTOR, ADDRESS(got), 4, ADDRESS(&wait)), -EBADF);
        CHECK(CALL(epollCtl, epfd, EPOLL_CTL_DEL, fds[0], 0), 0);
        struct timespec begin, end;
        clock_gettime(CLOCK_MONOTONIC, &begin);
        CHECK(CALL(epollPwait2, epfd, ADDRESS(got), 4, ADDRESS(&wait)), 0);
        clock_gettime(CLOCK_MONOTONIC, &end);
        CHECK((end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec >= 1000 * 1000, 1);
    }
#else
    CHECK(CALL(epollPwait2, epfd, ADDRESS(got), 4, 0), -ENOSYS);
#endif
    close(fds[0]);
    close(fds[1]);
    close(epfd);
#else
    CHECK(CALL(epollCreate1, 0), -ENOSYS);
    CHECK(CALL(epollCtl, 0, 0, 0, 0), -ENOSYS);
    CHECK(CALL(epollWait, 0, 0, 0, 0), -ENOSYS);
    CHECK(CALL(epollPwait2, 0, 0, 0, 0), -ENOSYS);
#endif
    return 0;
}
