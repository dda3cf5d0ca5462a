package org.coconutdb.bench.storage;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.Durability;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.transaction.Transaction;

/// Commits of one row of 100 bytes to a sorted table, with each mode of durability by turns in one process: commits a second and what a
/// commit takes. Arguments: a new directory on the disk that is meant, and rounds.
public final class DurabilityModes {
    private static final long ROUND_NANOS = 1_000_000_000L;
    // Of each thread in a round; beyond, every one is counted and not noted.
    private static final int NOTED_MAX = 2_000_000;
    private static final int[] THREADS = {1, 16};

    /// What the rounds of a mode took.
    private static final class Side implements AutoCloseable {
        final CoconutEngine engine;
        final TableDescriptor table;
        final AtomicLong nextKey = new AtomicLong();
        final List<Double> rates = new ArrayList<>();
        final List<long[]> nanos = new ArrayList<>();

        Side(Path directory, Durability durability) {
            engine = CoconutEngine.open(EngineConfig.inDirectory(directory.resolve(durability.name())).withLock(LockPolicy.OFF)
                    .withDurability(durability));
            table = engine.createTable("T", TableKind.SORTED, new byte[0]);
        }

        void commit(byte[] row) {
            try (Transaction transaction = engine.begin()) {
                transaction.insert(table, ByteBuffer.allocate(Long.BYTES).putLong(nextKey.getAndIncrement()).array(), row);
                transaction.commit();
            }
        }

        double medianRate() {
            return rates.stream().sorted().skip(rates.size() / 2).findFirst().orElseThrow();
        }

        double micros(double quantile) {
            long[] sorted = nanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
            return sorted[(int) (quantile * (sorted.length - 1))] / 1000.0;
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    private DurabilityModes() {}

    /// Prints a line for each mode and number of threads.
    public static void main(String[] arguments) throws InterruptedException {
        Path directory = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        Map<Durability, Side> sides = new EnumMap<>(Durability.class);
        for (Durability durability : Durability.values()) {
            sides.put(durability, new Side(directory, durability));
        }
        for (int threads : THREADS) {
            // The first round warms up.
            for (int round = -1; round < rounds; round++) {
                for (Side side : sides.values()) {
                    if (round == 0) {
                        side.rates.clear();
                        side.nanos.clear();
                    }
                    round(side, threads);
                }
            }
            double sync = Objects.requireNonNull(sides.get(Durability.SYNC)).medianRate();
            sides.forEach((durability, side) -> System.out.printf(Locale.ROOT,
                    "%-8s %2d threads %9.0f commits a second %6.1f × sync   median %8.1f us   99 %% %8.1f us   slowest %9.1f us%n",
                    durability.name().toLowerCase(Locale.ROOT), threads, side.medianRate(), side.medianRate() / sync, side.micros(0.5),
                    side.micros(0.99), side.micros(1)));
        }
        sides.values().forEach(Side::close);
    }

    private static void round(Side side, int threads) throws InterruptedException {
        AtomicLong commits = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> running = new ArrayList<>();
        long start = System.nanoTime();
        for (int thread = 0; thread < threads; thread++) {
            running.add(Thread.ofPlatform().start(() -> {
                long[] taken = new long[1024];
                int count = 0;
                byte[] row = new byte[100];
                try {
                    for (long begun = System.nanoTime(); begun - start < ROUND_NANOS;) {
                        side.commit(row);
                        long ended = System.nanoTime();
                        if (count < NOTED_MAX) {
                            taken = count < taken.length ? taken : Arrays.copyOf(taken, 2 * count);
                            taken[count] = ended - begun;
                        }
                        count++;
                        begun = ended;
                    }
                } catch (RuntimeException failed) {
                    failure.compareAndSet(null, failed);
                }
                commits.addAndGet(count);
                long[] noted = Arrays.copyOf(taken, Math.min(count, NOTED_MAX));
                synchronized (side.nanos) {
                    side.nanos.add(noted);
                }
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("a commit failed", failure.get());
        }
        side.rates.add(commits.get() * 1e9 / (System.nanoTime() - start));
    }
}
