// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/** Cause and remedy of the errors that users run into, in one line. */
public final class Advice {
    private Advice() {}

    /**
     * What follows the error in a message: a semicolon and the advice, or nothing.
     *
     * @param arguments of the call, as in the message: paths are in quotation marks
     */
    public static String of(String call, String arguments, int errno) {
        String advice = text(call, arguments, Errno.name(errno));
        return advice.isEmpty() ? "" : "; " + advice;
    }

    private static String text(String call, String arguments, String errno) {
        boolean hasPath = arguments.contains("\"");
        return switch (errno) {
            case "EMFILE" ->
                "this process has as many open descriptors as RLIMIT_NOFILE allows: raise it, or close some";
            case "ENFILE" -> "the system has as many open files as it allows (Linux: sysctl fs.file-max)";
            case "ENOSYS" -> "this kernel does not have the call, or a seccomp filter refuses it";
            case "EPIPE" -> "nobody reads the other end any more: close this end, too";
            case "ENOTCONN" ->
                "the socket is not connected, or not yet, or its peer has gone: connect it first,"
                        + " and wait until it is writable";
            case "EADDRINUSE" -> addressInUse(call, hasPath);
            case "EACCES" -> call.equals("bind") ? noAccessToBind(hasPath) : "";
            case "EAFNOSUPPORT" ->
                call.equals("socket")
                        ? "this system has no such family (IPv6 may be switched off): use INET"
                        : "the socket and the address must be of the same family";
            case "ENAMETOOLONG" ->
                "a name in the path is longer than the file system allows (255 bytes on most),"
                        + " or the path is longer than PATH_MAX";
            case "ENOTTY" ->
                call.startsWith("tc") || arguments.contains("WINSZ")
                        ? "the descriptor is no terminal: ask Terminals.isTerminal first"
                        : "";
            case "ENOSPC" -> noSpace(call);
            case "ELOOP" ->
                call.equals("epoll_ctl")
                        ? "epoll descriptors would watch each other in a circle, or be nested too deep"
                        : "";
            case "EINVAL" ->
                call.equals("epoll_ctl")
                        ? "an epoll descriptor can watch neither itself nor, with registerExclusive, another one"
                        : "";
            default -> "";
        };
    }

    private static String addressInUse(String call, boolean hasPath) {
        if (hasPath) {
            return "the file exists, perhaps from a server that has ended: delete it if no server uses it";
        }
        return call.equals("connect")
                ? "all local ports for this peer are in use: close connections, or wait for those in TIME_WAIT"
                : "another socket uses the port: choose another one (0: any), or call setReuseAddress before bind if"
                        + " the server was only restarted";
    }

    private static String noSpace(String call) {
        return switch (call) {
            case "posix_openpt" -> "all pseudo-terminals are in use (Linux: sysctl kernel.pty.max): close some";
            case "epoll_ctl" ->
                "this user watches as many descriptors as the sysctl fs.epoll.max_user_watches allows:"
                        + " raise it, or cancel registrations";
            default -> "";
        };
    }

    private static String noAccessToBind(boolean hasPath) {
        return hasPath
                ? "this user may not create a file in the folder"
                : "ports below 1024 (Linux: sysctl net.ipv4.ip_unprivileged_port_start) need root or"
                        + " CAP_NET_BIND_SERVICE: choose a higher port";
    }
}
