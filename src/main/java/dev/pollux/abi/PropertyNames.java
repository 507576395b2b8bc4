// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * The names of the system properties, which stay the same when a shading tool renames the packages.
 *
 * <p>Such a tool also renames string constants that look like the package name. So the names are joined at run time,
 * and {@code dev.pollux.mechanism} configures a relocated copy as it configures the original.
 */
public final class PropertyNames {
    private PropertyNames() {}

    /** The full name of a property: {@code dev.pollux.native.library} for {@code native.library}. */
    public static String of(String name) {
        return String.join(".", "dev", "pollux", name);
    }
}
