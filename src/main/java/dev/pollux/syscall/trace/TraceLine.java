// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.Errno;
import dev.pollux.syscall.NativeMemory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** One traced call. Inputs are added before {@link #called}, outputs after {@link #returned}. */
final class TraceLine {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final int MICROS_PER_SECOND = 1_000_000;

    private final String call;
    private final List<String> arguments = new ArrayList<>();
    private String result;
    private String answer;
    private Instant began;
    private long beganNanos;
    private long tookNanos;
    private long rc;

    TraceLine(String call) {
        this.call = call;
    }

    TraceLine add(long number) {
        return add(Long.toString(number));
    }

    TraceLine add(String argument) {
        arguments.add(argument);
        return this;
    }

    /** An argument that the kernel reads. */
    TraceLine input(NativeMemory memory, Function<ByteBuffer, String> decoder) {
        return input(memory, 0, decoder);
    }

    TraceLine input(NativeMemory memory, int offset, Function<ByteBuffer, String> decoder) {
        return add(Structs.read(memory, offset, decoder));
    }

    /** An argument that the kernel writes: its address if the call failed. */
    TraceLine output(NativeMemory memory, Function<ByteBuffer, String> decoder) {
        return output(memory, 0, decoder);
    }

    TraceLine output(NativeMemory memory, int offset, Function<ByteBuffer, String> decoder) {
        return input(memory, offset, rc < 0 ? bytes -> null : decoder);
    }

    /** Starts the clock, just before the call. */
    TraceLine called() {
        began = Instant.now();
        beganNanos = System.nanoTime();
        return this;
    }

    TraceLine returned(long rc) {
        tookNanos = System.nanoTime() - beganNanos;
        this.rc = rc;
        result = rc < 0 ? "-1 " + Errno.describe((int) -rc) : Long.toString(rc);
        return this;
    }

    /** The result; of an address, the lower half. */
    int rc() {
        return (int) rc;
    }

    /** The value that C returns: -1 for an error. */
    long fromC() {
        return Math.max(rc, -1);
    }

    /** Sets the text of the result of a successful call, if it is not just a number. */
    TraceLine result(String meaning) {
        result = meaning;
        return this;
    }

    /** Sets the text in parentheses after the result; null for none. */
    TraceLine answer(String meaning) {
        answer = meaning;
        return this;
    }

    String call() {
        return call;
    }

    /** The arguments in strace's notation. */
    List<String> arguments() {
        return arguments;
    }

    /** The text in parentheses after the result; null for none. */
    String answer() {
        return answer;
    }

    /** The name of the error; null if the call succeeded. */
    String errno() {
        return rc < 0 ? Errno.name((int) -rc) : null;
    }

    Instant began() {
        return began;
    }

    @Override
    public String toString() {
        return call + "(" + String.join(", ", arguments) + ") = " + result + (answer == null ? "" : " (" + answer + ")")
                + " <" + seconds() + ">";
    }

    /** The duration of the call in seconds, with six decimals. */
    String seconds() {
        long micros = tookNanos / NANOS_PER_MICRO;
        String sixDigits =
                Long.toString(MICROS_PER_SECOND + micros % MICROS_PER_SECOND).substring(1);
        return micros / MICROS_PER_SECOND + "." + sixDigits;
    }
}
