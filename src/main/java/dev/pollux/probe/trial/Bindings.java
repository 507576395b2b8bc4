// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe.trial;

import dev.pollux.Binding;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.abi.NativeAccess;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.util.List;
import java.util.Map;

/** The bindings by class name: each may be missing from this jar, this JDK or this machine. */
final class Bindings {
    /** The fastest first; JNA, which works everywhere, last. */
    static final List<Binding> PREFERENCE = List.of(Binding.JNI, Binding.FFM, Binding.JNA);

    /** Relative to the package of {@link Syscalls}, which a shading tool may have renamed. */
    private static final Map<Binding, String> CLASSES = Map.of(
            Binding.JNI, ".jni.JniSyscalls",
            Binding.FFM, ".ffm.FfmSyscalls",
            Binding.JNA, ".jna.JnaSyscalls");

    private static final Map<Binding, String> WAYS_OUT = Map.of(
            Binding.JNA,
            "; JNA needs its jar beside Pollux's and a folder to unpack its library into, -Djna.tmpdir=DIR");

    private static final int FFM_SINCE = 22;

    private Bindings() {}

    static Syscalls load(Binding binding) throws MechanismUnavailableException {
        if ("32".equals(System.getProperty("sun.arch.data.model"))) {
            throw unavailable(binding, "this JVM is a 32-bit JVM, and Pollux knows 64-bit structures only", null);
        }
        int version = Runtime.version().feature();
        if (binding == Binding.FFM && version < FFM_SINCE) {
            String build = isInThisBuild(binding) ? "" : ", and " + absence(binding);
            throw unavailable(
                    binding, "this JVM is " + version + "; FFM needs " + FFM_SINCE + " or later" + build, null);
        }
        try {
            Syscalls syscalls = (Syscalls) Class.forName(Syscalls.class.getPackageName() + CLASSES.get(binding))
                    .getDeclaredConstructor()
                    .newInstance();
            NativeMemory.allocate(syscalls, Long.BYTES); // loads the binding's own library now, not later
            return syscalls;
        } catch (ClassNotFoundException e) {
            throw unavailable(binding, absence(binding), e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw unavailable(binding, "it cannot be loaded: " + reason(e) + wayOut(binding, e), e);
        }
    }

    private static boolean isInThisBuild(Binding binding) {
        String file = CLASSES.get(binding).substring(1).replace('.', '/') + ".class";
        return Syscalls.class.getResource(file) != null;
    }

    private static String absence(Binding binding) {
        return binding == Binding.FFM
                ? "this build of Pollux was made by a JDK older than " + FFM_SINCE + ", without FFM"
                : "it is not in this build of Pollux";
    }

    private static String wayOut(Binding binding, Throwable e) {
        return innermost(e).toString().contains("IllegalCallerException")
                ? "; " + NativeAccess.wayOut(callerOfC(binding))
                : WAYS_OUT.getOrDefault(binding, "");
    }

    /** The class that needs native access; JNA may be in another module than Pollux. */
    private static Class<?> callerOfC(Binding binding) {
        try {
            return binding == Binding.JNA ? Class.forName("com.sun.jna.Native", false, loader()) : Bindings.class;
        } catch (ClassNotFoundException e) {
            return Bindings.class;
        }
    }

    private static ClassLoader loader() {
        return Bindings.class.getClassLoader();
    }

    private static Throwable innermost(Throwable e) {
        return e.getCause() == null ? e : innermost(e.getCause());
    }

    /**
     * The innermost cause as a sentence; the message of a missing class is only its name. If the class failed at its
     * first use, the JVM wraps that error.
     */
    private static String reason(Throwable e) {
        Throwable innermost = innermost(e);
        String message = String.valueOf(innermost.getMessage());
        return message.indexOf(' ') < 0
                ? innermost.toString()
                : message.replaceFirst("^Exception \\S+: (.*) \\[in thread \".*\"]$", "$1");
    }

    private static MechanismUnavailableException unavailable(Binding binding, String reason, Throwable cause) {
        MechanismUnavailableException e =
                new MechanismUnavailableException("the binding " + binding + " is not available: " + reason);
        e.initCause(cause);
        return e;
    }
}
