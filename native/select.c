// SPDX-License-Identifier: Apache-2.0
#include <sys/select.h>

#include "pollux.h"

SHIM(jint, pselect)(CALLER, jint nfds, jlong readfds, jlong writefds, jlong exceptfds, jlong timeout) {
    return rc(pselect(nfds, POINTER(readfds), POINTER(writefds), POINTER(exceptfds), POINTER(timeout), NULL));
}
