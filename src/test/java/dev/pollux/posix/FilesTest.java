// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.ChildJvm;
import dev.pollux.Descriptors;
import dev.pollux.FileUser;
import dev.pollux.SyscallException;
import dev.pollux.abi.Iovec;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors, FIFOs, the blocking mode, and the descriptors of the JDK's files. */
class FilesTest {
    private static final String NO_LIBRARY = "-Ddev.pollux.native.library=/nonexistent/libpollux.so";
    private static final String OPENS = "--add-opens=java.base/";

    private final KernelPosix posix = new KernelPosix(new JnaSyscalls());
    private final Descriptors descriptors = new Descriptors(posix);

    @AfterEach
    void close() throws IOException {
        descriptors.close();
    }

    private static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static String text(ByteBuffer read) {
        return StandardCharsets.UTF_8.decode(read.flip()).toString();
    }

    @Test
    void bytesAreGatheredFromTheBuffersAndScatteredIntoThem() throws IOException {
        Pipe pipe = descriptors.pipe();
        ByteBuffer head = direct("_head").position(1);
        ByteBuffer body = direct("body_").limit(4);
        assertThat(posix.writev(pipe.writeFd(), head, direct(""), body)).isEqualTo(8);
        assertThat(head.hasRemaining()).isFalse();
        assertThat(body.position()).isEqualTo(4);

        ByteBuffer one = ByteBuffer.allocateDirect(5).position(2);
        ByteBuffer two = ByteBuffer.allocateDirect(10);
        ByteBuffer three = ByteBuffer.allocateDirect(1);
        assertThat(posix.readv(pipe.readFd(), one, two, three)).isEqualTo(8);
        assertThat(one.hasRemaining()).isFalse();
        assertThat(two.position()).isEqualTo(5);
        assertThat(three.position()).isZero();
        assertThat(text(one.position(5))).isEqualTo("\0\0hea");
        assertThat(text(two)).isEqualTo("dbody");
    }

    @Test
    void nothingTheEndAndNoRoomAreToldApartForVectorsToo() throws IOException {
        Pipe pipe = descriptors.pipe();
        assertThat(posix.readv(pipe.readFd(), ByteBuffer.allocateDirect(1))).isZero();
        assertThat(posix.readv(pipe.readFd())).isZero();
        assertThat(posix.readv(pipe.readFd(), ByteBuffer.allocateDirect(0))).isZero();
        descriptors.fill(pipe.writeFd());
        ByteBuffer more = direct("x");
        assertThat(posix.writev(pipe.writeFd(), more)).isZero();
        assertThat(more.hasRemaining()).isTrue();
        descriptors.drain(pipe.readFd());
        descriptors.close(pipe.writeFd());
        assertThat(posix.readv(pipe.readFd(), ByteBuffer.allocateDirect(1))).isEqualTo(-1);
    }

    @Test
    void moreBuffersThanTheKernelTakesAreWrittenInPart() throws IOException {
        Pipe pipe = descriptors.pipe();
        ByteBuffer[] many =
                Stream.generate(() -> direct("x")).limit(Iovec.IOV_MAX + 5).toArray(ByteBuffer[]::new);
        assertThat(posix.writev(pipe.writeFd(), many)).isEqualTo(Iovec.IOV_MAX);
        assertThat(posix.writev(pipe.writeFd(), many)).isEqualTo(5);
        assertThat(many).noneMatch(ByteBuffer::hasRemaining);
        assertThat(descriptors.drain(pipe.readFd())).isEqualTo(Iovec.IOV_MAX + 5);
    }

