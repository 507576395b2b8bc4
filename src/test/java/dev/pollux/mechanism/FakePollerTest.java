// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.MechanismTest;
import dev.pollux.Poller;
import dev.pollux.SelectLimit;
import dev.pollux.contract.AlwaysReadyContract;
import dev.pollux.contract.CancelContract;
import dev.pollux.contract.CloseContract;
import dev.pollux.contract.ClosedDescriptorContract;
import dev.pollux.contract.ClosedNoticeContract;
import dev.pollux.contract.ConcurrentChangeContract;
import dev.pollux.contract.DuplicateContract;
import dev.pollux.contract.ExceptionContract;
import dev.pollux.contract.HandlerContract;
import dev.pollux.contract.HangupContract;
import dev.pollux.contract.InterestContract;
import dev.pollux.contract.InterruptContract;
import dev.pollux.contract.LimitsContract;
import dev.pollux.contract.ModifyContract;
import dev.pollux.contract.OldKernelContract;
import dev.pollux.contract.PriorityContract;
import dev.pollux.contract.RefusalContract;
import dev.pollux.contract.RegisterContract;
import dev.pollux.contract.ThreadsContract;
import dev.pollux.contract.TimeoutContract;
import dev.pollux.contract.TriggerContract;
import dev.pollux.contract.WakeupContract;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import org.junit.jupiter.api.Nested;

/**
 * The contract on a {@link FakeDriver}, without any system call: a new mechanism needs one driver and such a test. The
 * subclasses test its two kinds.
 *
 * <p>It omits {@code ChannelContract}: the JDK's channels have descriptors of the real kernel.
 */
abstract class FakePollerTest extends MechanismTest {
    private final FakeDriver.Kind kind;
    private FakeKernel kernel;

    FakePollerTest(FakeDriver.Kind kind) {
        this.kind = kind;
    }

    @Override
    protected Mechanism mechanism() {
        return kind.mechanism;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(each -> new FakeDriver(each, kernel, kind), settings);
    }

    @Override
    protected Poller open() throws IOException {
        return open(new PollerSettings(calls, binding, SelectLimit.FD_SETSIZE));
    }

    @Override
    protected Syscalls syscalls() {
        kernel = new FakeKernel();
        return kernel;
    }

    @Override
    protected String unusable() {
        return binding == Binding.JNI ? null : "a kernel in memory is called through no binding; JNI stands for all";
    }

    @Nested
    class Register extends RegisterContract {}

    @Nested
    class Refusal extends RefusalContract {}

    @Nested
    class Interests extends InterestContract {}

    @Nested
    class Hangup extends HangupContract {}

    @Nested
    class Priority extends PriorityContract {}

    @Nested
    class Triggers extends TriggerContract {}

    @Nested
    class Modify extends ModifyContract {}

    @Nested
    class Cancel extends CancelContract {}

    @Nested
    class AlwaysReady extends AlwaysReadyContract {}

    @Nested
    class Limits extends LimitsContract {}

    @Nested
    class Close extends CloseContract {}

    @Nested
    class Handler extends HandlerContract {}

    @Nested
    class Exception extends ExceptionContract {}

    @Nested
    class Timeout extends TimeoutContract {}

    @Nested
    class OldKernel extends OldKernelContract {}

    @Nested
    class Wakeup extends WakeupContract {}

    @Nested
    class Interrupt extends InterruptContract {}

    @Nested
    class Threads extends ThreadsContract {}

    @Nested
    class ConcurrentChange extends ConcurrentChangeContract {}

    @Nested
    class ClosedDescriptor extends ClosedDescriptorContract {}

    @Nested
    class ClosedNotice extends ClosedNoticeContract {}

    @Nested
    class Duplicate extends DuplicateContract {}
}
