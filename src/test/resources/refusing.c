// SPDX-License-Identifier: Apache-2.0
//
// A library for System.load: from then on the kernel refuses one system call to the whole JVM, with EPERM. Compiled with
// -DREFUSED=SYS_epoll_create1, or with -DREFUSED=SYS_prlimit64 -DONLY_SECOND=RLIMIT_NOFILE, which is what getrlimit asks.
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define JNI_VERSION_1_8 0x00010008

static struct sock_filter refusal[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REFUSED, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
#ifdef ONLY_SECOND
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ONLY_SECOND, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
#endif
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

int JNI_OnLoad(void *vm, void *reserved) {
    (void) vm;
    (void) reserved;
    struct sock_fprog program = {sizeof refusal / sizeof *refusal, refusal};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0) {
        perror("this kernel takes no filter");
        return -1;
    }
    return JNI_VERSION_1_8;
}
