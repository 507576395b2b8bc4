// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.posix.Posix;
import dev.pollux.posix.TerminalMode;
import dev.pollux.posix.Terminals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a shell in a pseudo-terminal of its own: what is typed goes to the shell, what it prints goes to the screen. It
 * needs the command setsid(1) of Linux. {@code java PtyShell.java [COMMAND [ARGUMENT...]]}
 */
public class PtyShell {
    private static final int EIO = 5; // on every Unix
    private static final byte CTRL_D = 4;

    private final Posix posix = Pollers.posix();
    private final Terminals terminals = posix.terminals();
    private final ByteBuffer typed = ByteBuffer.allocateDirect(4096); // what the shell has not read yet
    private final ByteBuffer printed = ByteBuffer.allocateDirect(4096);
    private boolean typing = true;
    private boolean running = true;
    private volatile boolean resized;

    public static void main(String[] args) throws Exception {
        System.exit(new PtyShell().run(args.length > 0 ? List.of(args) : List.of("sh")));
    }

    /** Returns the exit status of the command. */
    int run(List<String> command) throws IOException, InterruptedException {
        try (Terminals.Pty pty = terminals.openPty();
                Poller poller = Pollers.open()) {
            if (terminals.isTerminal(Posix.STANDARD_INPUT)) {
                lend(pty.masterFd(), poller);
            }
            Process shell = start(command, pty);
            Registration keyboard = poller.register(Posix.STANDARD_INPUT, Interest.READ);
            Registration master = poller.register(pty.masterFd(), Interest.READ);
            while (running) {
                poller.poll((registration, ready) -> {
                    if (registration == keyboard) {
                        readKeyboard();
                    } else if (ready.isReadable()) {
                        print(master.fd());
                    }
                });
                if (resized) {
                    resized = false;
                    terminals.setWindowSize(master.fd(), terminals.windowSize(Posix.STANDARD_INPUT));
                }
                if (typed.position() > 0 && running) {
                    posix.write(master.fd(), typed.flip());
                    typed.compact();
                }
                boolean full = typed.position() > 0; // then no more is read until the shell has read this
                master.modify(full ? Interest.READ_WRITE : Interest.READ);
                keyboard.modify(typing && !full ? Interest.READ : Interest.NONE);
            }
            return shell.waitFor();
        }
    }

    /** The pty gets the size of our terminal; ours becomes raw, so that Ctrl-C is a byte for the shell. */
    private void lend(int master, Poller poller) throws IOException {
        TerminalMode before = terminals.mode(Posix.STANDARD_INPUT);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> restore(before))); // whatever ends us, but SIGKILL
        terminals.setMode(Posix.STANDARD_INPUT, before.raw());
        terminals.setWindowSize(master, terminals.windowSize(Posix.STANDARD_INPUT));
        sun.misc.Signal.handle(new sun.misc.Signal("WINCH"), signal -> {
            resized = true; // no more here: another thread runs this, perhaps after the master was closed
            poller.wakeup();
        });
    }

    private void restore(TerminalMode before) {
        try {
            terminals.setMode(Posix.STANDARD_INPUT, before);
        } catch (IOException e) { // it has gone
        }
    }

    /** A session leader without a terminal gets the first one that it opens as its controlling terminal. */
    private static Process start(List<String> command, Terminals.Pty pty) throws IOException {
        List<String> session = new ArrayList<>(List.of("setsid", "sh", "-c", "exec \"$@\" <>\"$0\" >&0 2>&1"));
        session.add(pty.slavePath().toString());
        session.addAll(command);
        return new ProcessBuilder(session).inheritIO().start();
    }

    /** Standard input may block, so it is read once each time it is ready. O_NONBLOCK would hit our parent, too. */
    private void readKeyboard() throws IOException {
        if (posix.read(Posix.STANDARD_INPUT, typed) < 0) {
            typing = false;
            typed.put(CTRL_D);
        }
    }

    private void print(int master) throws IOException {
        try {
            running = posix.read(master, printed) >= 0;
        } catch (SyscallException e) { // EIO is the end on Linux: nobody has the slave open any more
            if (e.errno() != EIO) {
                throw e;
            }
            running = false;
        }
        for (printed.flip(); printed.hasRemaining(); ) {
            posix.write(Posix.STANDARD_OUTPUT, printed); // waits: a slow screen slows the shell
        }
        printed.clear();
    }
}
