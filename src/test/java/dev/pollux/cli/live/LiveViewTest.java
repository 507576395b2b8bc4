// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a view makes of recorded lines. */
class LiveViewTest {
    private static List<String> listed(JsonObject poller) {
        return poller.getAsJsonArray("listed").asList().stream()
                .map(each -> each.getAsJsonObject().get("fd").getAsInt() + " "
                        + each.getAsJsonObject().get("events").getAsString())
                .toList();
    }

    private static List<Integer> ints(JsonArray array) {
        return array.asList().stream().map(each -> each.getAsInt()).toList();
    }

    @Test
    void epollsRegistrationsAndWhatItsPollsFoundAreCounted() {
        JsonObject epoll = Lines.poller(Lines.view(Lines.EPOLL), "epoll 11");
        assertThat(epoll.get("isOpen").getAsBoolean()).isTrue();
        assertThat(epoll.get("thread").getAsString()).isEqualTo("loop");
        assertThat(epoll.get("registered").getAsInt()).isEqualTo(3);
        assertThat(listed(epoll))
                .containsExactly("12 EPOLLIN|EPOLLET", "13 EPOLLIN|EPOLLRDHUP", "14 EPOLLIN|EPOLLRDHUP");
        assertThat(epoll.get("polls").getAsInt()).isEqualTo(4);
        assertThat(epoll.get("ready").getAsInt()).isEqualTo(4);
        assertThat(ints(epoll.getAsJsonArray("readyPerPoll"))).containsExactly(0, 1, 1, 2);
        assertThat(ints(epoll.getAsJsonArray("lastReady"))).containsExactly(13, 14);
    }

    @Test
    void timeIsSplitIntoWaitsCallsAndTheProgramItself() {
        JsonObject epoll = Lines.poller(Lines.view(Lines.EPOLL), "epoll 11");
        assertThat(epoll.get("waitMicros").getAsLong()).isEqualTo(10 + 50_000 + 200 + 300);
        int calls = 18 + 9 + 16 + 14 + 47;
        assertThat(epoll.get("callMicros").getAsLong()).isEqualTo(calls);
        assertThat(epoll.get("codeMicros").getAsLong())
                .as("from 51000 to 51500 and from 51700 to 52000, without the calls; not what other threads did")
                .isEqualTo(500 + 300 - calls);
    }

    @Test
    void callsAreCountedAndTheLastOnesAreShownAsStraceWritesThem() {
        JsonObject state = Lines.state(Lines.view(Lines.EPOLL));
        assertThat(state.get("calls").getAsInt()).isEqualTo(Lines.EPOLL.size());
        JsonObject accept = state.getAsJsonArray("counts").get(0).getAsJsonObject();
        assertThat(accept).hasToString("{\"name\":\"accept4\",\"count\":2,\"errors\":1,\"micros\":34}");
        assertThat(state.getAsJsonArray("last").asList().stream()
                        .map(each -> each.getAsJsonObject().get("line").getAsString()))
                .hasSize(Lines.EPOLL.size())
                .contains("read(14, \"hello\\n\", 16384) = 6", "accept4(13, NULL, NULL, SOCK_CLOEXEC) = -1 EAGAIN");
    }

    @Test
    void aClosedDescriptorIsNotRegisteredAnyMoreAndAClosedPollerStays() {
        LiveView view = Lines.view(Lines.EPOLL);
        view.line(Lines.line("loop", 60_000, "close", "[14]", 0, null, 5));
        view.line(Lines.line("loop", 60_010, "epoll_ctl", "[11,\"EPOLL_CTL_DEL\",13,\"NULL\"]", 0, null, 5));
        view.line(Lines.line("loop", 60_020, "epoll_ctl", "[11,\"EPOLL_CTL_DEL\",12,\"NULL\"]", -1, "ENOENT", 5));
        assertThat(listed(Lines.poller(view, "epoll 11"))).containsExactly("12 EPOLLIN|EPOLLET");
        view.line(Lines.line("loop", 60_030, "close", "[11]", 0, null, 5));
        assertThat(Lines.poller(view, "epoll 11").get("isOpen").getAsBoolean()).isFalse();
        assertThat(Lines.poller(view, "epoll 11").get("polls").getAsInt()).isEqualTo(4);
        view.line(Lines.line("loop", 60_040, "epoll_create1", "[\"EPOLL_CLOEXEC\"]", 11, null, 5));
        assertThat(Lines.poller(view, "epoll 11").get("polls").getAsInt()).isZero();
    }

