// SPDX-License-Identifier: Apache-2.0

/**
 * The contract of {@link dev.pollux.Poller} as tests: one class a topic, run for every mechanism through every binding.
 *
 * <p>{@link dev.pollux.contract.PollerContract} lists the topics. A topic extends {@link dev.pollux.PollerFixture} and
 * has a tag: the class name in lower case, without {@code Contract}, so {@code ClosedDescriptorContract} has the tag
 * {@code closed-descriptor}. Run everything for one mechanism, one topic for all mechanisms, or one topic for one
 * mechanism:
 *
 * <pre>
 * mvn test -Dtest=EpollPollerTest
 * mvn test -Dtest='*PollerTest' -Dgroups=wakeup
 * mvn test -Dtest=EpollPollerTest -Dgroups=wakeup
 * </pre>
 *
 * <p>Surefire's {@code Class#method} finds no test here, since it does not look into nested classes.
 *
 * <p>A failure prints the mechanism, the binding, the topic and the test:
 *
 * <pre>
 * failed: EpollPollerTest (EPOLL through JNI): WakeupContract.aWakeupEndsAWaitingPoll
 * </pre>
 *
 * <p>The test of a new mechanism extends {@code PollerContract}, returns the mechanism and opens it:
 *
 * <pre>
 * class EpollPollerTest extends PollerContract {
 *     protected Mechanism mechanism() { return Mechanism.EPOLL; }
 *     protected Poller open(PollerSettings settings) throws IOException { return KernelPoller.open(EpollDriver::new, settings); }
 * }
 * </pre>
 *
 * <p>A mechanism that supports only some topics, such as one in memory, extends {@link dev.pollux.MechanismTest} and
 * nests those topics, as {@code PollerContract} does.
 */
package dev.pollux.contract;
