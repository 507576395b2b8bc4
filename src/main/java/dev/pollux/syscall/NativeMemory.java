// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory that C and Java both see: a direct buffer in native byte order, and its address. It lives as long as this
 * object is reachable, so a thread that comes late to a closed poller touches memory that is still its own; except for a
 * {@link #view}.
 *
 * <p>Every access from Java is checked by the buffer. Whoever passes a length to the kernel derives it from
 * {@link #sizeBytes}.
 */
public final class NativeMemory {
    /** Who can tell where a buffer is: a binding. */
    public interface Addresses {
        /** The address of a direct buffer's index 0. */
        long addressOf(ByteBuffer direct);

        /**
         * A direct buffer over memory that is not Java's: at an address that is not 0, of a size that is not negative.
         */
        ByteBuffer view(long address, int sizeBytes);
    }

    private final ByteBuffer buffer;
    private final long address;

    private NativeMemory(ByteBuffer buffer, long address) {
        this.buffer = buffer;
        this.address = address;
    }

    /** Zeroed memory, whose address the binding tells. */
    public static NativeMemory allocate(Addresses addresses, int sizeBytes) {
        return of(addresses, ByteBuffer.allocateDirect(sizeBytes));
    }

    /**
     * The whole of a direct buffer, from index 0 to its capacity, whatever its position.
     *
     * @throws IllegalArgumentException if the buffer is not direct
     */
    public static NativeMemory of(Addresses addresses, ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException("the kernel can only be handed a direct buffer, not " + direct);
        }
        ByteBuffer whole = direct.duplicate().clear().order(ByteOrder.nativeOrder());
        return new NativeMemory(whole, addresses.addressOf(whole));
    }

    /**
     * Memory that is not Java's, such as {@code mmap} gives. It does not live as long as this object: whoever unmaps
     * it must see to it that nobody touches it afterwards, neither through this object nor through the kernel, since
     * that ends the JVM with a signal or reads and writes what has been mapped there meanwhile.
     *
     * @throws IllegalArgumentException if the address is 0 or the size is negative
     */
    public static NativeMemory view(Addresses addresses, long address, int sizeBytes) {
        if (address == 0 || sizeBytes < 0) {
            throw new IllegalArgumentException("there are no " + sizeBytes + " bytes at address " + address);
        }
        return new NativeMemory(addresses.view(address, sizeBytes).order(ByteOrder.nativeOrder()), address);
    }

    /** Where it begins, or 0, C's NULL, for null. */
    public static long addressOf(NativeMemory memory) {
        return memory == null ? 0 : memory.address;
    }

    /** How many bytes it has. */
    public int sizeBytes() {
        return buffer.capacity();
    }

    /** The bytes, in native order, for absolute access. */
    public ByteBuffer buffer() {
        return buffer;
    }

    public int getInt(int offset) {
        return buffer.getInt(offset);
    }

    public void putInt(int offset, int value) {
        buffer.putInt(offset, value);
    }

    public long getLong(int offset) {
        return buffer.getLong(offset);
    }

    public void putLong(int offset, long value) {
        buffer.putLong(offset, value);
    }

    public short getShort(int offset) {
        return buffer.getShort(offset);
    }

    public void putShort(int offset, short value) {
        buffer.putShort(offset, value);
    }

    /** Copies the first bytes of the other to the beginning of this. */
    public void copyFrom(NativeMemory other, int lengthBytes) {
        buffer.put(0, other.buffer, 0, lengthBytes);
    }
}
