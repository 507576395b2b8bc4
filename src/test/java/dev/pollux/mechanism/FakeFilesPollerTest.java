// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** The contract on a {@link FakeDriver} with a table of files, so answers are delivered directly. */
class FakeFilesPollerTest extends FakePollerTest {
    FakeFilesPollerTest() {
        super(FakeDriver.Kind.FILES);
    }
}
