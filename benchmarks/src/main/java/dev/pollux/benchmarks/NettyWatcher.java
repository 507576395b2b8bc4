// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Interest;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;

/** What is under Netty's event loop on Linux, its {@link EpollIoHandler}, without the event loop. */
final class NettyWatcher implements Watcher {
    private static final EpollIoOps READ = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP);
    private static final EpollIoOps READ_ONCE = READ.with(EpollIoOps.valueOf(1 << 30)); // EPOLLONESHOT

    private final Ends ends;
    private final Context context = new Context();
    private final IoHandler handler;
    private volatile boolean woken;
    private Handler told;
    private int delivered;

    NettyWatcher(Ends ends) {
        this.ends = ends;
        handler = EpollIoHandler.newFactory().newHandler(new AnyThread());
    }

    /** A wakeup may come from any thread; the handler's own tasks are done at once. */
    private static final class AnyThread implements ThreadAwareExecutor {
        @Override
        public boolean isExecutorThread(Thread asking) {
            return false;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    private final class Context implements IoHandlerContext {
        private boolean blocking;

        @Override
        public boolean canBlock() {
            return blocking && !woken;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return blocking ? Long.MAX_VALUE : 0;
        }

        @Override
        public long deadlineNanos() {
            return -1; // none
        }
    }

    private final class Handle implements EpollIoHandle {
        private final FileDescriptor fd;
        private final Object attachment;
        private final EpollIoOps read;
        private IoRegistration registration;

        private Handle(int fd, boolean once, Object attachment) {
            this.fd = new FileDescriptor(fd);
            this.read = once ? READ_ONCE : READ;
            this.attachment = attachment;
        }

        @Override
        public FileDescriptor fd() {
            return fd;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLIN)) {
                told.readable(attachment);
                delivered++;
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public Object register(int index, boolean once, Object attachment) throws IOException {
        Handle handle = new Handle(ends.fd(index), once, attachment);
        try {
            handle.registration = handler.register(handle);
        } catch (Exception e) {
            throw new IOException("Netty does not register descriptor " + ends.fd(index), e);
        }
        handle.registration.submit(handle.read);
        return handle;
    }

    @Override
    public void modify(Object registration, Interest interest) {
        Handle handle = (Handle) registration;
        EpollIoOps ops = interest.isRead() ? handle.read : EpollIoOps.NONE;
        handle.registration.submit(interest.isWrite() ? ops.with(EpollIoOps.EPOLLOUT) : ops);
    }

    @Override
    public void cancel(Object registration) {
        ((Handle) registration).registration.cancel();
    }

    @Override
    public void settle() {}

    @Override
    public int poll(boolean blocking, Handler ready) {
        told = ready;
        delivered = 0;
        context.blocking = blocking;
        do { // Netty's event loop goes round without having been woken, and so does this
            handler.run(context);
        } while (blocking && delivered == 0 && !woken);
        woken = false;
        return delivered;
    }

    /** Netty's own is not sticky: an event loop looks for tasks before it waits, and so does {@link Context}. */
    @Override
    public void wakeup() {
        woken = true;
        handler.wakeup();
    }

    @Override
    public void close() {
        handler.prepareToDestroy();
        handler.destroy();
    }
}
