// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import dev.pollux.posix.Timers;
import java.io.IOException;
import java.time.Duration;

/**
 * A periodic timer beside whatever else a poller waits for. It does not drift, and it says how many ticks came late.
 * {@code java PeriodicTimer.java [TICKS]}, on Linux
 */
public class PeriodicTimer {
    private static final Duration PERIOD = Duration.ofMillis(100);

    private final Posix posix = Pollers.posix();
    private final Timers timers = posix.timers();
    private long ticks;

    public static void main(String[] args) throws Exception {
        new PeriodicTimer().run(args.length > 0 ? Long.parseLong(args[0]) : 10);
    }

    void run(long wanted) throws IOException {
        int timer = timers.timerfd();
        try (Poller poller = Pollers.open()) {
            poller.register(timer, Interest.READ);
            timers.armEvery(timer, PERIOD, PERIOD);
            while (ticks < wanted) {
                poller.poll((registration, ready) -> tick(registration.fd()));
            }
        } finally {
            posix.close(timer);
        }
        System.out.println("done");
    }

    private void tick(int timer) throws IOException {
        long expirations = timers.expirations(timer); // reading also starts the next period
        ticks += expirations;
        String late = expirations > 1 ? ", " + (expirations - 1) + " late" : "";
        System.out.println("tick " + ticks + late);
    }
}
