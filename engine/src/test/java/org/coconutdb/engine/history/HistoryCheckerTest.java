package org.coconutdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.coconutdb.engine.history.History.Append;
import org.coconutdb.engine.history.History.Get;
import org.coconutdb.engine.history.History.Operation;
import org.coconutdb.engine.history.History.Outcome;
import org.coconutdb.engine.history.History.Read;
import org.coconutdb.engine.history.History.Transaction;
import org.coconutdb.engine.history.History.Write;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The checker finds anomalies that were planted, and none in what a serial database did.
class HistoryCheckerTest {
    static LongStream seeds() {
        return LongStream.rangeClosed(1, 40);
    }

    /// All at once, so that time says nothing.
    private static Transaction transaction(String name, Operation... operations) {
        return new Transaction(name, List.of(operations), 0, 1_000, Outcome.COMMITTED);
    }

    private static Transaction at(long invoked, long completed, String name, Operation... operations) {
        return new Transaction(name, List.of(operations), invoked, completed, Outcome.COMMITTED);
    }

    private static Read read(String key, Integer... values) {
        return new Read(key, List.of(values));
    }

    private static void finds(String anomaly, Transaction... transactions) {
        assertThat(HistoryChecker.check(new History(List.of(transactions)))).as(anomaly).anySatisfy(line -> assertThat(line).startsWith(
                anomaly + ":"));
    }

    private static void findsNothing(Transaction... transactions) {
        assertThat(HistoryChecker.check(new History(List.of(transactions)))).isEmpty();
    }

    @Test
    void whatASerialOrderExplainsIsRight() {
        findsNothing(transaction("a", new Append("x", 1), new Append("y", 1)), transaction("b", read("x", 1), new Append("x", 2)),
                transaction("c", read("x"), read("y")), transaction("d", read("x", 1, 2), read("y", 1)));
    }

    @Test
    void mixedWrites() {
        finds("G0", transaction("a", new Append("x", 1), new Append("y", 1)), transaction("b", new Append("x", 2), new Append("y", 2)),
                transaction("c", read("x", 1, 2), read("y", 2, 1)));
    }

    @Test
    void aReadOfWhatWasRolledBack() {
        finds("G1a", new Transaction("a", List.of(new Append("x", 1)), 0, 10, Outcome.ABORTED), transaction("b", read("x", 1)));
    }

    @Test
    void aReadOfWhatWasRolledBackAndAppendedToSince() {
        finds("G1a", new Transaction("a", List.of(new Append("x", 1)), 0, 10, Outcome.ABORTED), transaction("b", new Append("x", 2)),
                transaction("c", read("x", 1, 2)));
        finds("garbage", transaction("a", new Append("x", 1)), transaction("b", read("x", 7, 1)));
    }

    @Test
    void anAppendThatHappenedTwice() {
        finds("duplicate", transaction("a", new Append("x", 1)), transaction("b", read("x", 1, 1)));
    }

    @Test
    void appendsOfOneTransactionInAnotherOrder() {
        finds("incompatible order", transaction("a", new Append("x", 1), new Append("x", 2)), transaction("b", new Append("x", 3)),
                transaction("c", read("x", 2, 1, 3)));
    }

    @Test
    void aWriteBetweenThoseOfAnother() {
        finds("G0", transaction("a", new Append("x", 1), new Append("x", 2)), transaction("b", new Append("x", 3)),
                transaction("c", read("x", 1, 3, 2)));
    }

    @Test
    void registersOfWhatWasRolledBackOrOverwritten() {
        finds("G1a", new Transaction("a", List.of(new Get("r", 0), new Write("r", 1)), 0, 10, Outcome.ABORTED),
                transaction("b", new Get("r", 1)));
        finds("G1b", transaction("a", new Get("r", 0), new Write("r", 1), new Write("r", 2)), transaction("b", new Get("r", 1)));
        finds("G1c", transaction("a", new Get("r", 0), new Write("r", 1), new Get("s", 1)),
                transaction("b", new Get("s", 0), new Write("s", 1), new Get("r", 1)));
        finds("real time, G-single", at(1, 2, "a", new Get("r", 0), new Write("r", 1)), at(3, 4, "b", new Get("r", 0)));
    }

    @Test
    void appendsInAnotherOrderThanTheyWereAcknowledged() {
        finds("real time", at(1, 2, "a", new Append("x", 1)), at(3, 4, "b", new Append("x", 2)), at(5, 6, "c", read("x", 2, 1)));
    }

    @Test
    void aReadInTheMiddle() {
        finds("G1b", transaction("a", new Append("x", 1), new Append("x", 2)), transaction("b", read("x", 1)),
                transaction("c", read("x", 1, 2)));
    }

    @Test
    void twoThatReadEachOther() {
        finds("G1c", transaction("a", new Append("x", 1), read("y", 1)), transaction("b", new Append("y", 1), read("x", 1)));
    }

    @Test
    void aReadOfHalfATransaction() {
        finds("G-single", transaction("a", new Append("x", 1), new Append("y", 1)), transaction("b", read("x", 1), read("y")),
                transaction("c", read("y", 1)));
    }

