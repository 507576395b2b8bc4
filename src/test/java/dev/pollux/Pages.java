// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The Markdown pages for users. */
public final class Pages {
    private Pages() {}

    /** README, LIMITS, CONTRIBUTING, CHANGELOG, and what is in {@code docs/}. */
    public static List<Path> all() throws IOException {
        try (Stream<Path> root = Files.list(Path.of(""));
                Stream<Path> docs = Files.list(Path.of("docs"))) {
            return Stream.concat(root, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }
}