    @Test
    void eachPollPassesItsRegistrationsAndItsThreadIsThePoller() {
        LiveView view = Lines.view(List.of(
                Lines.line("main", 0, "ppoll", "[\"[]\",0,\"{tv_sec=0, tv_nsec=0}\",\"NULL\"]", 0, "Timeout", null, 5),
                Lines.line("main", 10, "poll", "[\"[{fd=5, events=POLLIN}]\",1,0]", 0, "Timeout", null, 5),
                Lines.line(
                        "loop",
                        20,
                        "ppoll",
                        "[\"[{fd=5, events=POLLIN}, {fd=-1}, {fd=9, events=POLLOUT}, ...]\",40,\"NULL\",\"NULL\"]",
                        2,
                        "[{fd=9, revents=POLLOUT|POLLHUP}, {fd=77, revents=POLLIN}]",
                        null,
                        5)));
        assertThat(Lines.state(view).getAsJsonArray("pollers"))
                .as("a look is no poller")
                .hasSize(1);
        JsonObject poll = Lines.poller(view, "poll on loop");
        assertThat(poll.get("registered").getAsInt()).isEqualTo(40);
        assertThat(listed(poll)).containsExactly("5 POLLIN", "9 POLLOUT");
        assertThat(ints(poll.getAsJsonArray("lastReady"))).containsExactly(9, 77);
        assertThat(poll.get("ready").getAsInt()).isEqualTo(2);
    }

    @Test
    void theSetsOfSelectAreUnited() {
        LiveView view = Lines.view(List.of(Lines.line(
                "loop",
                0,
                "pselect",
                "[9,\"[4 7]\",\"[7 8]\",\"[]\",\"NULL\",\"NULL\"]",
                2,
                "in [7], out [8]",
                null,
                5)));
        JsonObject select = Lines.poller(view, "select on loop");
        assertThat(listed(select)).containsExactly("4 read", "7 read|write", "8 write");
        assertThat(ints(select.getAsJsonArray("lastReady"))).containsExactly(7, 8);
    }

    @Test
    void aThreadThatPollsOtherwiseHasLeftItsPollerOfBefore() {
        LiveView view = new LiveView("a demo");
        view.line(
                Lines.line("main", 0, "poll", "[\"[{fd=5, events=POLLIN}, {fd=6, events=POLLIN}]\",2,-1]", 1, null, 5));
        view.line(Lines.line("main", 10, "pselect", "[9,\"[4 7]\",\"[]\",\"[]\",\"NULL\",\"NULL\"]", 1, null, 5));
        assertThat(Lines.poller(view, "poll on main").get("isOpen").getAsBoolean())
                .isFalse();
        assertThat(Lines.poller(view, "select on main").get("isOpen").getAsBoolean())
                .isTrue();
    }

    @Test
    void ioUringsSharedMemoryIsSaidToBeUnknownAndItsLooksAreCalls() {
        LiveView view = Lines.view(List.of(
                Lines.line("loop", 0, "io_uring_setup", "[256,\"{...}\"]", 11, null, 5),
                Lines.line("loop", 10, "io_uring_enter", "[11,3,1,\"IORING_ENTER_GETEVENTS\",\"NULL\",0]", 3, null, 20),
                Lines.line(
                        "loop",
                        50,
                        "poll",
                        "[\"[{fd=13, events=POLLIN}, {fd=14, events=POLLIN}]\",2,0]",
                        0,
                        "Timeout",
                        null,
                        7),
                Lines.line(
                        "loop", 100, "io_uring_enter", "[11,0,1,\"IORING_ENTER_GETEVENTS\",\"NULL\",0]", 0, null, 20)));
        assertThat(Lines.state(view).getAsJsonArray("pollers")).hasSize(1);
        JsonObject ring = Lines.poller(view, "io_uring 11");
        assertThat(ring.get("showsReady").getAsBoolean()).isFalse();
        assertThat(ring.get("showsRegistrations").getAsBoolean()).isFalse();
        assertThat(ring.get("waitMicros").getAsInt()).isEqualTo(40);
        assertThat(ring.get("callMicros").getAsInt()).isEqualTo(7);
        assertThat(ring.get("codeMicros").getAsInt()).isEqualTo(70 - 7);
    }

    private static String kevent(int fd, String filter, String flags) {
        return "{ident=" + fd + ", filter=" + filter + ", flags=" + flags + ", fflags=0, data=0, udata=0x1}";
    }

