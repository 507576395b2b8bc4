// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_EVENTFD
#include <sys/eventfd.h>
#endif
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "pollux.h"

#ifndef HAVE_EVENTFD
#define eventfd lacking
#endif
#ifdef SYS_fstat
// a system call: the function is fstat since glibc 2.33, __fxstat before
#define fstat(fd, statbuf) syscall(SYS_fstat, fd, statbuf)
#endif

SHIM(jint, open)(CALLER, jlong pathname, jint flags) {
    return rc(open(POINTER(pathname), flags));
}

SHIM(jint, close)(CALLER, jint fd) {
    return rc(close(fd));
}

SHIM(jint, read)(CALLER, jint fd, jlong buf, jint count) {
    return rc(read(fd, POINTER(buf), (size_t) count));
}

SHIM(jint, write)(CALLER, jint fd, jlong buf, jint count) {
    return rc(write(fd, POINTER(buf), (size_t) count));
}

SHIM(jint, pipe)(CALLER, jlong pipefd) {
    return rc(pipe(POINTER(pipefd)));
}

SHIM(jint, dup)(CALLER, jint oldfd) {
    return rc(dup(oldfd));
}

SHIM(jint, fcntl)(CALLER, jint fd, jint op, jint arg) {
    return rc(fcntl(fd, op, arg));
}

SHIM(jint, fstat)(CALLER, jint fd, jlong statbuf) {
    return rc(fstat(fd, POINTER(statbuf)));
}

SHIM(jint, eventfd)(CALLER, jint initval, jint flags) {
    return rc(eventfd((unsigned) initval, flags));
}

SHIM(jint, getrlimit)(CALLER, jint resource, jlong rlim) {
    return rc(getrlimit(resource, POINTER(rlim)));
}

SHIM(jint, setrlimit)(CALLER, jint resource, jlong rlim) {
    return rc(setrlimit(resource, POINTER(rlim)));
}

SHIM(jint, socket)(CALLER, jint domain, jint type, jint protocol) {
    return rc(socket(domain, type, protocol));
}

SHIM(jint, socketpair)(CALLER, jint domain, jint type, jint protocol, jlong sv) {
    return rc(socketpair(domain, type, protocol, POINTER(sv)));
}

SHIM(jint, bind)(CALLER, jint sockfd, jlong addr, jint addrlen) {
    return rc(bind(sockfd, POINTER(addr), (socklen_t) addrlen));
}

SHIM(jint, listen)(CALLER, jint sockfd, jint backlog) {
    return rc(listen(sockfd, backlog));
}

SHIM(jint, accept)(CALLER, jint sockfd) {
    return rc(accept(sockfd, NULL, NULL));
}

SHIM(jint, connect)(CALLER, jint sockfd, jlong addr, jint addrlen) {
    return rc(connect(sockfd, POINTER(addr), (socklen_t) addrlen));
}

SHIM(jint, shutdown)(CALLER, jint sockfd, jint how) {
    return rc(shutdown(sockfd, how));
}

SHIM(jint, getsockname)(CALLER, jint sockfd, jlong addr, jlong addrlen) {
    return rc(getsockname(sockfd, POINTER(addr), POINTER(addrlen)));
}

SHIM(jint, getsockopt)(CALLER, jint sockfd, jint level, jint optname, jlong optval, jlong optlen) {
    return rc(getsockopt(sockfd, level, optname, POINTER(optval), POINTER(optlen)));
}

SHIM(jint, setsockopt)(CALLER, jint sockfd, jint level, jint optname, jlong optval, jint optlen) {
    return rc(setsockopt(sockfd, level, optname, POINTER(optval), (socklen_t) optlen));
}

SHIM(jint, send)(CALLER, jint sockfd, jlong buf, jint len, jint flags) {
    return rc(send(sockfd, POINTER(buf), (size_t) len, flags));
}

SHIM(jint, recv)(CALLER, jint sockfd, jlong buf, jint len, jint flags) {
    return rc(recv(sockfd, POINTER(buf), (size_t) len, flags));
}

static const char *const here[] = {
    "open",
    "close",
    "read",
    "write",
    "pipe",
    "dup",
    "fcntl",
    "fstat",
    "getrlimit",
    "setrlimit",
    "socket",
    "socketpair",
    "bind",
    "listen",
    "accept",
    "connect",
    "shutdown",
    "getsockname",
    "getsockopt",
    "setsockopt",
    "send",
    "recv",
    "pselect",
    "poll",
    "ioctl",
#ifdef HAVE_EVENTFD
    "eventfd",
#endif
#ifdef HAVE_PPOLL
    "ppoll",
#endif
#ifdef HAVE_EPOLL_CREATE1
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
#endif
#ifdef __linux__
    "epoll_pwait2",
    "io_uring_setup",
    "io_uring_enter",
    "membarrier",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_gettime",
    "signalfd",
    "pthread_sigmask",
    "kill",
    "raise",
    "pidfd_open",
    "pidfd_send_signal",
    "waitid",
    "inotify_init1",
    "inotify_add_watch",
    "inotify_rm_watch",
#endif
    "mmap",
    "munmap",
#ifdef HAVE_ACCEPT4
    "accept4",
#endif
    "getpeername",
    "sendto",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "readv",
    "writev",
    "mkfifo",
#ifdef HAVE_KQUEUE
    "kqueue",
    "kevent",
#endif
    "posix_openpt",
    "grantpt",
    "unlockpt",
#ifdef HAVE_PTSNAME_R
    "ptsname_r",
#endif
    "tcgetattr",
    "tcsetattr",
};

SHIM(jboolean, has)(JNIEnv *env, __attribute__((unused)) jclass shim, jstring function) {
    const char *name = function == NULL ? NULL : (*env)->GetStringUTFChars(env, function, NULL);
    if (name == NULL) {
        return JNI_FALSE;
    }
    jboolean found = JNI_FALSE;
    for (size_t i = 0; i < sizeof here / sizeof *here && !found; i++) {
        found = strcmp(name, here[i]) == 0;
    }
    (*env)->ReleaseStringUTFChars(env, function, name);
    return found;
}

SHIM(jint, version)(CALLER) {
    return dev_pollux_syscall_jni_Shim_VERSION;
}
