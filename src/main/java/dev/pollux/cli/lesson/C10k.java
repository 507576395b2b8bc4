// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import java.io.IOException;

/** Measures what waiting for ten thousand descriptors costs, and when epoll does not help. */
final class C10k {
    private C10k() {}

    static void play(Stage stage) throws IOException {
        stage.text("All numbers are measured now, on this machine: the best of some rounds, without waiting. Other"
                + " programs that run meanwhile make them larger.");

        stage.ask(
                "From 10 to 10000 descriptors: how does the cost of epoll_wait grow?",
                "a thousandfold",
                "about as much as that of poll",
                "hardly");
        stage.step("N descriptors, one of which is ready. Each point appears when it has been measured.");
        double growth = Cost.oneReady(stage);
        stage.seen(growth < 10 ? "hardly" : growth < 300 ? "about as much as that of poll" : "a thousandfold");
        stage.notice(
                "pselect and poll look at all N in each call. epoll_wait looks at those only that have become ready:"
                        + " the work is done when data arrives, and once. With 10000 clients, most of them idle, this is the"
                        + " difference between a busy and an idle processor.");

        stage.step("N descriptors, all of which are ready.");
        Cost.allReady(stage);
        stage.notice("Now epoll_wait has N events to return as well, and moves each entry from list to list: level"
                + " triggering puts it back. Where all descriptors are busy, poll is no worse.");

        stage.step("One of N is ready, and the program changes its interest before each call.");
        Cost.withChanges(stage);
        stage.notice("For poll a change is a store to memory; for epoll it is a system call of its own. With few"
                + " descriptors and many changes poll wins; kqueue and io_uring take the changes along with the wait.");

        stage.step("What each call passes to the kernel.");
        Cost.sizes(stage);
        stage.notice(
                "select and poll pass their question again and again. epoll passes it once, and returns 12 bytes for"
                        + " each event on x86-64, 16 elsewhere.");
    }
}
