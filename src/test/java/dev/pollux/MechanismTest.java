// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The outermost class of a mechanism's tests: it opens the poller for them, once through every binding. A binding that
 * is not usable is skipped, and the reason printed.
 *
 * <p>A subclass says which mechanism, and opens it over given system calls. A subclass that brings its own kernel also
 * overrides {@link #syscalls}, {@link #open()} and {@link #unusable}.
 */
@ParameterizedClass(name = "through {0}")
@EnumSource(Binding.class)
public abstract class MechanismTest extends PollerFixture {
    @Parameter
    protected Binding binding;

    private final List<Poller> pollers = new ArrayList<>();

    @Override
    protected abstract Mechanism mechanism();

    @Override
    protected abstract Poller open(PollerSettings settings) throws IOException;

    /** Opens the mechanism as a user would. */
    @Override
    protected Poller open() throws IOException {
        return Pollers.builder().mechanism(mechanism()).binding(binding).open();
    }

    @Override
    protected final Binding binding() {
        return binding;
    }

    /** The kernel; called once a test. */
    protected Syscalls syscalls() throws IOException {
        return Usable.syscalls(binding);
    }

    /** Where the descriptors come from; called once a test, after {@link #syscalls}. */
    protected KernelPosix posix() throws IOException {
        return new KernelPosix(calls);
    }

    /** Why this mechanism cannot be opened here through this binding; null if it can. */
    protected String unusable() {
        return Usable.reasonAgainst(mechanism(), binding);
    }

    @BeforeParameterizedClassInvocation
    void skipUnusableBinding() {
        String reason = unusable();
        if (reason != null) {
            System.out.println("skipped: " + mechanism() + " through " + binding + ": " + reason);
        }
        Assumptions.assumeTrue(reason == null, reason);
    }

    final void openPoller() throws IOException {
        calls = syscalls();
        posix = posix();
        descriptors = new Descriptors(posix);
        poller = opened(open());
    }

    final void closeEverything() throws IOException {
        for (Poller each : pollers) {
            each.close();
        }
        pollers.clear();
        descriptors.close();
    }

    @Override
    protected final Poller opened(Poller another) {
        pollers.add(another);
        return another;
    }
}
