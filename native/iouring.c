// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "pollux.h"

#ifdef __linux__
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#define SYS_io_uring_enter 426
#endif
// the C library has no function for either call
#define io_uring_setup(entries, params) syscall(SYS_io_uring_setup, (long) (entries), params)
#define io_uring_enter(fd, to_submit, min_complete, flags, arg, size)                              \
    syscall(SYS_io_uring_enter, (long) (fd), (long) (to_submit), (long) (min_complete),            \
            (long) (flags), arg, (long) (size))
#else
#define io_uring_setup lacking
#define io_uring_enter lacking
#endif
#ifdef SYS_membarrier
#define membarrier(cmd, flags) syscall(SYS_membarrier, (long) (cmd), (long) (flags), 0L)
#else
#define membarrier lacking
#endif

SHIM(jint, ioUringSetup)(CALLER, jint entries, jlong params) {
    return rc(io_uring_setup(entries, POINTER(params)));
}

SHIM(jint, ioUringEnter)(CALLER, jint fd, jint toSubmit, jint minComplete, jint flags, jlong arg, jint argSizeBytes) {
    return rc(io_uring_enter(fd, toSubmit, minComplete, flags, POINTER(arg), argSizeBytes));
}

SHIM(jint, membarrier)(CALLER, jint cmd, jint flags) {
    return rc(membarrier(cmd, flags));
}

SHIM(jlong, mmap)(CALLER, jlong lengthBytes, jint prot, jint flags, jint fd, jlong offset) {
    void *address = mmap(NULL, (size_t) lengthBytes, prot, flags, fd, (off_t) offset);
    return address == MAP_FAILED ? -errno : (jlong) (intptr_t) address;
}

SHIM(jint, munmap)(CALLER, jlong address, jlong lengthBytes) {
    return rc(munmap(POINTER(address), (size_t) lengthBytes));
}
