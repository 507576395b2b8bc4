// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

int main(void) {
    int fds[2];
    CHECK(CALL(pipe, ADDRESS(fds)), 0);
    struct pollfd asked[] = {{fds[0], POLLIN, 0}, {fds[1], POLLOUT, 0}, {-1, POLLIN, 0}};
    struct timespec at_once = {0, 0};

    CHECK(CALL(poll, ADDRESS(asked), 3, 0), 1);
    CHECK(asked[0].revents, 0);
    CHECK(asked[1].revents, POLLOUT);
    CHECK(CALL(write, fds[1], ADDRESS("a"), 1), 1);
    CHECK(CALL(poll, ADDRESS(asked), 3, -1), 2);
    CHECK(asked[0].revents, POLLIN);
    CHECK(asked[2].revents, 0);

    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    CHECK(CALL(poll, 0, 0, 20), 0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK((end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec >= 20 * 1000 * 1000, 1);

#ifdef HAVE_PPOLL
    struct timespec negative = {-1, 0};
    CHECK(CALL(ppoll, ADDRESS(asked), 1, 0), 1);
    CHECK(asked[0].revents, POLLIN);
    CHECK(CALL(ppoll, ADDRESS(&asked[2]), 1, ADDRESS(&at_once)), 0);
    CHECK(CALL(ppoll, 0, 0, ADDRESS(&negative)), -EINVAL);
#else
    CHECK(CALL(ppoll, ADDRESS(asked), 1, ADDRESS(&at_once)), -ENOSYS);
#endif

    close(fds[0]);
    close(fds[1]);
    CHECK(CALL(poll, ADDRESS(asked), 1, 0), 1);
    CHECK(asked[0].revents, POLLNVAL);
    CHECK(CALL(poll, 0, -1, 0), -EINVAL);
    return 0;
}
