// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Binding;

/** Who makes the system calls: C itself, or Java through one of the bindings. */
public enum Caller {
    C(null),
    JNI(Binding.JNI),
    FFM(Binding.FFM),
    JNA(Binding.JNA),
    /** JNA as most programs use it, an interface and a proxy; Pollux has no such binding. */
    JNA_INTERFACE(null);

    private final Binding binding;

    Caller(Binding binding) {
        this.binding = binding;
    }

    /** Pollux's binding, null if this is none. */
    Binding binding() {
        return binding;
    }
}
