// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.web;

import java.net.http.HttpClient;
import java.util.Set;
import java.util.stream.Collectors;

/** HTTP for the tests. Until JDK 21 a client closes its selector only when the garbage collector finds it. */
public final class Http {
    /** One for all tests: it is never collected while another test counts descriptors. */
    public static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Http() {}

    /** The threads of clients that have a selector. */
    static Set<Thread> selectorThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("HttpClient-\\d+-SelectorManager"))
                .collect(Collectors.toSet());
    }
}
