// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.web;

import java.io.IOException;

/** The JDK's module that {@link LocalServer} needs, which some Java runtimes lack. */
public final class WebServerModule {
    private static final String NAME = "jdk.httpserver";

    private WebServerModule() {}

    /**
     * Checks that pages can be served.
     *
     * @param otherwise what the user can do without a page, for the message
     * @throws IOException if this Java runtime lacks the module
     */
    public static void require(String otherwise) throws IOException {
        if (ModuleLayer.boot().findModule(NAME).isEmpty()) {
            throw new IOException("this Java runtime has no web server, the module " + NAME
                    + ": use a whole JDK or JRE, or add the module with jlink; " + otherwise);
        }
    }
}
