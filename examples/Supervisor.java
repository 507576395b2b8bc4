// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Registration;
import dev.pollux.posix.Posix;
import dev.pollux.posix.Processes;
import dev.pollux.posix.Signals;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * Runs commands, starts those again that fail, and ends with the last one. After SIGTERM it ends them all.
 * {@code java Supervisor.java 'COMMAND' ...}, on Linux 5.3 or later
 */
public class Supervisor {
    private static final long SECOND = 1_000_000_000; // ns
    private static final long PAUSE = SECOND / 5; // before a new start, so that a command that fails at once costs little

    private final Posix posix = Pollers.posix();
    private final Processes processes = posix.processes();
    private final Poller poller = Pollers.open();
    private final Set<Registration> running = new HashSet<>(); // of pidfds; each has its Child attached
    private final ArrayDeque<Start> starts = new ArrayDeque<>(); // the next one first
    private volatile boolean stopping;

    private record Start(String command, long dueNanos) {}

    private record Child(String command, Process process) {}

    public static void main(String[] args) throws Exception {
        new Supervisor().run(args);
    }

    Supervisor() throws IOException {}

    void run(String... commands) throws IOException, InterruptedException {
        // not a signalfd: other threads of the JVM would take the signal
        sun.misc.Signal.handle(new sun.misc.Signal("TERM"), signal -> {
            stopping = true;
            poller.wakeup();
        });
        for (String command : commands) {
            starts.add(new Start(command, System.nanoTime()));
        }
        while (!stopping && !(running.isEmpty() && starts.isEmpty())) {
            startThoseThatAreDue();
            long wait = starts.isEmpty() ? -1 : Math.max(0, starts.peek().dueNanos() - System.nanoTime());
            poller.poll(wait, (registration, ready) -> ended(registration));
        }
        signalAll(Signals.SIGTERM);
        long stoppedNanos = System.nanoTime();
        while (!running.isEmpty() && System.nanoTime() - stoppedNanos < 5 * SECOND) {
            poller.poll(SECOND, (registration, ready) -> ended(registration));
        }
        signalAll(Signals.SIGKILL);
        System.out.println("stopped");
    }

    private void startThoseThatAreDue() throws IOException {
        while (!starts.isEmpty() && System.nanoTime() - starts.peek().dueNanos() >= 0) {
            start(starts.remove().command());
        }
    }

    private void start(String command) throws IOException {
        Child child = new Child(command, new ProcessBuilder("sh", "-c", command).inheritIO().start());
        System.out.println("started " + command);
        int pidfd = processes.pidfd(child.process());
        if (pidfd < 0) {
            report(child); // it has ended already
        } else {
            running.add(poller.register(pidfd, Interest.READ, child));
        }
    }

    private void ended(Registration registration) throws IOException {
        running.remove(registration);
        registration.cancel();
        posix.close(registration.fd());
        report((Child) registration.attachment());
    }

    private void report(Child child) {
        int status = status(child.process());
        System.out.println("status " + status + " of " + child.command());
        if (status != 0 && !stopping) {
            starts.add(new Start(child.command(), System.nanoTime() + PAUSE));
        }
    }

    /** The JDK's own thread takes the status of a child; this waits a moment for it. */
    private static int status(Process ended) {
        return ended.onExit().join().exitValue();
    }

    private void signalAll(int signal) throws IOException {
        for (Registration each : running) {
            Child child = (Child) each.attachment();
            if (!processes.signal(each.fd(), signal)) { // ESRCH; the poller will report it
                System.out.println("already gone: " + child.command());
            }
        }
    }
}
