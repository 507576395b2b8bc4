// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.pollux.abi.Fcntl;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;

/** Makes one system call again and again. */
@FunctionalInterface
interface CallLoop {
    /** The sum of the results. */
    long run(int times) throws IOException;

    /** What is called on: a descriptor, an epoll descriptor with one ready one in it, and room for events. */
    record Target(int fd, int epfd, NativeMemory events, int maxevents) {}

    static CallLoop of(Caller caller, Call call, Target target) throws IOException {
        return switch (caller) {
            case C -> inC(call, target);
            case JNI, FFM, JNA -> through(syscalls(caller), call, target);
            case JNA_INTERFACE -> through(Native.load("c", LibC.class), call, target);
            default -> throw new IllegalArgumentException(caller + " is no way of calling C");
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

    private static CallLoop inC(Call call, Target target) {
        return switch (call) {
            case FCNTL -> times -> PlainC.check("fcntl", PlainC.fcntl(target.fd, times));
            case EPOLL_WAIT ->
                times -> PlainC.check("epoll_wait", PlainC.epollWait(target.epfd, target.maxevents, times));
        };
    }

    private static CallLoop through(Syscalls syscalls, Call call, Target target) {
        return switch (call) {
            case FCNTL ->
                times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += syscalls.fcntl(target.fd, Fcntl.F_GETFD, 0);
                    }
                    return sum;
                };
            case EPOLL_WAIT ->
                times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += syscalls.epollWait(target.epfd, target.events, target.maxevents, 0);
                    }
                    return sum;
                };
        };
    }

    private static CallLoop through(LibC libc, Call call, Target target) {
        return switch (call) {
            case FCNTL ->
                times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += libc.fcntl(target.fd, Fcntl.F_GETFD, 0);
                    }
                    return sum;
                };
            case EPOLL_WAIT -> {
                Pointer events = Native.getDirectBufferPointer(target.events.buffer());
                yield times -> {
                    long sum = 0;
                    for (int i = 0; i < times; i++) {
                        sum += libc.epoll_wait(target.epfd, events, target.maxevents, 0);
                    }
                    return sum;
                };
            }
        };
    }

    /** JNA's interface mapping. */
    interface LibC extends Library {
        int fcntl(int fd, int op, long arg);

        int epoll_wait(int epfd, Pointer events, int maxevents, int timeout);
    }
}
