// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;
import java.nio.channels.Pipe;

/** Watches a channel through JNA, and prints the outcome. */
public final class ChannelUser {
    private ChannelUser() {}

    public static void main(String[] args) throws IOException {
        Pipe pipe = Pipe.open();
        pipe.sink().configureBlocking(false);
        try (Poller poller = Pollers.builder().binding(Binding.JNA).open()) {
            poller.register(pipe.sink(), Interest.WRITE, Trigger.LEVEL, null);
            System.out.println("ready: " + poller.poll((registration, ready) -> {}));
        } catch (UnsupportedOperationException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
