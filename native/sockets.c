// SPDX-License-Identifier: Apache-2.0
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pollux.h"

#ifndef HAVE_ACCEPT4
#define accept4 lacking
#endif

SHIM(jint, accept4)(CALLER, jint sockfd, jlong addr, jlong addrlen, jint flags) {
    return rc(accept4(sockfd, POINTER(addr), POINTER(addrlen), flags));
}

SHIM(jint, getpeername)(CALLER, jint sockfd, jlong addr, jlong addrlen) {
    return rc(getpeername(sockfd, POINTER(addr), POINTER(addrlen)));
}

SHIM(jint, sendto)(CALLER, jint sockfd, jlong buf, jint len, jint flags, jlong destAddr, jint addrlen) {
    return rc(sendto(sockfd, POINTER(buf), (size_t) len, flags, POINTER(destAddr), (socklen_t) addrlen));
}

SHIM(jint, recvfrom)(CALLER, jint sockfd, jlong buf, jint len, jint flags, jlong srcAddr, jlong addrlen) {
    return rc(recvfrom(sockfd, POINTER(buf), (size_t) len, flags, POINTER(srcAddr), POINTER(addrlen)));
}

SHIM(jint, sendmsg)(CALLER, jint sockfd, jlong msg, jint flags) {
    return rc(sendmsg(sockfd, POINTER(msg), flags));
}

SHIM(jint, recvmsg)(CALLER, jint sockfd, jlong msg, jint flags) {
    return rc(recvmsg(sockfd, POINTER(msg), flags));
}

SHIM(jint, readv)(CALLER, jint fd, jlong iov, jint iovcnt) {
    return rc(readv(fd, POINTER(iov), iovcnt));
}

SHIM(jint, writev)(CALLER, jint fd, jlong iov, jint iovcnt) {
    return rc(writev(fd, POINTER(iov), iovcnt));
}

SHIM(jint, mkfifo)(CALLER, jlong pathname, jint mode) {
    return rc(mkfifo(POINTER(pathname), (mode_t) mode));
}
