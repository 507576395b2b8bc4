// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static void a_pipe_carries_bytes_and_ends(void) {
    int fds[2];
    char got[8];
    CHECK(CALL(pipe, ADDRESS(fds)), 0);
    CHECK(CALL(write, fds[1], ADDRESS("abc"), 3), 3);
    CHECK(CALL(read, fds[0], ADDRESS(got), sizeof got), 3);
    CHECK(memcmp(got, "abc", 3), 0);
    CHECK(CALL(close, fds[1]), 0);
    CHECK(CALL(read, fds[0], ADDRESS(got), sizeof got), 0);
    CHECK(CALL(close, fds[0]), 0);
    CHECK(CALL(close, fds[0]), -EBADF);
}

static void errors_come_back_negated(void) {
    char byte = 0;
    struct stat status;
    CHECK(CALL(open, ADDRESS("/no/such/file"), O_RDONLY), -ENOENT);
    CHECK(CALL(close, NOT_A_DESCRIPTOR), -EBADF);
    CHECK(CALL(read, NOT_A_DESCRIPTOR, ADDRESS(&byte), 1), -EBADF);
    CHECK(CALL(write, NOT_A_DESCRIPTOR, ADDRESS(&byte), 1), -EBADF);
    CHECK(CALL(dup, NOT_A_DESCRIPTOR), -EBADF);
    CHECK(CALL(fcntl, NOT_A_DESCRIPTOR, F_GETFL, 0), -EBADF);
    CHECK(CALL(fstat, NOT_A_DESCRIPTOR, ADDRESS(&status)), -EBADF);
    CHECK(CALL(socket, -1, SOCK_STREAM, 0), -EAFNOSUPPORT);
    CHECK(CALL(listen, NOT_A_DESCRIPTOR, 1), -EBADF);
    CHECK(CALL(accept, NOT_A_DESCRIPTOR), -EBADF);
    CHECK(CALL(shutdown, NOT_A_DESCRIPTOR, SHUT_RDWR), -EBADF);
    CHECK(CALL(send, NOT_A_DESCRIPTOR, ADDRESS(&byte), 1, 0), -EBADF);
    CHECK(CALL(recv, NOT_A_DESCRIPTOR, ADDRESS(&byte), 1, 0), -EBADF);
}

