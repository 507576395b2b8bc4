// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;
import jdk.jfr.FlightRecorder;

/** Records the polls of another poller, and the handlers that take long, as events of JDK Flight Recorder. */
public final class RecordedPoller implements Poller {
    private final KernelPoller next;
    private final WaitTimer waits;

    /** How the poller that is to be recorded is opened over given calls. */
    @FunctionalInterface
    public interface Opener {
        KernelPoller open(Syscalls calls) throws IOException;
    }

    private RecordedPoller(KernelPoller next, WaitTimer waits) {
        this.next = next;
        this.waits = waits;
    }

    /**
     * Opens a poller that is recorded.
     *
     * @throws UnsupportedOperationException if this JVM runs without the module jdk.jfr
     */
    public static Poller open(Syscalls calls, Opener opener) throws IOException {
        registerEvents();
        WaitTimer waits = new WaitTimer(calls);
        return new RecordedPoller(opener.open(waits), waits);
    }

    /** Here and not in the first poll: it takes milliseconds. */
    private static void registerEvents() {
        try {
            FlightRecorder.register(PollEvent.class);
            FlightRecorder.register(HandlerEvent.class);
        } catch (LinkageError e) {
            throw new UnsupportedOperationException(
                    "this JVM runs without the module jdk.jfr, which events for JDK Flight Recorder need;"
                            + " start it with --add-modules jdk.jfr, or link the module into its image",
                    e);
        }
    }

    @Override
    public int poll(ReadyHandler handler) throws IOException {
        return poll(-1, handler);
    }

    @Override
    public int poll(long timeoutNanos, ReadyHandler handler) throws IOException {
        RecordedHandler recorded = new RecordedHandler(Objects.requireNonNull(handler, "handler"));
        long waitedNanos = waits.nanosOfThisThread();
        PollEvent event = new PollEvent();
        event.begin();
        try {
            return next.poll(timeoutNanos, recorded);
        } finally {
            event.end();
            if (event.shouldCommit()) {
                event.mechanism = next.mechanism().name();
                event.kernelTime = waits.nanosOfThisThread() - waitedNanos;
                event.ready = recorded.calls();
                event.registered = next.registrations();
                event.commit();
            }
        }
    }

    // Everything else is the other poller's.

    @Override
    public Registration register(int fd, Interest interest, Trigger trigger, Object attachment) throws IOException {
        return next.register(fd, interest, trigger, attachment);
    }

    @Override
    public Registration register(SelectableChannel channel, Interest interest, Trigger trigger, Object attachment)
            throws IOException {
        return next.register(channel, interest, trigger, attachment);
    }

    @Override
    public Registration registerExclusive(int fd, Interest interest, Trigger trigger, Object attachment)
            throws IOException {
        return next.registerExclusive(fd, interest, trigger, attachment);
    }

    @Override
    public Registration registerExclusive(
            SelectableChannel channel, Interest interest, Trigger trigger, Object attachment) throws IOException {
        return next.registerExclusive(channel, interest, trigger, attachment);
    }

    @Override
    public boolean supportsExclusive() {
        return next.supportsExclusive();
    }

    @Override
    public Registration registration(int fd) {
        return next.registration(fd);
    }

    @Override
    public int size() {
        return next.size();
    }

    @Override
    public void wakeup() {
        next.wakeup();
    }

    @Override
    public boolean supports(Trigger trigger) {
        return next.supports(trigger);
    }

    @Override
    public Mechanism mechanism() {
        return next.mechanism();
    }

    @Override
    public Binding binding() {
        return next.binding();
    }

    @Override
    public boolean isOpen() {
        return next.isOpen();
    }

    @Override
    public void close() {
        next.close();
    }

    @Override
    public String toString() {
        return next.toString();
    }
}
