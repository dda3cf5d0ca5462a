package org.coconutdb.engine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tables that all hosts make, alter, drop and write to while primaries move, the directory's most of all, over logs that do what they may, from a seed.
///
/// What was acknowledged is so: tables that were made are there, with the rows that were written, until their drop was asked for; those that were dropped are not. No row
/// is written for a definition after its change was acknowledged. Changes that were left half-way keep nobody from writing, soon after.
@Timeout(180)
class ClusterChangesTest {
    private static final long SEED = System.getProperty("seed") == null ? System.nanoTime() : Long.parseLong(System.getProperty("seed"),
            16);
    private static final int HOSTS = 3;
    private static final int BLOCKS = 5;
    private static final int TABLES_MAX = 8;
    // A slice takes its part of the address space, of a dropped table too, while primaries move too quickly for anything to be forgotten.
    private static final int MADE_MAX = 40;
    private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("cluster.seconds", 8));
    private static final long RUN_NANOS_MAX = RUN_NANOS + TimeUnit.SECONDS.toNanos(40);
    private static final int CHANGES_MIN = 10;
    private static final long SETTLED_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private SimulatedCarriers carriers;
    private List<CoconutEngine> hosts = List.of();

    private final AtomicInteger names = new AtomicInteger();
    // Names of tables whose making was acknowledged, and of those whose drop was asked for.
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final Set<String> maybeDropped = ConcurrentHashMap.newKeySet();
    private final Set<String> dropped = ConcurrentHashMap.newKeySet();
    // By name: the generation that was acknowledged last, and rows.
    private final Map<String, Integer> generations = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> rows = new ConcurrentHashMap<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();

    @AfterEach
    void close() {
        carriers.close();
        hosts.forEach(CoconutEngine::close);
    }

    @Test
    void changesThatAreLeftHalfWayKeepNobodyFromWriting() throws Exception {
        System.out.println("seed: " + Long.toHexString(SEED));
        carriers = new SimulatedCarriers(HOSTS, BLOCKS, SEED, SimulatedCarriers.Broken.NOTHING);
        hosts = carriers.open();
        long begin = System.nanoTime();
        // Until it has been long enough, and on a busy machine until enough was done.
        BooleanSupplier goesOn = () -> System.nanoTime() - begin < RUN_NANOS || (System.nanoTime() - begin < RUN_NANOS_MAX && changes
                .get() < CHANGES_MIN);
        // Not virtual ones: whoever finds nothing to write would leave no core to the others.
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> running = new ArrayList<>();
            for (int host = 0; host < HOSTS; host++) {
                CoconutEngine here = hosts.get(host);
                Random random = new Random(SEED + host);
                Random writing = new Random(SEED + HOSTS + host);
                running.add(threads.submit(() -> {
                    while (goesOn.getAsBoolean()) {
                        attempt(() -> change(here, random));
                        LockSupport.parkNanos(20_000_000);
                    }
                }));
                running.add(threads.submit(() -> {
                    while (goesOn.getAsBoolean()) {
                        attempt(() -> write(here, writing));
                    }
                }));
            }
            Random random = new Random(SEED - 1);
            while (goesOn.getAsBoolean()) {
                // The source of timestamps has to begin anew each time that the directory moves: not before something was done since.
                int done = changes.get();
                LockSupport.parkNanos(random.nextInt(500) * 1_000_000L);
                while (changes.get() == done && goesOn.getAsBoolean()) {
                    LockSupport.parkNanos(1_000_000);
                }
                carriers.movePrimary(random.nextBoolean() ? 0 : random.nextInt(BLOCKS + 1), random.nextInt(HOSTS));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        System.out.printf("changes %d, refused %d, unknown %d, rows %d%n", changes.get(), refused.get(), unknown.get(), rows.values()
                .stream()
                .mapToInt(AtomicInteger::get).sum());
        assertThat(changes.get()).isGreaterThanOrEqualTo(CHANGES_MIN);
        for (CoconutEngine host : hosts) {
            check(host);
        }
    }

    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (CoconutException failure) {
            assertThat(failure.code()).as(failure.getMessage()).isIn(ErrorCode.NOT_PRIMARY, ErrorCode.OUTCOME_UNKNOWN,
                    ErrorCode.SERIALIZATION_CONFLICT, ErrorCode.UNDEFINED_TABLE, ErrorCode.TABLE_CHANGED, ErrorCode.SNAPSHOT_TOO_OLD);
            (failure.code() == ErrorCode.OUTCOME_UNKNOWN ? unknown : refused).incrementAndGet();
        }
    }

    private static TableDescriptor any(CoconutEngine host, Random random) {
        host.catalogVersion();
        List<TableDescriptor> tables = host.tables();
        return tables.isEmpty() ? null : tables.get(random.nextInt(tables.size()));
    }

    private void change(CoconutEngine host, Random random) {
        TableDescriptor table = any(host, random);
        boolean isEnough = names.get() >= MADE_MAX;
        int what = isEnough ? 5 : random.nextInt(10);
        if (!isEnough && (table == null || (what < 4 && host.tables().size() < TABLES_MAX))) {
            String name = "T" + names.incrementAndGet();
            host.changeTables(List.of(new TableChange.Create(name, random.nextBoolean() ? TableKind.HASH : TableKind.SORTED, new byte[0],
                    StorageOptions.DEFAULT, null)));
            made.add(name);
        } else if (table != null && what < 8) {
            host.changeTables(List.of(new TableChange.Alter(table, new byte[] {(byte) what}, false)));
            generations.merge(table.name(), table.generation() + 1, Math::max);
        } else if (table != null) {
            maybeDropped.add(table.name());
            host.changeTables(List.of(new TableChange.Drop(table.id())));
            dropped.add(table.name());
        }
        changes.incrementAndGet();
    }

    private void write(CoconutEngine host, Random random) {
        TableDescriptor table = any(host, random);
        if (table == null) {
            LockSupport.parkNanos(1_000_000);
            return;
        }
        int known;
        try (Transaction transaction = host.begin()) {
            for (int i = 0; i < 3; i++) {
                byte[] key = ByteBuffer.allocate(8).putLong(random.nextLong()).array();
                transaction.insert(table, key, key);
            }
            LockSupport.parkNanos(random.nextInt(3_000_000));
            known = generations.getOrDefault(table.name(), 0);
            transaction.commit();
        }
        assertThat(table.generation()).as("rows of %s were written for a definition that was over", table.name()).isGreaterThanOrEqualTo(
                known);
        rows.computeIfAbsent(table.name(), _ -> new AtomicInteger()).addAndGet(3);
    }

    private void check(CoconutEngine host) throws Exception {
        host.catalogVersion();
        Set<String> there = ConcurrentHashMap.newKeySet();
        host.tables().forEach(table -> there.add(table.name()));
        assertThat(there).doesNotContainAnyElementsOf(dropped);
        for (String name : made) {
            assertThat(there.contains(name) || maybeDropped.contains(name)).as("%s was made, and not dropped", name).isTrue();
        }
        for (String name : there) {
            insertSoon(host, name);
            TableDescriptor table = host.table(name).orElseThrow();
            assertThat(table.generation()).isGreaterThanOrEqualTo(generations.getOrDefault(name, 0));
            assertThat(count(host, table)).as("rows of %s", name).isGreaterThanOrEqualTo(rows.getOrDefault(name, new AtomicInteger())
                    .get());
        }
    }

    private static void insertSoon(CoconutEngine host, String name) throws Exception {
        long until = System.nanoTime() + SETTLED_NANOS_MAX;
        while (true) {
            host.catalogVersion();
            TableDescriptor table = host.table(name).orElseThrow();
            try (Transaction transaction = host.begin()) {
                for (int i = 0; i < 20; i++) {
                    byte[] key = ByteBuffer.allocate(12).putLong(System.nanoTime()).putInt(i).array();
                    transaction.insert(table, key, key);
                }
                transaction.commit();
                return;
            } catch (CoconutException failure) {
                assertThat(System.nanoTime()).as("%s: %s", table, failure.getMessage()).isLessThan(until);
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static int count(CoconutEngine host, TableDescriptor table) {
        try (Transaction transaction = host.beginReadOnly()) {
            Scan scan = transaction.scan(table, KeyRange.ALL, false);
            RecordView row = new RecordView();
            int count = 0;
            while (scan.next(row)) {
                count++;
            }
            return count;
        }
    }
}
