// SPDX-License-Identifier: Apache-2.0
/**
 * One driver for each mechanism, and the core that polls, locks and delivers. <b>Drivers answer, the core decides</b>:
 * a {@link dev.pollux.mechanism.Driver} arms, disarms, waits, and returns its answers one by one; it never calls the
 * core.
 *
 * <pre>{@code
 * KernelPoller ──> PollLoop ──> Delivery ──> ClosedChecks, Batch       the core
 *      │              │            │
 *      └──────────────┴────────────┴──> Lifecycle ──> Muted, AlwaysReady, Retries
 *      │              │            │        │
 *      │              └────────────┴────────┴──> Gate ──> Waker ──> InterruptHook
 *      v
 *   Driver ──> Registry ──> Entry ──> State, PollBits                  a mechanism
 * }</pre>
 *
 * <h2>How an event travels</h2>
 *
 * <ol>
 *   <li>{@code KernelPoller.poll} enters {@code PollLoop.poll}, which waits in {@code Driver.await}: {@code
 *       epoll_wait}.
 *   <li>{@code Driver.next} returns the registration of each answer, and its poll bits in {@code Driver.bits}.
 *   <li>Fast ({@code Delivery.deliverFast}): if the answer falls into the entry's {@code fastRow}, {@code
 *       PollBits.fast} has the {@code Readiness}, and the handler is called. No lock, no batch.
 *   <li>Slow: {@code Delivery.receive}, under the lock, checks what has changed since (rules 3 and 4), mutes, ends, or
 *       classifies; a ONESHOT is fired; then the handler is called.
 *   <li>Where a change overwrites the answers (all but epoll), and where the slow path asks for it, all answers go into
 *       the {@code Batch} first. If a handler throws, the rest goes there too and keeps its place for the next poll.
 * </ol>
 *
 * <h2>States of a registration</h2>
 *
 * Only {@code Lifecycle} changes a state, by the driver's call and then {@code Entry.become}, which asserts this table.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>the kernel watches it</th><th>leaves by</th><th>to</th></tr>
 * <tr><td>NEW</td><td>is being armed</td><td>arm succeeds; always ready; interest NONE; error</td>
 *     <td>ARMED; CONSTANT; SILENT; ENDED</td></tr>
 * <tr><td>SILENT</td><td>no: interest NONE</td><td>modify</td><td>ARMED, CONSTANT, SILENT</td></tr>
 * <tr><td>ARMED</td><td>yes</td><td>ONESHOT delivered; only a hang-up or an error that nobody asked for;
 *     modify(NONE); found always ready (io_uring)</td><td>FIRED; MUTED; SILENT; CONSTANT</td></tr>
 * <tr><td>MUTED</td><td>by its edges (epoll, io_uring); else no, and it is armed again in each poll and every 50
 * ms</td>
 *     <td>an event; modify</td><td>ARMED; as from SILENT</td></tr>
 * <tr><td>CONSTANT</td><td>no: always ready</td><td>ONESHOT delivered; modify</td><td>FIRED; as from SILENT</td></tr>
 * <tr><td>FIRED</td><td>no (epoll: not before the next wait)</td><td>modify</td><td>as from SILENT</td></tr>
 * <tr><td>ENDED</td><td>no</td><td></td><td></td></tr>
 * </table>
 *
 * Every state leads to ENDED: by cancel, by close, or when the descriptor turns out to be closed. Beside the state an
 * entry has its {@code fastRow}, which is not 0 only in ARMED, and its place in the batch: none, reserved, or fetched
 * under a version. {@code Registry.check} asserts this whenever the lock is released.
 *
 * <h2>The threading protocol</h2>
 *
 * P is the thread inside {@code poll}. C is any thread that changes something, P in a handler included. L is the lock
 * of the {@code Gate}; there is no other lock, so there is no lock order. Code inside L calls neither handlers nor
 * other users' code.
 *
 * <ol>
 *   <li>P writes {@code phase = WAITING}, then reads {@code needsSlowPoll}. C writes {@code needsSlowPoll}, then reads
 *       {@code phase}. Both are volatile, so one of the two sees the other. P leaves a fast wait by a
 *       release store, without a fence: C may see {@code WAITING} for a moment longer, and looks again every
 *       millisecond.
 *   <li>If the driver cannot be changed during a wait, C counts itself among the changers, signals the waker, and waits
 *       until {@code phase} is not WAITING. P does not wait again while there are changers.
 *   <li>An answer of wait n is ignored for an entry armed after wait n began: LEVEL keeps its place for wait n+1, an
 *       edge is armed again.
 *   <li>An event fetched under a version is delivered only while the entry still has that version. Modify, cancel and
 *       end increase it under L.
 *   <li>A fast poll reads the registry and an entry's {@code fastRow} without L. An entry is in the registry before it
 *       is armed. What P may miss there makes it take L: a {@code fastRow} of 0. An ended registration is told by its
 *       generation.
 *   <li>Batch and answers belong to P alone.
 *   <li>L is released while the kernel waits, while a handler runs, and in the two condition waits of rule 2; nowhere
 *       else.
 * </ol>
 *
 * Methods that rely on a rule begin with an {@code assert}; the test suite runs with assertions on.
 */
package dev.pollux.mechanism;
