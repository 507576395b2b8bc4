// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** The contract on a {@link FakeDriver} with a table of numbers, so all answers go through the batch. */
class FakeNumbersPollerTest extends FakePollerTest {
    FakeNumbersPollerTest() {
        super(FakeDriver.Kind.NUMBERS);
    }
}
