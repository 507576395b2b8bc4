// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.abi.Errno;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ClientDescriptorsTest {
    private final KernelPosix withoutGetrlimit = new KernelPosix(new ForwardingSyscalls(new JnaSyscalls()) {
        @Override
        public int getrlimit(int resource, NativeMemory rlim) {
            return -Errno.EPERM;
        }
    });

    @Test
    void aServerStartsWhereGetrlimitIsRefused() {
        StringWriter out = new StringWriter();
        ClientDescriptors.raiseLimit(withoutGetrlimit, new Progress(new PrintWriter(out, true), Terminal.plain()));
        assertThat(out.toString().strip())
                .isEqualTo(
                        "the descriptor limit stays as it is: getrlimit(RLIMIT_NOFILE): EPERM (Operation not permitted)");
    }

    @Test
    void theDemoStartsWhereGetrlimitIsRefused() throws IOException {
        assertThat(ClientDescriptors.lowest(withoutGetrlimit, 20)).isGreaterThan(20);
    }
}
