// SPDX-License-Identifier: Apache-2.0
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include "pollux.h"

// CALL(close, fd): the shim, called as the JVM calls it.
#define CALL(name, ...) Java_dev_pollux_syscall_jni_Shim_##name(NULL, NULL, __VA_ARGS__)
#define CALL0(name) Java_dev_pollux_syscall_jni_Shim_##name(NULL, NULL)
#define ADDRESS(pointer) ((jlong) (intptr_t) (pointer))

#define CHECK(actual, expected)                                                                    \
    do {                                                                                           \
        long long actual_ = (long long) (actual), expected_ = (long long) (expected);              \
        if (actual_ != expected_) {                                                                \
            fprintf(stderr, "%s:%d: %s is %lld, not %lld (%s)\n", __FILE__, __LINE__, #actual,     \
                    actual_, expected_, #expected);                                                \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define NOT_A_DESCRIPTOR (-1)

static inline jint must(jint rc, const char *what) {
    if (rc < 0) {
        fprintf(stderr, "%s: -%d\n", what, -rc);
        exit(1);
    }
    return rc;
}

#define MUST(call) must(call, #call)

#endif
