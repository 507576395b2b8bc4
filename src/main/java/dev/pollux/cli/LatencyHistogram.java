// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

/**
 * Counts durations in buckets that are 3 % wide: 32 of them for each doubling. For one thread.
 */
final class LatencyHistogram {
    private static final int BUCKETS_PER_DOUBLING = 32;
    private static final int BUCKET_BITS = 5;

    private final long[] counts = new long[(Long.SIZE - BUCKET_BITS) * BUCKETS_PER_DOUBLING];
    private long count;

    void record(long nanos) {
        counts[bucket(nanos)]++;
        count++;
    }

    long count() {
        return count;
    }

    /** The duration that this share of all is not longer than: the middle of its bucket; 0 if nothing was recorded. */
    long percentileNanos(double percent) {
        long rank = Math.max(1, (long) Math.ceil(count * percent / 100));
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return lowest(bucket) + (lowest(bucket + 1) - lowest(bucket)) / 2;
            }
        }
        return 0;
    }

    /** Up to 63 each value has its own; from there on a value's six highest bits choose. */
    private static int bucket(long nanos) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(nanos) - BUCKET_BITS - 1);
        return shift * BUCKETS_PER_DOUBLING + (int) (nanos >>> shift);
    }

    private static long lowest(int bucket) {
        int shift = Math.max(0, bucket / BUCKETS_PER_DOUBLING - 1);
        return (long) (bucket - shift * BUCKETS_PER_DOUBLING) << shift;
    }
}
