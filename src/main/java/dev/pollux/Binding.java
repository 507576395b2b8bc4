// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/** A way of calling C from Java. */
public enum Binding {
    /** JNA direct mapping of the C library: needs nothing but the JNA jar, so it always works. */
    JNA,
    /** The C shims of {@code native/}, through the Java Native Interface. */
    JNI,
    /** {@code java.lang.foreign}, from JDK 22 on. */
    FFM
}
