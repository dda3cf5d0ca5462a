package org.coconutdb.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random transactions, several open at a time, with statements, savepoints and scans that stay open. When one commits, everything that it
/// did is done again on a model of what is committed by then: a serializable one must get the same answers there, since the order of
/// commits is its serial order.
class SerializabilityTest {
    private static final int KEYS = 24;
    private static final int STEPS = 6_000;

    static LongStream seeds() {
        return Seeds.of(12);
    }

    /// What is committed, by table and key; the same for what a transaction sees.
    private static final class State {
        final List<TreeMap<Integer, Integer>> tables = new ArrayList<>();

        State(int count) {
            for (int i = 0; i < count; i++) {
                tables.add(new TreeMap<>());
            }
        }

        State(State other) {
            other.tables.forEach(table -> tables.add(new TreeMap<>(table)));
        }
    }

    /// One thing that a transaction did: on a state it gives an answer, and leaves the state changed.
    private record Step(String what, Function<State, Object> onModel, Object answer) {}

    private static final class Client {
        final Transaction transaction;
        // What it sees.
        final State state;
        final List<Step> steps = new ArrayList<>();
        final List<Open> scans = new ArrayList<>();
        final List<Integer> savepoints = new ArrayList<>();
        final List<State> savedStates = new ArrayList<>();
        final List<Integer> savedSteps = new ArrayList<>();

        Client(Transaction transaction, State committed) {
            this.transaction = transaction;
            this.state = new State(committed);
        }
    }

    /// A scan with the rows that it has to give yet.
    private static final class Open {
        final Scan scan;
        final List<Map.Entry<Integer, Integer>> expected;
        final boolean ordered;

        Open(Scan scan, NavigableMap<Integer, Integer> rows, boolean ordered) {
            this.scan = scan;
            // A copy, in the same order.
            this.expected = new ArrayList<>(new TreeMap<>(rows).entrySet());
            this.ordered = ordered;
        }
    }

    private final List<TableDescriptor> tables = new ArrayList<>();
    private State committed = new State(0);
    private int commits;
    private int conflicts;
    private int anomalies;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void serializableTransactionsAreAsIfOneCameAfterTheOther(long seed) {
        run(seed, Isolation.SERIALIZABLE);

        assertThat(anomalies).as(Seeds.rerun(getClass(), "serializableTransactionsAreAsIfOneCameAfterTheOther", seed)).isZero();
        assertThat(commits).isGreaterThan(200);
        assertThat(conflicts).isGreaterThan(50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theSameTestFindsWhatRepeatableReadLetsPass(long seed) {
        run(seed, Isolation.REPEATABLE_READ);

        assertThat(anomalies).isPositive();
        assertThat(commits).isGreaterThan(200);
    }

    private void run(long seed, Isolation isolation) {
        Random random = Seeds.random(seed);
        EngineConfig config = new EngineConfig(null, 3, 1L << 30, LockPolicy.OFF);
        try (CoconutEngine engine = CoconutEngine.open(config)) {
            for (int i = 0; i < 4; i++) {
                tables.add(engine.createTable("T" + i, i < 2 ? TableKind.HASH : TableKind.SORTED, new byte[0]));
            }
            committed = new State(tables.size());
            List<Client> clients = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                if (clients.size() < 4) {
                    clients.add(new Client(engine.begin(isolation), committed));
                }
                Client client = clients.get(random.nextInt(clients.size()));
                String where = "seed " + seed + ", step " + step;
                if (random.nextInt(12) == 0) {
                    clients.remove(client);
                    end(client, random, where);
                } else {
                    act(client, random, where);
                }
            }
            clients.forEach(client -> client.transaction.close());
            engine.verify();
        }
    }

    private void end(Client client, Random random, String where) {
        if (random.nextInt(6) == 0) {
            client.transaction.close();
            return;
        }
        try {
            boolean writes = client.transaction.hasWrites();
            client.transaction.commit();
            commits++;
            if (writes) {
                judge(client);
            }
        } catch (CoconutException refused) {
            assertThat(refused.code()).as(where).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT);
            conflicts++;
        }
    }

