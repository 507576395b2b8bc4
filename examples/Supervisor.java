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
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Runs commands, starts those again that fail, and ends with the last one. After SIGTERM or Ctrl-C it ends them and all
 * that they have started. It needs Linux 5.3 or later and the commands setsid(1) and kill(1).
 * {@code java Supervisor.java 'COMMAND' ...}
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
        for (String name : List.of("TERM", "INT")) {
            sun.misc.Signal.handle(new sun.misc.Signal(name), signal -> {
                stopping = true;
                poller.wakeup();
            });
        }
        for (String command : commands) {
            starts.add(new Start(command, System.nanoTime()));
        }
        while (!stopping && !(running.isEmpty() && starts.isEmpty())) {
            startThoseThatAreDue();
            long wait = starts.isEmpty() ? -1 : Math.max(0, starts.peek().dueNanos() - System.nanoTime());
            poller.poll(wait, (registration, ready) -> ended(registration));
        }
        Set<Registration> groups = new HashSet<>(running);
        signal("TERM", groups);
        long stoppedNanos = System.nanoTime();
        while (!(running.isEmpty() && groups.isEmpty()) && System.nanoTime() - stoppedNanos < 5 * SECOND) {
            poller.poll(PAUSE, (registration, ready) -> ended(registration));
            signal("0", groups); // which of them have a process still; a pidfd shows the first one only
        }
        signal("KILL", groups);
        System.out.println("stopped");
    }

    private void startThoseThatAreDue() throws IOException {
        while (!starts.isEmpty() && System.nanoTime() - starts.peek().dueNanos() >= 0) {
            start(starts.remove().command());
        }
    }

    private void start(String command) throws IOException {
        // setsid: the command leads a process group of its own, whose number is its pid
        Child child = new Child(command, new ProcessBuilder("setsid", "sh", "-c", command).inheritIO().start());
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
        int status = child.process().onExit().join().exitValue(); // waits a moment for the JDK, which takes the status
        System.out.println("status " + status + " of " + child.command());
        if (status != 0 && !stopping) {
            starts.add(new Start(child.command(), System.nanoTime() + PAUSE));
        }
    }

    /** Signals all processes of the groups of these children, and forgets the groups that have none. */
    private void signal(String name, Set<Registration> groups) throws IOException, InterruptedException {
        for (Iterator<Registration> each = groups.iterator(); each.hasNext(); ) {
            Registration leader = each.next();
            long group = ((Child) leader.attachment()).process().pid();
            ProcessBuilder kill = new ProcessBuilder("kill", "-s", name, "--", "-" + group);
            if (kill.redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor() != 0) { // ESRCH
                each.remove();
                if (running.contains(leader)) { // it has just started, and has no group yet
                    processes.signal(leader.fd(), Signals.SIGTERM);
                }
            }
        }
    }
}
