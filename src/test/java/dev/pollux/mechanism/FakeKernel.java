// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Os;
import dev.pollux.abi.Rlimit;
import dev.pollux.abi.Socket;
import dev.pollux.abi.Stat;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A kernel in memory: pipes, stream sockets, eventfds, always-ready files, and readiness tables. It makes no system
 * call; a wait waits for a condition.
 *
 * <p>{@link FakeDriver} changes its {@link Table} directly and waits through {@link #epollWait}, so decorators that
 * count, refuse or interrupt waits work here too. Missing calls return -ENOSYS.
 */
final class FakeKernel extends ForwardingSyscalls {
    private static final int LOWEST_FD = 3;
    private static final long NUMBERS_LIMIT = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, FakeFile> files = new HashMap<>();
    private final Map<Integer, FakeFile.SocketEnd> listeners = new HashMap<>();
    private final Map<Integer, Table> tables = new HashMap<>();

    FakeKernel() {
        super(withoutCalls());
    }

    private static Syscalls withoutCalls() {
        return (Syscalls) Proxy.newProxyInstance(
                FakeKernel.class.getClassLoader(), new Class<?>[] {Syscalls.class}, (proxy, method, arguments) -> {
                    Class<?> type = method.getReturnType();
                    return type == int.class
                            ? (Object) (-Errno.ENOSYS)
                            : type == long.class ? (Object) (long) -Errno.ENOSYS : null;
                });
    }

    @Override
    public long addressOf(ByteBuffer direct) {
        return 1; // no address is used here
    }

    /** A watched file or number of a table. */
    static final class Item {
        final Entry entry;
        final int fd;
        private FakeFile file;
        private int events;
        private boolean isEdge;
        private int reportedArrivals;

        /** The entry is null for the waker. */
        Item(Entry entry, int fd) {
            this.entry = entry;
            this.fd = fd;
        }
    }

    /** An item that is ready. */
    record Answer(Item item, int bits) {}

    /**
     * The readiness table. One that watches numbers reports NVAL for a closed number, as {@code poll(2)} does. One that
     * watches files drops a closed file silently, as {@code epoll(7)} does.
     */
    final class Table {
        final int fd;
        private final boolean watchesNumbers;
        private final Set<Item> items = new LinkedHashSet<>();
        private List<Answer> answers = List.of();
        private int waiters;

        private Table(int fd, boolean watchesNumbers) {
            this.fd = fd;
            this.watchesNumbers = watchesNumbers;
        }

        /** Adds or changes an item. Returns -EBADF for a number that is not open. */
        int watch(Item item, int events, boolean edge) {
            lock.lock();
            try {
                FakeFile file = files.get(item.fd);
                if (file == null && !watchesNumbers) {
                    return -Errno.EBADF;
                } else if (!watchesNumbers && items.contains(item) && item.file != file) {
                    return -Errno.ENOENT;
                }
                item.file = file;
                item.events = events;
                item.isEdge = edge;
                item.reportedArrivals = -1;
                items.add(item);
                changed.signalAll();
                return 0;
            } finally {
                lock.unlock();
            }
        }

        /** From now on reports the item only when something arrives. */
        void watchArrivals(Item item) {
            lock.lock();
            try {
                item.isEdge = true;
                item.reportedArrivals = item.file.arrivals;
            } finally {
                lock.unlock();
            }
        }

        void forget(Item item) {
            lock.lock();
            try {
                items.remove(item);
            } finally {
                lock.unlock();
            }
        }

        /** Whether it watches the number's file. */
        boolean isWatched(Item item) {
            lock.lock();
            try {
                return items.contains(item) && item.file == files.get(item.fd);
            } finally {
                lock.unlock();
            }
        }

        /** Whether the item's file never changes its readiness. */
        boolean isAlwaysReady(Item item) {
            lock.lock();
            try {
                return item.file != null && item.file.isAlwaysReady();
            } finally {
                lock.unlock();
            }
        }

        /** Whether a thread is in a wait. */
        boolean isAwaited() {
            lock.lock();
            try {
                return waiters > 0;
            } finally {
                lock.unlock();
            }
        }

        /** The ready items of the last wait. */
        List<Answer> answers() {
            return answers;
        }

        private int await(int timeoutMillis) {
            long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            boolean interrupted = false;
            waiters++;
            try {
                answers = look();
                long leftNanos = timeoutMillis <= 0 ? timeoutMillis : Math.max(0, deadlineNanos - System.nanoTime());
                while (answers.isEmpty() && leftNanos != 0) {
                    try {
                        awaitChange(leftNanos);
                    } catch (InterruptedException e) {
                        interrupted = true; // an interrupt ends no system call
                    }
                    answers = look();
                    leftNanos = timeoutMillis < 0 ? leftNanos : Math.max(0, deadlineNanos - System.nanoTime());
                }
                return answers.size();
            } finally {
                waiters--;
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private void awaitChange(long timeoutNanos) throws InterruptedException {
            if (timeoutNanos < 0) {
                changed.await();
            } else {
                changed.awaitNanos(timeoutNanos);
            }
        }

        private List<Answer> look() {
            items.removeIf(item -> !watchesNumbers && item.file.numbers == 0);
            List<Answer> ready = new ArrayList<>();
            for (Item item : items) {
                int bits = look(item);
                if (bits != 0) {
                    ready.add(new Answer(item, bits));
                }
            }
            return ready;
        }

        private int look(Item item) {
            FakeFile file = watchesNumbers ? files.get(item.fd) : item.file;
            if (file == null) {
                return PollBits.NVAL;
            }
            int bits = file.bits() & (item.events | PollBits.HUP | PollBits.ERR);
            if (item.isEdge && item.reportedArrivals == file.arrivals) {
                return 0;
            }
            item.reportedArrivals = bits == 0 ? item.reportedArrivals : file.arrivals;
            return bits;
        }
    }

    /** A new table, of numbers or of files. */
    Table openTable(boolean watchesNumbers) {
        lock.lock();
        try {
            Table table = new Table(open(new FakeFile.TableFile(), LOWEST_FD), watchesNumbers);
            tables.put(table.fd, table);
            return table;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until an item is ready; the ready items are then in {@link Table#answers}. */
    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        lock.lock();
        try {
            Table table = tables.get(epfd);
            return table == null ? -Errno.EBADF : table.await(timeoutMillis);
        } finally {
            lock.unlock();
        }
    }

    /** The number of open descriptors. */
    int openNumbers() {
        lock.lock();
        try {
            return files.size();
        } finally {
            lock.unlock();
        }
    }

    private int open(FakeFile file, int lowestFd) {
        int fd = lowestFd;
        while (files.containsKey(fd)) {
            fd++;
        }
        files.put(fd, file);
        file.numbers++;
        return fd;
    }

    // Descriptors.

    private interface Operation<F extends FakeFile> {
        int apply(F file);
    }

    /** Runs an action on a file of this kind; waiting threads then check again. */
    private <F extends FakeFile> int with(int fd, Class<F> kind, Operation<F> operation) {
        lock.lock();
        try {
            FakeFile file = files.get(fd);
            if (file == null) {
                return -Errno.EBADF;
            } else if (!kind.isInstance(file)) {
                return -Errno.ENOTSOCK;
            }
            int rc = operation.apply(kind.cast(file));
            changed.signalAll();
            return rc;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int open(NativeMemory pathname, int flags) {
        lock.lock();
        try {
            return open(new FakeFile.Regular(), LOWEST_FD);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int close(int fd) {
        return with(fd, FakeFile.class, file -> {
            files.remove(fd);
            tables.remove(fd);
            if (--file.numbers == 0) {
                file.closed();
            }
            return 0;
        });
    }

    @Override
    public int read(int fd, NativeMemory buf, int bufOffset, int count) {
        return with(fd, FakeFile.class, file -> file.read(buf, bufOffset, count));
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        return with(fd, FakeFile.class, file -> file.write(buf, bufOffset, count));
    }

    @Override
    public int pipe(NativeMemory pipefd) {
        return openBoth(pipefd, FakeFile.PipeEnd.pair());
    }

    @Override
    public int socketpair(int domain, int type, int protocol, NativeMemory sv) {
        FakeFile.SocketEnd one = new FakeFile.SocketEnd();
        FakeFile.SocketEnd other = new FakeFile.SocketEnd();
        one.connect(other);
        return openBoth(sv, one, other);
    }

    private int openBoth(NativeMemory fds, FakeFile... both) {
        lock.lock();
        try {
            fds.putInt(0, open(both[0], LOWEST_FD));
            fds.putInt(Integer.BYTES, open(both[1], LOWEST_FD));
            return 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int eventfd(int initval, int flags) {
        lock.lock();
        try {
            return open(new FakeFile.Counter(Integer.toUnsignedLong(initval)), LOWEST_FD);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int dup(int oldfd) {
        return with(oldfd, FakeFile.class, file -> open(file, LOWEST_FD));
    }

    @Override
    public int fcntl(int fd, int op, int arg) {
        return with(fd, FakeFile.class, file -> op == Fcntl.F_DUPFD ? open(file, arg) : 0);
    }

    @Override
    public int fstat(int fd, NativeMemory statbuf) {
        return with(fd, FakeFile.class, file -> {
            Os os = Os.here();
            statbuf.putLong(Stat.inoOffset(os), System.identityHashCode(file));
            statbuf.putShort(Stat.modeOffset(os, System.getProperty("os.arch", "")), (short) file.type());
            return 0;
        });
    }

    @Override
    public int getrlimit(int resource, NativeMemory rlim) {
        rlim.putLong(Rlimit.CUR, NUMBERS_LIMIT);
        rlim.putLong(Rlimit.MAX, NUMBERS_LIMIT);
        return 0;
    }

    // Sockets.

    @Override
    public int socket(int domain, int type, int protocol) {
        lock.lock();
        try {
            return open(new FakeFile.SocketEnd(), LOWEST_FD);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int bind(int sockfd, NativeMemory addr, int addrlen) {
        return with(sockfd, FakeFile.SocketEnd.class, socket -> {
            socket.port = listeners.size() + 1;
            listeners.put(socket.port, socket);
            return 0;
        });
    }

    @Override
    public int listen(int sockfd, int backlog) {
        return with(sockfd, FakeFile.SocketEnd.class, socket -> {
            socket.listen();
            return 0;
        });
    }

    @Override
    public int getsockname(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return with(sockfd, FakeFile.SocketEnd.class, socket -> {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.port);
            Socket.putInet(addr.buffer(), address);
            return 0;
        });
    }

    @Override
    public int connect(int sockfd, NativeMemory addr, int addrlen) {
        return with(sockfd, FakeFile.SocketEnd.class, socket -> {
            FakeFile.SocketEnd accepted = new FakeFile.SocketEnd();
            socket.connect(accepted);
            FakeFile.SocketEnd listener =
                    listeners.get(Socket.getInet(addr.buffer()).getPort());
            listener.backlog.add(accepted);
            listener.arrivals++;
            return 0;
        });
    }

    @Override
    public int accept(int sockfd) {
        return with(sockfd, FakeFile.SocketEnd.class, listener -> {
            FakeFile accepted = listener.backlog.poll();
            return accepted == null ? -Errno.EAGAIN : open(accepted, LOWEST_FD);
        });
    }

    @Override
    public int shutdown(int sockfd, int how) {
        return with(sockfd, FakeFile.SocketEnd.class, socket -> socket.shutdown(how));
    }

    @Override
    public int send(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return with(sockfd, FakeFile.SocketEnd.class, FakeFile.SocketEnd::sendUrgent);
    }
}
