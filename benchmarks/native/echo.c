// SPDX-License-Identifier: Apache-2.0
// Runs on one core: echo CORE serve | echo CORE talk ... | echo CORE exec COMMAND ... | echo CORE cpu PID
// CORE is first or last, of those that this process may use. The process ends when its parent does.

#include "echo.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define NANOS_IN_A_MILLI 1000000

static int stay_on(const char *core)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return -errno;
    int chosen = -1;
    for (int i = 0; i < CPU_SETSIZE && (chosen < 0 || strcmp(core, "last") == 0); i++)
        if (CPU_ISSET(i, &allowed))
            chosen = i;
    CPU_ZERO(&allowed);
    CPU_SET(chosen, &allowed);
    return sched_setaffinity(0, sizeof allowed, &allowed) < 0 ? -errno : 0;
}

static int raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return -errno;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

// Prints the processor time that a process has used until now, in nanoseconds.
static int print_cpu(pid_t pid)
{
    clockid_t clock;
    struct timespec time;
    int rc = clock_getcpuclockid(pid, &clock);
    if (rc == 0 && clock_gettime(clock, &time) < 0)
        rc = errno;
    if (rc == 0)
        printf("%lld\n", time.tv_sec * 1000000000LL + time.tv_nsec);
    return -rc;
}

static int run(int count, char **arguments)
{
    const char *what = arguments[0];
    if (strcmp(what, "exec") == 0 && count > 1) {
        execvp(arguments[1], arguments + 1);
        return -errno;
    }
    if (strcmp(what, "serve") == 0)
        return serve();
    if (strcmp(what, "cpu") == 0 && count == 2)
        return print_cpu(atoi(arguments[1]));
    if (strcmp(what, "talk") == 0 && count == 7) {
        struct talk asked = {.port = atoi(arguments[1]),
                             .connections = atoi(arguments[2]),
                             .message_size = (size_t)atoi(arguments[3]),
                             .messages_per_second = atoi(arguments[4]),
                             .lead_nanos = atoll(arguments[5]) * NANOS_IN_A_MILLI,
                             .nanos = atoll(arguments[6]) * NANOS_IN_A_MILLI};
        return talk(&asked);
    }
    return -EINVAL;
}

int main(int argc, char **argv)
{
    int rc = argc > 2 ? stay_on(argv[1]) : -EINVAL;
    if (rc == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        rc = -errno;
    if (rc == 0)
        rc = raise_descriptor_limit();
    if (rc == 0)
        rc = run(argc - 2, argv + 2);
    if (rc == 0)
        return 0;
    fprintf(stderr, "%s: %s\n", argc > 2 ? argv[2] : "usage", strerror(-rc));
    return 1;
}