    /// Does all that the transaction did on what is committed now.
    private void judge(Client client) {
        State after = new State(committed);
        for (Step step : client.steps) {
            if (!step.answer().equals(step.onModel().apply(after))) {
                anomalies++;
                // What it wrote is there all the same.
                after = new State(committed);
                State now = after;
                client.steps.forEach(each -> each.onModel().apply(now));
                break;
            }
        }
        committed = after;
    }

    private void act(Client client, Random random, String where) {
        int number = random.nextInt(tables.size());
        TableDescriptor table = tables.get(number);
        int key = random.nextInt(KEYS);
        switch (random.nextInt(10)) {
            case 0, 1 -> get(client, number, table, key, where);
            case 2, 3 -> scan(client, number, table, random, where);
            case 4, 5, 6 -> statement(client, number, table, random, where);
            case 7 -> {
                client.savepoints.add(client.transaction.savepoint());
                client.savedStates.add(new State(client.state));
                client.savedSteps.add(client.steps.size());
            }
            case 8 -> rollback(client, random);
            default -> advance(client, random, where);
        }
    }

    private static void get(Client client, int number, TableDescriptor table, int key, String where) {
        client.transaction.beginStatement();
        RecordView view = new RecordView();
        Integer found = client.transaction.get(table, bytes(key), view) ? number(view.rowBytes()) : null;
        assertThat(found).as(where).isEqualTo(client.state.tables.get(number).get(key));
        client.steps.add(new Step("get", state -> String.valueOf(state.tables.get(number).get(key)), String.valueOf(found)));
    }

    private static void scan(Client client, int number, TableDescriptor table, Random random, String where) {
        client.transaction.beginStatement();
        boolean ordered = table.kind() == TableKind.SORTED;
        boolean reverse = ordered && random.nextBoolean();
        int from = ordered ? random.nextInt(KEYS) : 0;
        int to = ordered ? from + random.nextInt(8) : KEYS;
        KeyRange range = ordered ? new KeyRange(bytes(from), bytes(to)) : KeyRange.ALL;
        Function<State, NavigableMap<Integer, Integer>> rows = state -> {
            NavigableMap<Integer, Integer> inRange = state.tables.get(number).subMap(from, true, to, false);
            return reverse ? inRange.descendingMap() : inRange;
        };
        Scan scan = client.transaction.scan(table, range, reverse);
        if (random.nextInt(3) == 0) {
            client.scans.add(new Open(scan, rows.apply(client.state), ordered));
            return;
        }
        // To the end, or a few rows: then only what was seen is what it rests on.
        int limit = ordered && random.nextBoolean() ? 1 + random.nextInt(3) : Integer.MAX_VALUE;
        List<String> found = rows(scan, limit, ordered);
        Function<State, Object> onModel = state -> {
            List<String> expected = new ArrayList<>();
            rows.apply(state).forEach((key, value) -> expected.add(key + "=" + value));
            return expected.size() > limit ? expected.subList(0, limit) : expected;
        };
        assertThat(found).as(where).isEqualTo(onModel.apply(client.state));
        client.steps.add(new Step("scan", onModel, found));
    }

    private static List<String> rows(Scan scan, int limit, boolean ordered) {
        List<String> found = new ArrayList<>();
        RecordView view = new RecordView();
        while (found.size() < limit && scan.next(view)) {
            found.add(key(view.keyBytes()) + "=" + number(view.rowBytes()));
        }
        if (!ordered) {
            found.sort((a, b) -> Integer.compare(Integer.parseInt(a.split("=")[0]), Integer.parseInt(b.split("=")[0])));
        }
        return found;
    }

    /// Goes on with a scan of an earlier statement, which shows nothing that came after it.
    private static void advance(Client client, Random random, String where) {
        if (client.scans.isEmpty()) {
            return;
        }
        Open open = client.scans.remove(random.nextInt(client.scans.size()));
        List<String> expected = new ArrayList<>();
        open.expected.forEach(row -> expected.add(row.getKey() + "=" + row.getValue()));
        assertThat(rows(open.scan, Integer.MAX_VALUE, open.ordered)).as(where).isEqualTo(expected);
    }

