// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A chat of lines, on one thread and one event loop. The first line of a member is its name; every other line goes to
 * all members that have a name. Lines of the server itself begin with a star.
 *
 * <p>A round of the loop takes a limited number of lines from each member, so that no member starves the others. The
 * output of a round for a member is collected and written at the end of the round, in one call.
 *
 * <p>The server does not read from a member that does not read its output. A member with too much unread output is
 * dropped. If all unread output together is too much, the newest member that does not read is dropped. Text is passed on
 * byte by byte, except for control characters, see {@link ChatText}.
 */
final class ChatServer implements Closeable {
    static final int LONGEST_LINE_BYTES = 1000;
    static final int MOST_UNSENT_BYTES = 64 * 1024;

    private static final int BACKLOG = 1024;
    private static final int NAMES_SHOWN = 20;
    private static final int INPUT_SIZE_BYTES = 4 * 1024;
    private static final int LINES_PER_ROUND = 64;
    private static final int FIRST_UNSENT_SIZE_BYTES = 512;
    private static final long MOST_UNSENT_BYTES_OF_ALL =
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
    private static final byte[] NOTHING = {};
    private static final byte[] PROMPT = bytesOf("* what is your name?");
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{M}\\p{N}_.-]{1,20}");

    private final EventLoop loop;
    private final KernelPosix posix;
    private final Consumer<String> log;
    private final long mostUnsentBytesOfAll;
    private final NativeMemory input;
    private final NativeMemory output;
    private final int listeningFd;
    private final Acceptor acceptor;
    private final InetSocketAddress address;
    private final Set<Member> members = new LinkedHashSet<>();
    private final TreeSet<Member> unsentMembers = new TreeSet<>(Comparator.comparingInt(member -> member.number));
    private long unsentBytesOfAll;
    private List<Member> unflushed = new ArrayList<>();
    private int lastNumber;

    /**
     * Listens at the address; port 0 means any free port. The caller runs and closes the loop.
     *
     * @param log gets the server's own lines, on the thread of the loop
     */
    ChatServer(EventLoop loop, KernelPosix posix, InetSocketAddress wanted, Consumer<String> log) throws IOException {
        this(loop, posix, wanted, log, MOST_UNSENT_BYTES_OF_ALL);
    }

    /**
     * The same with another memory limit.
     *
     * @param mostUnsentBytesOfAll how many bytes may wait for members that do not read, for all of them together
     */
    ChatServer(
            EventLoop loop,
            KernelPosix posix,
            InetSocketAddress wanted,
            Consumer<String> log,
            long mostUnsentBytesOfAll)
            throws IOException {
        this.loop = loop;
        this.posix = posix;
        this.log = log;
        this.mostUnsentBytesOfAll = mostUnsentBytesOfAll;
        input = posix.allocate(INPUT_SIZE_BYTES);
        output = posix.allocate(MOST_UNSENT_BYTES);
        listeningFd = Addresses.listen(posix, wanted, BACKLOG);
        try {
            address = posix.localAddress(listeningFd);
            acceptor = new Acceptor(loop, posix, listeningFd, false, this::admit, this::accountForPause);
        } catch (IOException e) {
            posix.close(listeningFd);
            throw e;
        }
    }

    /** The address at which it listens. */
    InetSocketAddress address() {
        return address;
    }

    private void accountForPause(IOException reason) {
        log.accept("no new connections for a second: " + reason.getMessage());
    }

    private void admit(int fd) throws IOException {
        Member member = new Member(++lastNumber);
        members.add(member);
        try {
            member.watch = new RetryingWatch(loop, loop.onReadable(fd, (watch, ready) -> member.read()));
        } catch (IOException | OutOfMemoryError e) {
            members.remove(member);
            throw e;
        }
        member.send(PROMPT);
    }

    private Stream<Member> named() {
        return members.stream().filter(member -> member.name != null);
    }

    private void announce(String line) {
        log.accept(line);
        byte[] bytes = bytesOf(line);
        named().forEach(member -> member.send(bytes));
    }

    private static byte[] bytesOf(String line) {
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void leave(Member member, String how) throws IOException {
        if (!members.remove(member)) {
            return;
        }
        try {
            member.close();
        } catch (IOException e) {
            log.accept(e.getMessage());
        }
        acceptor.closed();
        if (member.name != null) {
            announce("* " + member.name + " " + how);
        }
    }

    private void flushAll() {
        List<Member> now = unflushed;
        unflushed = new ArrayList<>();
        now.forEach(Member::flush);
    }

    /** Makes room for this many more unsent bytes; if necessary, drops the newest members that do not read. */
    private void makeRoomFor(int bytes) {
        if (unsentBytesOfAll + bytes > mostUnsentBytesOfAll) {
            flushAll();
        }
        while (unsentBytesOfAll + bytes > mostUnsentBytesOfAll && !unsentMembers.isEmpty()) {
            unsentMembers.last().dropForMemory();
        }
    }

    /** Closes every connection. The loop must not run in another thread meanwhile. */
    @Override
    public void close() throws IOException {
        for (Member member : members) {
            member.close();
        }
        members.clear();
        acceptor.cancel();
        posix.close(listeningFd);
    }

    /** A connection, with or without a name. */
    private final class Member {
        private final int number;
        private final byte[] line = new byte[LONGEST_LINE_BYTES];
        private RetryingWatch watch;
        private String name;
        private int lineLength;
        private boolean isTooLong;
        /** Input that waits for the next round, from an offset on. */
        private byte[] unread = NOTHING;

        private int unreadOffset;
        private byte[] unsent = NOTHING;
        private int unsentLength;
        private boolean isUnflushed;
        private boolean goesOn;
        /** Whether the kernel did not take all of {@code unsent}. */
        private boolean isBlocked;

        private boolean isLeaving;

        Member(int number) {
            this.number = number;
        }

        private void read() throws IOException {
            if (isLeaving || isBlocked || unread.length > 0) {
                return; // the kernel refused to remove the read interest
            }
            try {
                readOnce();
            } catch (OutOfMemoryError e) {
                dropForMemory();
            }
        }

        private void readOnce() throws IOException {
            int count;
            try {
                count = posix.read(watch.fd(), input, 0, input.sizeBytes());
            } catch (SyscallException reset) {
                count = -1;
            }
            if (count < 0) {
                if (lineLength > 0) {
                    endLine();
                }
                leave(this, "left");
                return;
            }
            unread = new byte[count];
            input.buffer().get(0, unread);
            unreadOffset = 0;
            takeLines();
        }

        /** Takes as many lines as one round allows. The next round takes the rest before it reads. */
        private void takeLines() throws IOException {
            boolean wasWaiting = unreadOffset > 0;
            for (int lines = 0; unreadOffset < unread.length && lines < LINES_PER_ROUND && !isLeaving; ) {
                lines += take(unread[unreadOffset++]) ? 1 : 0;
            }
            boolean isWaiting = unreadOffset < unread.length && !isLeaving;
            if (isWaiting) {
                goOnLater();
            } else {
                unread = NOTHING;
            }
            if (isWaiting != wasWaiting) {
                watchAgain();
            }
        }

        private void goOnLater() {
            if (!goesOn) {
                goesOn = true;
                loop.execute(this::goOn);
            }
        }

        private void goOn() {
            goesOn = false;
            if (isLeaving || isBlocked) {
                return;
            }
            try {
                takeLines();
            } catch (IOException | OutOfMemoryError e) {
                leaveSoon("left");
            }
        }

        /** Reads only from a member that reads its own output. */
        private void watchAgain() throws IOException {
            if (!isLeaving) {
                watch.set(
                        isBlocked || unread.length > 0 ? null : (watch, ready) -> read(),
                        isBlocked ? (watch, ready) -> flush() : null);
            }
        }

        /** Returns true at the end of a line. */
        private boolean take(byte b) {
            if (b == '\n') {
                endLine();
                return true;
            }
            if (lineLength < line.length) {
                line[lineLength++] = b;
            } else {
                isTooLong = true;
            }
            return false;
        }

        private void endLine() {
            int length = lineLength > 0 && line[lineLength - 1] == '\r' ? lineLength - 1 : lineLength;
            if (isTooLong) {
                tell("* that line was longer than " + LONGEST_LINE_BYTES + " bytes, and was not sent");
            } else if (name == null) {
                enter(new String(line, 0, length, StandardCharsets.UTF_8));
            } else if (length > 0) {
                say(length);
            }
            lineLength = 0;
            isTooLong = false;
        }

        private void enter(String wanted) {
            if (!NAME.matcher(wanted).matches()) {
                tell("* a name has 1 to 20 letters, digits, dots, underscores or dashes: what is your name?");
            } else if (named().anyMatch(other -> other.name.equalsIgnoreCase(wanted))) {
                tell("* the name " + wanted + " is taken: what is your name?");
            } else {
                List<String> others = named().map(other -> other.name).toList();
                String shown = String.join(", ", others.subList(0, Math.min(others.size(), NAMES_SHOWN)));
                tell("* welcome, " + wanted + "; others here: " + others.size()
                        + (others.isEmpty() ? "" : " (" + shown + (others.size() > NAMES_SHOWN ? ", ...)" : ")")));
                announce("* " + wanted + " joined");
                name = wanted;
            }
        }

        private void say(int length) {
            byte[] prefix = (name + ": ").getBytes(StandardCharsets.UTF_8);
            int textLength = ChatText.replaceControls(line, length);
            byte[] bytes = Arrays.copyOf(prefix, prefix.length + textLength + 1);
            System.arraycopy(line, 0, bytes, prefix.length, textLength);
            bytes[bytes.length - 1] = '\n';
            named().filter(other -> other != this).forEach(other -> other.send(bytes));
        }

        void tell(String text) {
            send(bytesOf(text));
        }

        /** Adds bytes to the output of this round. */
        private void send(byte[] bytes) {
            if (isLeaving) {
                return;
            }
            if (bytes.length > MOST_UNSENT_BYTES - unsentLength) {
                flush();
            }
            if (bytes.length > MOST_UNSENT_BYTES - unsentLength) {
                leaveSoon("was dropped: it left more than " + MOST_UNSENT_BYTES + " bytes unread");
                return;
            }
            try {
                growTo(unsentLength + bytes.length);
                if (!isLeaving) { // otherwise makeRoomFor dropped this member
                    System.arraycopy(bytes, 0, unsent, unsentLength, bytes.length);
                    unsentLength += bytes.length;
                    flushLater();
                }
            } catch (OutOfMemoryError e) {
                dropForMemory();
            }
        }

        private void flushLater() {
            if (!isUnflushed && !isBlocked) {
                if (unflushed.isEmpty()) {
                    loop.execute(ChatServer.this::flushAll);
                }
                unflushed.add(this);
                isUnflushed = true;
            }
        }

        private void growTo(int sizeBytes) {
            int size = Math.max(unsent.length, FIRST_UNSENT_SIZE_BYTES);
            while (size < sizeBytes) {
                size *= 2;
            }
            if (size > unsent.length) {
                makeRoomFor(size - unsent.length);
                if (!isLeaving) {
                    byte[] grown = new byte[size];
                    System.arraycopy(unsent, 0, grown, 0, unsentLength);
                    replaceUnsent(grown);
                }
            }
        }

        private void replaceUnsent(byte[] bytes) {
            unsentBytesOfAll += bytes.length - unsent.length;
            unsent = bytes;
            if (bytes.length > 0) {
                unsentMembers.add(this);
            } else {
                unsentLength = 0;
                unsentMembers.remove(this);
            }
        }

        private void flush() {
            isUnflushed = false;
            if (isLeaving) {
                return;
            }
            try {
                int sent = write();
                System.arraycopy(unsent, sent, unsent, 0, unsentLength - sent);
                unsentLength -= sent;
                if (unsentLength == 0) {
                    replaceUnsent(NOTHING);
                }
                if (isBlocked != unsentLength > 0) {
                    isBlocked = unsentLength > 0;
                    watchAgain();
                    if (!isBlocked && unread.length > 0) {
                        goOnLater();
                    }
                }
            } catch (IOException gone) {
                leaveSoon("left");
            }
        }

        private int write() throws IOException {
            if (unsentLength == 0) {
                return 0;
            }
            output.buffer().put(0, unsent, 0, unsentLength);
            return posix.write(watch.fd(), output, 0, unsentLength);
        }

        private void dropForMemory() {
            replaceUnsent(NOTHING);
            leaveSoon("was dropped: it left output unread, and the server has no memory for more");
        }

        /** Leaves later, because the caller may iterate over the members. */
        private void leaveSoon(String how) {
            if (!isLeaving) {
                isLeaving = true;
                loop.execute(() -> {
                    try {
                        leave(this, how);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
        }

        /** Writes as much of the last output as the kernel takes. */
        void close() throws IOException {
            try {
                write();
            } catch (SyscallException peerHasGone) {
                // nobody reads the output
            }
            isLeaving = true;
            replaceUnsent(NOTHING);
            watch.cancel();
            posix.close(watch.fd());
        }
    }
}
