// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.pollux.abi.Fcntl;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.function.IntSupplier;

/** Makes one system call again and again. */
final class CallLoop {
    private CallLoop() {}

    /** What is called on: a descriptor, an epoll descriptor with one ready one in it, and room for events. */
    record Target(int fd, int epfd, NativeMemory events, int maxevents) {}

    /** The result is the sum of those of the calls. */
    static Loop.Work of(Caller caller, Call call, Target target) throws IOException {
        boolean isFcntl = call == Call.FCNTL;
        if (caller == Caller.C) {
            return isFcntl
                    ? times -> PlainC.check("fcntl", PlainC.fcntl(target.fd, times))
                    : times -> PlainC.check("epoll_wait", PlainC.epollWait(target.epfd, target.maxevents, times));
        }
        if (caller == Caller.JNA_INTERFACE) {
            LibC libc = Native.load("c", LibC.class);
            Pointer events = Native.getDirectBufferPointer(target.events.buffer());
            return repeated(
                    isFcntl
                            ? () -> libc.fcntl(target.fd, Fcntl.F_GETFD, 0)
                            : () -> libc.epoll_wait(target.epfd, events, target.maxevents, 0));
        }
        Syscalls syscalls = syscalls(caller);
        return repeated(
                isFcntl
                        ? () -> syscalls.fcntl(target.fd, Fcntl.F_GETFD, 0)
                        : () -> syscalls.epollWait(target.epfd, target.events, target.maxevents, 0));
    }

    private static Loop.Work repeated(IntSupplier call) {
        return times -> {
            long sum = 0;
            for (int i = 0; i < times; i++) {
                sum += call.getAsInt();
            }
            return sum;
        };
    }

    /** Pollux's own binding, without a poller around it. */
    static Syscalls syscalls(Caller caller) throws IOException {
        String name = switch (caller) {
            case JNI -> "dev.pollux.syscall.jni.JniSyscalls";
            case FFM -> "dev.pollux.syscall.ffm.FfmSyscalls";
            case JNA -> "dev.pollux.syscall.jna.JnaSyscalls";
            default -> throw new IllegalArgumentException(caller + " is no binding of Pollux");
        };
        try {
            Syscalls syscalls =
                    (Syscalls) Class.forName(name).getDeclaredConstructor().newInstance();
            NativeMemory.allocate(syscalls, Long.BYTES);
            return syscalls;
        } catch (ClassNotFoundException e) {
            throw new IOException("the binding " + caller + " is not in this build of Pollux", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("the binding " + caller + " cannot be loaded: " + cause, e);
        }
    }

    /** JNA's interface mapping. */
    interface LibC extends Library {
        int fcntl(int fd, int op, long arg);

        int epoll_wait(int epfd, Pointer events, int maxevents, int timeout);
    }
}
