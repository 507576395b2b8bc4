// SPDX-License-Identifier: Apache-2.0
// Talks to an echo server and prints how long each message was under way. It never sleeps, so that no figure includes
// the time that waking it would take.
//
// Message n of an open loop is due n / messages_per_second after the start, on connection n % connections, whatever
// became of the messages before it. A message of a closed loop is due when the one before it is back. A latency counts
// from when the message was due, not from when there was room to send it.

#include "echo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#define NANOS_IN_A_SECOND INT64_C(1000000000)
#define PATIENCE_NANOS (30 * NANOS_IN_A_SECOND)
#define MAX_EVENTS 1024
#define MAX_READ (1 << 18)

struct connection {
    int fd;
    size_t unsent;     // bytes of messages that are due
    int64_t received;  // bytes
    int64_t due_nanos; // of the message under way, in a closed loop
};

struct client {
    struct talk asked;
    struct connection *connections;
    char *message;
    int64_t start_nanos, from_nanos, until_nanos; // from and until are the measured time
    int64_t due;                                  // messages until now
    int64_t back;
    int64_t back_in_time;
    size_t unsent; // bytes, of all connections
    int64_t *latencies;
    size_t latency_count, latency_room;
};

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * NANOS_IN_A_SECOND + time.tv_nsec;
}

static int64_t open_due_nanos(const struct client *client, int64_t message)
{
    return client->start_nanos + message * NANOS_IN_A_SECOND / client->asked.messages_per_second;
}

static int send_unsent(struct client *client, struct connection *connection)
{
    while (connection->unsent > 0) {
        size_t size = client->asked.message_size;
        size_t count = connection->unsent < size ? connection->unsent : size;
        ssize_t sent = send(connection->fd, client->message, count, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN ? 0 : -errno;
        connection->unsent -= (size_t)sent;
        client->unsent -= (size_t)sent;
    }
    return 0;
}

static int ask(struct client *client, struct connection *connection, int64_t due_nanos)
{
    connection->due_nanos = due_nanos;
    connection->unsent += client->asked.message_size;
    client->unsent += client->asked.message_size;
    client->due++;
    return send_unsent(client, connection);
}

static int record(struct client *client, int64_t due_nanos, int64_t back_nanos)
{
    client->back++;
    if (back_nanos >= client->from_nanos && back_nanos < client->until_nanos)
        client->back_in_time++;
    if (due_nanos < client->from_nanos || due_nanos >= client->until_nanos)
        return 0;
    if (client->latency_count == client->latency_room) {
        client->latency_room = 2 * client->latency_room + 1024;
        int64_t *more = realloc(client->latencies, client->latency_room * sizeof *more);
        if (more == NULL)
            return -ENOMEM;
        client->latencies = more;
    }
    client->latencies[client->latency_count++] = back_nanos - due_nanos;
    return 0;
}

static int receive(struct client *client, struct connection *connection)
{
    static char buffer[MAX_READ];
    ssize_t count = recv(connection->fd, buffer, sizeof buffer, 0);
    if (count <= 0)
        return count < 0 ? -errno : -ECONNRESET;
    int64_t size = (int64_t)client->asked.message_size;
    int64_t message = connection->received / size;
    connection->received += count;
    int rc = 0;
    int64_t back_nanos = now();
    for (; message < connection->received / size && rc == 0; message++) {
        if (client->asked.messages_per_second > 0) {
            int64_t number = message * client->asked.connections + (connection - client->connections);
            rc = record(client, open_due_nanos(client, number), back_nanos);
        } else {
            rc = record(client, connection->due_nanos, back_nanos);
            if (rc == 0 && back_nanos < client->until_nanos)
                rc = ask(client, connection, back_nanos);
        }
    }
    return rc;
}

static int send_all(struct client *client)
{
    int rc = 0;
    int64_t at_nanos = now();
    while (rc == 0 && client->asked.messages_per_second > 0) {
        int64_t due_nanos = open_due_nanos(client, client->due);
        if (due_nanos > at_nanos || due_nanos >= client->until_nanos)
            break;
        rc = ask(client, &client->connections[client->due % client->asked.connections], due_nanos);
    }
    for (int i = 0; i < client->asked.connections && rc == 0 && client->unsent > 0; i++)
        rc = send_unsent(client, &client->connections[i]);
    return rc;
}

static int converse(struct client *client, int epfd)
{
    int rc = 0;
    if (client->asked.messages_per_second == 0)
        for (int i = 0; i < client->asked.connections && rc == 0; i++)
            rc = ask(client, &client->connections[i], client->start_nanos);
    while (rc == 0 && (now() < client->until_nanos || client->back < client->due)) {
        struct epoll_event events[MAX_EVENTS];
        int found = epoll_wait(epfd, events, MAX_EVENTS, 0);
        if (found < 0 && errno != EINTR)
            return -errno;
        for (int i = 0; i < found && rc == 0; i++)
            rc = receive(client, events[i].data.ptr);
        if (rc == 0)
            rc = send_all(client);
        if (now() > client->until_nanos + PATIENCE_NANOS)
            rc = -ETIMEDOUT;
    }
    return rc;
}

static int connect_all(struct client *client, int epfd)
{
    for (int i = 0; i < client->asked.connections; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)client->asked.port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &client->connections[i]};
        int on = 1;
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
            epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event) < 0)
            return -errno;
        client->connections[i].fd = fd;
    }
    return 0;
}

// What it opens and allocates the end of the process closes and frees.
int talk(const struct talk *asked)
{
    struct client client = {.asked = *asked};
    client.connections = calloc((size_t)asked->connections, sizeof *client.connections);
    client.message = calloc(1, asked->message_size);
    if (client.connections == NULL || client.message == NULL)
        return -ENOMEM;
    int epfd = epoll_create1(EPOLL_CLOEXEC);
    int rc = epfd < 0 ? -errno : connect_all(&client, epfd);
    if (rc < 0)
        return rc;
    client.start_nanos = now();
    client.from_nanos = client.start_nanos + asked->lead_nanos;
    client.until_nanos = client.from_nanos + asked->nanos;
    rc = converse(&client, epfd);
    if (rc < 0)
        return rc;
    printf("messages %lld %lld %lld\n", (long long)client.back_in_time, (long long)asked->nanos,
           (long long)client.back);
    for (size_t i = 0; i < client.latency_count; i++)
        printf("%lld 1\n", (long long)client.latencies[i]);
    return 0;
}
