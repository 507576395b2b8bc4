// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.Closeable;
import java.io.IOException;

/**
 * The workload of libevent's {@code test/bench.c}: a few pairs hold a byte; who receives one sends one to the next pair,
 * while writes are left; looking without blocking until all that was sent is received.
 */
interface ChainLoop extends Closeable {
    /** Sends a byte into so many pairs, at even distances. */
    void start(int active) throws IOException;

    /** Lets it run, with so many more to send; how many bytes were received. */
    long run(int writes) throws IOException;

    static ChainLoop open(Caller caller, Mechanism mechanism, Pairs pairs) throws IOException {
        return caller.isInC()
                ? new InC(LoopInC.open(caller, mechanism, pairs))
                : new InJava(Watcher.open(caller, mechanism, pairs), pairs);
    }

    final class InJava implements ChainLoop {
        private final Watcher watcher;
        private final Link[] links;
        private final Watcher.Handler handler = link -> passOn((Link) link);
        private int sent;
        private int received;
        private int writesLeft;

        private record Link(int fd, int farFd, int nextFarFd) {}

        private InJava(Watcher watcher, Pairs pairs) throws IOException {
            this.watcher = watcher;
            links = new Link[pairs.count()];
            try {
                for (int i = 0; i < links.length; i++) {
                    links[i] = new Link(pairs.fd(i), pairs.farFd(i), pairs.farFd((i + 1) % links.length));
                    watcher.register(i, false, links[i]);
                }
                watcher.settle();
            } catch (IOException | RuntimeException e) {
                watcher.close();
                throw e;
            }
        }

        @Override
        public void start(int active) {
            sent = 0;
            for (int i = 0; i < active; i++) {
                send(links[i * (links.length / active)].farFd);
            }
        }

        @Override
        public long run(int writes) throws IOException {
            received = 0;
            writesLeft = writes;
            do {
                watcher.poll(false, handler);
            } while (received != sent);
            return received;
        }

        private void passOn(Link link) {
            received += (int) PlainC.receiveByte(link.fd);
            if (writesLeft > 0) {
                writesLeft--;
                send(link.nextFarFd);
            }
        }

        private void send(int farFd) {
            Loop.require("bytes sent", 1, PlainC.sendByte(farFd));
            sent++;
        }

        @Override
        public void close() throws IOException {
            watcher.close();
        }
    }

    record InC(LoopInC loop) implements ChainLoop {
        @Override
        public void start(int active) throws IOException {
            PlainC.check("sending", PlainC.startChain(loop.handle(), active));
        }

        @Override
        public long run(int writes) throws IOException {
            return PlainC.check("the chain", PlainC.runChain(loop.handle(), writes));
        }

        @Override
        public void close() {
            loop.close();
        }
    }
}
