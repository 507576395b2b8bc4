// SPDX-License-Identifier: Apache-2.0
/**
 * Events for JDK Flight Recorder: a {@link dev.pollux.Poller} that records its polls and its handlers. Only this
 * package needs the module {@code jdk.jfr}, and none of its classes is loaded unless somebody asks for the events.
 */
package dev.pollux.jfr;
