// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Interest;
import dev.pollux.Trigger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The state table of the package documentation, and its assertion in an entry. */
class StateTest {
    /** How an entry gets into each state. */
    private static final Map<State, List<State>> WAYS = Map.of(
            State.NEW, List.of(),
            State.SILENT, List.of(State.SILENT),
            State.ARMED, List.of(State.ARMED),
            State.MUTED, List.of(State.ARMED, State.MUTED),
            State.CONSTANT, List.of(State.CONSTANT),
            State.FIRED, List.of(State.ARMED, State.FIRED),
            State.ENDED, List.of(State.ENDED));

    private static final Set<State> ARMABLE = Set.of(State.SILENT, State.ARMED, State.CONSTANT, State.ENDED);
    private static final Set<State> WATCHED =
            Set.of(State.SILENT, State.ARMED, State.MUTED, State.CONSTANT, State.FIRED, State.ENDED);

    private static final Map<State, Set<State>> ARROWS = Map.of(
            State.NEW, ARMABLE,
            State.SILENT, ARMABLE,
            State.ARMED, WATCHED,
            State.MUTED, WATCHED,
            State.CONSTANT, WATCHED,
            State.FIRED, ARMABLE,
            State.ENDED, Set.of());

    static Stream<Arguments> pairs() {
        return Stream.of(State.values())
                .flatMap(from -> Stream.of(State.values()).map(to -> Arguments.of(from, to)));
    }

    private static Entry entry() {
        return new Entry(new Entry.Terms(null, 7, Interest.READ, Trigger.LEVEL, null, null, false, 1));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anEntryTakesTheArrowsOfTheTableAndNoOthers(State from, State to) {
        Entry entry = entry();
        WAYS.get(from).forEach(entry::become);

        if (ARROWS.get(from).contains(to)) {
            entry.become(to);
            assertThat(entry.state()).isEqualTo(to);
        } else {
            assertThatThrownBy(() -> entry.become(to))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("from " + from + " to " + to);
            assertThat(entry.state()).isEqualTo(from);
        }
    }

    @Test
    void anEntryIsFastOnlyWhileItIsArmed() {
        Entry entry = entry();
        entry.enableFast();
        assertThat(entry.fastRow()).isZero();
        entry.become(State.ARMED);
        entry.enableFast();
        assertThat(entry.fastRow()).isNotZero();
        entry.become(State.MUTED);
        assertThat(entry.fastRow()).isZero();
    }

    @Test
    void theRegistryChecksItsEntriesAgainstTheTable() {
        Registry registry = new Registry();
        Entry entry = entry();
        registry.add(entry);
        assertThatThrownBy(() -> registry.check(true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("NEW");
        entry.become(State.ARMED);
        assertThat(registry.check(true)).isTrue();
        entry.become(State.MUTED);
        assertThat(registry.check(true)).as("the kernel watches its edges").isTrue();
        assertThatThrownBy(() -> registry.check(false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("in no list");
        entry.become(State.ENDED);
        assertThatThrownBy(() -> registry.check(true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ENDED");
    }
}
