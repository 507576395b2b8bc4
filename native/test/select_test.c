// SPDX-License-Identifier: Apache-2.0
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static const struct timespec at_once = {0, 0};

int main(void) {
    int sv[2];
    fd_set readable, writable;
    CHECK(CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, ADDRESS(sv)), 0);
    jint nfds = (sv[0] > sv[1] ? sv[0] : sv[1]) + 1;

    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(sv[0], &readable);
    FD_SET(sv[1], &readable);
    FD_SET(sv[0], &writable);
    CHECK(CALL(send, sv[0], ADDRESS("a"), 1, 0), 1);
    CHECK(CALL(pselect, nfds, ADDRESS(&readable), ADDRESS(&writable), 0, 0), 2);
    CHECK(FD_ISSET(sv[0], &readable) != 0, 0);
    CHECK(FD_ISSET(sv[1], &readable) != 0, 1);
    CHECK(FD_ISSET(sv[0], &writable) != 0, 1);

    FD_ZERO(&readable);
    FD_SET(sv[0], &readable);
    CHECK(CALL(pselect, nfds, ADDRESS(&readable), 0, 0, ADDRESS(&at_once)), 0);
    CHECK(FD_ISSET(sv[0], &readable) != 0, 0);

    struct timespec begin, end, wait = {0, 20 * 1000 * 1000};
    clock_gettime(CLOCK_MONOTONIC, &begin);
    CHECK(CALL(pselect, 0, 0, 0, 0, ADDRESS(&wait)), 0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK((end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec >= 20 * 1000 * 1000, 1);

    struct timespec negative = {-1, 0};
    CHECK(CALL(pselect, 0, 0, 0, 0, ADDRESS(&negative)), -EINVAL);
    CHECK(CALL(pselect, -1, 0, 0, 0, ADDRESS(&at_once)), -EINVAL);
    close(sv[0]);
    FD_ZERO(&readable);
    FD_SET(sv[0], &readable);
    CHECK(CALL(pselect, nfds, ADDRESS(&readable), 0, 0, ADDRESS(&at_once)), -EBADF);
    close(sv[1]);
    return 0;
}
