// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Poller;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;

/** A poller whose registrations refuse a change with ENOSPC whenever a test says so, as epoll does at its limit. */
final class RefusingPoller {
    private RefusingPoller() {}

    static Poller of(Poller poller, BooleanSupplier refuses) {
        return (Poller) Proxy.newProxyInstance(
                RefusingPoller.class.getClassLoader(), new Class<?>[] {Poller.class}, (proxy, method, args) -> {
                    Object result = call(poller, method, args);
                    return result instanceof Registration registration
                                    && method.getName().startsWith("register")
                            ? registration(registration, refuses)
                            : result;
                });
    }

    private static Registration registration(Registration registration, BooleanSupplier refuses) {
        return (Registration) Proxy.newProxyInstance(
                RefusingPoller.class.getClassLoader(), new Class<?>[] {Registration.class}, (proxy, method, args) -> {
                    if (method.getName().equals("modify") && refuses.getAsBoolean()) {
                        throw new SyscallException(
                                "epoll_ctl", "3, EPOLL_CTL_ADD, 4", Errno.ENOSPC, Errno.describe(Errno.ENOSPC));
                    }
                    return call(registration, method, args);
                });
    }

    private static Object call(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
