// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>

#include "pollux.h"

#ifndef HAVE_PTSNAME_R
#define ptsname_r lacking
#endif

SHIM(jint, posixOpenpt)(CALLER, jint flags) {
    return rc(posix_openpt(flags));
}

SHIM(jint, grantpt)(CALLER, jint fd) {
    return rc(grantpt(fd));
}

SHIM(jint, unlockpt)(CALLER, jint fd) {
    return rc(unlockpt(fd));
}

// ptsname_r returns the errno; on macOS -1
SHIM(jint, ptsnameR)(CALLER, jint fd, jlong buf, jint buflen) {
    return -abs(rc(ptsname_r(fd, POINTER(buf), (size_t) buflen)));
}

SHIM(jint, tcgetattr)(CALLER, jint fd, jlong termios) {
    return rc(tcgetattr(fd, POINTER(termios)));
}

SHIM(jint, tcsetattr)(CALLER, jint fd, jint optionalActions, jlong termios) {
    return rc(tcsetattr(fd, optionalActions, POINTER(termios)));
}
