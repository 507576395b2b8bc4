// SPDX-License-Identifier: Apache-2.0
/**
 * One driver for each mechanism, and the core that polls, locks and delivers. <b>Drivers answer, the core decides</b>:
 * a {@link dev.pollux.mechanism.Driver} arms, disarms, waits, and returns its answers one by one. It never calls the
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
 *   <li>Fast ({@code Delivery.deliverFast}): {@code PollBits.fast} looks up the answer in the entry's {@code fastRow}.
 *       If it finds a {@code Readiness}, the handler is called: no lock, no batch.
 *   <li>Slow: {@code Delivery.receive}, under the lock, checks what has changed since the wait (rules 3 and 4), then
 *       mutes, ends or classifies. A ONESHOT is fired before its handler is called.
 *   <li>All answers go into the {@code Batch} first where a change would overwrite them (all drivers but epoll), and
 *       where the slow path needs it. If a handler throws, the remaining answers go there too, and keep their places
 *       for the next poll.
 * </ol>
 *
 * <h2>States of a registration</h2>
 *
 * Only {@code Lifecycle} changes a state: it calls the driver, then {@code Entry.become}, which asserts this table.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>the kernel watches it</th><th>leaves by</th><th>to</th></tr>
 * <tr><td>NEW</td><td>is being armed</td><td>arm succeeds; always ready; interest NONE; error</td>
 *     <td>ARMED; CONSTANT; SILENT; ENDED</td></tr>
 * <tr><td>SILENT</td><td>no: interest NONE</td><td>modify</td><td>ARMED, CONSTANT, SILENT</td></tr>
 * <tr><td>ARMED</td><td>yes</td><td>ONESHOT delivered; only a hang-up or an error outside the interest;
 *     modify(NONE); found always ready (io_uring)</td><td>FIRED; MUTED; SILENT; CONSTANT</td></tr>
 * <tr><td>MUTED</td><td>by its edges (epoll, io_uring); else no: it is armed again in each poll and every 50
 * ms</td>
 *     <td>an event; modify</td><td>ARMED; as from SILENT</td></tr>
 * <tr><td>CONSTANT</td><td>no: always ready</td><td>ONESHOT delivered; modify</td><td>FIRED; as from SILENT</td></tr>
 * <tr><td>FIRED</td><td>no (epoll: not before the next wait)</td><td>modify</td><td>as from SILENT</td></tr>
 * <tr><td>ENDED</td><td>no</td><td></td><td></td></tr>
 * </table>
 *
 * Every state leads to ENDED: by cancel, by close, or when the descriptor turns out to be closed. Besides its state an
 * entry has a {@code fastRow}, which may be nonzero only in ARMED, and a place in the batch: none, reserved, or fetched
 * under a version. {@code Registry.check} asserts this whenever the lock is released.
 *
 * <h2>The threading protocol</h2>
 *
 * P is the thread inside {@code poll}. C is any thread that changes something; P itself is one while it runs a handler.
 * L is the lock of the {@code Gate}, the only lock, so there is no lock order. Code inside L never calls handlers or
 * other user code.
 *
 * <ol>
 *   <li>P writes {@code phase = WAITING}, then reads {@code needsSlowPoll}. C writes {@code needsSlowPoll}, then reads
 *       {@code phase}. Both are volatile, so one of the two sees the other. P leaves a fast wait with a release store
 *       and no fence: C may see {@code WAITING} a moment too long, so it checks again every millisecond.
 *   <li>If the driver does not allow changes during a wait, C increments {@code changers}, signals the waker, and waits
 *       until {@code phase} is not WAITING. P does not wait again while {@code changers} is not 0.
 *   <li>An answer of wait n is ignored for an entry armed after wait n began. A LEVEL entry keeps its place in the
 *       batch for wait n+1; an edge-triggered one is armed again.
 *   <li>An event is delivered only if the entry still has the version under which it was fetched. Modify, cancel and
 *       end increase the version under L.
 *   <li>A fast poll reads the registry and an entry's {@code fastRow} without L. An entry is in the registry before it
 *       is armed. If P reads a stale value, it finds a {@code fastRow} of 0 and takes L. The generation tells an ended
 *       registration from a later one.
 *   <li>Only P uses the batch and the answers.
 *   <li>L is released while the kernel waits, while a handler runs, and in the two condition waits of rule 2; nowhere
 *       else.
 * </ol>
 *
 * Methods that rely on a rule begin with an {@code assert}; the test suite runs with assertions enabled.
 */
package dev.pollux.mechanism;
