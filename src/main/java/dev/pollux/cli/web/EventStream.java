// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.web;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events to one page. Sending throws when the page has been closed. For one thread. */
public final class EventStream {
    private final OutputStream out;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /** Sends an event. */
    public void send(String json) throws IOException {
        write("data: " + json + "\n\n");
    }

    /** Sends nothing that the page sees; a page that was closed is noticed only when something is written to it. */
    public void heartbeat() throws IOException {
        write(":\n\n");
    }

    /** Ends the stream as HTTP wants it, so that a browser does not complain. */
    void end() throws IOException {
        out.close();
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
