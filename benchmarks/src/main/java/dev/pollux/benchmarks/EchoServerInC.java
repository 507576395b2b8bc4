// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Serves with the loop of {@code native/echo.c}, on a Java thread. */
final class EchoServerInC implements EchoServer {
    private final Caller caller;
    private final Mechanism mechanism;
    private final AcceptedConnections accepted;
    private final Thread thread = new Thread(this::run, THREAD);
    private LoopInC loop;

    EchoServerInC(Caller caller, Mechanism mechanism) throws IOException {
        this.caller = caller;
        this.mechanism = mechanism;
        this.accepted = AcceptedConnections.listen(caller);
    }

    @Override
    public int port() {
        try {
            return accepted.port();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void serve(int connections) throws IOException {
        accepted.accept(connections);
        loop = LoopInC.open(caller, mechanism, accepted.fds(), new int[0]);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            PlainC.check("serving", PlainC.serveEcho(loop.handle(), BUFFER_BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (loop != null) {
            PlainC.check("stopping", PlainC.stopEcho(loop.handle()));
            Threads.join(thread);
            loop.close();
        }
        accepted.close();
    }
}
