// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnsweringThreadsTest {
    @ParameterizedTest
    @EnumSource(names = {"JNI", "JNA", "JDK_VIRTUAL", "JDK_PLATFORM"})
    void eachThreadAnswersUntilTheEnd(Caller caller) throws IOException {
        assumeTrue(
                caller == Caller.JDK_PLATFORM || new ThisMachine(System.out::println).hasVirtualThreads(),
                "no virtual threads: they came with JDK 21");
        try (AnsweringThreads threads = new AnsweringThreads(caller, 7)) {
            threads.start();
            for (int i = 0; i < 20; i++) {
                threads.roundTrip(i % 7);
            }
        }
    }
}
