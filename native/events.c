// SPDX-License-Identifier: Apache-2.0
#ifdef __linux__
#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "pollux.h"

#ifdef __linux__
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
// system calls: the functions came with glibc 2.36
#define pidfd_open(pid, flags) syscall(SYS_pidfd_open, pid, flags)
#define pidfd_send_signal(pidfd, sig, info, flags) syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags)
// the same call on Linux; before glibc 2.32 the other function is in libpthread
#define pthread_sigmask sigprocmask
#else
// other systems have some of these, but abi/ has Linux's numbers and structs only
#define timerfd_create lacking
#define timerfd_settime lacking
#define timerfd_gettime lacking
#define signalfd lacking
#define pthread_sigmask lacking
#define kill lacking
#define raise lacking
#define pidfd_open lacking
#define pidfd_send_signal lacking
#define waitid lacking
#define inotify_init1 lacking
#define inotify_add_watch lacking
#define inotify_rm_watch lacking
#endif

SHIM(jint, timerfdCreate)(CALLER, jint clockid, jint flags) {
    return rc(timerfd_create(clockid, flags));
}

SHIM(jint, timerfdSettime)(CALLER, jint fd, jint flags, jlong newValue, jlong oldValue) {
    return rc(timerfd_settime(fd, flags, POINTER(newValue), POINTER(oldValue)));
}

SHIM(jint, timerfdGettime)(CALLER, jint fd, jlong currValue) {
    return rc(timerfd_gettime(fd, POINTER(currValue)));
}

SHIM(jint, signalfd)(CALLER, jint fd, jlong mask, jint flags) {
    return rc(signalfd(fd, POINTER(mask), flags));
}

SHIM(jint, pthreadSigmask)(CALLER, jint how, jlong set, jlong oldset) {
    return rc(pthread_sigmask(how, POINTER(set), POINTER(oldset)));
}

SHIM(jint, kill)(CALLER, jint pid, jint sig) {
    return rc(kill(pid, sig));
}

SHIM(jint, raise)(CALLER, jint sig) {
    return rc(raise(sig));
}

SHIM(jint, pidfdOpen)(CALLER, jint pid, jint flags) {
    return rc(pidfd_open(pid, (unsigned) flags));
}

SHIM(jint, pidfdSendSignal)(CALLER, jint pidfd, jint sig, jint flags) {
    return rc(pidfd_send_signal(pidfd, sig, NULL, (unsigned) flags));
}

SHIM(jint, waitid)(CALLER, jint idtype, jint id, jlong infop, jint options) {
    return rc(waitid(idtype, (unsigned) id, POINTER(infop), options));
}

SHIM(jint, inotifyInit1)(CALLER, jint flags) {
    return rc(inotify_init1(flags));
}

SHIM(jint, inotifyAddWatch)(CALLER, jint fd, jlong pathname, jint mask) {
    return rc(inotify_add_watch(fd, POINTER(pathname), (uint32_t) mask));
}

SHIM(jint, inotifyRmWatch)(CALLER, jint fd, jint wd) {
    return rc(inotify_rm_watch(fd, wd));
}