    @Test
    void writeSkew() {
        finds("G2", transaction("a", read("x"), new Append("y", 1)), transaction("b", read("y"), new Append("x", 1)),
                transaction("c", read("x", 1), read("y", 1)));
    }

    @Test
    void aReadOfThePast() {
        finds("real time, G-single", at(1, 2, "a", new Append("x", 1)), at(3, 4, "b", read("x")), at(5, 6, "c", read("x", 1)));
        findsNothing(at(1, 3, "a", new Append("x", 1)), at(2, 4, "b", read("x")), at(5, 6, "c", read("x", 1)));
    }

    @Test
    void aReadOfTheFuture() {
        finds("real time", at(1, 2, "a", read("x", 1)), at(3, 4, "b", new Append("x", 1)));
    }

    @Test
    void anAppendThatIsGone() {
        finds("lost", at(1, 2, "a", new Append("x", 1)), at(1, 2, "b", new Append("x", 2)), at(3, 4, "c", read("x", 2)));
    }

    @Test
    void anAppendThatNobodyHasReadYetIsBehindAllOthers() {
        findsNothing(transaction("a", new Append("x", 1)), transaction("b", read("x")), transaction("c", new Append("x", 2), read("y")),
                transaction("d", read("x", 1)), transaction("e", new Append("y", 1)));
        finds("G2", transaction("a", read("x"), new Append("x", 1)), transaction("b", read("x"), new Append("x", 2)));
        finds("G0", transaction("a", new Append("x", 1), new Append("y", 1)), transaction("b", new Append("x", 2), new Append("y", 2)),
                transaction("c", read("x", 2), read("y", 1)));
    }

    @Test
    void aTransactionThatIsThereInPartAfterAKill() {
        Transaction unknown = new Transaction("u", List.of(new Append("x", 1), new Append("y", 1)), 1, 0, Outcome.UNKNOWN);
        findsNothing(unknown, at(5, 6, "c", read("x", 1), read("y", 1)));
        findsNothing(unknown, at(5, 6, "c", read("x"), read("y")));
        finds("G-single", unknown, at(5, 6, "c", read("x", 1), read("y")));

        Transaction twice = new Transaction("u", List.of(new Append("x", 1), new Append("x", 2)), 1, 0, Outcome.UNKNOWN);
        finds("G1b", twice, at(5, 6, "c", read("x", 1)));
        finds("G0", twice, at(5, 6, "c", new Append("x", 3)), at(7, 8, "d", read("x", 1, 3)));

        Transaction registers = new Transaction(
                "u", List.of(new Get("r", 0), new Write("r", 1), new Get("s", 0), new Write("s", 1)), 1, 0, Outcome.UNKNOWN);
        finds("G-single", registers, at(5, 6, "c", new Get("r", 1), new Get("s", 0)));
    }

    @Test
    void whatNobodyWrote() {
        finds("garbage", transaction("a", read("x", 7)));
    }

    @Test
    void listsInTwoOrders() {
        finds("incompatible order", transaction("a", new Append("x", 1)), transaction("b", new Append("x", 2)),
                transaction("c", read("x", 1, 2)), transaction("d", read("x", 2, 1)));
    }

    @Test
    void aTransactionThatDoesNotSeeItself() {
        finds("internal", transaction("a", new Append("x", 1), read("x")));
        finds("internal", transaction("a", read("x"), read("x", 1)), transaction("b", new Append("x", 1)));
        finds("internal", transaction("a", new Get("r", 0), new Write("r", 1), new Get("r", 0)));
    }

    @Test
    void anUpdateThatIsLost() {
        finds("lost update", transaction("a", new Get("r", 0), new Write("r", 1)), transaction("b", new Get("r", 0), new Write("r", 2)));
    }

    @Test
    void writeSkewOfRegisters() {
        finds("G2", transaction("a", new Get("r", 0), new Get("s", 0), new Write("r", 1)),
                transaction("b", new Get("s", 0), new Get("r", 0), new Write("s", 1)));
    }

    @Test
    void whatIsNotKnownMayHaveHappenedOrNot() {
        Transaction unknown = new Transaction("u", List.of(new Append("x", 1)), 1, 0, Outcome.UNKNOWN);
        findsNothing(unknown, at(2, 3, "b", read("x")));
        findsNothing(unknown, at(2, 3, "b", read("x")), at(4, 5, "c", read("x", 1)));
        finds("real time, G-single", unknown, at(2, 3, "b", read("x", 1)), at(4, 5, "c", read("x")));
    }

    @Test
    void theSmallestCycleIsTold() {
        // One of four, and in it one of two.
        assertThat(HistoryChecker.check(new History(List.of(
                transaction("t1", read("a"), read("d"), new Append("b", 1), new Append("e", 1)),
                transaction("t2", read("b"), new Append("c", 1)), transaction("t3", read("c"), new Append("f", 1)),
                transaction("t4", read("f"), read("e"), new Append("a", 1))))))
                        .containsExactly("G2: t4 -RW e-> t1 -RW a-> t4");
    }

