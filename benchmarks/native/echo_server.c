// SPDX-License-Identifier: Apache-2.0
// Sends back what it receives: epoll, one thread, one read for each event.

#include "echo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_SIZE 16384
#define BACKLOG 1024
#define MAX_EVENTS 1024

struct connection {
    int fd;
    size_t rest_size; // of what was received and had no room to be sent
    char rest[BUFFER_SIZE];
};

static char buffer[BUFFER_SIZE];

static int watch(int epfd, int op, struct connection *connection, unsigned events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    return epoll_ctl(epfd, op, connection->fd, &event) < 0 ? -errno : 0;
}

static int accept_all(int epfd, int listening)
{
    for (;;) {
        int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return errno == EAGAIN ? 0 : -errno;
        struct connection *connection = malloc(sizeof *connection);
        if (connection == NULL)
            return -ENOMEM;
        connection->fd = fd;
        connection->rest_size = 0;
        int on = 1;
        if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
            return -errno;
        int rc = watch(epfd, EPOLL_CTL_ADD, connection, EPOLLIN | EPOLLRDHUP);
        if (rc < 0)
            return rc;
    }
}

// How much was sent, which may be 0, or -errno.
static ssize_t send_some(struct connection *connection, const char *bytes, size_t count)
{
    ssize_t sent = send(connection->fd, bytes, count, MSG_NOSIGNAL);
    return sent >= 0 ? sent : errno == EAGAIN ? 0 : -errno;
}

static int send_rest(int epfd, struct connection *connection)
{
    ssize_t sent = send_some(connection, connection->rest, connection->rest_size);
    if (sent < 0)
        return (int)sent;
    connection->rest_size -= (size_t)sent;
    memmove(connection->rest, connection->rest + sent, connection->rest_size);
    return connection->rest_size > 0 ? 0 : watch(epfd, EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLRDHUP);
}

static int echo(int epfd, struct connection *connection)
{
    ssize_t count = read(connection->fd, buffer, sizeof buffer);
    if (count < 0)
        return -errno;
    if (count == 0) {
        close(connection->fd);
        free(connection);
        return 0;
    }
    ssize_t sent = send_some(connection, buffer, (size_t)count);
    if (sent < 0 || sent == count)
        return sent < 0 ? (int)sent : 0;
    connection->rest_size = (size_t)(count - sent);
    memcpy(connection->rest, buffer + sent, connection->rest_size);
    return watch(epfd, EPOLL_CTL_MOD, connection, EPOLLOUT);
}

static int listen_anywhere(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int serve(void)
{
    struct connection listening = {.fd = listen_anywhere()};
    if (listening.fd < 0)
        return listening.fd;
    int epfd = epoll_create1(EPOLL_CLOEXEC);
    int rc = epfd < 0 ? -errno : watch(epfd, EPOLL_CTL_ADD, &listening, EPOLLIN);
    while (rc >= 0) {
        struct epoll_event events[MAX_EVENTS];
        int found = epoll_wait(epfd, events, MAX_EVENTS, -1);
        rc = found < 0 && errno != EINTR ? -errno : 0;
        for (int i = 0; i < found && rc >= 0; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == &listening)
                rc = accept_all(epfd, listening.fd);
            else
                rc = connection->rest_size > 0 ? send_rest(epfd, connection) : echo(epfd, connection);
        }
    }
    return rc;
}
