// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.DocumentationTool;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Javadoc of what the module exports. */
class JavadocTest {
    /** Tags are written where they say something, see CONTRIBUTING.md; the last line counts those that are not. */
    private static final Pattern TAG_LEFT_OUT = Pattern.compile("no @(param|return|throws)\\b|^\\d+ warnings$");

    @TempDir
    private Path folder;

    @Test
    void javadocWarnsOfNothingAndEachMemberHasAComment() {
        DocumentationTool javadoc = ToolProvider.getSystemDocumentationTool();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        List<String> options = List.of(
                "--module",
                "dev.pollux",
                "--module-source-path",
                "dev.pollux=src/main/java" + File.pathSeparator + "src/main/java-module",
                "--module-path",
                jarOf(com.sun.jna.Native.class) + File.pathSeparator + jarOf(org.jspecify.annotations.NullMarked.class),
                "-Xdoclint:all",
                "-Xmaxwarns",
                "10000",
                "-quiet",
                "-d",
                folder.toString());

        boolean made = javadoc.getTask(null, null, said, null, options, null).call();

        assertThat(said.getDiagnostics())
                .extracting(JavadocTest::line)
                .filteredOn(line -> !TAG_LEFT_OUT.matcher(line).find())
                .isEmpty();
        assertThat(made).isTrue();
        assertThat(folder.resolve("dev.pollux/dev/pollux/Poller.html")).exists();
        assertThat(folder.resolve("dev.pollux/dev/pollux/mechanism")).doesNotExist();
    }

    private static String line(Diagnostic<? extends JavaFileObject> diagnostic) {
        JavaFileObject file = diagnostic.getSource();
        return (file == null ? "" : file.getName() + ":" + diagnostic.getLineNumber() + ": ")
                + diagnostic.getMessage(Locale.ENGLISH);
    }

    private static String jarOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }
}