    @Test
    void vectorsSayWhatIsWrong() throws IOException {
        Pipe pipe = descriptors.pipe();
        assertThatIllegalArgumentException().isThrownBy(() -> posix.readv(pipe.readFd(), ByteBuffer.allocate(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> posix.readv(pipe.readFd(), direct("x").asReadOnlyBuffer()));
        assertThatIllegalArgumentException().isThrownBy(() -> posix.writev(-1, direct("x")));
        int closed = descriptors.closedNumber();
        assertThatThrownBy(() -> posix.writev(closed, direct("x"), direct("y")))
                .isInstanceOf(SyscallException.class)
                .hasMessage("writev(" + closed + ", ..., 2): EBADF (Bad file descriptor)");
    }

    @Test
    void aBufferTakesPartOnceAndARefusalMovesNoBytes() throws IOException {
        Pipe pipe = descriptors.pipe();
        ByteBuffer twice = direct("ab");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> posix.writev(pipe.writeFd(), twice, direct("x"), twice))
                .withMessageContaining("twice");
        assertThat(twice.position()).isZero();
        assertThat(posix.read(pipe.readFd(), ByteBuffer.allocateDirect(9)))
                .as("nothing was written")
                .isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> posix.readv(pipe.readFd(), twice, twice))
                .withMessageContaining("twice");
    }

    @Test
    void aFifoCarriesBytes(@TempDir Path folder) throws IOException {
        Path fifo = folder.resolve("fifo");
        posix.mkfifo(fifo);
        int reader = descriptors.opened(posix.open(fifo));
        int writer = descriptors.opened(posix.open(fifo, java.nio.file.StandardOpenOption.WRITE));
        posix.write(writer, direct("through a file"));
        ByteBuffer read = ByteBuffer.allocateDirect(20);
        posix.read(reader, read);

        assertThat(text(read)).isEqualTo("through a file");
        assertThatThrownBy(() -> posix.mkfifo(fifo))
                .isInstanceOf(SyscallException.class)
                .hasMessage("mkfifo(\"" + fifo + "\", 0600): EEXIST (File exists)");
    }

    @Test
    void aFifoHasTheAskedPermissions(@TempDir Path folder) throws IOException {
        Path fifo = folder.resolve("fifo");
        posix.mkfifo(fifo, PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fifo)))
                .isEqualTo("r-x------");
        assertThatThrownBy(() -> posix.mkfifo(fifo, PosixFilePermission.values()))
                .hasMessageStartingWith("mkfifo(\"" + fifo + "\", 0777): EEXIST");
    }

    @Test
    void aNameThatIsTooLongSaysHowLongItMayBe(@TempDir Path folder) {
        Path fifo = folder.resolve("x".repeat(300));
        assertThatThrownBy(() -> posix.mkfifo(fifo))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("ENAMETOOLONG (File name too long); a name in the path is longer");
    }

    @Test
    void theBlockingModeIsReadSoThatItCanBeRestored() throws IOException {
        Pipe pipe = descriptors.pipe();
        int duplicate = descriptors.dup(pipe.readFd());
        assertThat(posix.isNonBlocking(duplicate)).isTrue();
        posix.setNonBlocking(pipe.readFd(), false);
        assertThat(posix.isNonBlocking(duplicate))
                .as("the mode belongs to the open file")
                .isFalse();
    }

    // descriptors of the JDK's files

    @Test
    void theJdksFilesHaveDescriptorsThroughTheNativeLibraryOrWithFlags() throws Exception {
        String[] flags = {NO_LIBRARY, OPENS + "java.io=ALL-UNNAMED", OPENS + "sun.nio.ch=ALL-UNNAMED"};
        assertThat(ChildJvm.run(FileUser.class, flags)).isEqualTo(new ChildJvm(0, FileUser.GOOD));
        ChildJvm throughTheLibrary = ChildJvm.run(FileUser.class);
        assertThat(throughTheLibrary.exitCode()).isZero();
        assertThat(throughTheLibrary.output())
                .satisfiesAnyOf(
                        output -> assertThat(output).isEqualTo(FileUser.GOOD),
                        output -> assertThat(output).contains("the native library is not available"));
    }

    @Test
    void withoutTheLibraryTheErrorNamesTheFlags() throws Exception {
        assertThat(ChildJvm.run(FileUser.class, NO_LIBRARY).output())
                .contains("start the JVM with --add-opens java.base/java.io=ALL-UNNAMED");
        assertThat(ChildJvm.run(FileUser.class, NO_LIBRARY, OPENS + "java.io=ALL-UNNAMED")
                        .output())
                .contains("start the JVM with --add-opens java.base/sun.nio.ch=ALL-UNNAMED");
    }
}
