// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import dev.pollux.MechanismTest;
import org.junit.jupiter.api.Nested;

/**
 * The contract of {@link dev.pollux.Poller}, one nested class a topic, for every mechanism through every binding. A
 * mechanism's test inherits all topics.
 */
public abstract class PollerContract extends MechanismTest {
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
    class Channel extends ChannelContract {}

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
