package org.coconutdb.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a transaction's check lets its commit rest on: rows that must be there, and ranges that must be as they were.
class CommitCheckTest {
    private static final int KEYS = 16;
    private static final int STEPS = 4_000;

    @TempDir private Path directory;

    static LongStream seeds() {
        return Seeds.of(8);
    }

    private static EngineConfig config(Path path) {
        return new EngineConfig(path, 3, 1L << 30, LockPolicy.OFF);
    }

    private static byte[] bytes(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static void put(CoconutEngine engine, TableDescriptor table, int... keys) {
        try (Transaction transaction = engine.begin()) {
            for (int key : keys) {
                transaction.put(table, bytes(key), bytes(key));
            }
            transaction.commit();
        }
    }

    private static void delete(CoconutEngine engine, TableDescriptor table, int key) {
        try (Transaction transaction = engine.begin()) {
            transaction.delete(table, bytes(key));
            transaction.commit();
        }
    }

    private static void conflicts(Transaction transaction) {
        assertThatThrownBy(transaction::commit).isInstanceOfSatisfying(CoconutException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT));
    }

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void aRowThatMustStayMayBeChangedAndNotDeleted(Isolation isolation) {
        try (CoconutEngine engine = CoconutEngine.open(config(null))) {
            TableDescriptor parents = engine.createTable("P", TableKind.HASH, new byte[0]);
            TableDescriptor children = engine.createTable("C", TableKind.SORTED, new byte[0]);
            put(engine, parents, 1, 2);
            try (Transaction changed = engine.begin(isolation); Transaction deleted = engine.begin(isolation)) {
                for (Transaction transaction : List.of(changed, deleted)) {
                    int key = transaction == changed ? 1 : 2;
                    transaction.put(children, bytes(key), bytes(key));
                    transaction.setCheck(asked -> {
                        assertThat(asked.restOnRow(parents, bytes(key), new RecordView())).isTrue();
                        // Between the check and the commit.
                        if (key == 1) {
                            put(engine, parents, 1);
                        } else {
                            delete(engine, parents, 2);
                        }
                    });
                }

                changed.commit();
                conflicts(deleted);
            }
            try (Transaction reader = engine.beginReadOnly()) {
                assertThat(reader.get(children, bytes(1), new RecordView())).isTrue();
                assertThat(reader.get(children, bytes(2), new RecordView())).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void aRangeThatMustBeAsItWasMayNotBeWrittenTo(Isolation isolation) {
        try (CoconutEngine engine = CoconutEngine.open(config(null))) {
            TableDescriptor parents = engine.createTable("P", TableKind.HASH, new byte[0]);
            TableDescriptor children = engine.createTable("C", TableKind.SORTED, new byte[0]);
            KeyRange range = new KeyRange(bytes(10), bytes(20));
            put(engine, parents, 1);
            for (int key : new int[] {9, 20, 10, 19}) {
                try (Transaction transaction = engine.begin(isolation)) {
                    transaction.put(parents, bytes(1), bytes(key));
                    transaction.setCheck(asked -> {
                        asked.restOnRange(children, range);
                        assertThat(asked.look(children, new KeyRange(bytes(10), bytes(11))).next(new RecordView())).isFalse();
                        put(engine, children, key);
                    });
                    if (key == 10 || key == 19) {
                        conflicts(transaction);
                        delete(engine, children, key);
                    } else {
                        transaction.commit();
                    }
                }
            }
        }
    }

    @Test
    void aStatementThatGoesOnSeesItsOwnRowsAndIsUndoneAsOne() {
        try (CoconutEngine engine = CoconutEngine.open(config(null))) {
            TableDescriptor table = engine.createTable("T", TableKind.SORTED, new byte[0]);
            RecordView view = new RecordView();
            try (Transaction transaction = engine.begin()) {
                transaction.beginStatement();
                transaction.put(table, bytes(1), bytes(10));

                transaction.beginStatement();
                transaction.put(table, bytes(1), bytes(11));
                assertThat(transaction.get(table, bytes(1), view)).isTrue();
                assertThat(view.rowBytes()).isEqualTo(bytes(10));
                transaction.continueStatement();
                assertThat(transaction.get(table, bytes(1), view)).isTrue();
                assertThat(view.rowBytes()).isEqualTo(bytes(11));
                transaction.put(table, bytes(1), bytes(12));
                transaction.continueStatement();
                transaction.put(table, bytes(1), bytes(13));
                transaction.rollbackStatement();

                transaction.beginStatement();
                assertThat(transaction.get(table, bytes(1), view)).isTrue();
                assertThat(view.rowBytes()).isEqualTo(bytes(10));
            }
        }
    }

    @Test
    void whatACheckNotesCountsAsWritten() {
        try (CoconutEngine engine = CoconutEngine.open(config(null)); Transaction transaction = engine.begin()) {
            assertThatThrownBy(() -> {
                while (true) {
                    transaction.addNote(1 << 20);
                }
            }).isInstanceOfSatisfying(CoconutException.class,
                    failure -> assertThat(failure.code()).isEqualTo(ErrorCode.TRANSACTION_TOO_LARGE));
        }
    }

    /// A client's transaction, with what it will ask for: `snapshot` is the number of the commits that it sees.
    private static final class Client {
        final Transaction transaction;
        final Isolation isolation;
        int snapshot;
        final List<TreeMap<Integer, Integer>> writes = List.of(new TreeMap<>(), new TreeMap<>());
        final List<Integer> rows = new ArrayList<>();
        final List<int[]> ranges = new ArrayList<>();

        Client(Transaction transaction, Isolation isolation, int snapshot) {
            this.transaction = transaction;
            this.isolation = isolation;
            this.snapshot = snapshot;
        }
    }

    /// Random transactions, several open at a time, whose writes have no conditions: a commit is refused exactly where a model says that
    /// a row is not there, or that a range was written to since the snapshot.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aCommitIsRefusedExactlyWhereAModelSaysSo(long seed) {
        Random random = Seeds.random(seed);
        int commits = 0;
        int conflicts = 0;
        // Table 0: rows that must be there. Table 1: ranges. By key: the last commit that wrote it, and whether it is there.
        List<TreeMap<Integer, Integer>> writtenAt = List.of(new TreeMap<>(), new TreeMap<>());
        NavigableMap<Integer, Integer> there = new TreeMap<>();
        Path path = directory.resolve("db" + seed);
        try (CoconutEngine engine = CoconutEngine.open(config(path))) {
            List<TableDescriptor> tables = List.of(engine.createTable("P", random.nextBoolean() ? TableKind.HASH : TableKind.SORTED,
                    new byte[0]), engine.createTable("C", TableKind.SORTED, new byte[0]));
            List<Client> clients = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                if (clients.size() < 4) {
                    Isolation isolation = Isolation.values()[random.nextInt(3)];
                    clients.add(new Client(engine.begin(isolation), isolation, commits));
                }
                Client client = clients.get(random.nextInt(clients.size()));
                if (random.nextInt(6) > 0) {
                    act(client, tables, random);
                    continue;
                }
                clients.remove(client);
                boolean hasWrites = client.transaction.hasWrites();
                String where = Seeds.rerun(getClass(), "aCommitIsRefusedExactlyWhereAModelSaysSo", seed) + ", step " + step;
                try {
                    client.transaction.commit();
                    assertThat(!hasWrites || isRight(client, writtenAt.get(1), there, commits)).as(where).isTrue();
                    commits += hasWrites ? 1 : 0;
                    for (int table = 0; table < 2; table++) {
                        for (Map.Entry<Integer, Integer> write : client.writes.get(table).entrySet()) {
                            writtenAt.get(table).put(write.getKey(), commits);
                        }
                    }
                    client.writes.getFirst().forEach((key, value) -> {
                        if (value == null) {
                            there.remove(key);
                        } else {
                            there.put(key, value);
                        }
                    });
                } catch (CoconutException refused) {
                    assertThat(refused.code()).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT);
                    assertThat(isRight(client, writtenAt.get(1), there, commits)).as(where).isFalse();
                    conflicts++;
                }
            }
            clients.forEach(client -> client.transaction.close());
            engine.verify();
        }
        assertThat(commits).isGreaterThan(100);
        assertThat(conflicts).isGreaterThan(50);
        // Replayed, the log gives the same rows: each commit is judged again as it was.
        try (CoconutEngine engine = CoconutEngine.open(config(path)); Transaction reader = engine.beginReadOnly()) {
            TreeMap<Integer, Integer> found = new TreeMap<>();
            RecordView view = new RecordView();
            Scan scan = reader.scan(engine.table("P").orElseThrow(), KeyRange.ALL, false);
            while (scan.next(view)) {
                found.put(ByteBuffer.wrap(view.keyBytes()).getInt(), ByteBuffer.wrap(view.rowBytes()).getInt());
            }
            assertThat(found).isEqualTo(there);
        }
    }

