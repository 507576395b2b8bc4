// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.Errno;
import dev.pollux.syscall.NativeMemory;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * One call on its way to a line: what goes in is read before {@link #called}, what came out after {@link #returned}.
 */
final class TraceLine {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final int MICROS_PER_SECOND = 1_000_000;

    private final StringBuilder text;
    private String separator = "";
    private String result;
    private String comment = "";
    private long beganNanos;
    private long tookNanos;
    private int rc;

    TraceLine(String call) {
        text = new StringBuilder(call).append('(');
    }

    TraceLine add(int number) {
        return add(Integer.toString(number));
    }

    TraceLine add(String argument) {
        text.append(separator).append(argument);
        separator = ", ";
        return this;
    }

    /** An argument that the kernel reads. */
    TraceLine input(NativeMemory memory, Function<ByteBuffer, String> decoder) {
        return input(memory, 0, decoder);
    }

    TraceLine input(NativeMemory memory, int offset, Function<ByteBuffer, String> decoder) {
        return add(Structs.read(memory, offset, decoder));
    }

    /** An argument that the kernel has written: its address if the call failed. */
    TraceLine output(NativeMemory memory, Function<ByteBuffer, String> decoder) {
        return output(memory, 0, decoder);
    }

    TraceLine output(NativeMemory memory, int offset, Function<ByteBuffer, String> decoder) {
        return input(memory, offset, rc < 0 ? bytes -> null : decoder);
    }

    /** The time counts from here. */
    TraceLine called() {
        beganNanos = System.nanoTime();
        return this;
    }

    TraceLine returned(int rc) {
        tookNanos = System.nanoTime() - beganNanos;
        this.rc = rc;
        result = rc < 0 ? "-1 " + Errno.describe(-rc) : Integer.toString(rc);
        return this;
    }

    int rc() {
        return rc;
    }

    /** What a successful call means by its result, if that is not just a number. */
    TraceLine result(String meaning) {
        result = meaning;
        return this;
    }

    /** What else the kernel has to say, in parentheses behind the result; null is nothing. */
    TraceLine comment(String answer) {
        comment = answer == null ? "" : " (" + answer + ")";
        return this;
    }

    @Override
    public String toString() {
        return text + ") = " + result + comment + " <" + seconds() + ">";
    }

    private String seconds() {
        long micros = tookNanos / NANOS_PER_MICRO;
        String sixDigits =
                Long.toString(MICROS_PER_SECOND + micros % MICROS_PER_SECOND).substring(1);
        return micros / MICROS_PER_SECOND + "." + sixDigits;
    }
}