    @Test
    void severalAnomaliesAreTold() {
        assertThat(HistoryChecker.check(new History(List.of(
                transaction("t1", read("x"), new Append("y", 1)), transaction("t2", read("y"), new Append("x", 1)),
                transaction("t3", new Append("z", 1), read("v", 1)), transaction("t4", new Append("v", 1), read("z", 1))))))
                        .hasSize(2)
                        .anySatisfy(line -> assertThat(line).startsWith("G1c:"))
                        .anySatisfy(line -> assertThat(line).startsWith("G2:"));
    }

    @Test
    void componentsDeeperThanAThreadsStackAreFound() {
        int size = 200_000;
        Graph graph = new Graph();
        for (int i = 0; i < size; i++) {
            graph.addNode();
        }
        for (int i = 0; i < size; i++) {
            graph.add(i, (i + 1) % size, Graph.Why.WR, "x");
        }

        assertThat(graph.components(Graph.INFORMATION)).singleElement().satisfies(all -> assertThat(all).hasSize(size));
        assertThat(graph.components(Graph.WRITES)).isEmpty();
    }

    /// What a database does that runs one after another, each 10 behind the one before.
    ///
    /// @param overlap how long at most a client waits before and behind; 0: for no other
    static List<Transaction> serial(Random random, int count, int overlap) {
        Map<String, List<Integer>> lists = new HashMap<>();
        Map<String, Integer> registers = new HashMap<>();
        List<Transaction> transactions = new ArrayList<>();
        int value = 1;
        for (int i = 0; i < count; i++) {
            List<Operation> operations = new ArrayList<>();
            boolean aborts = random.nextInt(10) == 0;
            Map<String, List<Integer>> listsThen = new HashMap<>(lists);
            Map<String, Integer> registersThen = new HashMap<>(registers);
            for (int operation = random.nextInt(6); operation >= 0; operation--) {
                String key = "k" + random.nextInt(5);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        List<Integer> longer = new ArrayList<>(listsThen.getOrDefault(key, List.of()));
                        longer.add(value);
                        listsThen.put(key, longer);
                        operations.add(new Append(key, value++));
                    }
                    case 1 -> operations.add(new Read(key, listsThen.getOrDefault(key, List.of())));
                    case 2 -> operations.add(new Get("r" + key, registersThen.getOrDefault("r" + key, 0)));
                    default -> {
                        operations.add(new Get("r" + key, registersThen.getOrDefault("r" + key, 0)));
                        registersThen.put("r" + key, value);
                        operations.add(new Write("r" + key, value++));
                    }
                }
            }
            if (!aborts) {
                lists = listsThen;
                registers = registersThen;
            }
            // Its moment, 10 i, is in between.
            transactions.add(new Transaction("t" + i, operations, 10L * i - random.nextInt(overlap + 1),
                    10L * i + 1 + random.nextInt(overlap + 1), aborts ? Outcome.ABORTED : Outcome.COMMITTED));
        }
        List<Operation> all = new ArrayList<>();
        lists.forEach((key, values) -> all.add(new Read(key, values)));
        transactions.add(at(10L * count + 2 * overlap, 10L * count + 2 * overlap + 1, "last", all.toArray(Operation[]::new)));
        return transactions;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void serialHistoriesAreRight(long seed) {
        assertThat(HistoryChecker.check(new History(serial(new Random(seed), 300, 40)))).as("seed %s", seed).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aReadThatIsChangedIsFound(long seed) {
        Random random = new Random(seed);
        List<Transaction> transactions = serial(random, 300, 40);
        // A list that was read in one transaction, by the answer of another moment: without its last elements, long after those were there.
        List<int[]> places = new ArrayList<>();
        for (int i = 0; i < transactions.size(); i++) {
            List<Operation> operations = transactions.get(i).operations();
            for (int j = 0; j < operations.size(); j++) {
                if (operations.get(j) instanceof Read(String key, List<Integer> values) && values.size() > 20
                        && transactions.get(i).outcome() == Outcome.COMMITTED
                        && operations.stream().filter(each -> each.key().equals(key)).count() == 1) {
                    places.add(new int[] {i, j});
                }
            }
        }
        assertThat(places).isNotEmpty();
        int[] place = places.get(random.nextInt(places.size()));
        Transaction old = transactions.get(place[0]);
        Read read = (Read) old.operations().get(place[1]);
        Operation[] changed = old.operations().toArray(Operation[]::new);
        List<Integer> values = new ArrayList<>(read.values());
        if (random.nextBoolean()) {
            values = values.subList(0, values.size() - 20);
        } else {
            int at = random.nextInt(values.size() - 2);
            values.set(at, values.set(at + 1, values.get(at)));
        }
        changed[place[1]] = new Read(read.key(), values);
        transactions.set(place[0], new Transaction(old.name(), Arrays.asList(changed), old.invoked(), old.completed(), old.outcome()));

        assertThat(HistoryChecker.check(new History(transactions))).as("seed %s", seed).isNotEmpty();
    }
}
