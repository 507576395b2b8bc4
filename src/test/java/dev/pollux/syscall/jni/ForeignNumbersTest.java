// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@link LayoutTest} for platforms that are not here: a cross compiler turns {@code native/layout.c} into assembly,
 * which has the numbers of that platform's headers. A JVM with another {@code os.name} prints those of {@code abi/}.
 */
class ForeignNumbersTest {
    private static final Pattern LABEL = Pattern.compile("^([.\\w]+):.*");
    private static final Pattern STRING = Pattern.compile("^\\s+\\.(?:string|asciz)\\s+\"([^\"]*)\".*");
    private static final Pattern WORD = Pattern.compile("^\\s+\\.(?:quad|8byte|xword|dword)\\s+([^\\s;#]+).*");
    private static final Pattern ZERO = Pattern.compile("^\\s+\\.(?:zero|space)\\s+8\\b.*");

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "linux-aarch64, Linux, aarch64, aarch64-linux-gnu-gcc, linux, aarch64",
        "linux-ppc64le, Linux, ppc64le, powerpc64le-linux-gnu-gcc, linux, ppc64le",
        "linux-riscv64, Linux, riscv64, riscv64-linux-gnu-gcc, linux, riscv64",
        "linux-s390x, Linux, s390x, s390x-linux-gnu-gcc, linux, s390x",
        "darwin-aarch64, Mac OS X, aarch64, zig, darwin, aarch64",
        "darwin-x86-64, Mac OS X, x86_64, zig, darwin, x86-64"
    })
    void everyNumberThatAForeignCompilerReadIsTheOneInJava(
            String platform, String osName, String osArch, String compiler, String toolchain, String arch)
            throws Exception {
        assumeCommands(platform, compiler, "cmake", "make");
        Map<String, Long> inC = inC(toolchain, arch);
        assertThat(inC).as("numbers in the assembly").hasSizeGreaterThan(150);

        Map<String, Long> inJava = inJava(osName, osArch, inC.keySet());
        assertThat(inC.keySet())
                .allSatisfy(name -> assertThat(inJava.get(name)).as(name).isEqualTo(inC.get(name)));
    }

    private static void assumeCommands(String platform, String... commands) {
        for (String command : commands) {
            boolean isThere = Pattern.compile(":")
                    .splitAsStream(System.getenv("PATH"))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
            if (!isThere) {
                System.out.println("skipped: the numbers of " + platform + ": no " + command);
            }
            assumeThat(isThere).as("there is a " + command).isTrue();
        }
    }

    private Map<String, Long> inC(String toolchain, String arch) throws Exception {
        run(List.of(
                "cmake",
                "-S",
                ".",
                "-B",
                folder.toString(),
                "-G",
                "Unix Makefiles",
                "-DCMAKE_TOOLCHAIN_FILE=native/toolchain-" + toolchain + ".cmake",
                "-DPOLLUX_ARCH=" + arch));
        run(List.of("cmake", "--build", folder.toString(), "--target", "shims"));
        run(List.of("make", "-C", folder.toString(), "native/layout.s"));
        return numbers(Files.readAllLines(folder.resolve("CMakeFiles/shims.dir/native/layout.c.s")));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        ChildJvm ended = ChildJvm.run(command);
        assertThat(ended.exitCode()).as(ended.output()).isZero();
    }

    /** The table's rows: the address of a name, then a number. */
    private static Map<String, Long> numbers(List<String> assembly) {
        Map<String, String> strings = new HashMap<>();
        List<String> words = new ArrayList<>();
        String label = "";
        for (String line : assembly) {
            Matcher matcher;
            if ((matcher = LABEL.matcher(line)).matches()) {
                label = matcher.group(1);
            } else if ((matcher = STRING.matcher(line)).matches()) {
                strings.put(label, matcher.group(1));
            } else if ((matcher = WORD.matcher(line)).matches()) {
                words.add(matcher.group(1));
            } else if (ZERO.matcher(line).matches()) {
                words.add("0");
            }
        }
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (int i = 0; i + 1 < words.size(); i++) {
            String name = strings.get(words.get(i));
            if (name != null && name.matches("\\w+\\.\\w+")) {
                numbers.put(name, Long.decode(words.get(i + 1)));
            }
        }
        return numbers;
    }

    private Map<String, Long> inJava(String osName, String osArch, Iterable<String> names) throws Exception {
        Path list = Files.write(folder.resolve("names"), names);
        ChildJvm ended =
                ChildJvm.run(AbiNumbers.class, "-Dos.name=" + osName, "-Dos.arch=" + osArch, "-Dnames=" + list);
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        return ended.output()
                .lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(each -> each[0], each -> Long.valueOf(each[1])));
    }
}
