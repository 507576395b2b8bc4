// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe.trial;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Kqueue;
import dev.pollux.jfr.RecordedPoller;
import dev.pollux.mechanism.BusyPoll;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.probe.Finding;
import dev.pollux.probe.ProbeReport;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.trace.Trace;
import dev.pollux.syscall.trace.TracingSyscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Tests what works here: opens a poller, watches an empty pipe, writes a byte and expects its event. It never decides
 * by the name of the operating system, and caches nothing: the next container may allow what this one forbids.
 *
 * <p>A null mechanism or binding means the first in the order of preference; null for the trace or the busy poll means
 * none.
 */
public final class Probe {
    private static final long TRIAL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Mechanism mechanism;
    private final Binding binding;
    private final SelectLimit selectLimit;
    private final long spinNanos;
    private final BusyPoll busyPoll;
    private final Trace trace;
    private final boolean jfr;

    public Probe(
            Mechanism mechanism,
            Binding binding,
            SelectLimit selectLimit,
            long spinNanos,
            BusyPoll busyPoll,
            Trace trace,
            boolean jfr) {
        this.mechanism = mechanism;
        this.binding = binding;
        this.selectLimit = selectLimit;
        this.spinNanos = spinNanos;
        this.busyPoll = busyPoll;
        this.trace = trace;
        this.jfr = jfr;
    }

    /** Opens the first mechanism that works; a mechanism selected by name is opened without a test. */
    public Poller open() throws IOException {
        Set<String> reasons = new LinkedHashSet<>();
        for (Preference row : rows()) {
            for (Binding candidate : bindings()) {
                Syscalls syscalls;
                try {
                    syscalls = Bindings.load(candidate);
                } catch (MechanismUnavailableException e) {
                    reasons.add(e.getMessage());
                    continue;
                }
                try {
                    return open(row, candidate, syscalls);
                } catch (MechanismUnavailableException e) {
                    reasons.add(e.getMessage());
                }
                if (!anotherBindingMayDiffer(row)) {
                    break;
                }
            }
        }
        throw new MechanismUnavailableException(
                (mechanism == null ? "no mechanism works here: " : mechanism + " is not available here: ")
                        + String.join("; ", reasons) + "; Pollers.probe() reports what works");
    }

    /**
     * Every binding calls the same kernel, so the answer of the first that loads holds for all. Loading another one has
     * a cost: JNA starts a child process and stays loaded. The exception is a kqueue library, which only some bindings
     * can use.
     */
    private static boolean anotherBindingMayDiffer(Preference row) {
        return row.mechanism() == Mechanism.KQUEUE && System.getProperty(Kqueue.LIBRARY_PROPERTY) != null;
    }

    private List<Preference> rows() {
        return mechanism == null ? Preference.TABLE : List.of(Preference.of(mechanism));
    }

    private List<Binding> bindings() {
        return binding == null ? Bindings.PREFERENCE : List.of(binding);
    }

    private Poller open(Preference row, Binding candidate, Syscalls syscalls) throws IOException {
        try {
            if (mechanism == null) {
                tryOut(row, candidate, syscalls);
            }
            return jfr
                    ? RecordedPoller.open(syscalls, timed -> openRow(row, candidate, traced(timed)))
                    : openRow(row, candidate, traced(syscalls));
        } catch (SyscallException e) {
            throw hasRunOut(e) ? e : unavailable(row, candidate, explain(row.mechanism(), candidate, syscalls, e), e);
        }
    }

    /** Without a trace the calls go directly to the binding. */
    private Syscalls traced(Syscalls syscalls) {
        return trace == null ? syscalls : new TracingSyscalls(syscalls, trace);
    }

    /** Tests a separate poller, so that a trace shows only the calls of the poller that is returned. */
    private void tryOut(Preference row, Binding candidate, Syscalls syscalls) throws IOException {
        try (Poller poller = openRow(row, candidate, syscalls)) {
            String failure = trial(poller, new KernelPosix(syscalls));
            if (failure != null) {
                throw unavailable(row, candidate, failure, null);
            }
        }
    }

    private KernelPoller openRow(Preference row, Binding candidate, Syscalls syscalls) throws IOException {
        requireFunction(row, syscalls);
        PollerSettings settings = new PollerSettings(syscalls, candidate, selectLimit, spinNanos, busyPoll);
        return KernelPoller.open(row, settings);
    }

    private static void requireFunction(Preference row, Syscalls syscalls) throws SyscallException {
        if (syscalls.missing(row.function()) != null) {
            throw new SyscallException(row.function(), "", Errno.ENOSYS, Errno.describe(Errno.ENOSYS));
        }
    }

    /**
     * Whether the process or the system ran out of something; any other error means that the mechanism is not
     * available.
     */
    private static boolean hasRunOut(SyscallException e) {
        return e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE || e.errno() == Errno.ENOMEM;
    }

    private static MechanismUnavailableException unavailable(
            Preference row, Binding candidate, String reason, Throwable cause) {
        MechanismUnavailableException e =
                new MechanismUnavailableException(row.mechanism() + " through " + candidate + ": " + reason);
        e.initCause(cause);
        return e;
    }

