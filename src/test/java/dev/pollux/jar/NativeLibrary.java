// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers of a 64-bit ELF or Mach-O library.
 *
 * @param machine {@code e_machine} of ELF, {@code cputype} of Mach-O
 * @param exported the symbols that others can call
 * @param linked the names of the libraries that it needs
 * @param installName by which a Mach-O library is found; null in ELF
 */
record NativeLibrary(ByteOrder order, int machine, List<String> exported, List<String> linked, String installName) {
    private static final int SHT_DYNAMIC = 6;
    private static final int SHT_DYNSYM = 11;
    private static final int DT_NEEDED = 1;
    private static final int MACH_MAGIC_64 = 0xfeedfacf;
    private static final int LC_SYMTAB = 2;
    private static final int LC_LOAD_DYLIB = 0xc;
    private static final int LC_ID_DYLIB = 0xd;

    static NativeLibrary read(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        return bytes.getInt(0) == 0x7f454c46 ? elf(bytes) : machO(bytes);
    }

    private static NativeLibrary elf(ByteBuffer bytes) {
        bytes.order(bytes.get(5) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        List<String> exported = new ArrayList<>();
        List<String> linked = new ArrayList<>();
        long sections = bytes.getLong(40);
        int sectionSize = bytes.getShort(58);
        for (int i = 0; i < bytes.getShort(60); i++) {
            int section = (int) sections + i * sectionSize;
            int strings = (int) sections + bytes.getInt(section + 40) * sectionSize;
            int text = (int) bytes.getLong(strings + 24);
            int start = (int) bytes.getLong(section + 24);
            int end = start + (int) bytes.getLong(section + 32);
            if (bytes.getInt(section + 4) == SHT_DYNSYM) {
                for (int symbol = start; symbol < end; symbol += 24) {
                    boolean isLocal = bytes.get(symbol + 4) >> 4 == 0;
                    boolean isDefined = bytes.getShort(symbol + 6) != 0;
                    if (!isLocal && isDefined) {
                        exported.add(string(bytes, text + bytes.getInt(symbol)));
                    }
                }
            } else if (bytes.getInt(section + 4) == SHT_DYNAMIC) {
                for (int entry = start; entry < end; entry += 16) {
                    if (bytes.getLong(entry) == DT_NEEDED) {
                        linked.add(string(bytes, text + (int) bytes.getLong(entry + 8)));
                    }
                }
            }
        }
        return new NativeLibrary(bytes.order(), bytes.getShort(18), exported, linked, null);
    }

    private static NativeLibrary machO(ByteBuffer bytes) {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(0) != MACH_MAGIC_64) {
            throw new AssertionError("neither ELF nor a 64-bit Mach-O file");
        }
        List<String> exported = new ArrayList<>();
        List<String> linked = new ArrayList<>();
        String installName = null;
        int command = 32;
        for (int i = 0; i < bytes.getInt(16); i++) {
            switch (bytes.getInt(command)) {
                case LC_SYMTAB -> {
                    int symbols = bytes.getInt(command + 8);
                    int text = bytes.getInt(command + 16);
                    for (int k = 0; k < bytes.getInt(command + 12); k++) {
                        int type = bytes.get(symbols + 16 * k + 4);
                        boolean isPublicHere = (type & 0x1f) == 0x0f; // N_SECT and N_EXT without N_PEXT
                        if (isPublicHere) {
                            exported.add(string(bytes, text + bytes.getInt(symbols + 16 * k)));
                        }
                    }
                }
                case LC_LOAD_DYLIB -> linked.add(string(bytes, command + bytes.getInt(command + 8)));
                case LC_ID_DYLIB -> installName = string(bytes, command + bytes.getInt(command + 8));
                default -> {}
            }
            command += bytes.getInt(command + 4);
        }
        return new NativeLibrary(bytes.order(), bytes.getInt(4), exported, linked, installName);
    }

    private static String string(ByteBuffer bytes, int start) {
        int end = start;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), start, end - start, StandardCharsets.US_ASCII);
    }
}
