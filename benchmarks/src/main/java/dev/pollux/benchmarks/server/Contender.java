// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import dev.pollux.Mechanism;
import java.util.ArrayList;
import java.util.List;

/** @param mechanism null if the server has no choice */
record Contender(Server server, Mechanism mechanism) {
    List<String> command(Programs programs) {
        List<String> command = new ArrayList<>(server.command(programs));
        if (mechanism != null) {
            command.add(mechanism.name());
        }
        return command;
    }

    /** With what it is compared: an HTTP server with itself on the JDK's provider, the others with this. */
    Contender reference(Server ofEchoServers) {
        return server.isHttp() ? of(server.onTheJdk()) : of(ofEchoServers);
    }

    private static Contender of(Server server) {
        return new Contender(server, server.hasMechanisms() ? Mechanism.EPOLL : null);
    }

    @Override
    public String toString() {
        return mechanism == null ? server.label : server.label + ", " + mechanism;
    }
}
