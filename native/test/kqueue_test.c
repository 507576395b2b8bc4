// SPDX-License-Identifier: Apache-2.0
#ifdef HAVE_KQUEUE
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>
#endif
#include <time.h>
#include <unistd.h>

#include "check.h"

int main(void) {
#ifdef HAVE_KQUEUE
    int fds[2];
    struct kevent change, got[4];
    struct timespec at_once = {0, 0};
    jint kq = MUST(CALL0(kqueue));
    CHECK(CALL(pipe, ADDRESS(fds)), 0);
    EV_SET(&change, fds[0], EVFILT_READ, EV_ADD, 0, 0, 0);
    CHECK(CALL(kevent, kq, ADDRESS(&change), 1, 0, 0, 0), 0);
    CHECK(CALL(kevent, kq, 0, 0, ADDRESS(got), 4, ADDRESS(&at_once)), 0);
    CHECK(CALL(write, fds[1], ADDRESS("a"), 1), 1);
    CHECK(CALL(kevent, kq, 0, 0, ADDRESS(got), 4, 0), 1);
    CHECK(got[0].ident, fds[0]);
    CHECK(got[0].filter, EVFILT_READ);
    CHECK(got[0].data, 1);
    EV_SET(&change, fds[0], EVFILT_WRITE, EV_DELETE, 0, 0, 0);
    CHECK(CALL(kevent, kq, ADDRESS(&change), 1, 0, 0, 0), -ENOENT);
    CHECK(CALL(kevent, NOT_A_DESCRIPTOR, 0, 0, ADDRESS(got), 4, ADDRESS(&at_once)), -EBADF);
    close(fds[0]);
    close(fds[1]);
    close(kq);
#else
    CHECK(CALL0(kqueue), -ENOSYS);
    CHECK(CALL(kevent, 0, 0, 0, 0, 0, 0), -ENOSYS);
#endif
    return 0;
}