    private static String explain(Mechanism mechanism, Binding candidate, Syscalls syscalls, SyscallException e) {
        String missing = syscalls.missing(e.call());
        if (missing == null) {
            return e.getMessage();
        }
        return "there is no function " + e.call() + " here (" + firstLine(missing) + ")"
                + (mechanism == Mechanism.KQUEUE ? kqueueElsewhere(candidate) : "");
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    private static String kqueueElsewhere(Binding candidate) {
        String library = System.getProperty(Kqueue.LIBRARY_PROPERTY);
        if (library == null) {
            return "; -D" + Kqueue.LIBRARY_PROPERTY + "=PATH binds it from another library, through JNA or FFM";
        }
        return candidate == Binding.JNI ? "" : "; Pollux looked for it in " + library;
    }

    /** Null if the poller works, else what is wrong. */
    private static String trial(Poller poller, KernelPosix posix) throws IOException {
        Posix.Pipe pipe = posix.pipe();
        ReadyHandler canceller = new ReadyHandler() { // a JVM's first lambda takes longer than the rest of this test
                    @Override
                    public void ready(Registration registration, Readiness ready) throws IOException {
                        registration.cancel();
                    }
                };
        try {
            poller.register(pipe.readFd(), Interest.READ);
            if (poller.poll(0, canceller) != 0) {
                return "it reports an empty pipe as readable";
            }
            posix.write(pipe.writeFd(), posix.allocate(1), 0, 1);
            int seen = poller.poll(TRIAL_NANOS, canceller);
            return seen == 1 ? null : "it does not see a byte arrive in a pipe";
        } finally {
            posix.close(pipe.readFd());
            posix.close(pipe.writeFd());
        }
    }

    /** The system calls of the best available binding, or of the selected one. */
    public Syscalls syscalls() throws IOException {
        List<String> reasons = new ArrayList<>();
        for (Binding candidate : bindings()) {
            try {
                return traced(Bindings.load(candidate));
            } catch (MechanismUnavailableException e) {
                reasons.add(e.getMessage());
            }
        }
        throw new MechanismUnavailableException(String.join("; ", reasons));
    }

    /** Tests every mechanism through every binding. A selected mechanism or binding only changes the choice. */
    public ProbeReport report() {
        List<Preference> rows = new ArrayList<>(Preference.TABLE);
        rows.add(Preference.BY_NAME_ONLY);
        List<Finding> findings = new ArrayList<>();
        for (Preference row : rows) {
            for (Binding candidate : Bindings.PREFERENCE) {
                findings.add(find(row, candidate));
            }
        }
        Finding chosen = findings.stream().filter(this::isWanted).findFirst().orElse(null);
        return new ProbeReport(system(), List.copyOf(findings), chosen, choice(chosen));
    }

    private boolean isWanted(Finding finding) {
        return finding.usable()
                && rows().contains(Preference.of(finding.mechanism()))
                && (binding == null || binding == finding.binding());
    }

    private String choice(Finding chosen) {
        String order =
                Preference.TABLE.stream().map(row -> row.mechanism().name()).collect(Collectors.joining(", "));
        String which = mechanism == null
                ? "the first of " + order + " that works here"
                : mechanism + ", which was selected by name";
        String how = binding == null
                ? "the first binding of " + join(Bindings.PREFERENCE) + " that does"
                : binding + ", which was selected by name";
        return (chosen == null ? "nothing works: " : "") + which + ", through " + how;
    }

    private static String join(List<Binding> bindings) {
        return bindings.stream().map(Binding::name).collect(Collectors.joining(", "));
    }

    private Finding find(Preference row, Binding candidate) {
        try {
            return find(row, candidate, traced(Bindings.load(candidate)));
        } catch (MechanismUnavailableException | RuntimeException e) {
            return unusable(row, candidate, String.valueOf(e.getMessage()));
        }
    }

    /** Tests one mechanism through these calls. */
    Finding find(Preference row, Binding candidate, Syscalls syscalls) {
        try (KernelPoller poller = openRow(row, candidate, syscalls)) {
            KernelPosix posix = new KernelPosix(syscalls);
            String failure = trial(poller, posix);
            return failure != null ? unusable(row, candidate, failure) : usable(row, candidate, poller, posix);
        } catch (SyscallException e) {
            return unusable(row, candidate, explain(row.mechanism(), candidate, syscalls, e));
        } catch (IOException | RuntimeException e) {
            return unusable(row, candidate, String.valueOf(e.getMessage()));
        }
    }

    private static Finding unusable(Preference row, Binding candidate, String reason) {
        return new Finding(row.mechanism(), candidate, false, reason, Set.of(), 0, "", 0);
    }

    private Finding usable(Preference row, Binding candidate, KernelPoller poller, KernelPosix posix) {
        Set<Trigger> triggers = Arrays.stream(Trigger.values())
                .filter(poller::supports)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Trigger.class)));
        long processLimit = Long.MAX_VALUE;
        String processLimitName = "RLIMIT_NOFILE";
        String unknown = "";
        try {
            processLimit = posix.descriptorLimit().soft();
        } catch (SyscallException e) { // a seccomp filter may refuse getrlimit and allow all that polling needs
            processLimitName = "";
            unknown = "; RLIMIT_NOFILE is unknown: " + e.getMessage();
        }
        long ownLimit = row.ownLimit(selectLimit);
        boolean own = ownLimit < processLimit;
        return new Finding(
                row.mechanism(),
                candidate,
                true,
                "saw a byte arrive in a pipe" + provider(row.mechanism()) + unknown,
                triggers,
                own ? ownLimit : processLimit,
                own ? row.ownLimitName() : processLimitName,
                poller.timeoutResolutionNanos());
    }

    private static String provider(Mechanism mechanism) {
        String library = System.getProperty(Kqueue.LIBRARY_PROPERTY);
        return mechanism == Mechanism.KQUEUE && library != null
                ? "; kqueue, provided by " + library + " with the ABI " + Kqueue.abi()
                : "";
    }

    private static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", JDK " + System.getProperty("java.version");
    }
}