    private static void act(Client client, List<TableDescriptor> tables, Random random) {
        int key = random.nextInt(KEYS);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                client.transaction.put(tables.get(0), bytes(key), bytes(key));
                client.writes.get(0).put(key, key);
            }
            case 2 -> {
                // A deletion without a condition: of a row that was put here before.
                if (client.writes.get(0).containsKey(key)) {
                    client.transaction.delete(tables.get(0), bytes(key));
                    client.writes.get(0).put(key, null);
                }
            }
            case 3 -> {
                client.transaction.put(tables.get(1), bytes(key), bytes(key));
                client.writes.get(1).put(key, key);
            }
            case 4 -> client.rows.add(key);
            default -> client.ranges.add(new int[] {key, key + 1 + random.nextInt(3)});
        }
        // Many of them, too: then they are judged another way.
        if (random.nextInt(30) == 0) {
            for (int i = 0; i < 20; i++) {
                client.ranges.add(new int[] {KEYS + i, KEYS + i + 1});
            }
        }
        client.transaction.setCheck(asked -> {
            client.rows.removeIf(row -> !asked.restOnRow(tables.get(0), bytes(row), new RecordView()));
            client.ranges.forEach(range -> asked.restOnRange(tables.get(1), new KeyRange(bytes(range[0]), bytes(range[1]))));
        });
    }

    private static boolean isRight(Client client, TreeMap<Integer, Integer> writtenAt, NavigableMap<Integer, Integer> there, int commits) {
        // A statement of its own, which at READ COMMITTED sees what is committed by now: nobody comes between it and the commit here.
        int snapshot = client.isolation == Isolation.READ_COMMITTED ? commits : client.snapshot;
        boolean areUnchanged = client.ranges.stream()
                .noneMatch(range -> writtenAt.subMap(range[0], range[1]).values().stream().anyMatch(at -> at > snapshot));
        // What the check has found and the transaction has not written itself.
        return areUnchanged && client.rows.stream()
                .filter(row -> !client.writes.getFirst().containsKey(row))
                .allMatch(there::containsKey);
    }
}