static void flags_set_with_fcntl_are_kept(void) {
    int fds[2];
    char byte;
    CHECK(CALL(pipe, ADDRESS(fds)), 0);
    jint flags = MUST(CALL(fcntl, fds[0], F_GETFL, 0));
    CHECK(CALL(fcntl, fds[0], F_SETFL, flags | O_NONBLOCK), 0);
    CHECK(CALL(fcntl, fds[0], F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
    CHECK(CALL(read, fds[0], ADDRESS(&byte), 1), -EAGAIN);
    jint copy = MUST(CALL(fcntl, fds[0], F_DUPFD_CLOEXEC, 100));
    CHECK(copy >= 100, 1);
    CHECK(CALL(fcntl, copy, F_GETFD, 0), FD_CLOEXEC);
    jint plain = MUST(CALL(dup, fds[0]));
    CHECK(CALL(fcntl, plain, F_GETFD, 0), 0);
    CHECK(CALL(close, copy), 0);
    CHECK(CALL(close, plain), 0);
    CHECK(CALL(close, fds[0]), 0);
    CHECK(CALL(close, fds[1]), 0);
}

static void fstat_fills_what_the_header_declares(void) {
    struct stat through_shim, directly;
    jint fd = MUST(CALL(open, ADDRESS("/"), O_RDONLY | O_CLOEXEC));
    CHECK(CALL(fstat, fd, ADDRESS(&through_shim)), 0);
    CHECK(fstat(fd, &directly), 0);
    CHECK(S_ISDIR(through_shim.st_mode), 1);
    CHECK(through_shim.st_mode, directly.st_mode);
    CHECK(through_shim.st_ino, directly.st_ino);
    CHECK(through_shim.st_dev, directly.st_dev);
    CHECK(CALL(close, fd), 0);
}

static void eventfd_counts_or_is_lacking(void) {
#ifdef HAVE_EVENTFD
    uint64_t one = 1, count;
    jint fd = MUST(CALL(eventfd, 41, 0));
    CHECK(CALL(write, fd, ADDRESS(&one), sizeof one), sizeof one);
    CHECK(CALL(read, fd, ADDRESS(&count), sizeof count), sizeof count);
    CHECK(count, 42);
    CHECK(CALL(close, fd), 0);
    CHECK(CALL(eventfd, 0, -1), -EINVAL);
#else
    CHECK(CALL(eventfd, 0, 0), -ENOSYS);
#endif
}

static void limits_are_read_and_set(void) {
    struct rlimit before, lower, after;
    CHECK(CALL(getrlimit, RLIMIT_NOFILE, ADDRESS(&before)), 0);
    lower = before;
    lower.rlim_cur = 200;
    CHECK(CALL(setrlimit, RLIMIT_NOFILE, ADDRESS(&lower)), 0);
    CHECK(CALL(getrlimit, RLIMIT_NOFILE, ADDRESS(&after)), 0);
    CHECK(after.rlim_cur, 200);
    CHECK(after.rlim_max, before.rlim_max);
    CHECK(CALL(setrlimit, RLIMIT_NOFILE, ADDRESS(&before)), 0);
    CHECK(CALL(getrlimit, -1, ADDRESS(&before)), -EINVAL);
}

static void a_socketpair_carries_bytes_with_flags(void) {
    int sv[2];
    char got[4];
    CHECK(CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, ADDRESS(sv)), 0);
    CHECK(CALL(send, sv[0], ADDRESS("xy"), 2, 0), 2);
    CHECK(CALL(recv, sv[1], ADDRESS(got), sizeof got, MSG_PEEK), 2);
    CHECK(CALL(recv, sv[1], ADDRESS(got), sizeof got, 0), 2);
    CHECK(memcmp(got, "xy", 2), 0);
    CHECK(CALL(recv, sv[1], ADDRESS(got), sizeof got, MSG_DONTWAIT), -EAGAIN);
    CHECK(CALL(shutdown, sv[0], SHUT_WR), 0);
    CHECK(CALL(recv, sv[1], ADDRESS(got), sizeof got, 0), 0);
    CHECK(CALL(close, sv[0]), 0);
#ifdef MSG_NOSIGNAL
    CHECK(CALL(send, sv[1], ADDRESS("z"), 1, MSG_NOSIGNAL), -EPIPE);
#endif
    CHECK(CALL(close, sv[1]), 0);
}

static void a_connection_over_loopback(void) {
    struct sockaddr_in address, bound;
    socklen_t length = sizeof bound;
    int on = 1, value = -1;
    socklen_t value_length = sizeof value;
    char got;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    jint server = MUST(CALL(socket, AF_INET, SOCK_STREAM, 0));
    CHECK(CALL(setsockopt, server, SOL_SOCKET, SO_REUSEADDR, ADDRESS(&on), sizeof on), 0);
    CHECK(CALL(getsockopt, server, SOL_SOCKET, SO_REUSEADDR, ADDRESS(&value), ADDRESS(&value_length)), 0);
    CHECK(value != 0, 1);
    CHECK(value_length, sizeof value);
    CHECK(CALL(bind, server, ADDRESS(&address), sizeof address), 0);
    CHECK(CALL(getsockname, server, ADDRESS(&bound), ADDRESS(&length)), 0);
    CHECK(length, sizeof bound);
    CHECK(bound.sin_port != 0, 1);
    CHECK(CALL(listen, server, 1), 0);

    jint client = MUST(CALL(socket, AF_INET, SOCK_STREAM, 0));
    CHECK(CALL(connect, client, ADDRESS(&bound), sizeof bound), 0);
    jint peer = MUST(CALL(accept, server));
    CHECK(CALL(connect, client, ADDRESS(&bound), sizeof bound), -EISCONN);
    CHECK(CALL(bind, client, ADDRESS(&bound), sizeof bound), -EINVAL);
    CHECK(CALL(send, client, ADDRESS("!"), 1, 0), 1);
    CHECK(CALL(recv, peer, ADDRESS(&got), 1, 0), 1);
    CHECK(got, '!');
    CHECK(CALL(getsockopt, peer, SOL_SOCKET, SO_ERROR, ADDRESS(&value), ADDRESS(&value_length)), 0);
    CHECK(value, 0);
    CHECK(CALL(close, peer), 0);
    CHECK(CALL(close, client), 0);
    CHECK(CALL(close, server), 0);
}

static void a_port_where_nobody_listens_refuses(void) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    jint deaf = MUST(CALL(socket, AF_INET, SOCK_STREAM, 0));
    jint client = MUST(CALL(socket, AF_INET, SOCK_STREAM, 0));
    CHECK(CALL(bind, deaf, ADDRESS(&address), sizeof address), 0);
    CHECK(CALL(getsockname, deaf, ADDRESS(&address), ADDRESS(&length)), 0);
    CHECK(CALL(connect, client, ADDRESS(&address), sizeof address), -ECONNREFUSED);
    CHECK(CALL(close, client), 0);
    CHECK(CALL(close, deaf), 0);
}

int main(void) {
    a_pipe_carries_bytes_and_ends();
    errors_come_back_negated();
    flags_set_with_fcntl_are_kept();
    fstat_fills_what_the_header_declares();
    eventfd_counts_or_is_lacking();
    limits_are_read_and_set();
    a_socketpair_carries_bytes_with_flags();
    a_connection_over_loopback();
    a_port_where_nobody_listens_refuses();
    CHECK(CALL0(version), dev_pollux_syscall_jni_Shim_VERSION);
    return 0;
}
