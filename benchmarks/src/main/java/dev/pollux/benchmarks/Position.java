// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.Random;

/** Where among all descriptors the ready ones stand: a blocking poll or select looks no further than the first. */
public enum Position {
    FIRST,
    LAST,
    /** Anywhere, but in each run at the same places, and among more descriptors at the same share of the way. */
    RANDOM,
    /** At even distances. */
    SPREAD;

    private static final long SEED = 63_9;

    /** So many indices below the count, in ascending order. */
    int[] choose(int count, int chosenCount) {
        if (chosenCount < 0 || chosenCount > count) {
            throw new IllegalArgumentException(chosenCount + " of " + count + " cannot be ready");
        }
        return switch (this) {
            case FIRST -> from(0, chosenCount);
            case LAST -> from(count - chosenCount, chosenCount);
            case RANDOM ->
                new Random(SEED)
                        .doubles()
                        .mapToInt(share -> (int) (share * count))
                        .distinct()
                        .limit(chosenCount)
                        .sorted()
                        .toArray();
            case SPREAD -> spread(count, chosenCount);
        };
    }

    private static int[] from(int first, int count) {
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = first + i;
        }
        return chosen;
    }

    /** One stands in the middle, two at a quarter and three quarters. */
    private static int[] spread(int count, int chosenCount) {
        int[] chosen = new int[chosenCount];
        for (int i = 0; i < chosenCount; i++) {
            chosen[i] = (int) ((2L * i + 1) * count / (2L * chosenCount));
        }
        return chosen;
    }
}
