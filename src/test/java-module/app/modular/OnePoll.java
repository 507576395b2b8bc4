// SPDX-License-Identifier: Apache-2.0
package app.modular;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;

/** A program in a module of its own: one poll of a descriptor, and one of a selector if Pollux is the JVM's provider. */
public final class OnePoll {
    private OnePoll() {}

    public static void main(String[] args) throws Exception {
        try (Poller poller = Pollers.open()) {
            Posix posix = Pollers.posix();
            Posix.Pipe pipe = posix.pipe();
            poller.register(pipe.writeFd(), Interest.WRITE);
            int delivered = poller.poll((registration, ready) -> registration.cancel());
            System.out.println("poll through " + poller.binding() + ": " + delivered);
        }
        try (Selector selector = SelectorProvider.provider().openSelector()) {
            System.out.println("selector: " + selector.getClass().getName() + " " + selector.selectNow());
        }
    }
}
