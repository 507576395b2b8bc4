// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportTest {
    @TempDir
    static Path folder;

    private static String page;

    @BeforeAll
    static void write() throws IOException {
        page = Files.readString(ReportCommand.write(List.of(MadeUp.file()), folder.resolve("one")));
    }

    @Test
    void thePageIsWellFormed() throws Exception {
        assertThat(parse(page).getDocumentElement().getTagName()).isEqualTo("html");
    }

    @Test
    void thePageFetchesNothing() throws Exception {
        assertThat(page.replaceAll("xmlns(:\\w+)?=\"[^\"]*\"", "")).doesNotContain("://", "@import");
        NodeList all = parse(page).getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            assertThat(element.getTagName()).isNotIn("script", "link", "img", "iframe", "object", "image", "use");
            assertThat(element.getAttribute("href")).matches("(#.*)?");
        }
        assertThat(page.replaceAll("url\\(#\\w+\\)", "")).doesNotContain("url(");
    }

    @Test
    void noIdentifierIsThereTwice() throws Exception {
        NodeList all = parse(page).getElementsByTagName("*");
        List<String> ids = Stream.iterate(0, i -> i < all.getLength(), i -> i + 1)
                .map(i -> ((Element) all.item(i)).getAttribute("id"))
                .filter(id -> !id.isEmpty() && !id.equals("genericDefs"))
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void eachWorkloadHasASectionAndEachOfThoseWithPlainCAPlot() throws IOException {
        Report report = Report.of(MadeUp.run());
        Set<String> measured =
                MadeUp.run().results().stream().map(Result::benchmark).collect(Collectors.toSet());
        assertThat(measured)
                .contains("SomethingNew")
                .containsAll(Stream.of(Workload.values()).map(Workload::name).toList());
        for (String each : measured) {
            assertThat(page).contains("<section id=\"" + each + "\">");
            assertThat(report.markdown()).contains("## " + each + ":");
        }
        assertThat(report.sections())
                .filteredOn(section -> !section.benchmark().equals("SomethingNew"))
                .allSatisfy(section -> assertThat(section.pictures()).isNotEmpty());
    }

    @Test
    void noResultIsLost() throws IOException {
        int rows = Report.of(MadeUp.run()).sections().stream()
                .mapToInt(section -> section.tables().get("All results").size())
                .sum();
        assertThat(rows).isEqualTo(MadeUp.run().results().size());
    }

    @Test
    void thePageSaysWhatStandsBesideTheResults() {
        assertThat(page).contains("no machine measured any of this", "KQUEUE: not on this system", "left out");
    }

    @Test
    void eachPlotIsAFileThatKnowsDarkPaperAndHasNothingUndefined() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("one"))) {
            List<Path> plots =
                    files.filter(file -> file.toString().endsWith(".svg")).toList();
            assertThat(plots).hasSizeGreaterThan(Workload.values().length);
            for (Path plot : plots) {
                String svg = Files.readString(plot);
                assertThat(parse(svg).getDocumentElement().getTagName()).isEqualTo("svg");
                assertThat(svg).contains("prefers-color-scheme: dark").doesNotContain("NaN", "Infinity", "rgb(");
            }
        }
    }

    @Test
    void eachColourOfAPlotChangesWithThePaper() {
        Set<String> known =
                Stream.of(Ink.values()).map(ink -> Ink.hex(ink.light)).collect(Collectors.toSet());
        var colours = java.util.regex.Pattern.compile("(?:fill|stroke)=\"([^\"]*)\"")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        colours.removeAll(Set.of("none"));
        assertThat(known).containsAll(colours);
    }

    @Test
    void curvesWithSelectMarkItsLimit() throws IOException {
        assertThat(Files.readString(
                        folder.resolve("one/DescriptorScaling-curves-a-1-position-SPREAD-wait-BLOCKING.svg")))
                .contains("FD_SETSIZE");
        assertThat(Files.readString(folder.resolve("one/Echo-curves-messageBytes-64.svg")))
                .doesNotContain("FD_SETSIZE");
    }

    @Test
    void twoRunsAreCompared() throws Exception {
        Path after = Files.copy(MadeUp.file(), folder.resolve("after.json"));
        String compared = Files.readString(ReportCommand.write(List.of(MadeUp.file(), after), null));
        assertThat(folder.resolve("after-report/report.md")).exists();
        assertThat(parse(compared).getDocumentElement().getTagName()).isEqualTo("html");
        assertThat(compared).contains("within error").doesNotContain("<strong>faster");
    }

    @Test
    void aFileWithoutResultsIsRefused() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.json"), "[]");
        assertThatThrownBy(() -> ReportCommand.write(List.of(empty), null)).hasMessageContaining("no results");
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
