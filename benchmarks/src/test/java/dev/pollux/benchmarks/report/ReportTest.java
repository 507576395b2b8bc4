// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Made;
import dev.pollux.benchmarks.Result;
import dev.pollux.benchmarks.Run;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The report of the whole run in the repository: it can be made of what is kept of it. */
class ReportTest {
    private static final Path RESULTS = Path.of("results");
    private static final int MOST_COLUMNS = 16;

    @TempDir
    private static Path folder;

    private static Path kept;
    private static String page;
    private static Document document;

    @BeforeAll
    static void write() throws Exception {
        try (Stream<Path> files = Files.walk(RESULTS)) {
            kept = files.filter(file -> file.endsWith("full.jsonl"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
        page = Files.readString(ReportCommand.write(List.of(kept), folder));
        document = parse(page.replaceAll("(?s)<script>.*</script>", ""));
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Element> elements(String name) {
        var all = document.getElementsByTagName(name);
        return Stream.iterate(0, i -> i < all.getLength(), i -> i + 1)
                .map(i -> (Element) all.item(i))
                .toList();
    }

    @Test
    void whatIsKeptIsSmallAndThePageToo() throws IOException {
        assertThat(Files.size(kept)).isLessThan(300_000);
        assertThat(page.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(1_000_000);
    }

    @Test
    void theFirstScreenIsAConclusionAndOnePicture() {
        int picture = page.indexOf("<figure ");
        assertThat(page.substring(0, picture))
                .contains("times the time of plain C", "<li>")
                .doesNotContain("<table");
        assertThat(page.substring(picture, page.indexOf("<figure ", picture + 1)))
                .contains("<details>");
    }

    @Test
    void eachTableIsFoldedAndFitsAScreen() {
        assertThat(elements("table")).hasSizeGreaterThan(10).allSatisfy(table -> {
            assertThat(table.getParentNode().getNodeName()).isEqualTo("details");
            Node head = table.getElementsByTagName("tr").item(0);
            assertThat(head.getChildNodes().getLength()).isLessThanOrEqualTo(MOST_COLUMNS);
        });
    }

    @Test
    void eachWorkloadHasASectionAndNoResultIsLost() throws IOException {
        Run run = Run.read(kept);
        assertThat(run.byBenchmark().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Workload.values()).map(Workload::name).toList());
        for (Map.Entry<String, List<Result>> each : run.byBenchmark().entrySet()) {
            assertThat(page).contains("<section id=\"" + each.getKey() + "\">");
            assertThat(Tables.times(each.getValue()).split(" ± ", -1))
                    .hasSize(each.getValue().size() + 1);
        }
    }

    @Test
    void thePageSaysWhereARatioIsNoDifferenceAndWhyPolluxIsCheaperThanC() {
        assertThat(page).contains("<td>no difference</td>").doesNotContain("No reason is known");
        assertThat(page).contains("multishot polls", "trusts the handler");
    }

    @Test
    void theLimitOfSelectHasAMarkAndTheKernelsOwnIsASecondLine() throws IOException {
        assertThat(Files.readString(folder.resolve("DescriptorScaling-n-1-RANDOM-BLOCKING.svg")))
                .contains(
                        "SELECT ends at FD_SETSIZE: refused",
                        ">SELECT, Pollux, JNI<",
                        "Pollux, JNI, SelectLimit.KERNEL");
    }

    @Test
    void thePageFetchesNothing() {
        assertThat(page.replaceAll("(?s)<script>.*</script>", "").replace("path://", ""))
                .doesNotContain("://", "@import");
        assertThat(page).doesNotContain("<script src", "<script type").containsOnlyOnce("<script");
        for (String name : List.of("link", "img", "iframe", "object", "image", "use")) {
            assertThat(elements(name)).as(name).isEmpty();
        }
    }

    @Test
    void eachChartHasTooltipsAndALegendThatSwitchesASeriesWithItsErrorBars() {
        assertThat(elements("figure"))
                .hasSizeGreaterThan(Workload.values().length)
                .allSatisfy(figure -> {
                    JsonObject option = JsonParser.parseString(figure.getAttribute("data-option"))
                            .getAsJsonObject();
                    assertThat(option.keySet()).contains("tooltip", "legend");
                    Map<String, Long> named = option.getAsJsonArray("series").asList().stream()
                            .map(JsonElement::getAsJsonObject)
                            .filter(series -> series.has("name"))
                            .collect(Collectors.groupingBy(
                                    series -> series.get("name").getAsString(), Collectors.counting()));
                    assertThat(named).isNotEmpty();
                    assertThat(named.values()).containsOnly(2L);
                });
    }

    @Test
    void eachChartIsAnSvgToo() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> charts =
                    files.filter(file -> file.toString().endsWith(".svg")).toList();
            assertThat(charts).hasSameSizeAs(elements("figure"));
            for (Path chart : charts) {
                Document svg = parse(Files.readString(chart));
                assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
                assertThat(svg.getElementsByTagName("path").getLength()).isGreaterThan(10);
            }
        }
    }

    @Test
    void twoRunsAreComparedCellByCell() throws Exception {
        Run before = new Run(
                "before",
                Map.of(),
                List.of(
                        Made.up("B", Caller.C, 100, 3, "n", "10"),
                        Made.up("B", Caller.JNI, 200, 6, "n", "10"),
                        Made.up("B", Caller.JNI, 200, 6, "n", "20")));
        Run after = new Run(
                "after",
                Map.of(),
                List.of(
                        Made.up("B", Caller.C, 102, 4, "n", "10"),
                        Made.up("B", Caller.JNI, 150, 6, "n", "10"),
                        Made.up("B", Caller.JNI, 220, 6, "n", "20"),
                        Made.up("B", Caller.FFM, 220, 6, "n", "20")));
        assertThat(Report.of(before, after).html())
                .contains(
                        "B: of 3 cells 1 are faster, 1 are slower; 1 are in the second run only.",
                        "<td>no difference</td><td>0.750 ± 0.038</td>",
                        "<td></td><td>1.100 ± 0.045</td>");
    }
}
