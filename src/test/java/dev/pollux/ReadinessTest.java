// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.mechanism.ReadyBits;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    @Test
    void thereIsOneInstanceForEachCombinationOfAnswers() {
        assertThat(Readiness.values()).hasSize(128).doesNotHaveDuplicates();
        assertThat(new HashSet<>(answersOfAll())).hasSize(128);
        assertThatThrownBy(() -> Readiness.values().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    private static List<List<Boolean>> answersOfAll() {
        return Readiness.values().stream()
                .map(each -> List.of(
                        each.isReadable(),
                        each.isWritable(),
                        each.isPriority(),
                        each.isHangup(),
                        each.isReadHangup(),
                        each.isError(),
                        each.isInvalid()))
                .toList();
    }

    @Test
    void theBitsOfTheMechanismsMeanTheirInstance() {
        for (int bits = 0; bits < 128; bits++) {
            Readiness ready = ReadyBits.readiness(bits);
            assertThat(Readiness.values()).contains(ready);
            assertThat(ReadyBits.of(ready)).isEqualTo(bits);
            assertThat(ready.isReadable()).isEqualTo((bits & ReadyBits.READABLE) != 0);
            assertThat(ready.isWritable()).isEqualTo((bits & ReadyBits.WRITABLE) != 0);
            assertThat(ready.isPriority()).isEqualTo((bits & ReadyBits.PRIORITY) != 0);
            assertThat(ready.isHangup()).isEqualTo((bits & ReadyBits.HANGUP) != 0);
            assertThat(ready.isReadHangup()).isEqualTo((bits & ReadyBits.READ_HANGUP) != 0);
            assertThat(ready.isError()).isEqualTo((bits & ReadyBits.ERROR) != 0);
            assertThat(ready.isInvalid()).isEqualTo((bits & ReadyBits.INVALID) != 0);
        }
    }

    @Test
    void anotherInterestGetsWhatItContainsAndTheDetails() {
        Readiness all = ReadyBits.readiness(127);

        assertThat(all.within(Interest.READ)).hasToString("READABLE|HANGUP|READ_HANGUP|ERROR|INVALID");
        assertThat(all.within(Interest.WRITE)).hasToString("WRITABLE|HANGUP|ERROR|INVALID");
        assertThat(all.within(Interest.PRIORITY)).hasToString("PRIORITY|HANGUP|ERROR|INVALID");
        assertThat(all.within(Interest.READ_WRITE.plus(Interest.PRIORITY))).isSameAs(all);
        assertThat(all.within(Interest.NONE)).isSameAs(Readiness.NOTHING);
        assertThat(ReadyBits.readiness(ReadyBits.WRITABLE).within(Interest.READ))
                .isSameAs(Readiness.NOTHING);
    }

    @Test
    void noPublicMemberShowsBits() {
        Stream<Member> members = Stream.concat(
                Stream.of(Readiness.class.getDeclaredMethods()), Stream.of(Readiness.class.getDeclaredFields()));

        assertThat(members.filter(each -> Modifier.isPublic(each.getModifiers()))
                        .map(Member::getName))
                .containsExactlyInAnyOrder(
                        "values",
                        "NOTHING",
                        "within",
                        "isReadable",
                        "isWritable",
                        "isPriority",
                        "isHangup",
                        "isReadHangup",
                        "isError",
                        "isInvalid",
                        "toString");
    }

    @Test
    void aReadinessReadsAsItsNames() {
        assertThat(ReadyBits.readiness(0)).hasToString("NOTHING");
        assertThat(ReadyBits.readiness(ReadyBits.READABLE | ReadyBits.READ_HANGUP))
                .hasToString("READABLE|READ_HANGUP");
        assertThat(ReadyBits.readiness(127)).hasToString("READABLE|WRITABLE|PRIORITY|HANGUP|READ_HANGUP|ERROR|INVALID");
    }
}
