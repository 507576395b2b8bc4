// SPDX-License-Identifier: Apache-2.0
#ifndef POLLUX_H
#define POLLUX_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "dev_pollux_syscall_jni_Shim.h"

#define SHIM(type, name) JNIEXPORT type JNICALL Java_dev_pollux_syscall_jni_Shim_##name
#define CALLER __attribute__((unused)) JNIEnv *env, __attribute__((unused)) jclass shim
#define POINTER(address) ((void *) (intptr_t) (address))

static inline jint rc(long result) {
    return result == -1 ? -errno : (jint) result;
}

// Stands for a call that the system lacks.
static inline int lacking(__attribute__((unused)) int first, ...) {
    errno = ENOSYS;
    return -1;
}

#endif
