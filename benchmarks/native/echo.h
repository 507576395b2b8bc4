// SPDX-License-Identifier: Apache-2.0
// The echo server in C and the client of all echo servers, which are processes of their own.

#ifndef POLLUX_BENCH_ECHO_H
#define POLLUX_BENCH_ECHO_H

#include <stdint.h>
#include <sys/types.h>

struct talk {
    int port;
    int connections;
    size_t message_size;
    int64_t messages_per_second; // 0: each connection sends when its last message is back
    int64_t lead_nanos;          // not measured
    int64_t nanos;               // measured
};

// Both return only after an error: -errno.
int serve(void);

// 0 or -errno.
int talk(const struct talk *);

#endif
