// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdviceTest {
    private static final Errno HERE = Errno.on(Os.here());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "bind    | 5, 127.0.0.1:80 | EACCES       | choose a higher port",
                "bind    | 5, \"/root/s\"  | EACCES       | this user may not create a file in the folder",
                "bind    | 5, 127.0.0.1:80 | EADDRINUSE   | choose another one (0: any)",
                "bind    | 5, \"/tmp/s\"   | EADDRINUSE   | delete it if no server uses it",
                "connect | 5, 127.0.0.1:80 | EADDRINUSE   | all local ports for this peer are in use",
                "socket  | AF_INET6        | EAFNOSUPPORT | use INET",
                "connect | 5, [::1]:80     | EAFNOSUPPORT | must be of the same family",
                "pipe    | ''              | EMFILE       | RLIMIT_NOFILE",
                "pipe    | ''              | ENFILE       | fs.file-max",
                "write   | 5               | EPIPE        | close this end, too",
                "read    | 5               | ENOTCONN     | connect it first",
                "open    | \"/tmp/x\"      | ENAMETOOLONG | 255 bytes",
                "eventfd | 0               | ENOSYS       | this kernel does not have the call",
                "tcgetattr    | 5, ...             | ENOTTY | ask Terminals.isTerminal first",
                "ioctl        | 5, TIOCGWINSZ, ... | ENOTTY | ask Terminals.isTerminal first",
                "posix_openpt | 'O_RDWR|O_NOCTTY'  | ENOSPC | kernel.pty.max",
            })
    void commonErrorsAdviseARemedyInOneLine(String call, String arguments, String errno, String advice) {
        assertThat(Advice.of(call, arguments, HERE.number(errno)))
                .startsWith("; ")
                .contains(advice)
                .doesNotContain("\n");
    }

    @Test
    void otherErrorsHaveNoAdvice() {
        assertThat(Advice.of("open", "\"/x\"", Errno.ENOENT)).isEmpty();
        assertThat(Advice.of("open", "\"/x\"", Errno.EACCES)).isEmpty();
        assertThat(Advice.of("open", "\"/x\"", 12345)).isEmpty();
        assertThat(Advice.of("ioctl", "5, EPIOCSPARAMS", HERE.number("ENOTTY"))).isEmpty();
        assertThat(Advice.of("inotify_add_watch", "5", HERE.number("ENOSPC"))).isEmpty();
    }
}
