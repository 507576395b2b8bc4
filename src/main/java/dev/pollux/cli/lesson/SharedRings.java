// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Flags;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Mman;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The two rings of an io_uring: shared with the kernel, and drawn from that memory. */
final class SharedRings implements AutoCloseable {
    private static final int ENTRIES = 8;
    private static final int PROT = Mman.PROT_READ | Mman.PROT_WRITE;

    private final Stage stage;
    private final int fd;
    private final NativeMemory params;
    private final NativeMemory rings;
    private final NativeMemory sqes;

    /** Shows each call. */
    SharedRings(Stage stage) throws IOException {
        this.stage = stage;
        params = stage.allocate(IoUring.PARAMS_SIZE);
        fd = stage.opened(stage.calls.ioUringSetup(ENTRIES, params));
        if (fd < 0) {
            throw new SyscallException("io_uring_setup", Integer.toString(ENTRIES), -fd, Errno.describe(-fd));
        }
        int completionEnd = params.getInt(IoUring.CQ_OFF_CQES) + params.getInt(IoUring.CQ_ENTRIES) * IoUring.CQE_SIZE;
        int submissionEnd = params.getInt(IoUring.SQ_OFF_ARRAY) + ENTRIES * Integer.BYTES;
        rings = map(Math.max(completionEnd, submissionEnd), IoUring.IORING_OFF_SQ_RING);
        sqes = map(ENTRIES * IoUring.SQE_SIZE, IoUring.IORING_OFF_SQES);
    }

    private NativeMemory map(int sizeBytes, long offset) throws IOException {
        long address = stage.calls.mmap(sizeBytes, PROT, Mman.MAP_SHARED | Mman.MAP_POPULATE, fd, offset);
        if (address < 0) {
            int errno = (int) -address;
            throw new SyscallException("mmap", "NULL, " + sizeBytes, errno, Errno.describe(errno));
        }
        return NativeMemory.view(stage.unseen, address, sizeBytes);
    }

    /** Puts a poll at the tail of the submission queue: no system call. The user data is the descriptor. */
    void addPoll(int pollFd, int events, int flags) {
        int tail = index(IoUring.SQ_OFF_TAIL);
        int slot = tail & (ENTRIES - 1);
        int at = slot * IoUring.SQE_SIZE;
        for (int offset = 0; offset < IoUring.SQE_SIZE; offset += Long.BYTES) {
            sqes.putLong(at + offset, 0);
        }
        sqes.buffer().put(at + IoUring.SQE_OPCODE, (byte) IoUring.IORING_OP_POLL_ADD);
        sqes.putInt(at + IoUring.SQE_FD, pollFd);
        sqes.putInt(at + IoUring.SQE_LEN, flags);
        sqes.putInt(at + IoUring.SQE_POLL32_EVENTS, IoUring.poll32Events(ByteOrder.nativeOrder(), events));
        sqes.putLong(at + IoUring.SQE_USER_DATA, pollFd);
        rings.putInt(params.getInt(IoUring.SQ_OFF_ARRAY) + slot * Integer.BYTES, slot);
        VarHandle.releaseFence();
        rings.putInt(params.getInt(IoUring.SQ_OFF_TAIL), tail + 1);
    }

    /** Calls {@code io_uring_enter}, which is shown; returns how many requests the kernel took, or -errno. */
    int enter(int toSubmit, int minComplete) {
        int flags = minComplete > 0 ? IoUring.IORING_ENTER_GETEVENTS : 0;
        return stage.calls.ioUringEnter(fd, toSubmit, minComplete, flags, null, 0);
    }

    /** Takes all completions: no system call. Returns how many there were. */
    int takeCompletions() {
        int count = completions();
        rings.putInt(params.getInt(IoUring.CQ_OFF_HEAD), index(IoUring.CQ_OFF_HEAD) + count);
        return count;
    }

    /** Returns how many completions wait. */
    int completions() {
        return index(IoUring.CQ_OFF_TAIL) - index(IoUring.CQ_OFF_HEAD);
    }

    void draw() {
        stage.show(new Fact.Rings(
                queue(IoUring.SQ_OFF_HEAD, IoUring.SQ_OFF_TAIL, ENTRIES, true),
                queue(IoUring.CQ_OFF_HEAD, IoUring.CQ_OFF_TAIL, params.getInt(IoUring.CQ_ENTRIES), false)));
    }

    private Fact.Queue queue(int headOffset, int tailOffset, int entries, boolean isSubmission) {
        int head = index(headOffset);
        int tail = index(tailOffset);
        List<String> content = new ArrayList<>();
        for (int index = head; index < tail; index++) {
            content.add(isSubmission ? request(index & (entries - 1)) : completion(index & (entries - 1)));
        }
        return new Fact.Queue(head, tail, entries, content);
    }

    private String request(int slot) {
        int at = slot * IoUring.SQE_SIZE;
        int events = IoUring.poll32Events(ByteOrder.nativeOrder(), sqes.getInt(at + IoUring.SQE_POLL32_EVENTS));
        boolean isMultishot = sqes.getInt(at + IoUring.SQE_LEN) == IoUring.IORING_POLL_ADD_MULTI;
        return "POLL_ADD fd " + sqes.getInt(at + IoUring.SQE_FD) + " " + Flags.POLL_EVENTS.set(events)
                + (isMultishot ? " MULTI" : "");
    }

    private String completion(int slot) {
        int at = params.getInt(IoUring.CQ_OFF_CQES) + slot * IoUring.CQE_SIZE;
        int res = rings.getInt(at + IoUring.CQE_RES);
        boolean hasMore = (rings.getInt(at + IoUring.CQE_FLAGS) & IoUring.IORING_CQE_F_MORE) != 0;
        return "user_data " + rings.getLong(at + IoUring.CQE_USER_DATA) + " res "
                + (res < 0 ? Errno.name(-res) : Flags.POLL_EVENTS.set(res)) + (hasMore ? " MORE" : "");
    }

    private int index(int offset) {
        int index = rings.getInt(params.getInt(offset));
        VarHandle.acquireFence();
        return index;
    }

    /** Unmaps the rings; the calls are not shown. Nothing may be drawn any more. */
    @Override
    public void close() {
        stage.unseen.munmap(NativeMemory.addressOf(rings), rings.sizeBytes());
        stage.unseen.munmap(NativeMemory.addressOf(sqes), sqes.sizeBytes());
    }
}
