// SPDX-License-Identifier: Apache-2.0
#ifdef __linux__
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "check.h"

#ifdef __linux__
#define PIDFD 3

static void wait_until_readable(int fd) {
    struct pollfd pollfd = {.fd = fd, .events = POLLIN};
    CHECK(poll(&pollfd, 1, -1), 1);
}

static void a_timer_expires(void) {
    struct itimerspec once = {.it_value.tv_nsec = 1}, hour = {.it_value.tv_sec = 3600}, got;
    uint64_t expirations = 0;
    CHECK(CALL(timerfdCreate, -1, 0), -EINVAL);
    jint fd = MUST(CALL(timerfdCreate, CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    CHECK(CALL(timerfdSettime, fd, 0, ADDRESS(&once), 0), 0);
    wait_until_readable(fd);
    CHECK(read(fd, &expirations, sizeof expirations), sizeof expirations);
    CHECK(expirations, 1);
    CHECK(CALL(timerfdSettime, fd, 0, ADDRESS(&hour), ADDRESS(&got)), 0);
    CHECK(got.it_value.tv_sec, 0);
    CHECK(CALL(timerfdGettime, fd, ADDRESS(&got)), 0);
    CHECK(got.it_value.tv_sec > 3000, 1);
    CHECK(CALL(timerfdSettime, NOT_A_DESCRIPTOR, 0, ADDRESS(&once), 0), -EBADF);
    CHECK(CALL(timerfdGettime, NOT_A_DESCRIPTOR, ADDRESS(&got)), -EBADF);
    close(fd);
}

static void a_blocked_signal_can_be_read(void) {
    struct signalfd_siginfo info;
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(CALL(pthreadSigmask, SIG_BLOCK, ADDRESS(&set), ADDRESS(&old)), 0);
    CHECK(sigismember(&old, SIGUSR1), 0);
    CHECK(CALL(pthreadSigmask, -1, ADDRESS(&set), 0), -EINVAL);
    jint fd = MUST(CALL(signalfd, -1, ADDRESS(&set), SFD_NONBLOCK | SFD_CLOEXEC));
    CHECK(CALL(signalfd, -1, ADDRESS(&set), 1), -EINVAL);
    CHECK(CALL(raise, SIGUSR1), 0);
    CHECK(CALL(raise, -1), -EINVAL);
    CHECK(read(fd, &info, sizeof info), sizeof info);
    CHECK(info.ssi_signo, SIGUSR1);
    CHECK(CALL(kill, getpid(), SIGUSR1), 0);
    CHECK(CALL(kill, getpid(), -1), -EINVAL);
    CHECK(read(fd, &info, sizeof info), sizeof info);
    close(fd);
}

static void a_child_is_watched(void) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    CHECK(CALL(pidfdOpen, -1, 0), -EINVAL);
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(1);
    }
    jint fd = CALL(pidfdOpen, child, 0);
    if (fd == -ENOSYS) {
        puts("this kernel has no pidfd_open");
        kill(child, SIGKILL);
        CHECK(CALL(waitid, P_PID, child, ADDRESS(&info), WEXITED), 0);
        return;
    }
    MUST(fd);
    CHECK(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK(CALL(waitid, PIDFD, fd, ADDRESS(&info), WEXITED | WNOHANG | WNOWAIT), 0);
    CHECK(info.si_pid, 0);
    CHECK(CALL(pidfdSendSignal, fd, SIGKILL, -1), -EINVAL);
    CHECK(CALL(pidfdSendSignal, fd, SIGKILL, 0), 0);
    wait_until_readable(fd);
    for (int options = WEXITED | WNOWAIT; options != 0; options = options == WEXITED ? 0 : WEXITED) {
        CHECK(CALL(waitid, PIDFD, fd, ADDRESS(&info), options), 0);
        CHECK(info.si_pid, child);
        CHECK(info.si_code, CLD_KILLED);
        CHECK(info.si_status, SIGKILL);
    }
    CHECK(CALL(waitid, PIDFD, fd, ADDRESS(&info), WEXITED), -ECHILD);
    CHECK(CALL(pidfdSendSignal, fd, SIGKILL, 0), -ESRCH);
    close(fd);
}

static void a_file_is_watched(void) {
    char folder[] = "/tmp/pollux-XXXXXX", file[64];
    _Alignas(struct inotify_event) char events[4096];
    CHECK(mkdtemp(folder) != NULL, 1);
    snprintf(file, sizeof file, "%s/new", folder);
    CHECK(CALL(inotifyInit1, 1), -EINVAL);
    jint fd = MUST(CALL(inotifyInit1, IN_NONBLOCK | IN_CLOEXEC));
    jint wd = MUST(CALL(inotifyAddWatch, fd, ADDRESS(folder), IN_CREATE));
    CHECK(CALL(inotifyAddWatch, fd, ADDRESS(file), IN_CREATE), -ENOENT);
    close(open(file, O_CREAT | O_WRONLY, 0600));
    CHECK(read(fd, events, sizeof events), 32);
    const struct inotify_event *event = (const struct inotify_event *) events;
    CHECK(event->wd, wd);
    CHECK(event->mask, IN_CREATE);
    CHECK(strcmp(event->name, "new"), 0);
    CHECK(CALL(inotifyRmWatch, fd, wd), 0);
    CHECK(CALL(inotifyRmWatch, fd, wd), -EINVAL);
    close(fd);
    unlink(file);
    rmdir(folder);
}
#endif

int main(void) {
#ifdef __linux__
    a_timer_expires();
    a_blocked_signal_can_be_read();
    a_child_is_watched();
    a_file_is_watched();
#else
    CHECK(CALL(timerfdCreate, 0, 0), -ENOSYS);
    CHECK(CALL(timerfdSettime, 0, 0, 0, 0), -ENOSYS);
    CHECK(CALL(timerfdGettime, 0, 0), -ENOSYS);
    CHECK(CALL(signalfd, 0, 0, 0), -ENOSYS);
    CHECK(CALL(pthreadSigmask, 0, 0, 0), -ENOSYS);
    CHECK(CALL(kill, 0, 0), -ENOSYS);
    CHECK(CALL(raise, 0), -ENOSYS);
    CHECK(CALL(pidfdOpen, 0, 0), -ENOSYS);
    CHECK(CALL(pidfdSendSignal, 0, 0, 0), -ENOSYS);
    CHECK(CALL(waitid, 0, 0, 0, 0), -ENOSYS);
    CHECK(CALL(inotifyInit1, 0), -ENOSYS);
    CHECK(CALL(inotifyAddWatch, 0, 0, 0), -ENOSYS);
    CHECK(CALL(inotifyRmWatch, 0, 0), -ENOSYS);
#endif
    return 0;
}
