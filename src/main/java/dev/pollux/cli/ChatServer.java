// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.DescriptorLimitException;
import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Watch;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A chat of lines, on one thread and one event loop. The first line that one sends is one's name; every other goes to
 * all who have a name. Lines of the server's own begin with a star.
 *
 * <p>What a member does not read waits for it, up to a limit; one that goes beyond is dropped. Text is passed on as the
 * bytes that came, but for control characters, which would act on the others' terminals.
 */
final class ChatServer implements Closeable {
    static final int LONGEST_LINE_BYTES = 1000;
    static final int MOST_UNSENT_BYTES = 64 * 1024;

    private static final int BACKLOG = 128;
    private static final int NAMES_SHOWN = 20;
    private static final Duration ACCEPT_AGAIN = Duration.ofSeconds(1);
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{M}\\p{N}_.-]{1,20}");

    private final EventLoop loop;
    private final Posix posix;
    private final Consumer<String> log;
    private final NativeMemory input;
    private final NativeMemory output;
    private final int listeningFd;
    private final Watch listening;
    private final InetSocketAddress address;
    private final Set<Member> members = new LinkedHashSet<>();

    /**
     * Listens at the address; with port 0, at any free port of it. The loop remains the caller's to run and to close.
     *
     * @param log is told, on the loop's thread, what the members are told of each other
     */
    ChatServer(EventLoop loop, Posix posix, InetSocketAddress wanted, Consumer<String> log) throws IOException {
        this.loop = loop;
        this.posix = posix;
        this.log = log;
        input = posix.allocate(16 * 1024);
        output = posix.allocate(4 * 1024);
        listeningFd = Addresses.listen(posix, wanted, BACKLOG);
        try {
            address = posix.localAddress(listeningFd);
            listening = loop.onReadable(listeningFd, (watch, ready) -> accept());
        } catch (IOException e) {
            posix.close(listeningFd);
            throw e;
        }
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return address;
    }

    private void accept() throws IOException {
        try {
            int fd = posix.accept(listeningFd);
            if (fd >= 0) {
                admit(fd);
            }
        } catch (SyscallException e) {
            log.accept("no new connections for a second: " + e.getMessage());
            listening.onReadable(null);
            loop.schedule(ACCEPT_AGAIN, this::acceptAgain);
        }
    }

    private void acceptAgain() {
        try {
            listening.onReadable((watch, ready) -> accept());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void admit(int fd) throws IOException {
        Member member = new Member(fd);
        try {
            posix.setNoDelay(fd, true);
            member.watch = loop.onReadable(fd, (watch, ready) -> member.read());
        } catch (DescriptorLimitException | SyscallException e) {
            posix.close(fd);
            log.accept("a connection was refused: " + e.getMessage());
            return;
        }
        members.add(member);
        member.tell("* what is your name?");
    }

    private Stream<Member> named() {
        return members.stream().filter(member -> member.name != null);
    }

    private void announce(String line) {
        log.accept(line);
        named().forEach(member -> member.tell(line));
    }

    private void leave(Member member, String how) {
        if (!members.remove(member)) {
            return;
        }
        try {
            member.close();
        } catch (IOException e) {
            log.accept(e.getMessage());
        }
        if (member.name != null) {
            announce("* " + member.name + " " + how);
        }
    }

    /** Closes every connection; not while the loop runs in another thread. */
    @Override
    public void close() throws IOException {
        for (Member member : members) {
            member.close();
        }
        members.clear();
        listening.cancel();
        posix.close(listeningFd);
    }

    /** Who is connected, named or not yet. */
    private final class Member {
        private final int fd;
        private final byte[] line = new byte[LONGEST_LINE_BYTES];
        private Watch watch;
        private String name;
        private int lineLength;
        private boolean isTooLong;
        private NativeMemory unsent;
        private int unsentLength;
        private boolean isLeaving;

        Member(int fd) {
            this.fd = fd;
        }

        void read() {
            int count;
            try {
                count = posix.read(fd, input, 0, input.sizeBytes());
            } catch (SyscallException reset) {
                count = -1;
            }
            for (int i = 0; i < count && !isLeaving; i++) {
                take(input.buffer().get(i));
            }
            if (count < 0) {
                if (lineLength > 0) {
                    endLine();
                }
                leave(this, "left");
            }
        }

        private void take(byte b) {
            if (b == '\n') {
                endLine();
            } else if (lineLength < line.length) {
                line[lineLength++] = b;
            } else {
                isTooLong = true;
            }
        }

        private void endLine() {
            int length = lineLength > 0 && line[lineLength - 1] == '\r' ? lineLength - 1 : lineLength;
            if (isTooLong) {
                tell("* that line was longer than " + LONGEST_LINE_BYTES + " bytes, and nobody has got it");
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
                tell("* a name is 1 to 20 letters, digits, dots, bars or dashes: what is yours?");
            } else if (named().anyMatch(other -> other.name.equalsIgnoreCase(wanted))) {
                tell("* somebody else is " + wanted + " here: what is your name?");
            } else {
                List<String> others = named().map(other -> other.name).toList();
                String shown = String.join(", ", others.subList(0, Math.min(others.size(), NAMES_SHOWN)));
                tell("* welcome, " + wanted + "; with you here: " + others.size()
                        + (others.isEmpty() ? "" : " (" + shown + (others.size() > NAMES_SHOWN ? ", ...)" : ")")));
                announce("* " + wanted + " joined");
                name = wanted;
            }
        }

        private void say(int length) {
            byte[] prefix = (name + ": ").getBytes(StandardCharsets.UTF_8);
            output.buffer().put(0, prefix);
            for (int i = 0; i < length; i++) {
                output.buffer().put(prefix.length + i, isControl(line[i]) ? (byte) '?' : line[i]);
            }
            int end = prefix.length + length;
            output.buffer().put(end, (byte) '\n');
            named().filter(other -> other != this).forEach(other -> other.send(end + 1));
        }

        /** Of ASCII, but for the tab; in UTF-8 such a byte is never part of anything else. */
        private static boolean isControl(byte b) {
            return b >= 0 && b < ' ' && b != '\t' || b == 0x7f;
        }

        void tell(String text) {
            byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
            output.buffer().put(0, bytes);
            send(bytes.length);
        }

        /** Sends the beginning of {@code output}, or keeps what cannot be sent now. */
        private void send(int length) {
            if (isLeaving) {
                return;
            }
            try {
                int sent = unsentLength == 0 ? posix.write(fd, output, 0, length) : 0;
                if (sent < length) {
                    keep(sent, length - sent);
                }
            } catch (IOException gone) {
                leaveSoon("left");
            }
        }

        private void keep(int offset, int length) throws IOException {
            if (length > MOST_UNSENT_BYTES - unsentLength) {
                leaveSoon("was dropped: more than " + MOST_UNSENT_BYTES + " bytes were not read");
                return;
            }
            if (unsent == null) {
                unsent = posix.allocate(MOST_UNSENT_BYTES);
            }
            if (unsentLength == 0) {
                watch.onWritable((writable, ready) -> sendUnsent());
            }
            unsent.buffer().put(unsentLength, output.buffer(), offset, length);
            unsentLength += length;
        }

        private void sendUnsent() throws IOException {
            try {
                int sent = posix.write(fd, unsent, 0, unsentLength);
                unsentLength -= sent;
                unsent.buffer().put(0, unsent.buffer(), sent, unsentLength);
            } catch (SyscallException gone) {
                leave(this, "left");
                return;
            }
            if (unsentLength == 0) {
                unsent = null;
                watch.onWritable(null);
            }
        }

        /** Later, for somebody is being told something now, and there may be others to come. */
        private void leaveSoon(String how) {
            isLeaving = true;
            loop.execute(() -> leave(this, how));
        }

        void close() throws IOException {
            isLeaving = true;
            watch.cancel();
            posix.close(fd);
        }
    }
}
