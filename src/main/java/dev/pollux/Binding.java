// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/** A way of calling C from Java. */
public enum Binding {
    /** JNA direct mapping of the C library. It needs only the JNA jar, and works nearly everywhere: not on musl. */
    JNA,
    /** The C shims in {@code native/}, through the Java Native Interface. */
    JNI,
    /** {@code java.lang.foreign}, on JDK 22 and later. */
    FFM
}
