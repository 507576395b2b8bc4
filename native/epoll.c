// SPDX-License-Identifier: Apache-2.0
#ifdef HAVE_EPOLL_CREATE1
#include <sys/epoll.h>
#endif
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "pollux.h"

#ifndef HAVE_EPOLL_CREATE1
#define epoll_create1 lacking
#define epoll_ctl lacking
#define epoll_wait lacking
#endif

#ifdef __linux__
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#define MASK_BYTES 8
// a system call: the function came with glibc 2.35
#define epoll_pwait2(epfd, events, maxevents, timeout, mask) \
    syscall(SYS_epoll_pwait2, epfd, events, maxevents, timeout, mask, MASK_BYTES)
#else
#define epoll_pwait2 lacking
#endif

SHIM(jint, epollCreate1)(CALLER, jint flags) {
    return rc(epoll_create1(flags));
}

SHIM(jint, epollCtl)(CALLER, jint epfd, jint op, jint fd, jlong event) {
    return rc(epoll_ctl(epfd, op, fd, POINTER(event)));
}

SHIM(jint, epollWait)(CALLER, jint epfd, jlong events, jint maxevents, jint timeoutMillis) {
    return rc(epoll_wait(epfd, POINTER(events), maxevents, timeoutMillis));
}

SHIM(jint, epollPwait2)(CALLER, jint epfd, jlong events, jint maxevents, jlong timeout) {
    return rc(epoll_pwait2(epfd, POINTER(events), maxevents, POINTER(timeout), NULL));
}
