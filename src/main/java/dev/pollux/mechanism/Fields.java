// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Fields with atomic and ordered access. */
final class Fields {
    private Fields() {}

    /** A field of the class that looks it up. */
    static VarHandle field(MethodHandles.Lookup lookup, String name, Class<?> type) {
        try {
            return lookup.findVarHandle(lookup.lookupClass(), name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
