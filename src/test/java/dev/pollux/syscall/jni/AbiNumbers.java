// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Os;
import dev.pollux.abi.Termios;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The numbers in {@code abi/}, by the names that {@code native/layout.c} gives them. */
final class AbiNumbers {
    static final String PACKAGE = "dev.pollux.abi";

    private AbiNumbers() {}

    /**
     * Prints each name in the file {@code -Dnames} with its number. A JVM with another {@code os.name} and
     * {@code os.arch} prints that platform's numbers.
     */
    public static void main(String[] args) throws Exception {
        for (String name : Files.readAllLines(Path.of(System.getProperty("names")))) {
            System.out.println(name + " " + of(name));
        }
    }

    static long of(String name) throws ReflectiveOperationException {
        int dot = name.indexOf('.');
        Class<?> type = Class.forName(PACKAGE + "." + name.substring(0, dot));
        String member = name.substring(dot + 1);
        if (type == Errno.class) {
            return Errno.on(Os.here()).number(member);
        }
        if (name.equals("FdSet.sizeBytes")) {
            return FdSet.sizeBytes(FdSet.FD_SETSIZE);
        }
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals(member)) {
                field.setAccessible(true);
                return field.getLong(null);
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(member) && takesSystem(method)) {
                return ofSystem(method);
            }
        }
        return nested(type, member);
    }

    private static boolean takesSystem(Method method) {
        return method.getParameterCount() > 0 && method.getParameterTypes()[0] == Os.class;
    }

    private static long ofSystem(Method method) throws ReflectiveOperationException {
        method.setAccessible(true);
        Object[] system = {Os.here(), System.getProperty("os.arch")};
        return ((Number) method.invoke(null, Arrays.copyOf(system, method.getParameterCount()))).longValue();
    }

    private static long nested(Class<?> type, String member) throws ReflectiveOperationException {
        Object here = type == Epoll.class
                ? Epoll.layout()
                : type == Kqueue.class ? Kqueue.abi() : type == Termios.class ? Termios.abi() : null;
        assertThat(here)
                .as("there is no " + type.getSimpleName() + "." + member)
                .isNotNull();
        boolean isField = Arrays.stream(here.getClass().getFields())
                .anyMatch(each -> each.getName().equals(member));
        Object value = isField
                ? here.getClass().getField(member).get(here)
                : here.getClass().getMethod(member).invoke(here);
        return ((Number) value).longValue();
    }
}
