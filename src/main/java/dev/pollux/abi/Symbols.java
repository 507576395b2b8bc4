// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * The exported symbols of C functions that the headers rename. The renamed ones take today's structures, the plain ones
 * those of decades ago.
 */
public final class Symbols {
    private Symbols() {}

    /** The symbol behind a C function's name on this machine. */
    public static String symbol(String function) {
        return symbol(Os.here(), System.getProperty("os.arch"), function);
    }

    /** The symbol on any system, so that all names can be tested on one system. */
    public static String symbol(Os os, String osArch, String function) {
        if (function.equals("fstat")) {
            return Stat.symbol(os, osArch);
        }
        if (function.equals("kevent")) {
            return Kqueue.abi().symbol();
        }
        return switch (os) {
            // sys/select.h: without the suffix, nfds above 1024 is refused
            case MACOS -> function.equals("pselect") ? "pselect$DARWIN_EXTSN" : function;
            // sys/select.h, sys/socket.h: __RENAME(__pselect50), __RENAME(__socket30)
            case NETBSD ->
                switch (function) {
                    case "pselect" -> "__pselect50";
                    case "socket" -> "__socket30";
                    default -> function;
                };
            // sys/socket.h: the plain ones take another msghdr, without control messages
            case SOLARIS ->
                switch (function) {
                    case "sendmsg" -> "__xnet_sendmsg";
                    case "recvmsg" -> "__xnet_recvmsg";
                    default -> function;
                };
            default -> function;
        };
    }
}
