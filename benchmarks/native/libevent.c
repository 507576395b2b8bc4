// SPDX-License-Identifier: Apache-2.0
// The same loop with libevent to wait, where CMake found it.

#include "dev_pollux_benchmarks_PlainC.h"
#include "loop.h"

#include <errno.h>

#ifdef HAVE_LIBEVENT

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

static void ready(evutil_socket_t fd, short what, void *loop_argument)
{
    (void)what;
    struct loop *loop = loop_argument;
    loop->handler(loop, loop->by_fd[fd], POLLIN);
    loop->delivered++;
}

static void woken(evutil_socket_t fd, short what, void *loop_argument)
{
    (void)fd;
    (void)what;
    drain(loop_argument);
}

static int libevent_once(struct loop *loop, const struct timespec *timeout)
{
    loop->delivered = 0;
    int rc = event_base_loop(loop->base, timeout == NULL ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK);
    return rc < 0 ? -EIO : loop->delivered;
}

static int watch(struct loop *loop, int index, int fd, event_callback_fn callback)
{
    loop->watches[index] = event_new(loop->base, fd, EV_READ | EV_PERSIST, callback, loop);
    if (loop->watches[index] == NULL)
        return -ENOMEM;
    return event_add(loop->watches[index], NULL) < 0 ? -EIO : 0;
}

static int open_base(struct loop *loop, const char *method)
{
    struct event_config *config = event_config_new();
    if (config == NULL)
        return -ENOMEM;
    const char **methods = event_get_supported_methods();
    for (int i = 0; methods[i] != NULL; i++)
        if (strcmp(methods[i], method) != 0)
            event_config_avoid_method(config, methods[i]);
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
    loop->base = event_base_new_with_config(config);
    event_config_free(config);
    return loop->base == NULL ? -ENOSYS : 0;
}

int open_libevent(struct loop *loop, const char *method)
{
    int rc = open_base(loop, method);
    if (rc < 0)
        return rc;
    int highest = 0;
    for (int i = 0; i < loop->count; i++)
        if (loop->registrations[i].fd > highest)
            highest = loop->registrations[i].fd;
    loop->by_fd = calloc((size_t)highest + 1, sizeof *loop->by_fd);
    loop->watches = calloc((size_t)loop->count + 1, sizeof *loop->watches);
    if (loop->by_fd == NULL || loop->watches == NULL)
        return -ENOMEM;
    for (int i = 0; i < loop->count && rc == 0; i++) {
        loop->by_fd[loop->registrations[i].fd] = &loop->registrations[i];
        rc = watch(loop, i, loop->registrations[i].fd, ready);
    }
    loop->once = libevent_once;
    return rc < 0 ? rc : watch(loop, loop->count, loop->waker, woken);
}

void close_libevent(struct loop *loop)
{
    for (int i = 0; loop->watches != NULL && i <= loop->count; i++)
        if (loop->watches[i] != NULL)
            event_free(loop->watches[i]);
    free(loop->watches);
    if (loop->base != NULL)
        event_base_free(loop->base);
}

NATIVE(jstring, libeventVersion)(ENV)
{
    return (*env)->NewStringUTF(env, event_get_version());
}

#else

int open_libevent(struct loop *loop, const char *method)
{
    (void)loop;
    (void)method;
    return -ENOSYS;
}

void close_libevent(struct loop *loop)
{
    (void)loop;
}

NATIVE(jstring, libeventVersion)(ENV)
{
    return NULL;
}

#endif
