// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/** The module name of a class for JVM flags, and the flag that lets the class call C. */
public final class NativeAccess {
    private NativeAccess() {}

    /** The name of the module that the class is in; ALL-UNNAMED for a class from the class path. */
    public static String moduleOf(Class<?> caller) {
        Module module = caller.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    /** The advice if the JVM does not let the class call C, as with {@code --illegal-native-access=deny}. */
    public static String wayOut(Class<?> caller) {
        return "start the JVM with --enable-native-access=" + moduleOf(caller);
    }
}
