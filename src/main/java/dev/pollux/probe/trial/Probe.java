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
 * Finds out what works here, by doing it: opens a poller, watches a pipe, sees nothing, writes a byte, sees it, closes.
 * Never by the name of the operating system, and nothing is remembered: what a container forbids today it may allow
 * in the next one.
 *
 * <p>A null mechanism or binding is left to the order of preference; a null trace writes nothing; a null busy poll
 * asks for none.
 */
public final class Probe {
    private static final long TRIAL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Mechanism mechanism;
    private final Binding binding;
    private final SelectLimit selectLimit;
    private final long spinNanos;
    private final BusyPoll busyPoll;
    private final Trace trace;

    public Probe(
            Mechanism mechanism,
            Binding binding,
            SelectLimit selectLimit,
            long spinNanos,
            BusyPoll busyPoll,
            Trace trace) {
        this.mechanism = mechanism;
        this.binding = binding;
        this.selectLimit = selectLimit;
        this.spinNanos = spinNanos;
        this.busyPoll = busyPoll;
        this.trace = trace;
    }

    /** Opens the first that works; what was asked for by name is not tried out, only opened. */
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
                (mechanism == null ? "no mechanism can be had here: " : mechanism + " cannot be had here: ")
                        + String.join("; ", reasons) + "; Pollers.probe() says what can");
    }

    /**
     * Every binding calls the same kernel, so the first that loads answers for all, and the others are not loaded in
     * vain: JNA starts a child process and stays for good. Only a kqueue library is bound by some and not by others.
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
            return openRow(row, candidate, traced(syscalls));
        } catch (SyscallException e) {
            throw hasRunOut(e) ? e : unavailable(row, candidate, explain(row.mechanism(), candidate, syscalls, e), e);
        }
    }

    /** Nothing stands between where nobody looks. */
    private Syscalls traced(Syscalls syscalls) {
        return trace == null ? syscalls : new TracingSyscalls(syscalls, trace);
    }

    /** On a poller of its own, so that a trace shows only what its user asked for. */
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

    /** What the process has run out of is said as it is; anything else means that this mechanism cannot be had. */
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
            return "; -D" + Kqueue.LIBRARY_PROPERTY + "=PATH binds another library's, through JNA or FFM";
        }
        return candidate == Binding.JNI ? "" : "; it was looked for in " + library;
    }

    /** Null if the poller does its work. */
    private static String trial(Poller poller, KernelPosix posix) throws IOException {
        Posix.Pipe pipe = posix.pipe();
        ReadyHandler canceller = new ReadyHandler() { // a JVM's first lambda would take longer than all else here
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

    /** The bare calls through the best binding that can be had, or the one that was asked for. */
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

    /** Tries everything. What was asked for only changes the choice. */
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
                : mechanism + ", which was asked for by name";
        String how = binding == null
                ? "the first binding of " + join(Bindings.PREFERENCE) + " that does"
                : binding + ", which was asked for by name";
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

    /** The same through these calls. */
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
        } catch (SyscallException e) { // informs only: a filter may refuse it and allow everything that polls
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
