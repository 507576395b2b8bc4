// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Readiness;
import dev.pollux.Registration;
import java.io.Closeable;
import java.io.IOException;

/** Waits for descriptors and counts, descriptor by descriptor, how often each was ready: in C or in Java. */
interface WaitLoop extends Closeable {
    /** Waits so many times; how many events there were in all. */
    long run(int waits) throws IOException;

    static WaitLoop open(Caller caller, Mechanism mechanism, Wait wait, int[] fds) throws IOException {
        if (caller == Caller.C) {
            return new InC(mechanism, wait, fds);
        }
        if (caller.binding() == null) {
            throw new IllegalArgumentException(caller + " is no binding of Pollux");
        }
        Poller poller =
                Pollers.builder().mechanism(mechanism).binding(caller.binding()).open();
        return new InJava(poller, wait, fds);
    }

    /** A {@link Poller}, used as a program would. */
    final class InJava implements WaitLoop {
        private final Poller poller;
        private final long timeoutNanos;

        private InJava(Poller poller, Wait wait, int[] fds) throws IOException {
            this.poller = poller;
            this.timeoutNanos = wait.timeoutNanos();
            try {
                for (int fd : fds) {
                    poller.register(fd, Interest.READ, new Counter());
                }
            } catch (IOException | RuntimeException e) {
                poller.close();
                throw e;
            }
        }

        @Override
        public long run(int waits) throws IOException {
            long delivered = 0;
            for (int i = 0; i < waits; i++) {
                delivered += poller.poll(timeoutNanos, InJava::count);
            }
            return delivered;
        }

        private static void count(Registration registration, Readiness ready) {
            if (ready.isReadable()) {
                ((Counter) registration.attachment()).count++;
            }
        }

        @Override
        public void close() throws IOException {
            poller.close();
        }

        private static final class Counter {
            long count;
        }
    }

    /** native/wait_loop.c */
    final class InC implements WaitLoop {
        private final long loop;
        private final boolean blocking;

        private InC(Mechanism mechanism, Wait wait, int[] fds) throws IOException {
            blocking = wait == Wait.BLOCKING;
            loop = PlainC.check("opening " + mechanism, PlainC.open(number(mechanism), fds));
        }

        private static int number(Mechanism mechanism) {
            return switch (mechanism) {
                case SELECT -> PlainC.SELECT;
                case POLL -> PlainC.POLL;
                case EPOLL -> PlainC.EPOLL;
                case DEVPOLL, KQUEUE, IO_URING ->
                    throw new UnsupportedOperationException("there is no loop in plain C for " + mechanism);
            };
        }

        @Override
        public long run(int waits) throws IOException {
            return PlainC.check("waiting", PlainC.run(loop, blocking, waits));
        }

        @Override
        public void close() {
            PlainC.close(loop);
        }
    }
}
