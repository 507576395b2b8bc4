// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import picocli.CommandLine.IVersionProvider;

/** From the jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"pollux " + (version == null ? "(not from a jar: no version)" : version)};
    }
}
