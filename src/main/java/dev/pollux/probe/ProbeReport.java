// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this machine supports, tested at one moment.
 *
 * @param system the kernel and its version, the processor and the JDK
 * @param findings each mechanism through each binding, in the order of preference
 * @param chosen what {@code Pollers.open()} uses here; null if nothing works
 * @param choice why that one is chosen
 */
public record ProbeReport(
        String system, List<Finding> findings, @Nullable Finding chosen, String choice) {}
