package org.coconutdb.bench.storage;

import java.util.SplittableRandom;
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
import org.openjdk.jmh.infra.Blackhole;

/// Point gets and short range scans of tables that were filled in random order, below SQL. Read the figures as ratios within one run.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ReadBenchmark {
    /// A store with its rows.
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // by fill()
    public static class Filled {
        @Param({"chronicle", "coconut-hash", "coconut-sorted", "mvstore", "lmdb"}) public String store = "";
        @Param("1000000") public long rows;

        private Store filled;

        @Setup(Level.Trial)
        public void fill() {
            filled = Store.open(store, rows);
            Rows.fill(filled, 0, rows, false);
            System.out.printf("%n%s: %.1f bytes a row beyond its key and row%n", store,
                    (double) filled.bytes() / rows - Rows.KEY_BYTES - Rows.ROW_BYTES);
        }

        @TearDown(Level.Trial)
        public void close() {
            filled.close();
        }
    }

    /// One thread's reader.
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // by open()
    public static class Client {
        private Store.Reader reader;
        private final SplittableRandom random = new SplittableRandom(42);
        private final byte[] row = new byte[Rows.ROW_BYTES];

        @Setup(Level.Trial)
        public void open(Filled filled) {
            reader = filled.filled.reader();
        }
    }

    /// A row by its key, copied out.
    @Benchmark
    public byte[] get(Filled filled, Client client) {
        int length = client.reader.get(Rows.key(client.random.nextLong(filled.rows), false), client.row);
        if (length != Rows.ROW_BYTES) {
            throw new IllegalStateException("a row of " + length + " bytes");
        }
        return client.row;
    }

    /// A hundred rows from a key on.
    @Benchmark
    public int rangeOfHundred(Filled filled, Client client, Blackhole sink) {
        return client.reader.range(Rows.key(client.random.nextLong(filled.rows), false), 100, sink);
    }
}
