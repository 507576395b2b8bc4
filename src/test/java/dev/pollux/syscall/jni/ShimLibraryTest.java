// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.jna.Platform;
import dev.pollux.ChildJvm;
import dev.pollux.ClassesJar;
import dev.pollux.Eventually;
import dev.pollux.abi.Errno;
import dev.pollux.syscall.Syscalls;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the native library comes from. Each test starts a JVM, which looks for it once. */
class ShimLibraryTest {
    private static final String FILE = PackedShim.FILE;
    private static final String WORKS = "dup(-1) = " + -Errno.EBADF;

    /** The jar has no folder for this platform. */
    private static final String ANOTHER_MACHINE = "-Dos.arch=pdp11";

    private static URL packed;

    @TempDir
    private Path folder;

    @BeforeAll
    static void assumeTheNativePart() {
        packed = PackedShim.assumePresent();
    }

    private static String use(String... flags) throws IOException, InterruptedException {
        return said(ChildJvm.run(ShimUser.class, flags));
    }

    /** What the program printed, without the JVM's warnings about a bad library. */
    private static String said(ChildJvm child) {
        assertThat(child.exitCode()).as(child.output()).isZero();
        return child.output()
                .lines()
                .filter(line -> line.matches("(dup|mapped|failed).*"))
                .collect(Collectors.joining("\n"));
    }

    private Path copyTo(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (InputStream library = packed.openStream()) {
            Files.copy(library, file);
        }
        return file.toRealPath();
    }

    private void assertMapped(String said, Path file) {
        assertThat(said).contains(WORKS);
        if (Files.exists(Path.of("/proc/self/maps"))) {
            assertThat(said).contains("mapped: " + file);
        }
    }

    // The order.

