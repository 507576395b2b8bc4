// SPDX-License-Identifier: Apache-2.0
#ifdef HAVE_KQUEUE
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>
#endif

#include "pollux.h"

#ifndef HAVE_KQUEUE
#define kqueue() lacking(0)
#define kevent lacking
#endif

SHIM(jint, kqueue)(CALLER) {
    return rc(kqueue());
}

SHIM(jint, kevent)(CALLER, jint kq, jlong changelist, jint nchanges, jlong eventlist, jint nevents, jlong timeout) {
    return rc(kevent(kq, POINTER(changelist), nchanges, POINTER(eventlist), nevents, POINTER(timeout)));
}
