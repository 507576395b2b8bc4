// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import dev.pollux.cli.web.EventStream;
import dev.pollux.cli.web.LocalServer;
import dev.pollux.cli.web.Request;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A page that draws a {@link LiveView}, sampled a few times a second. For its bounds see {@link LocalServer}. */
public final class LivePage implements LocalServer.Site, Closeable {
    private static final int MOST_VIEWERS = 8;
    private static final long SAMPLE_MILLIS = 250;
    private static final long PATIENCE_MILLIS = 1_000;
    private static final List<String> FILES = List.of("live.html", "live.css", "live.js");

    private final LiveView view;
    private final LongSupplier dropped;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final LocalServer server;

    /**
     * Opens the page.
     *
     * @param port a TCP port of 127.0.0.1; 0 takes any free one
     * @param dropped how many lines did not reach the view
     */
    public LivePage(int port, LiveView view, LongSupplier dropped) throws IOException {
        this.view = view;
        this.dropped = dropped;
        server = new LocalServer(port, MOST_VIEWERS, this);
    }

    /** What a user opens. */
    public String address() {
        return server.address();
    }

    @Override
    public List<String> files() {
        return FILES;
    }

    /** None: a viewer changes nothing. */
    @Override
    public Set<String> posts() {
        return Set.of();
    }

    @Override
    public void answer(Request request) throws IOException {
        if (request.path().equals("events")) {
            server.stream(request, "there are " + MOST_VIEWERS + " viewers already", this::stream);
        } else {
            request.refuse(404, "there is nothing here");
        }
    }

    private void stream(EventStream out) throws IOException, InterruptedException {
        String sent = "";
        do {
            String sample = view.json(dropped.getAsLong());
            if (sample.equals(sent)) {
                out.heartbeat();
            } else {
                out.send(sample);
                sent = sample;
            }
        } while (!closing.await(SAMPLE_MILLIS, TimeUnit.MILLISECONDS));
        out.send(view.json(dropped.getAsLong()));
        out.send("null");
    }

    /** Sends the last state to all viewers and stops listening. */
    @Override
    public void close() {
        closing.countDown();
        server.awaitStreams(PATIENCE_MILLIS);
        server.close();
    }
}
