// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import java.io.IOException;

/** A {@link Poller}, used as a program would. */
final class PollerWatcher implements Watcher, ReadyHandler {
    private final Poller poller;
    private final Ends ends;
    private Handler told;

    PollerWatcher(Poller poller, Ends ends) {
        this.poller = poller;
        this.ends = ends;
    }

    @Override
    public Object register(int index, boolean once, Object attachment) throws IOException {
        return poller.register(ends.fd(index), Interest.READ, once ? Trigger.ONESHOT : Trigger.LEVEL, attachment);
    }

    @Override
    public void modify(Object registration, Interest interest) throws IOException {
        ((Registration) registration).modify(interest);
    }

    @Override
    public void cancel(Object registration) throws IOException {
        ((Registration) registration).cancel();
    }

    @Override
    public void settle() {}

    @Override
    public int poll(boolean blocking, Handler handler) throws IOException {
        told = handler;
        return poller.poll(blocking ? -1 : 0, this);
    }

    @Override
    public void ready(Registration registration, Readiness ready) {
        if (ready.isReadable()) {
            told.readable(registration.attachment());
        }
    }

    @Override
    public void wakeup() {
        poller.wakeup();
    }

    @Override
    public void close() throws IOException {
        poller.close();
    }
}
