// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#ifdef __sun
#include <unistd.h>
#endif

#include "pollux.h"

SHIM(jint, ioctl)(CALLER, jint fd, jlong op, jlong argp) {
    return rc(ioctl(fd, (unsigned long) op, POINTER(argp)));
}
