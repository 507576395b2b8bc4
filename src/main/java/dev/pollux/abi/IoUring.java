// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteOrder;

/**
 * Linux, {@code <linux/io_uring.h>} ({@code include/uapi/linux/io_uring.h}): the same on every processor. What
 * {@code io_uring_setup} takes and fills:
 *
 * <pre>{@code
 * struct io_uring_params {
 *     __u32 sq_entries;                   //   0
 *     __u32 cq_entries;                   //   4
 *     __u32 flags;                        //   8: IORING_SETUP_
 *     __u32 sq_thread_cpu;                //  12
 *     __u32 sq_thread_idle;               //  16
 *     __u32 features;                     //  20: IORING_FEAT_
 *     __u32 wq_fd;                        //  24
 *     __u32 resv[3];                      //  28
 *     struct io_sqring_offsets sq_off;    //  40: where things are in what is mapped at IORING_OFF_SQ_RING
 *     struct io_cqring_offsets cq_off;    //  80: and at IORING_OFF_CQ_RING
 * };                                      // 120
 *
 * struct io_sqring_offsets {      struct io_cqring_offsets {
 *     __u32 head;                     __u32 head;            //  0
 *     __u32 tail;                     __u32 tail;            //  4
 *     __u32 ring_mask;                __u32 ring_mask;       //  8
 *     __u32 ring_entries;             __u32 ring_entries;    // 12
 *     __u32 flags;                    __u32 overflow;        // 16
 *     __u32 dropped;                  __u32 cqes;            // 20
 *     __u32 array;                    __u32 flags;           // 24
 *     __u32 resv1;                    __u32 resv1;           // 28
 *     __u64 user_addr;                __u64 user_addr;       // 32
 * };                              };                         // 40
 * }</pre>
 *
 * What is submitted, at IORING_OFF_SQES, and what comes back, at {@code cq_off.cqes}:
 *
 * <pre>{@code
 * struct io_uring_sqe {                   // as POLL_ADD, POLL_REMOVE and ASYNC_CANCEL use it
 *     __u8  opcode;                       //  0: IORING_OP_
 *     __u8  flags;                        //  1: IOSQE_
 *     __u16 ioprio;                       //  2
 *     __s32 fd;                           //  4
 *     union { __u64 off, addr2; };        //  8: POLL_REMOVE: the new user_data
 *     __u64 addr;                         // 16: POLL_REMOVE, ASYNC_CANCEL: the user_data that is meant
 *     __u32 len;                          // 24: POLL_ADD, POLL_REMOVE: IORING_POLL_
 *     union {
 *         __u32 poll32_events;            // 28: EPOLLIN and so on; see poll32Events
 *         __u32 cancel_flags;             // 28: IORING_ASYNC_CANCEL_
 *     };
 *     __u64 user_data;                    // 32
 *     ...                                 // 40: 0
 * };                                      // 64
 *
 * struct io_uring_cqe {
 *     __u64 user_data;                    //  0
 *     __s32 res;                          //  8: the result, or -errno
 *     __u32 flags;                        // 12: IORING_CQE_F_
 * };                                      // 16
 * }</pre>
 *
 * And what {@code io_uring_enter} takes with IORING_ENTER_EXT_ARG; {@code ts} is the address of a
 * {@code __kernel_timespec}, which is a {@link Timespec}:
 *
 * <pre>{@code
 * struct io_uring_getevents_arg {
 *     __u64 sigmask;                      //  0: an address, or 0
 *     __u32 sigmask_sz;                   //  8: 8
 *     __u32 min_wait_usec;                // 12: 0; before Linux 6.12, padding
 *     __u64 ts;                           // 16: an address, or 0
 * };                                      // 24
 * }</pre>
 */
public final class IoUring {
    // <asm/unistd.h>: the C library has no function for either
    public static final int SYS_io_uring_setup = 425;
    public static final int SYS_io_uring_enter = 426;

    public static final int IORING_SETUP_CQSIZE = 1 << 3;
    public static final int IORING_SETUP_CLAMP = 1 << 4;
    public static final int IORING_SETUP_SUBMIT_ALL = 1 << 7;
    public static final int IORING_SETUP_COOP_TASKRUN = 1 << 8;
    public static final int IORING_SETUP_TASKRUN_FLAG = 1 << 9;
    public static final int IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    public static final int IORING_SETUP_DEFER_TASKRUN = 1 << 13;

    public static final int IORING_FEAT_SINGLE_MMAP = 1;
    public static final int IORING_FEAT_NODROP = 1 << 1;
    public static final int IORING_FEAT_SUBMIT_STABLE = 1 << 2;
    public static final int IORING_FEAT_RW_CUR_POS = 1 << 3;
    public static final int IORING_FEAT_CUR_PERSONALITY = 1 << 4;
    public static final int IORING_FEAT_FAST_POLL = 1 << 5;
    public static final int IORING_FEAT_POLL_32BITS = 1 << 6;
    public static final int IORING_FEAT_SQPOLL_NONFIXED = 1 << 7;
    public static final int IORING_FEAT_EXT_ARG = 1 << 8;
    public static final int IORING_FEAT_NATIVE_WORKERS = 1 << 9;
    public static final int IORING_FEAT_RSRC_TAGS = 1 << 10;
    public static final int IORING_FEAT_CQE_SKIP = 1 << 11;
    public static final int IORING_FEAT_LINKED_FILE = 1 << 12;

