// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** One call of a handler that took longer than the event's threshold. */
@Name("dev.pollux.Handler")
@Label("Handler")
@Category("Pollux")
@Description("A handler that took longer than the threshold: all other descriptors of its poller had to wait")
@Threshold("10 ms")
@StackTrace(false)
final class HandlerEvent extends Event {
    @Label("Descriptor")
    int descriptor;

    @Label("Ready")
    @Description("What the descriptor was ready for")
    String ready;

    @Label("Handler")
    @Description("The class of the handler")
    Class<?> handler;

    @Label("Attachment")
    @Description("The class of the registration's attachment")
    Class<?> attachment;
}
