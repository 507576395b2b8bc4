// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

static struct sockaddr_in loopback(void) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static jint bound(int type, struct sockaddr_in *address) {
    socklen_t length = sizeof *address;
    *address = loopback();
    jint fd = MUST(CALL(socket, AF_INET, type, 0));
    CHECK(CALL(bind, fd, ADDRESS(address), sizeof *address), 0);
    CHECK(CALL(getsockname, fd, ADDRESS(address), ADDRESS(&length)), 0);
    return fd;
}

static void errors_come_back_negated(void) {
    char byte = 0;
    struct msghdr msg;
    struct iovec iov = {&byte, 1};
    socklen_t length = 0;
    memset(&msg, 0, sizeof msg);
    msg.msg_iov = &iov; // qemu's sendmsg does not look at the descriptor if there is nothing to send
    msg.msg_iovlen = 1;
    CHECK(CALL(getpeername, NOT_A_DESCRIPTOR, ADDRESS(&byte), ADDRESS(&length)), -EBADF);
    CHECK(CALL(sendto, NOT_A_DESCRIPTOR, ADDRESS(&byte), 1, 0, 0, 0), -EBADF);
    CHECK(CALL(recvfrom, NOT_A_DESCRIPTOR, ADDRESS(&byte), 1, 0, 0, 0), -EBADF);
    CHECK(CALL(sendmsg, NOT_A_DESCRIPTOR, ADDRESS(&msg), 0), -EBADF);
    CHECK(CALL(recvmsg, NOT_A_DESCRIPTOR, ADDRESS(&msg), 0), -EBADF);
    CHECK(CALL(readv, NOT_A_DESCRIPTOR, ADDRESS(&iov), 1), -EBADF);
    CHECK(CALL(writev, NOT_A_DESCRIPTOR, ADDRESS(&iov), 1), -EBADF);
    CHECK(CALL(mkfifo, ADDRESS("/dev/null/fifo"), 0600), -ENOTDIR);
#ifdef HAVE_ACCEPT4
    CHECK(CALL(accept4, NOT_A_DESCRIPTOR, 0, 0, 0), -EBADF);
#else
    CHECK(CALL(accept4, NOT_A_DESCRIPTOR, 0, 0, 0), -ENOSYS);
#endif
}

static void a_connection_knows_its_peer(void) {
    struct sockaddr_in address, peer;
    socklen_t length = sizeof peer;
    jint server = bound(SOCK_STREAM, &address);
    CHECK(CALL(listen, server, 1), 0);
    jint client = MUST(CALL(socket, AF_INET, SOCK_STREAM, 0));
    CHECK(CALL(getpeername, client, ADDRESS(&peer), ADDRESS(&length)), -ENOTCONN);
    CHECK(CALL(connect, client, ADDRESS(&address), sizeof address), 0);
    CHECK(CALL(getpeername, client, ADDRESS(&peer), ADDRESS(&length)), 0);
    CHECK(peer.sin_port, address.sin_port);
#ifdef HAVE_ACCEPT4
    struct sockaddr_in own;
    jint accepted = MUST(CALL(accept4, server, ADDRESS(&peer), ADDRESS(&length), SOCK_CLOEXEC));
    CHECK(CALL(getsockname, client, ADDRESS(&own), ADDRESS(&length)), 0);
    CHECK(peer.sin_port, own.sin_port);
    CHECK(CALL(close, accepted), 0);
#endif
    CHECK(CALL(close, client), 0);
    CHECK(CALL(close, server), 0);
}

static void a_datagram_comes_with_its_sender(void) {
    struct sockaddr_in one, other, sender;
    socklen_t length = sizeof sender;
    char got[4];
    jint from = bound(SOCK_DGRAM, &one);
    jint to = bound(SOCK_DGRAM, &other);
    CHECK(CALL(sendto, from, ADDRESS("abc"), 3, 0, ADDRESS(&other), sizeof other), 3);
    CHECK(CALL(recvfrom, to, ADDRESS(got), sizeof got, 0, ADDRESS(&sender), ADDRESS(&length)), 3);
    CHECK(memcmp(got, "abc", 3), 0);
    CHECK(sender.sin_port, one.sin_port);
    CHECK(CALL(close, from), 0);
    CHECK(CALL(close, to), 0);
}

static void bytes_are_gathered_scattered_and_sent_as_messages(void) {
    int sv[2];
    char a[2], b[4];
    struct iovec parts[2] = {{"ab", 2}, {"cd", 2}}, room[2] = {{a, 1}, {b, sizeof b}};
    struct msghdr msg;
    memset(&msg, 0, sizeof msg);
    CHECK(CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, ADDRESS(sv)), 0);
    CHECK(CALL(writev, sv[0], ADDRESS(parts), 2), 4);
    CHECK(CALL(readv, sv[1], ADDRESS(room), 2), 4);
    CHECK(a[0] == 'a' && memcmp(b, "bcd", 3) == 0, 1);
    msg.msg_iov = parts;
    msg.msg_iovlen = 2;
    CHECK(CALL(sendmsg, sv[0], ADDRESS(&msg), 0), 4);
    msg.msg_iov = room;
    CHECK(CALL(recvmsg, sv[1], ADDRESS(&msg), 0), 4);
    CHECK(CALL(close, sv[0]), 0);
    CHECK(CALL(close, sv[1]), 0);
}

static void a_fifo_is_made_once(void) {
    char folder[] = "/tmp/pollux-XXXXXX", path[64];
    struct stat status;
    CHECK(mkdtemp(folder) != NULL, 1);
    snprintf(path, sizeof path, "%s/fifo", folder);
    CHECK(CALL(mkfifo, ADDRESS(path), 0600), 0);
    CHECK(CALL(mkfifo, ADDRESS(path), 0600), -EEXIST);
    CHECK(stat(path, &status), 0);
    CHECK(S_ISFIFO(status.st_mode), 1);
    CHECK(unlink(path), 0);
    CHECK(rmdir(folder), 0);
}

int main(void) {
    errors_come_back_negated();
    a_connection_knows_its_peer();
    a_datagram_comes_with_its_sender();
    bytes_are_gathered_scattered_and_sent_as_messages();
    a_fifo_is_made_once();
    return 0;
}
