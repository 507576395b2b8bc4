// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe;

import java.util.List;

/**
 * What this machine can do, as it was found at one moment.
 *
 * @param system the kernel and its version, the processor and the JDK
 * @param findings each mechanism through each binding, in the order of preference
 * @param chosen what {@code Pollers.open()} takes here; null if nothing can be had
 * @param choice why that one, in words
 */
public record ProbeReport(String system, List<Finding> findings, Finding chosen, String choice) {}