    @Test
    void theFiltersOfKqueueAreUnited() {
        LiveView view = new LiveView("a test");
        view.line(Lines.line("loop", 0, "kqueue", "[]", 5, null, 5));
        view.line(Lines.line(
                "loop",
                10,
                "kevent",
                "[5,\"[" + kevent(7, "EVFILT_READ", "EV_ADD") + ", " + kevent(7, "EVFILT_WRITE", "EV_ADD") + ", "
                        + kevent(0, "EVFILT_USER", "EV_ADD") + "]\",3,\"NULL\",0,\"NULL\"]",
                0,
                null,
                5));
        assertThat(listed(Lines.poller(view, "kqueue 5"))).containsExactly("7 EVFILT_READ|EVFILT_WRITE");
        assertThat(Lines.poller(view, "kqueue 5").get("polls").getAsInt()).isZero();
        view.line(Lines.line(
                "loop",
                20,
                "kevent",
                "[5,\"[" + kevent(7, "EVFILT_READ", "EV_DELETE") + "]\",1,\"[" + kevent(7, "EVFILT_WRITE", "EV_CLEAR")
                        + "]\",64,\"NULL\"]",
                1,
                null,
                5));
        assertThat(listed(Lines.poller(view, "kqueue 5"))).containsExactly("7 EVFILT_WRITE");
        assertThat(ints(Lines.poller(view, "kqueue 5").getAsJsonArray("lastReady")))
                .containsExactly(7);
    }

    @Test
    void devPollIsChangedByWrites() {
        LiveView view = new LiveView("a test");
        view.line(Lines.line("loop", 0, "open", "[\"\\\"/dev/poll\\\"\",\"O_RDWR\"]", 5, null, 5));
        view.line(Lines.line(
                "loop", 10, "write", "[5,\"[{fd=7, events=POLLIN}, {fd=8, events=POLLIN}]\",16]", 16, null, 5));
        view.line(Lines.line("loop", 20, "write", "[5,\"[{fd=8, events=POLLREMOVE}]\",8]", 8, null, 5));
        view.line(Lines.line(
                "loop",
                30,
                "ioctl",
                "[5,\"DP_POLL\",\"{dp_fds=0x1, dp_nfds=64, dp_timeout=-1}\"]",
                1,
                "[{fd=7, revents=POLLIN}]",
                null,
                5));
        JsonObject device = Lines.poller(view, "/dev/poll 5");
        assertThat(listed(device)).containsExactly("7 POLLIN");
        assertThat(ints(device.getAsJsonArray("lastReady"))).containsExactly(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "{\"call\":\"close\",\"args\":[7],\"resu",
                "{\"call\":\"close\"}",
                "{\"call\":\"close\",\"args\":{},\"result\":[],\"answer\":1}",
                "close(9999) = -1 EBADF (Bad file descriptor) <0.000002>"
            })
    void aLineThatIsCutOrNoJsonIsCounted(String line) {
        LiveView view = Lines.view(Lines.EPOLL);
        String before = view.json(0);
        view.line(line);
        assertThat(view.json(0)).isEqualTo(before.replace("\"unreadable\":0", "\"unreadable\":1"));
    }

    @Test
    void whatAViewRemembersIsBounded() {
        LiveView view = new LiveView("a flood");
        for (int i = 0; i < 30_000; i++) {
            String event = Lines.event(i, "EPOLLIN");
            view.line(Lines.line(
                    "main", 0, "epoll_ctl", "[3,\"EPOLL_CTL_ADD\"," + i + ",\"" + event + "\"]", 0, null, 1));
        }
        assertThat(Lines.poller(view, "epoll 3").get("registered").getAsInt()).isEqualTo(20_000);
        assertThat(Lines.poller(view, "epoll 3").get("isAtLeast").getAsBoolean())
                .isTrue();
        assertThat(Lines.poller(view, "epoll 3").getAsJsonArray("listed")).hasSize(64);
        List<String> flood = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            flood.add(Lines.line("thread" + i, 0, "epoll_wait", "[" + i + ",\"[]\",64,-1]", 0, null, 1));
            flood.add(Lines.line("thread" + i, 0, "call" + i, "[\"" + "x".repeat(2_000) + "\"]", 0, null, 1));
        }
        flood.forEach(view::line);
        JsonObject state = Lines.state(view);
        assertThat(state.getAsJsonArray("pollers")).hasSize(32);
        assertThat(state.getAsJsonArray("counts")).hasSize(128);
        assertThat(state.getAsJsonArray("last")).hasSize(20);
        assertThat(view.json(0)).hasSizeLessThan(100_000);
    }
}