    /// Some writes, which the statement does not see itself; it may fail as a whole.
    private static void statement(Client client, int number, TableDescriptor table, Random random, String where) {
        client.transaction.beginStatement();
        State before = new State(client.state);
        List<Step> steps = new ArrayList<>();
        boolean failed = false;
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count && !failed; i++) {
            int key = random.nextInt(KEYS);
            int value = random.nextInt(1000);
            TreeMap<Integer, Integer> rows = client.state.tables.get(number);
            switch (random.nextInt(4)) {
                case 0 -> {
                    client.transaction.put(table, bytes(key), bytes(value));
                    rows.put(key, value);
                    steps.add(new Step("put", state -> {
                        state.tables.get(number).put(key, value);
                        return "";
                    }, ""));
                }
                case 1 -> {
                    try {
                        client.transaction.insert(table, bytes(key), bytes(value));
                        assertThat(rows).as(where).doesNotContainKey(key);
                        rows.put(key, value);
                        steps.add(new Step("insert", state -> String.valueOf(state.tables.get(number).put(key, value)), "null"));
                    } catch (CoconutException duplicate) {
                        assertThat(duplicate.code()).as(where).isEqualTo(ErrorCode.DUPLICATE_KEY);
                        assertThat(rows).as(where).containsKey(key);
                        failed = true;
                        if (before.tables.get(number).containsKey(key)) {
                            client.steps.add(new Step("duplicate", state -> state.tables.get(number).containsKey(key), true));
                        }
                    }
                }
                case 2 -> {
                    // Of a row that the statement has read.
                    RecordView view = new RecordView();
                    Integer seen = client.transaction.get(table, bytes(key), view) ? number(view.rowBytes()) : null;
                    assertThat(seen).as(where).isEqualTo(before.tables.get(number).get(key));
                    if (seen != null && seen.equals(rows.get(key))) {
                        client.transaction.update(table, bytes(key), bytes(seen + 1));
                        rows.put(key, seen + 1);
                        steps.add(new Step("update", state -> String.valueOf(state.tables.get(number).put(key, seen + 1)),
                                String.valueOf(seen)));
                    }
                }
                default -> {
                    RecordView view = new RecordView();
                    if (client.transaction.get(table, bytes(key), view) && rows.containsKey(key)) {
                        client.transaction.delete(table, bytes(key));
                        Integer old = rows.remove(key);
                        steps.add(new Step("delete", state -> String.valueOf(state.tables.get(number).remove(key)),
                                String.valueOf(old)));
                    }
                }
            }
        }
        if (failed || random.nextInt(8) == 0) {
            client.transaction.rollbackStatement();
            restore(client.state, before);
        } else {
            client.steps.addAll(steps);
        }
    }

    private static void rollback(Client client, Random random) {
        if (client.savepoints.isEmpty()) {
            return;
        }
        int to = random.nextInt(client.savepoints.size());
        client.transaction.rollbackTo(client.savepoints.get(to));
        restore(client.state, client.savedStates.get(to));
        // What was read in between was read; what was written was not.
        client.steps.subList(client.savedSteps.get(to), client.steps.size()).clear();
        while (client.savepoints.size() > to + 1) {
            client.savepoints.removeLast();
            client.savedStates.removeLast();
            client.savedSteps.removeLast();
        }
        // Scans of what was undone give what nobody can say.
        client.scans.clear();
    }

    private static void restore(State state, State from) {
        state.tables.clear();
        from.tables.forEach(table -> state.tables.add(new TreeMap<>(table)));
    }

    private static byte[] bytes(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static int key(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt();
    }

    private static int number(byte[] bytes) {
        return ByteBuffer.wrap(Arrays.copyOf(bytes, 4)).getInt();
    }
}
