package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Money moves between accounts in all blocks while readers add it up: the sum is the same in every snapshot.
///
/// Accounts are also opened with nothing in them and closed again, so that indexes grow and shrink, records are freed and used again,
/// and a reader that followed a freed one would see it.
class SnapshotIT {
    private static final int ACCOUNTS = 300;
    private static final long EACH = 1000;

    @ParameterizedTest(name = "{0}")
    @EnumSource(TableKind.class)
    void everySnapshotHasTheSameSum(TableKind kind) throws Exception {
        EngineConfig config = new EngineConfig(null, 3, 1L << 30, LockPolicy.OFF);
        try (CoconutEngine engine = CoconutEngine.open(config); ExecutorService threads = Executors.newFixedThreadPool(5)) {
            TableDescriptor table = engine.createTable("ACCOUNTS", kind, new byte[0]);
            try (Transaction transaction = engine.begin()) {
                for (int i = 0; i < ACCOUNTS; i++) {
                    transaction.insert(table, key(2 * i), row(EACH));
                }
                // So many others that a hash table has many pages.
                for (int i = 0; i < 30_000; i++) {
                    transaction.insert(table, key(2 * (i + 1_000_000) + 1), row(0));
                }
                transaction.commit();
            }
            AtomicBoolean stop = new AtomicBoolean();
            AtomicLong moved = new AtomicLong();
            AtomicLong read = new AtomicLong();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                long seed = i;
                running.add(threads.submit(() -> move(engine, table, seed, stop, moved)));
            }
            running.add(threads.submit(() -> openAndClose(engine, table, stop)));
            for (int i = 0; i < 2; i++) {
                boolean reverse = i == 1;
                running.add(threads.submit(() -> addUp(engine, table, reverse, stop, read)));
            }
            long end = System.nanoTime() + 4_000_000_000L;
            while ((System.nanoTime() < end || moved.get() == 0 || read.get() == 0) && running.stream().noneMatch(Future::isDone)) {
                Thread.onSpinWait();
                Thread.yield();
            }
            stop.set(true);
            for (Future<?> task : running) {
                task.get();
            }
            engine.verify();
            assertThat(moved.get()).as("transfers").isPositive();
            assertThat(read.get()).as("sums").isPositive();
            long bytes = engine.memoryUse().stream().filter(use -> use.purpose().equals("records")).mapToLong(use -> use.mappedBytes())
                    .sum();
            assertThat(bytes).as("records of some thousand versions are freed again").isLessThan(64L << 20);
        }
    }

    private static void move(CoconutEngine engine, TableDescriptor table, long seed, AtomicBoolean stop, AtomicLong moved) {
        Random random = Seeds.random(seed);
        RecordView row = new RecordView();
        while (!stop.get()) {
            byte[] from = key(2 * random.nextInt(ACCOUNTS));
            byte[] to = key(2 * random.nextInt(ACCOUNTS));
            if (java.util.Arrays.equals(from, to)) {
                continue;
            }
            try (Transaction transaction = engine.begin()) {
                long amount = random.nextInt(10);
                assertThat(transaction.get(table, from, row)).isTrue();
                transaction.update(table, from, row(amount(row) - amount));
                assertThat(transaction.get(table, to, row)).isTrue();
                transaction.update(table, to, row(amount(row) + amount));
                transaction.commit();
                moved.incrementAndGet();
            } catch (CoconutException failure) {
                assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT);
            }
        }
    }

    private static void openAndClose(CoconutEngine engine, TableDescriptor table, AtomicBoolean stop) {
        Random random = Seeds.random(99);
        while (!stop.get()) {
            int first = random.nextInt(2000);
            for (boolean open : new boolean[] {true, false}) {
                try (Transaction transaction = engine.begin()) {
                    for (int i = first; i < first + 400; i++) {
                        if (open) {
                            transaction.put(table, key(2 * i + 1), row(0));
                        } else {
                            transaction.delete(table, key(2 * i + 1));
                        }
                    }
                    transaction.commit();
                }
            }
        }
    }

    private static void addUp(CoconutEngine engine, TableDescriptor table, boolean reverse, AtomicBoolean stop, AtomicLong read) {
        RecordView row = new RecordView();
        while (!stop.get()) {
            try (Transaction transaction = engine.begin()) {
                long sum = 0;
                int accounts = 0;
                Scan scan = transaction.scan(table, KeyRange.ALL, reverse && table.kind() == TableKind.SORTED);
                while (scan.next(row)) {
                    sum += amount(row);
                    accounts += ByteBuffer.wrap(row.keyBytes()).getInt() % 2 == 0 ? 1 : 0;
                }
                assertThat(accounts).isEqualTo(ACCOUNTS);
                assertThat(sum).isEqualTo(ACCOUNTS * EACH);
                for (int round = 0; round < 20; round++) {
                    assertThat(sumOfLookups(transaction, table, row)).isEqualTo(ACCOUNTS * EACH);
                }
            }
            read.incrementAndGet();
        }
    }

    private static long sumOfLookups(Transaction transaction, TableDescriptor table, RecordView row) {
        long sum = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
            assertThat(transaction.get(table, key(2 * i), row)).isTrue();
            sum += amount(row);
        }
        return sum;
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static byte[] row(long amount) {
        return ByteBuffer.allocate(8).putLong(amount).array();
    }

    private static long amount(RecordView row) {
        return ByteBuffer.wrap(row.rowBytes()).getLong();
    }
}
