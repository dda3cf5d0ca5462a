package org.coconutdb.bench.storage;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Filling an empty table, a thousand rows a commit, in the order of their keys or all over the range. An operation is one row; the
/// time to make keys and rows is in all of them.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // by open()
public class InsertBenchmark {
    private static final int ROWS = 1_000_000;

    @Param({"coconut-hash", "coconut-sorted", "mvstore", "chronicle", "lmdb"}) public String store = "";
    @Param({"true", "false"}) public boolean ordered;

    private Store empty;

    @Setup(Level.Iteration)
    public void open() {
        empty = Store.open(store, ROWS);
    }

    /// A million rows.
    @Benchmark
    public void insertMillion() {
        Rows.fill(empty, 0, ROWS, ordered);
    }

    @TearDown(Level.Iteration)
    public void close() {
        empty.close();
    }
}
