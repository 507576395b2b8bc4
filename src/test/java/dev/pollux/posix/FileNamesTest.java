// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.ChildJvm;
import dev.pollux.Pollers;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path is the same file for Pollux and for the JDK, in a JVM whose locale is not UTF-8. */
class FileNamesTest {
    private static final String LATIN_1 = "de_DE.ISO-8859-1";

    @TempDir
    private Path folder;

    private String run(Class<?> program, String... locale) throws IOException, InterruptedException {
        List<String> env = new ArrayList<>(List.of("env"));
        env.addAll(List.of(locale));
        String files = Files.createDirectory(folder.resolve("files")).toString();
        return ChildJvm.run(env, System.getProperty("java.class.path"), program, "-Dfolder=" + files)
                .output();
    }

    @Test
    void aNameInLatin1IsTheSameFileForPolluxAndForTheJdk() throws Exception {
        boolean hasLatin1 = hasLatin1();
        if (!hasLatin1) {
            System.out.println("skipped: names in Latin-1: localedef(1) cannot make the locale " + LATIN_1);
        }
        assumeTrue(hasLatin1);
        assertThat(run(LatinNames.class, "LOCPATH=" + folder, "LC_ALL=" + LATIN_1))
                .isEqualTo("ISO-8859-1\nopened\nmade\nreported\nconnected\n");
    }

    private boolean hasLatin1() throws InterruptedException {
        try {
            Path locale = folder.resolve(LATIN_1);
            return new ProcessBuilder("localedef", "-i", "de_DE", "-f", "ISO-8859-1", locale.toString())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }

    /** The program of that JVM. */
    static final class LatinNames {
        public static void main(String[] args) throws IOException {
            System.out.println(System.getProperty("sun.jnu.encoding"));
            Path folder = Path.of(System.getProperty("folder"));
            Path file = folder.resolve("gr\u00f6\u00dfe");
            Posix posix = Pollers.posix();
            FileWatches watches = posix.fileWatches();
            int inotify = watches.inotify();
            watches.add(inotify, folder, FileWatches.IN_CREATE);

            Files.createFile(file);
            System.out.println(posix.open(file) >= 0 ? "opened" : "");

            Path fifo = folder.resolve("f\u00fcnf");
            posix.mkfifo(fifo);
            System.out.println(Files.exists(fifo) ? "made" : "");

            FileWatches.Events events = watches.events(inotify);
            boolean isReported = events.next()
                    && events.name().equals(file.getFileName().toString())
                    && events.next()
                    && events.name().equals(fifo.getFileName().toString());
            System.out.println(isReported ? "reported" : "");

            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s\u00fc\u00df"));
            int server = posix.streamSocket(StandardProtocolFamily.UNIX);
            posix.bind(server, address);
            posix.listen(server, 1);
            int client = posix.streamSocket(StandardProtocolFamily.UNIX);
            posix.connect(client, address);
            try (SocketChannel channel = SocketChannel.open(address)) {
                boolean isSame = address.equals(posix.remoteAddress(client)) && channel.isConnected();
                System.out.println(isSame ? "connected" : "");
            }
        }
    }

    @Test
    void aNameThatTheLocaleCannotExpressIsRefusedAndNoOtherFileIsOpened() throws Exception {
        assertThat(run(ForeignNames.class, "LC_ALL=C")).isEqualTo("refused\n");
    }

    /** Makes a file whose name is not ASCII, and opens it in a JVM whose locale has ASCII only. */
    static final class ForeignNames {
        public static void main(String[] args) throws Exception {
            Path folder = Path.of(System.getProperty("folder"));
            String twoBytes = "touch \"$(printf 'gr\\303\\266sse')\"";
            new ProcessBuilder("sh", "-c", twoBytes)
                    .directory(folder.toFile())
                    .start()
                    .waitFor();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                System.out.println(Pollers.posix().open(files.iterator().next()));
            } catch (InvalidPathException e) {
                System.out.println("refused");
            }
        }
    }
}
