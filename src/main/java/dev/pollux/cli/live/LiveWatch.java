// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;

/** A page that shows the pollers of this process. Nothing is written anywhere, and the pollers never wait for it. */
public final class LiveWatch implements Closeable {
    private final LiveFeed feed;
    private final LivePage page;

    /**
     * Opens the page.
     *
     * @param port a TCP port of 127.0.0.1; 0 takes any free one
     * @param source what the page says that it shows
     */
    public LiveWatch(int port, String source) throws IOException {
        LiveView view = new LiveView(source);
        feed = new LiveFeed(view);
        page = new LivePage(port, view, feed::dropped);
        feed.start();
    }

    /** Takes the lines of a trace in JSON, from any thread. */
    public Consumer<String> sink() {
        return feed;
    }

    /** What a user opens. */
    public String address() {
        return page.address();
    }

    /** Sends the last state to the viewers and closes the page. */
    @Override
    public void close() {
        feed.close();
        page.close();
    }
}
