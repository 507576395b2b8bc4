// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One poll, with the handlers that it called. */
@Name("dev.pollux.Poll")
@Label("Poll")
@Category("Pollux")
@Description("A poll, from the call of the method to its return; includes the handlers")
@StackTrace(false)
final class PollEvent extends Event {
    @Label("Mechanism")
    String mechanism;

    @Label("Kernel Time")
    @Description("Time in the system calls that wait; the rest of the duration is the handlers' and Pollux's own")
    @Timespan(Timespan.NANOSECONDS)
    long kernelTime;

    @Label("Ready")
    @Description("How many events were delivered to the handler")
    int ready;

    @Label("Registered")
    @Description("How many descriptors were registered when the poll returned")
    int registered;
}