    public static final int PARAMS_SIZE = 120;
    public static final int SQ_ENTRIES = 0;
    public static final int CQ_ENTRIES = 4;
    public static final int FLAGS = 8;
    public static final int SQ_THREAD_CPU = 12;
    public static final int SQ_THREAD_IDLE = 16;
    public static final int FEATURES = 20;
    public static final int WQ_FD = 24;

    public static final int SQ_OFF_HEAD = 40;
    public static final int SQ_OFF_TAIL = 44;
    public static final int SQ_OFF_RING_MASK = 48;
    public static final int SQ_OFF_RING_ENTRIES = 52;
    public static final int SQ_OFF_FLAGS = 56;
    public static final int SQ_OFF_DROPPED = 60;
    public static final int SQ_OFF_ARRAY = 64;

    public static final int CQ_OFF_HEAD = 80;
    public static final int CQ_OFF_TAIL = 84;
    public static final int CQ_OFF_RING_MASK = 88;
    public static final int CQ_OFF_RING_ENTRIES = 92;
    public static final int CQ_OFF_OVERFLOW = 96;
    public static final int CQ_OFF_CQES = 100;
    public static final int CQ_OFF_FLAGS = 104;

    public static final long IORING_OFF_SQ_RING = 0;
    public static final long IORING_OFF_CQ_RING = 0x8000000;
    public static final long IORING_OFF_SQES = 0x10000000;

    /** In the submission ring's flags: the completion ring was full, and the kernel keeps answers. */
    public static final int IORING_SQ_CQ_OVERFLOW = 1 << 1;
    /** In the submission ring's flags: answers become visible with the next {@code io_uring_enter}. */
    public static final int IORING_SQ_TASKRUN = 1 << 2;

    public static final int SQE_SIZE = 64;
    public static final int SQE_OPCODE = 0;
    public static final int SQE_FLAGS = 1;
    public static final int SQE_IOPRIO = 2;
    public static final int SQE_FD = 4;
    public static final int SQE_OFF = 8;
    public static final int SQE_ADDR = 16;
    public static final int SQE_LEN = 24;
    public static final int SQE_POLL32_EVENTS = 28;
    public static final int SQE_CANCEL_FLAGS = 28;
    public static final int SQE_USER_DATA = 32;

    public static final int IOSQE_IO_LINK = 1 << 2;
    public static final int IOSQE_CQE_SKIP_SUCCESS = 1 << 6;

    public static final int IORING_OP_NOP = 0;
    public static final int IORING_OP_POLL_ADD = 6;
    public static final int IORING_OP_POLL_REMOVE = 7;
    public static final int IORING_OP_ASYNC_CANCEL = 14;

    public static final int IORING_POLL_ADD_MULTI = 1;
    public static final int IORING_POLL_UPDATE_EVENTS = 1 << 1;
    public static final int IORING_POLL_UPDATE_USER_DATA = 1 << 2;
    public static final int IORING_POLL_ADD_LEVEL = 1 << 3;

    public static final int IORING_ASYNC_CANCEL_ALL = 1;
    public static final int IORING_ASYNC_CANCEL_FD = 1 << 1;
    public static final int IORING_ASYNC_CANCEL_ANY = 1 << 2;

    public static final int CQE_SIZE = 16;
    public static final int CQE_USER_DATA = 0;
    public static final int CQE_RES = 8;
    public static final int CQE_FLAGS = 12;

    public static final int IORING_CQE_F_MORE = 1 << 1;

    public static final int IORING_ENTER_GETEVENTS = 1;
    public static final int IORING_ENTER_SQ_WAKEUP = 1 << 1;
    public static final int IORING_ENTER_SQ_WAIT = 1 << 2;
    public static final int IORING_ENTER_EXT_ARG = 1 << 3;

    public static final int GETEVENTS_ARG_SIZE = 24;
    public static final int ARG_SIGMASK = 0;
    public static final int ARG_SIGMASK_SZ = 8;
    public static final int ARG_MIN_WAIT_USEC = 12;
    public static final int ARG_TS = 16;

    /** What {@code sigmask_sz} must be, even without a mask: the kernel's {@code sigset_t}. */
    public static final int SIGSET_SIZE = 8;

    private IoUring() {}

    /** The value of {@link #SQE_POLL32_EVENTS} for these events: on a big-endian machine the halves are swapped. */
    public static int poll32Events(ByteOrder order, int events) {
        return order == ByteOrder.BIG_ENDIAN ? Integer.rotateLeft(events, Short.SIZE) : events;
    }
}
