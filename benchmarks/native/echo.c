// SPDX-License-Identifier: Apache-2.0
// A server that sends back what it receives, over any loop; and the client that all servers are measured with.

#include "dev_pollux_benchmarks_PlainC.h"
#include "loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// the server

static void echo(struct loop *loop, struct registration *registration, unsigned ready)
{
    (void)ready;
    ssize_t count = read(registration->fd, loop->buffer, (size_t)loop->buffer_size);
    if (count > 0 && write(registration->fd, loop->buffer, (size_t)count) != count)
        loop->error = -EIO;
}

JNIEXPORT jlong JNICALL Java_dev_pollux_benchmarks_PlainC_serveEcho(JNIEnv *env, jclass type, jlong handle,
                                                                    jint buffer_size)
{
    (void)env;
    (void)type;
    struct loop *loop = loop_of(handle);
    loop->handler = echo;
    loop->buffer_size = buffer_size;
    loop->buffer = malloc((size_t)buffer_size);
    if (loop->buffer == NULL)
        return -ENOMEM;
    while (!loop->stopped) {
        int rc = loop->once(loop, NULL);
        if (rc < 0 && rc != -EINTR)
            return rc;
        if (loop->error < 0)
            return loop->error;
    }
    return 0;
}

JNIEXPORT jlong JNICALL Java_dev_pollux_benchmarks_PlainC_stopEcho(JNIEnv *env, jclass type, jlong handle)
{
    (void)env;
    (void)type;
    struct loop *loop = loop_of(handle);
    loop->stopped = true;
    return wake(loop);
}

// the client: each connection has one message under way

struct connection {
    int fd;
    int missing; // bytes of the message that have not come back yet
    jlong sent_nanos;
};

struct client {
    int epfd;
    int count;
    int message_size;
    char *message;
    struct epoll_event *events;
    struct connection *connections;
};

static jlong now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (jlong)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}

static void close_client(struct client *client)
{
    for (int i = 0; i < client->count; i++)
        close(client->connections[i].fd);
    if (client->epfd >= 0)
        close(client->epfd);
    free(client->message);
    free(client->events);
    free(client->connections);
    free(client);
}

static int open_client(struct client *client, int port, int connections)
{
    client->epfd = epoll_create1(EPOLL_CLOEXEC);
    if (client->epfd < 0)
        return -errno;
    client->message = calloc(1, (size_t)client->message_size);
    client->events = calloc((size_t)connections, sizeof *client->events);
    client->connections = calloc((size_t)connections, sizeof *client->connections);
    if (client->message == NULL || client->events == NULL || client->connections == NULL)
        return -ENOMEM;
    while (client->count < connections) {
        struct connection *connection = &client->connections[client->count];
        connection->fd = connect_to(port);
        if (connection->fd < 0)
            return connection->fd;
        client->count++;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(client->epfd, EPOLL_CTL_ADD, connection->fd, &event) < 0)
            return -errno;
    }
    return 0;
}

JNIEXPORT jlong JNICALL Java_dev_pollux_benchmarks_PlainC_openClient(JNIEnv *env, jclass type, jint port,
                                                                     jint connections, jint message_size)
{
    (void)env;
    (void)type;
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return -ENOMEM;
    client->epfd = -1;
    client->message_size = message_size;
    int rc = open_client(client, port, connections);
    if (rc < 0) {
        close_client(client);
        return rc;
    }
    return (jlong)(intptr_t)client;
}

static int ask(struct client *client, struct connection *connection)
{
    connection->missing = client->message_size;
    connection->sent_nanos = now();
    ssize_t sent = send(connection->fd, client->message, (size_t)client->message_size, MSG_NOSIGNAL);
    return sent == client->message_size ? 0 : sent < 0 ? -errno : -EIO;
}

// 1 if the whole message is back, 0 if more is to come, or -errno.
static int hear(struct client *client, struct connection *connection)
{
    ssize_t count = recv(connection->fd, client->message, (size_t)connection->missing, 0);
    if (count <= 0)
        return count < 0 ? -errno : -ECONNRESET;
    connection->missing -= (int)count;
    return connection->missing == 0;
}

static int converse(struct client *client, jint messages, jlong *latencies)
{
    jint asked = 0;
    jint heard = 0;
    for (; asked < client->count && asked < messages; asked++) {
        int rc = ask(client, &client->connections[asked]);
        if (rc < 0)
            return rc;
    }
    while (heard < messages) {
        int found = epoll_wait(client->epfd, client->events, client->count, 10000);
        if (found == 0)
            return -ETIMEDOUT;
        if (found < 0 && errno != EINTR)
            return -errno;
        for (int i = 0; i < found; i++) {
            struct connection *connection = client->events[i].data.ptr;
            int rc = hear(client, connection);
            if (rc > 0) {
                latencies[heard++] = now() - connection->sent_nanos;
                rc = asked < messages ? ask(client, connection) : 0;
                asked++;
            }
            if (rc < 0)
                return rc;
        }
    }
    return heard;
}

JNIEXPORT jlong JNICALL Java_dev_pollux_benchmarks_PlainC_converse(JNIEnv *env, jclass type, jlong handle,
                                                                   jlongArray latencies)
{
    (void)type;
    struct client *client = (struct client *)(intptr_t)handle;
    jint messages = (*env)->GetArrayLength(env, latencies);
    jlong *nanos = malloc((size_t)messages * sizeof *nanos);
    if (nanos == NULL)
        return -ENOMEM;
    int rc = converse(client, messages, nanos);
    if (rc >= 0)
        (*env)->SetLongArrayRegion(env, latencies, 0, messages, nanos);
    free(nanos);
    return rc;
}

JNIEXPORT void JNICALL Java_dev_pollux_benchmarks_PlainC_closeClient(JNIEnv *env, jclass type, jlong handle)
{
    (void)env;
    (void)type;
    close_client((struct client *)(intptr_t)handle);
}