    @Test
    void theFileThatThePropertyNamesIsTakenBeforeAnyOther() throws Exception {
        Path named = copyTo(folder.resolve("pollux named/lib mine.so"));
        copyTo(folder.resolve("installed").resolve(FILE));

        String said = use("-Ddev.pollux.native.library=" + named, "-Djava.library.path=" + folder.resolve("installed"));

        assertMapped(said, named);
        assertThat(said.lines()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void thePropertyMayNameTheFileFromTheWorkingDirectory() throws Exception {
        Path named = copyTo(folder.resolve("pollux").resolve(FILE));
        Path relative = Path.of("").toRealPath().relativize(named);

        assertMapped(use("-Ddev.pollux.native.library=" + relative), named);
    }

    @Test
    void anInstalledLibraryIsTakenBeforeTheJars() throws Exception {
        Path installed = copyTo(folder.resolve("pollux").resolve(FILE));

        String said = use("-Djava.library.path=" + installed.getParent());

        assertMapped(said, installed);
        assertThat(said).doesNotContain("(deleted)");
    }

    @Test
    void aNamedFileThatCannotBeLoadedIsAnErrorAlthoughTheJarHasALibrary() throws Exception {
        Path text = Files.writeString(folder.resolve("text.so"), "no library");

        assertThat(use("-Ddev.pollux.native.library=/dev/null/" + FILE))
                .startsWith("failed: ")
                .contains("-Ddev.pollux.native.library=/dev/null/" + FILE)
                .doesNotContain("java.library.path");
        assertThat(use("-Ddev.pollux.native.library=" + text))
                .startsWith("failed: -Ddev.pollux.native.library=" + text + ": ");
        assertThat(use("-Ddev.pollux.native.library=")).startsWith("failed: -Ddev.pollux.native.library=: ");
    }

    @Test
    void theErrorWithoutALibraryNamesEveryPlaceInOneLine() throws Exception {
        String said = use(ANOTHER_MACHINE, "-Djava.library.path=" + folder);

        assertThat(said.lines()).hasSize(1);
        assertThat(said)
                .startsWith("failed: ")
                .contains("java.library.path; ")
                .contains("-pdp11/" + FILE + " in this build of Pollux");
    }

    // The jar's.

    @Test
    void theJarsLibraryIsUnpackedToANewFolderWhichIsDeleted() throws Exception {
        String said = use("-Ddev.pollux.native.tmpdir=" + folder);

        assertThat(said).contains(WORKS);
        if (said.contains("mapped: ")) {
            assertThat(said).containsPattern("mapped: .*/pollux\\d+/" + FILE);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void itIsFoundInAJarWhoseNameAUrlHasToEscape() throws Exception {
        Path jar = ClassesJar.create(folder.resolve("a jar, 100% #1.jar"), name -> true);

        String said = said(ChildJvm.run(List.of(), ClassesJar.classPath(jar), ShimUser.class));

        assertThat(said).contains(WORKS);
    }

    @Test
    void aJarWithoutItSaysSo() throws Exception {
        Path jar = ClassesJar.create(folder.resolve("without.jar"), name -> !name.endsWith(FILE));

        String said = said(ChildJvm.run(List.of(), ClassesJar.classPath(jar), ShimUser.class));

        assertThat(said)
                .startsWith("failed: ")
                .contains("no " + PackedShim.PLATFORM + "/" + FILE + " in this build of Pollux");
    }

    @Test
    void itIsUnpackedToTheJvmsTemporaryFolderUnlessAPropertyNamesAnother() throws Exception {
        String said = use("-Djava.io.tmpdir=" + folder);

        assertMapped(said, folder.toRealPath().resolve("pollux"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anExistingFolderOrLinkIsNotUsed() throws Exception {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), taken);
        Path broken = Files.createSymbolicLink(folder.resolve("broken"), folder.resolve("nowhere"));

        for (Path each : List.of(taken, link, broken)) {
            assertThatThrownBy(() -> ShimLibrary.createPrivate(each)).isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }

    @Test
    void onlyTheOwnerCanEnterThatFolder() throws Exception {
        Path one = ShimLibrary.privateFolder();
        Path another = ShimLibrary.privateFolder();
        try {
            assertThat(one).isNotEqualTo(another);
            for (Path each : List.of(one, another)) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                        .isEqualTo("rwx------");
            }
        } finally {
            Files.delete(one);
            Files.delete(another);
        }
    }

    @Test
    void aFolderThatDoesNotExistIsNamedWithThePropertyThatChangesIt() throws Exception {
        String said = use("-Djava.io.tmpdir=/dev/null/none");

        assertThat(said.lines()).hasSize(1);
        assertThat(said)
                .startsWith("failed: ")
                .contains(PackedShim.PLATFORM + "/" + FILE + " cannot be unpacked: ")
                .contains("/dev/null/none/pollux")
                .contains("-Ddev.pollux.native.tmpdir=DIR");
    }

    @Test
    void aFolderMountedNoexecIsExplained() throws Exception {
        String mount = "mount -t tmpfs -o noexec none " + folder + " && exec \"$0\" \"$@\"";
        List<String> unshare = List.of("unshare", "-rm", "sh", "-c", mount);
        boolean mountable = runs("unshare", "-rm", "sh", "-c", mount, "true");
        if (!mountable) {
            System.out.println("skipped: a folder mounted noexec: unshare(1) is not there or not allowed");
        }
        assumeThat(mountable).as("unshare -rm can mount").isTrue();

        String said = said(ChildJvm.run(
                unshare,
                System.getProperty("java.class.path"),
                ShimUser.class,
                "-Ddev.pollux.native.tmpdir=" + folder));

        assertThat(said)
                .startsWith("failed: ")
                .contains("the folder may be mounted noexec: -Ddev.pollux.native.tmpdir=DIR unpacks it elsewhere");
    }

    @Test
    void aPackedLibraryThatCannotBeLoadedLeavesNoFolderBehind() throws Exception {
        Path bad = Files.createDirectories(
                folder.resolve("classes/dev/pollux/syscall/jni").resolve(PackedShim.PLATFORM));
        Files.writeString(bad.resolve(FILE), "no library");
        Path temporary = Files.createDirectory(folder.resolve("temporary"));

        String said = said(ChildJvm.run(
                List.of(),
                folder.resolve("classes") + File.pathSeparator + System.getProperty("java.class.path"),
                ShimUser.class,
                "-Ddev.pollux.native.tmpdir=" + temporary));

        assertThat(said).startsWith("failed: ").contains("java.library.path; ").doesNotContain("noexec");
        assertThat(said.lines()).hasSize(1);
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void eachClassLoaderLoadsItOnceForItself() throws Exception {
        URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(ShimLibraryTest::url)
                .toArray(URL[]::new);
        for (int i = 0; i < 2; i++) {
            try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
                Class<?> type = loader.loadClass(JniSyscalls.class.getName());
                assertThat(type).isNotSameAs(JniSyscalls.class);
                type.getDeclaredConstructor().newInstance();
                Object syscalls = type.getDeclaredConstructor().newInstance();
                assertThat(type.getMethod("dup", int.class).invoke(syscalls, -1))
                        .isEqualTo(-Errno.EBADF);
            }
        }
        Syscalls own = new JniSyscalls();
        assertThat(own.dup(-1)).isEqualTo(-Errno.EBADF);
    }

    private static URL url(String path) {
        try {
            return new File(path).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    // Whose it is.

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int nothing; | is not the native library of Pollux",
                "int Java_dev_pollux_syscall_jni_Shim_version(void *e, void *c) { return 99; } | of version 99"
            })
    void aLibraryOfTheSameNameThatIsNotThisPolluxsIsRefusedWhenItIsLoaded(String source, String complaint)
            throws Exception {
        Path code = Files.writeString(folder.resolve("other.c"), source);
        Path other = folder.resolve(FILE);
        boolean compiled = runs("cc", "-shared", "-fPIC", "-o", other.toString(), code.toString());
        if (!compiled) {
            System.out.println("skipped: a library of the same name: no cc to make one");
        }
        assumeThat(compiled).as("cc works").isTrue();

        assertThat(use("-Djava.library.path=" + folder))
                .startsWith("failed: " + FILE + " in java.library.path ")
                .contains(complaint);
        assertThat(use("-Ddev.pollux.native.library=" + other))
                .startsWith("failed: " + other + " ")
                .contains(complaint);
    }

    @Test
    void aChangeOfTheFunctionsRaisesTheVersion() {
        String functions = Arrays.stream(Shim.class.getDeclaredMethods())
                .filter(method -> Modifier.isNative(method.getModifiers()))
                .map(Method::toString)
                .sorted()
                .collect(Collectors.joining("\n"));

        assertThat(Map.of(Shim.VERSION, functions.hashCode()))
                .as("Shim.VERSION and a hash of: " + functions)
                .isEqualTo(Map.of(5, 679622870));
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    // The name of the folder in the jar.

    @Test
    void theFolderIsTheOneThatJnaLooksInOnThisMachine() {
        assertThat(PackedShim.PLATFORM).isEqualTo(Platform.RESOURCE_PREFIX);
    }

    @ParameterizedTest
    @CsvSource({
        "Linux,        amd64,   linux-x86-64",
        "Linux,        aarch64, linux-aarch64",
        "Linux,        ppc64le, linux-ppc64le",
        "Linux,        riscv64, linux-riscv64",
        "Mac OS X,     x86_64,  darwin-x86-64",
        "Mac OS X,     aarch64, darwin-aarch64",
        "FreeBSD,      amd64,   freebsd-x86-64",
        "OpenBSD,      amd64,   openbsd-x86-64",
        "NetBSD,       amd64,   netbsd-x86-64",
        "NetBSD,       aarch64, netbsd-aarch64",
        "DragonFlyBSD, x86_64,  dragonflybsd-x86-64",
        "SunOS,        amd64,   sunos-x86-64"
    })
    void theFolderIsTheOneThatJnaLooksInOnAnyMachine(String osName, String osArch, String expected) throws Exception {
        Method prefix = Platform.class.getDeclaredMethod(
                "getNativeLibraryResourcePrefix", int.class, String.class, String.class);
        prefix.setAccessible(true);
        int osType = Map.of("Linux", Platform.LINUX, "Mac OS X", Platform.MAC, "FreeBSD", Platform.FREEBSD)
                .getOrDefault(
                        osName,
                        Map.of("OpenBSD", Platform.OPENBSD, "NetBSD", Platform.NETBSD, "SunOS", Platform.SOLARIS)
                                .getOrDefault(osName, Platform.DRAGONFLYBSD));

        assertThat(ShimLibrary.platform(osName, osArch))
                .isEqualTo(expected)
                .isEqualTo(prefix.invoke(null, osType, osArch, osName));
    }
}
