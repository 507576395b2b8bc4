// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>
#ifdef HAVE_SYS_DEVPOLL
#include <fcntl.h>
#include <poll.h>
#include <sys/devpoll.h>
#include <sys/types.h>
#endif
#ifdef __sun
#include <sys/filio.h>
#endif

#include "check.h"

int main(void) {
    int fds[2], waiting = -1;
    CHECK(CALL(pipe, ADDRESS(fds)), 0);
    CHECK(CALL(write, fds[1], ADDRESS("abc"), 3), 3);
    CHECK(CALL(ioctl, fds[0], FIONREAD, ADDRESS(&waiting)), 0);
    CHECK(waiting, 3);
    CHECK(CALL(ioctl, NOT_A_DESCRIPTOR, FIONREAD, ADDRESS(&waiting)), -EBADF);
#ifdef HAVE_SYS_DEVPOLL
    struct pollfd change = {fds[0], POLLIN, 0}, got[4];
    struct dvpoll wait = {.dp_fds = got, .dp_nfds = 4, .dp_timeout = -1};
    jint dp = MUST(CALL(open, ADDRESS("/dev/poll"), O_RDWR));
    CHECK(CALL(write, dp, ADDRESS(&change), sizeof change), sizeof change);
    CHECK(CALL(ioctl, dp, DP_POLL, ADDRESS(&wait)), 1);
    CHECK(got[0].fd, fds[0]);
    CHECK(got[0].revents, POLLIN);
    close(dp);
#endif
    close(fds[0]);
    close(fds[1]);
    return 0;
}
