// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import picocli.CommandLine.Option;

/** The option of a command whose only work is to serve a page. */
final class PagePort {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            converter = Addresses.PortConverter.class,
            description = "The TCP port at 127.0.0.1. Default: any free one.")
    int number;
}
