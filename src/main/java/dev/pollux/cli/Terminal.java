// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.Closeable;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/**
 * Where the output of a command goes.
 *
 * @param columns the width; {@link #UNLIMITED} if the output is not a terminal
 * @param isInteractive whether a person reads along: lines can change in place, and keys can be read
 * @param isColored whether to print colours
 * @param keySource opens the keyboard of an interactive terminal
 */
public record Terminal(int columns, boolean isInteractive, boolean isColored, KeySource keySource) {
    /** The width of a file or a pipe: no line is broken, so that programs such as grep find whole lines. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Wider text is hard to read. */
    public static final int MOST_COLUMNS_OF_PROSE = 100;

    /** The encoding of standard output. */
    static final Charset CHARSET = charset();

    /** The unit microsecond, in letters that {@link #CHARSET} has. */
    static final String MICROS = CHARSET.newEncoder().canEncode('µ') ? "µs" : "us";

    private static final int USUAL_COLUMNS = 80;
    private static final int FEWEST_COLUMNS = 40;

    /** Picocli refuses fewer. */
    private static final int FEWEST_COLUMNS_OF_HELP = 55;

    /** Opens a keyboard. */
    @FunctionalInterface
    public interface KeySource {
        Keys open() throws IOException;
    }

    /** The keys that a person presses, each as soon as it is pressed. */
    public interface Keys extends Closeable {
        /** Waits for the next key; -1 means that no more come. */
        int read() throws IOException;
    }

    /** A file or a pipe. */
    public static Terminal plain() {
        return plain(UNLIMITED);
    }

    /** Text without colours that is this wide. */
    static Terminal plain(int columns) {
        return new Terminal(columns, false, false, () -> {
            throw new IOException("there is no keyboard");
        });
    }

    /** The standard output of this process. */
    static Terminal ofProcess() {
        return of(hasConsole(), System.getenv(), JLineKeys::columns);
    }

    /**
     * Decides by the environment: COLUMNS is the width of a pipe, TERM=dumb means no escape sequences, and NO_COLOR no
     * colours.
     *
     * @param measured how many columns a terminal has; 0 if it does not know
     */
    static Terminal of(boolean isConsole, Map<String, String> environment, IntSupplier measured) {
        if (!isConsole) {
            return plain(columns(environment.get("COLUMNS")));
        }
        int columns = measured.getAsInt();
        boolean isDumb = "dumb".equals(environment.get("TERM"));
        boolean isColored = !isDumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                columns == 0 ? USUAL_COLUMNS : Math.max(FEWEST_COLUMNS, columns), !isDumb, isColored, JLineKeys::new);
    }

    private static int columns(String text) {
        return text != null && text.matches("[0-9]{1,5}")
                ? Math.max(FEWEST_COLUMNS, Integer.parseInt(text))
                : UNLIMITED;
    }

    /** Since JDK 22 there is a console even without a terminal, and it has a method that tells. */
    private static boolean hasConsole() {
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

    private static Charset charset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    /** The width of running text. */
    public int proseColumns() {
        return Math.min(columns, MOST_COLUMNS_OF_PROSE);
    }

    /** The width of help; 80 columns where there is no terminal. */
    int helpColumns() {
        return columns == UNLIMITED ? USUAL_COLUMNS : Math.max(FEWEST_COLUMNS_OF_HELP, proseColumns());
    }

    /** A text in a style of picocli, such as bold or cyan, if the terminal has colours. */
    String styled(String style, String text) {
        return style.isEmpty() || text.isBlank() ? text : colorScheme().ansi().string("@|" + style + " " + text + "|@");
    }

    /** The colours of picocli, or none. */
    ColorScheme colorScheme() {
        return Help.defaultColorScheme(isColored ? Ansi.ON : Ansi.OFF);
    }

    /**
     * The keyboard through JLine, which sets the terminal to pass on each key without waiting for the end of a line.
     *
     * <p>JLine's provider "exec" runs stty(1): unlike the others it loads no C library. The type "ansi" keeps JLine from
     * running infocmp(1), and without its signal handlers Ctrl-C ends the JVM as usual.
     */
    private static final class JLineKeys implements Keys {
        private final org.jline.terminal.Terminal terminal = open();

        JLineKeys() throws IOException {
            terminal.enterRawMode();
        }

        private static org.jline.terminal.Terminal open() throws IOException {
            return TerminalBuilder.builder()
                    .system(true)
                    .systemOutput(SystemOutput.SysOut)
                    .provider("exec")
                    .type("ansi")
                    .dumb(true)
                    .nativeSignals(false)
                    .build();
        }

        /** The width of the terminal; 0 if it is not known. */
        static int columns() {
            try (org.jline.terminal.Terminal terminal = open()) {
                return terminal.getWidth();
            } catch (IOException e) {
                return 0;
            }
        }

        @Override
        public int read() throws IOException {
            return terminal.reader().read();
        }

        @Override
        public void close() throws IOException {
            terminal.close();
        }
    }
}
