// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import java.io.IOException;

/** Calls a handler and records the calls that take long; one object for each poll. */
final class RecordedHandler implements ReadyHandler {
    private final ReadyHandler next;
    private int calls;

    RecordedHandler(ReadyHandler next) {
        this.next = next;
    }

    /** How many events were delivered until now. */
    int calls() {
        return calls;
    }

    @Override
    public void ready(Registration registration, Readiness ready) throws IOException {
        calls++;
        HandlerEvent event = new HandlerEvent();
        event.begin();
        try {
            next.ready(registration, ready);
        } finally {
            event.end();
            if (event.shouldCommit()) {
                record(event, registration, ready);
            }
        }
    }

    private void record(HandlerEvent event, Registration registration, Readiness ready) {
        Object attachment = registration.attachment();
        event.descriptor = registration.fd();
        event.ready = ready.toString();
        event.handler = next.getClass();
        event.attachment = attachment == null ? null : attachment.getClass();
        event.commit();
    }
}
