// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links and test names in the pages exist. {@link ExamplesTest} runs the examples of the pages. */
class DocumentationTest {
    private static final int README_LINES = 150;
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]*)(?:#([^)\\s]+))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern TEST_NAME = Pattern.compile("`(\\w+(?:Test|Contract|IT))`");

    @Test
    void theReadmeIsShort() throws IOException {
        assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(README_LINES);
    }

    @Test
    void eachLinkLeadsToAFileAndToAHeadingOfIt() throws IOException {
        for (Path page : Pages.all()) {
            for (MatchResult link : matches(LINK, Files.readString(page))) {
                if (!link.group(1).startsWith("http")) {
                    Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                    assertThat(target).as("linked from %s", page).exists();
                    if (link.group(2) != null) {
                        assertThat(anchors(target)).as("linked from %s", page).contains(link.group(2));
                    }
                }
            }
        }
    }

    @Test
    void eachTestThatAPageNamesExists() throws IOException {
        Set<String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        for (Path page : Pages.all()) {
            for (MatchResult name : matches(TEST_NAME, Files.readString(page))) {
                assertThat(tests).as("named by %s", page).contains(name.group(1));
            }
        }
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    /** The anchors that GitHub makes of headings. */
    private static List<String> anchors(Path page) throws IOException {
        return matches(HEADING, CODE_BLOCK.matcher(Files.readString(page)).replaceAll("")).stream()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
