// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include "pollux.h"

#ifndef HAVE_PPOLL
#define ppoll(fds, nfds, timeout, mask) lacking(0, fds, nfds, timeout)
#endif

SHIM(jint, poll)(CALLER, jlong fds, jint nfds, jint timeoutMillis) {
    return rc(poll(POINTER(fds), (nfds_t) nfds, timeoutMillis));
}

SHIM(jint, ppoll)(CALLER, jlong fds, jint nfds, jlong timeout) {
    return rc(ppoll(POINTER(fds), (nfds_t) nfds, POINTER(timeout), NULL));
}
