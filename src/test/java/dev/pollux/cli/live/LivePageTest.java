// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.pollux.Eventually;
import dev.pollux.cli.BackgroundThread;
import dev.pollux.cli.web.Http;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol of the live page; {@code ClassroomTest} tests the other checks of the server that both share. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LivePageTest {
    private final LiveView view = Lines.view(Lines.EPOLL);
    private LivePage page;

    @BeforeEach
    void open() throws IOException {
        page = new LivePage(0, view, () -> 7);
    }

    @AfterEach
    void close() {
        page.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return Http.CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(page.address() + path));
    }

    private JsonElement state() {
        return JsonParser.parseString(view.json(7));
    }

    @Test
    void thePageAndItsPartsComeFromTheServerAlone() throws Exception {
        HttpResponse<String> html = send(request(""));
        assertThat(html.statusCode()).isEqualTo(200);
        assertThat(html.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'");
        String parts = html.body()
                + send(request("live.js")).body()
                + send(request("live.css")).body()
                + send(request("page.js")).body()
                + send(request("page.css")).body();
        assertThat(parts.replace("http://www.w3.org/2000/svg", ""))
                .contains("Pollux live", "prefers-color-scheme")
                .doesNotContain("http:", "https:", "innerHTML");
        assertThat(send(request("classroom.js")).statusCode()).isEqualTo(404);
        assertThat(send(request("play")).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "events", "live.js"})
    void withoutTheTokenThereIsNothing(String path) throws Exception {
        String root = "http://" + URI.create(page.address()).getAuthority() + "/";
        assertThat(send(HttpRequest.newBuilder(URI.create(root + path))).statusCode())
                .isEqualTo(404);
        assertThat(send(HttpRequest.newBuilder(URI.create(root + "0".repeat(32) + "/" + path)))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void anotherPageIsRefusedAndNothingCanBeChanged() throws Exception {
        assertThat(send(request("events").header("Origin", "http://evil.example"))
                        .statusCode())
                .isEqualTo(403);
        String own = "http://" + URI.create(page.address()).getAuthority();
        for (String path : List.of("", "events", "next")) {
            assertThat(send(request(path).header("Origin", own).POST(HttpRequest.BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void aViewerGetsTheStateAndEachChange() throws Exception {
        try (Viewer viewer = new Viewer(page.address())) {
            assertThat(viewer.next()).isEqualTo(state());
            view.line(Lines.EPOLL.get(0));
            assertThat(viewer.next()).isEqualTo(state());
        }
    }

    @Test
    void viewersAreBoundedAndAClosedPageMakesRoom() throws Exception {
        List<Viewer> viewers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            viewers.add(new Viewer(page.address()));
            viewers.get(i).next();
        }
        try (Viewer refused = new Viewer(page.address())) {
            assertThat(refused.status()).isEqualTo(503);
        }
        for (Viewer each : viewers) {
            each.close();
        }
        Eventually.until("there is room again", () -> {
            try (Viewer next = new Viewer(page.address())) {
                return next.status() == 200;
            }
        });
    }

    @Test
    void theLastStateIsSentBeforeThePageCloses() throws Exception {
        try (Viewer viewer = new Viewer(page.address())) {
            viewer.next();
            view.line(Lines.EPOLL.get(0));
            JsonElement last = state();
            BackgroundThread<IOException> closing = BackgroundThread.start("closing", page::close);
            assertThat(viewer.last()).isEqualTo(last);
            assertThat(closing.await(Eventually.DEADLINE_NANOS)).isTrue();
        }
    }
}
