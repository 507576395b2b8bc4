// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.cli.live.LiveWatch;
import dev.pollux.cli.web.WebServerModule;
import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option of a command to show its pollers in a browser. */
final class WatchOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--watch",
            paramLabel = "PORT",
            arity = "0..1",
            fallbackValue = "0",
            converter = Addresses.PortConverter.class,
            description = "Show the poller at work as a page for a browser on this machine; it prints the address. Each"
                    + " call takes longer. Default port: any free one.")
    private Integer port;

    /** The page of a command, if the user wants one. */
    record Watch(LiveWatch page) implements Closeable {
        /** Takes the trace in JSON; null if nobody watches. */
        Consumer<String> sink() {
            return page == null ? null : page.sink();
        }

        @Override
        public void close() {
            if (page != null) {
                page.close();
            }
        }
    }

    /** Opens the page and prints its address, if the user wants one. */
    Watch open(Progress progress) throws IOException {
        if (port == null) {
            return new Watch(null);
        }
        if (TraceOptions.areSet()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--watch and a trace exclude each other; for both, use --trace=FILE --trace-format=json and"
                            + " 'pollux watch FILE'");
        }
        WebServerModule.require("--trace shows the calls without it");
        LiveWatch page = new LiveWatch(port, "pollux " + spec.name());
        progress.line("watch it at");
        progress.line(page.address());
        return new Watch(page);
    }
}
