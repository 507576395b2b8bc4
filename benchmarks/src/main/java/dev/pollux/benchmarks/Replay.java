// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.File;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.ExternalProfiler;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Preloads {@code native/replay.c} into each forked JVM, and counts there how many polls it has answered: a caller whose
 * {@code epoll_wait} is not the preloaded one would still measure the kernel.
 */
public final class Replay implements ExternalProfiler, InternalProfiler {
    static final String LIBRARY = "libpollux_replay.so";

    /** What the results are called: the share of polls that were answered from memory. */
    static final String NAME = "replayed.norm";

    private final String library;
    private long waitsBefore;

    /** @param library the path of the unpacked library */
    public Replay(String library) {
        this.library = library;
    }

    @Override
    public String getDescription() {
        return "Answers epoll_wait from memory";
    }

    @Override
    public Collection<String> addJVMInvokeOptions(BenchmarkParams params) {
        return List.of("env", "LD_PRELOAD=" + library);
    }

    @Override
    public Collection<String> addJVMOptions(BenchmarkParams params) {
        return List.of();
    }

    @Override
    public void beforeTrial(BenchmarkParams params) {}

    @Override
    public Collection<? extends Result<?>> afterTrial(BenchmarkResult result, long pid, File stdOut, File stdErr) {
        return List.of();
    }

    @Override
    public boolean allowPrintOut() {
        return true;
    }

    @Override
    public boolean allowPrintErr() {
        return true;
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        waitsBefore = PlainC.replayedWaits();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double polls = result.getMetadata().getAllOps();
        double share = (PlainC.replayedWaits() - waitsBefore) / polls;
        return List.of(new ScalarResult(NAME, share, "polls", AggregationPolicy.AVG));
    }
}
