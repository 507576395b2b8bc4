// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** The contract on a {@link FakeDriver} whose table is one of numbers, so that all answers go through the batch. */
class FakeNumbersPollerTest extends FakePollerTest {
    FakeNumbersPollerTest() {
        super(FakeDriver.Kind.NUMBERS);
    }
}
