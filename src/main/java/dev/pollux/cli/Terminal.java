// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.Console;
import java.nio.charset.Charset;

/** What is known of where standard output goes. */
final class Terminal {
    /** What it is encoded in. */
    static final Charset CHARSET = charset();

    /** Microseconds, in letters that it can show. */
    static final String MICROS = CHARSET.newEncoder().canEncode('µ') ? "µs" : "us";

    private Terminal() {}

    private static Charset charset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    /** Whether it is a terminal. From JDK 22 on there is a console even where there is none, and it must be asked. */
    static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
