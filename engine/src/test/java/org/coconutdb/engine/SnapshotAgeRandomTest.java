package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Readers whose snapshots are taken away all the time, beside a writer and a thread that frees whatever it may: a reader sees exactly its
/// snapshot or gets the error.
///
/// Row 0 says of which generation the state is; the model keeps each key's generations of change, so that the state of any generation is
/// known. Rows are full of their generation, so that a record that was freed and used again is seen.
class SnapshotAgeRandomTest {
    private static final int KEYS = 200;
    private static final int GENERATIONS = 3000;
    private static final int READERS = 3;

    private final List<ConcurrentSkipListMap<Integer, Boolean>> changes = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong rested = new AtomicLong();
    private final AtomicLong tooOld = new AtomicLong();
    private final AtomicLong wholeSnapshots = new AtomicLong();
    private CoconutEngine engine;
    private TableDescriptor table;

    static Stream<Arguments> cases() {
        return Seeds.of(2).boxed().flatMap(seed -> Stream.of(TableKind.values()).map(kind -> Arguments.of(kind, seed)));
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static byte[] row(int key, int generation) {
        byte[] row = new byte[8 + (key * 31 + generation * 7) % 400];
        Arrays.fill(row, (byte) generation);
        ByteBuffer.wrap(row).putInt(generation);
        return row;
    }

    /// The generation that a key's row is of; 0 where it is absent.
    private int expected(int key, int generation) {
        Map.Entry<Integer, Boolean> last = changes.get(key).floorEntry(generation);
        return last == null || !last.getValue() ? 0 : last.getKey();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("cases")
    void aReaderSeesItsSnapshotOrGetsTheError(TableKind kind, long seed) throws Exception {
        for (int key = 0; key < KEYS; key++) {
            changes.add(new ConcurrentSkipListMap<>());
        }
        EngineConfig config = new EngineConfig(null, 2, 1L << 30, LockPolicy.OFF).withSnapshotAgeMax(Duration.ofNanos(10));
        // Both are closed only when all threads have ended: one that follows freed memory in a circle does not.
        engine = CoconutEngine.open(config, new LogClock(() -> 1_800_000_000_000_000L, nanos::get));
        ExecutorService threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
        try {
            table = engine.createTable("T", kind, new byte[0]);
            write(new Random(seed), 1);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int reader = i;
                running.add(threads.submit(() -> readAll(new Random(seed * 100 + reader), reader)));
            }
            running.add(threads.submit(this::revokeAll));
            Random random = new Random(seed);
            try {
                // Goes on until each has happened some times, whatever the machine's load.
                for (int generation = 2; generation < GENERATIONS || !hasHappened(20); generation++) {
                    write(random, generation);
                    if (running.stream().anyMatch(Future::isDone)) {
                        break;
                    }
                }
            } finally {
                stop.set(true);
            }
            for (Future<?> task : running) {
                task.get(60, TimeUnit.SECONDS);
            }
            engine.verify();
            threads.close();
            engine.close();
        } catch (Throwable failure) {
            throw new AssertionError(Seeds.rerun(getClass(), "aReaderSeesItsSnapshotOrGetsTheError", seed), failure);
        }
        assertThat(hasHappened(20)).as("too old %s, whole %s, rested %s", tooOld, wholeSnapshots, rested).isTrue();
    }

    private boolean hasHappened(int times) {
        return tooOld.get() >= times && wholeSnapshots.get() >= times && rested.get() >= times;
    }

    private void revokeAll() {
        Random random = new Random(1);
        while (!stop.get()) {
            nanos.addAndGet(random.nextInt(8));
            engine.doChores();
        }
    }

    private void write(Random random, int generation) {
        try (Transaction transaction = engine.begin()) {
            transaction.put(table, key(0), row(0, generation));
            changes.get(0).put(generation, true);
            for (int i = 0; i < 10; i++) {
                int key = 1 + random.nextInt(KEYS - 1);
                boolean there = random.nextInt(4) > 0;
                // Blind, so that the writer itself cannot fail but for its age.
                if (there) {
                    transaction.put(table, key(key), row(key, generation));
                } else {
                    transaction.delete(table, key(key));
                }
                changes.get(key).put(generation, there);
            }
            transaction.commit();
        } catch (CoconutException failure) {
            assertThat(failure.code()).isEqualTo(ErrorCode.SNAPSHOT_TOO_OLD);
            changes.forEach(generations -> generations.remove(generation));
        }
    }

    private void readAll(Random random, int reader) {
        // A row of this reader's own, which nobody else writes: a commit happens, or fails for its age and nothing happened.
        int own = KEYS + reader;
        int count = 0;
        while (!stop.get()) {
            boolean writes = random.nextInt(4) == 0;
            boolean committing = false;
            try (Transaction transaction = engine.begin()) {
                RecordView view = new RecordView();
                int generation = transaction.get(table, key(0), view) ? ByteBuffer.wrap(view.rowBytes()).getInt() : 0;
                assertThat(transaction.get(table, key(own), view)).isEqualTo(count > 0);
                if (count > 0) {
                    assertThat(ByteBuffer.wrap(view.rowBytes()).getInt()).isEqualTo(count);
                }
                read(random, transaction, generation);
                if (writes) {
                    transaction.update(table, key(own), row(own, count + 1));
                    committing = true;
                    transaction.commit();
                    count++;
                }
                wholeSnapshots.incrementAndGet();
            } catch (CoconutException failure) {
                // What it has read may have changed when it commits; the writer, who reads nothing, has no conflicts with it.
                boolean isConflict = committing && failure.code() == ErrorCode.SERIALIZATION_CONFLICT;
                if (!isConflict) {
                    assertThat(failure.code()).as("%s, committing: %s", failure, committing).isEqualTo(ErrorCode.SNAPSHOT_TOO_OLD);
                    tooOld.incrementAndGet();
                }
            }
        }
    }

    private void read(Random random, Transaction transaction, int generation) {
        RecordView view = new RecordView();
        Scan scan = null;
        int scanned = 0;
        int inScan = 0;
        for (int step = random.nextInt(60); step > 0; step--) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    int key = random.nextInt(KEYS);
                    int expected = expected(key, generation);
                    if (transaction.get(table, key(key), view)) {
                        assertThat(view.rowBytes()).isEqualTo(row(key, expected));
                        if (random.nextInt(3) == 0) {
                            transaction.rest();
                            Thread.yield();
                            transaction.resume();
                            rested.incrementAndGet();
                            // The view from before the rest.
                            assertThat(view.rowBytes()).isEqualTo(row(key, expected));
                        }
                    } else {
                        assertThat(expected).isZero();
                    }
                }
                case 2 -> {
                    if (scan == null) {
                        scan = transaction.scan(table, KeyRange.ALL, false);
                        scanned = 0;
                        inScan = 0;
                    }
                    for (int i = random.nextInt(40); i > 0 && scan != null; i--) {
                        if (scan.next(view)) {
                            int key = ByteBuffer.wrap(view.keyBytes()).getInt();
                            if (key < KEYS) {
                                assertThat(view.rowBytes()).isEqualTo(row(key, expected(key, generation)));
                                inScan++;
                            }
                            scanned++;
                        } else {
                            int there = 0;
                            for (int key = 0; key < KEYS; key++) {
                                there += expected(key, generation) == 0 ? 0 : 1;
                            }
                            assertThat(inScan).isEqualTo(there);
                            scan = null;
                        }
                    }
                }
                default -> transaction.rest();
            }
        }
        assertThat(scanned).isGreaterThanOrEqualTo(inScan);
    }
}
