// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Memory shared by C and Java: a direct buffer in native byte order, and its address. It lives as long as this object
 * is reachable, so a late thread on a closed poller still uses valid memory. A {@link #view} is the exception.
 *
 * <p>The buffer checks every access from Java. Derive a length for the kernel from {@link #sizeBytes}.
 */
public final class NativeMemory {
    /** Gets the address of a buffer: a binding. */
    public interface Addresses {
        /** The address of a direct buffer's index 0. */
        long addressOf(ByteBuffer direct);

        /** A direct buffer over foreign memory; the address is not 0 and the size is not negative. */
        ByteBuffer view(long address, int sizeBytes);
    }

    private final ByteBuffer buffer;
    private final long address;

    private NativeMemory(ByteBuffer buffer, long address) {
        this.buffer = buffer;
        this.address = address;
    }

    /** Allocates zeroed memory; the binding gets its address. */
    public static NativeMemory allocate(Addresses addresses, int sizeBytes) {
        return of(addresses, ByteBuffer.allocateDirect(sizeBytes));
    }

    /**
     * A whole direct buffer, from index 0 to its capacity, whatever its position.
     *
     * @throws IllegalArgumentException if the buffer is not direct
     */
    public static NativeMemory of(Addresses addresses, ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException("the kernel needs a direct buffer, not " + direct);
        }
        ByteBuffer whole = direct.duplicate().clear().order(ByteOrder.nativeOrder());
        return new NativeMemory(whole, addresses.addressOf(whole));
    }

    /**
     * Foreign memory, such as that of {@code mmap}. This object does not keep it alive. After an unmap, nothing may use
     * it, neither through this object nor through the kernel: the access would crash the JVM, or hit whatever is mapped
     * there by then.
     *
     * @throws IllegalArgumentException if the address is 0 or the size is negative
     */
    public static NativeMemory view(Addresses addresses, long address, int sizeBytes) {
        if (address == 0 || sizeBytes < 0) {
            throw new IllegalArgumentException("there are no " + sizeBytes + " bytes at address " + address);
        }
        return new NativeMemory(addresses.view(address, sizeBytes).order(ByteOrder.nativeOrder()), address);
    }

    /** The address; 0, C's NULL, for null. */
    public static long addressOf(@Nullable NativeMemory memory) {
        return memory == null ? 0 : memory.address;
    }

    /** The size in bytes. */
    public int sizeBytes() {
        return buffer.capacity();
    }

    /** The bytes, in native order, for absolute access. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Reads the int at an offset in bytes. */
    public int getInt(int offset) {
        return buffer.getInt(offset);
    }

    /** Writes the int at an offset in bytes. */
    public void putInt(int offset, int value) {
        buffer.putInt(offset, value);
    }

    /** Reads the long at an offset in bytes. */
    public long getLong(int offset) {
        return buffer.getLong(offset);
    }

    /** Writes the long at an offset in bytes. */
    public void putLong(int offset, long value) {
        buffer.putLong(offset, value);
    }

    /** Reads the short at an offset in bytes. */
    public short getShort(int offset) {
        return buffer.getShort(offset);
    }

    /** Writes the short at an offset in bytes. */
    public void putShort(int offset, short value) {
        buffer.putShort(offset, value);
    }

    /** Copies the first bytes of another memory to the beginning of this one. */
    public void copyFrom(NativeMemory other, int lengthBytes) {
        buffer.put(0, other.buffer, 0, lengthBytes);
    }
}
