package org.coconutdb.engine.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.coconutdb.engine.history.Graph.Edge;
import org.coconutdb.engine.history.Graph.Why;
import org.coconutdb.engine.history.History.Append;
import org.coconutdb.engine.history.History.Get;
import org.coconutdb.engine.history.History.Operation;
import org.coconutdb.engine.history.History.Outcome;
import org.coconutdb.engine.history.History.Read;
import org.coconutdb.engine.history.History.Transaction;
import org.coconutdb.engine.history.History.Write;
import org.jspecify.annotations.Nullable;

/// Says what in a history is not strictly serializable: as if the transactions that committed had run one after another, each at a time
/// between its begin and its acknowledgement. Anomalies are named as by Adya (1999).
///
/// It finds no serial order, it looks for what rules all of them out: answers that no order gives, and cycles of "has to come before".
/// What it reports is wrong for sure; with every key read at the end it misses little.
public final class HistoryChecker {
    private static final int REPORTED_MAX = 20;

    private final History history;
    private final List<String> anomalies = new ArrayList<>();
    private final Map<String, Map<Integer, Transaction>> writers = new HashMap<>();
    private final Map<Transaction, Integer> nodes = new IdentityHashMap<>();
    private final List<@Nullable Transaction> byNode = new ArrayList<>();
    private final Graph graph = new Graph();

    private HistoryChecker(History history) {
        this.history = history;
    }

    /// What is wrong, one line each; empty: nothing.
    public static List<String> check(History history) {
        return new HistoryChecker(history).run();
    }

    private List<String> run() {
        for (Transaction transaction : history.transactions()) {
            for (Operation operation : transaction.operations()) {
                switch (operation) {
                    case Append(String key, int value) -> wrote(key, value, transaction);
                    case Write(String key, int value) -> wrote(key, value, transaction);
                    case Read _,Get _ -> {
                        // Below.
                    }
                }
            }
        }
        List<Transaction> done = done();
        for (Transaction transaction : done) {
            nodes.put(transaction, graph.addNode());
            byNode.add(transaction);
            checkInside(transaction);
        }
        lists(done);
        registers(done);
        time(done);
        cycles();
        return anomalies;
    }

    private void wrote(String key, int value, Transaction transaction) {
        Transaction before = writers.computeIfAbsent(key, _ -> new HashMap<>()).put(value, transaction);
        if (before != null) {
            throw new IllegalArgumentException("the history writes " + value + " to " + key + " twice");
        }
    }

    private void report(String anomaly, String text) {
        if (anomalies.size() < REPORTED_MAX) {
            anomalies.add(anomaly + ": " + text);
        }
    }

    /// Those that committed, and those of unknown outcome that somebody has seen.
    private List<Transaction> done() {
        Set<Transaction> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Transaction reader : history.transactions()) {
            for (Operation operation : reader.operations()) {
                switch (operation) {
                    case Read(String key, List<Integer> values) -> values.forEach(value -> addWriter(seen, reader, key, value));
                    case Get(String key, int value) -> addWriter(seen, reader, key, value);
                    case Append _,Write _ -> {
                        // Nothing is seen by them.
                    }
                }
            }
        }
        return history.transactions()
                .stream()
                .filter(each -> each.outcome() == Outcome.COMMITTED || (each.outcome() == Outcome.UNKNOWN && seen.contains(each)))
                .toList();
    }

    private void addWriter(Set<Transaction> seen, Transaction reader, String key, int value) {
        Transaction writer = writer(key, value);
        if (writer != null && !writer.equals(reader) && reader.outcome() != Outcome.ABORTED) {
            seen.add(writer);
        }
    }

    private @Nullable Transaction writer(String key, int value) {
        return writers.getOrDefault(key, Map.of()).get(value);
    }

    /// A transaction sees what it has written, and sees the same as long as it writes nothing.
    private void checkInside(Transaction transaction) {
        Map<String, List<Integer>> known = new HashMap<>();
        Map<String, List<Integer>> ownOnly = new HashMap<>();
        for (Operation operation : transaction.operations()) {
            switch (operation) {
                case Append(String key, int value) -> {
                    known.computeIfPresent(key, (_, before) -> with(before, value));
                    ownOnly.compute(key, (_, before) -> with(before == null ? List.of() : before, value));
                }
                case Read(String key, List<Integer> values) -> {
                    List<Integer> expected = known.get(key);
                    List<Integer> own = ownOnly.getOrDefault(key, List.of());
                    boolean ends = own.size() <= values.size() && values.subList(values.size() - own.size(), values.size()).equals(own);
                    if ((expected != null && !expected.equals(values)) || !ends) {
                        report("internal", transaction.name() + " reads " + values + " of " + key + " and knew "
                                + (expected == null ? "its own " + own : expected));
                    }
                    known.put(key, values);
                }
                case Write(String key, int value) -> known.put(key, List.of(value));
                case Get(String key, int value) -> {
                    List<Integer> expected = known.put(key, List.of(value));
                    if (expected != null && !expected.equals(List.of(value))) {
                        report("internal", transaction.name() + " gets " + value + " of " + key + " and knew " + expected);
                    }
                }
            }
        }
    }

    private static List<Integer> with(List<Integer> list, int value) {
        List<Integer> longer = new ArrayList<>(list);
        longer.add(value);
        return longer;
    }

    /// What a transaction saw of others: the first read of a key, before it wrote to it.
    private static Map<String, Operation> firstReads(Transaction transaction) {
        Map<String, Operation> first = new LinkedHashMap<>();
        Set<String> written = new HashSet<>();
        for (Operation operation : transaction.operations()) {
            switch (operation) {
                case Append _,Write _ -> written.add(operation.key());
                case Read(String key, List<Integer> values) -> {
                    // Without what it has appended itself.
                    int own = written.contains(key) ? ownAppends(transaction, key, operation) : 0;
                    first.putIfAbsent(key, new Read(key, values.subList(0, Math.max(0, values.size() - own))));
                }
                case Get get -> {
                    if (!written.contains(get.key())) {
                        first.putIfAbsent(get.key(), get);
                    }
                }
            }
        }
        return first;
    }

    private static int ownAppends(Transaction transaction, String key, Operation until) {
        int count = 0;
        for (Operation operation : transaction.operations()) {
            if (operation.equals(until)) {
                return count;
            }
            count += operation instanceof Append append && append.key().equals(key) ? 1 : 0;
        }
        return count;
    }

    private void lists(List<Transaction> done) {
        Map<String, List<Integer>> orders = new TreeMap<>();
        for (Transaction reader : done) {
            firstReads(reader).forEach((key, operation) -> {
                if (operation instanceof Read(String _, List<Integer> values)) {
                    List<Integer> longest = orders.getOrDefault(key, List.of());
                    int common = Math.min(longest.size(), values.size());
                    if (!longest.subList(0, common).equals(values.subList(0, common))) {
                        report("incompatible order", key + " is read as " + longest + " and, by " + reader.name() + ", as " + values);
                    }
                    orders.put(key, values.size() > longest.size() ? values : longest);
                    // An element stays where it is: what was rolled back is wrong below others, too.
                    values.forEach(value -> checkWriter(reader, key, value));
                    checkLast(reader, key, values.isEmpty() ? 0 : values.getLast());
                }
            });
        }
        lostAppends(done, orders);
        orders.forEach(this::order);
        Map<String, List<Transaction>> unread = unread(done, orders);
        for (Transaction reader : done) {
            firstReads(reader).forEach((key, operation) -> {
                if (operation instanceof Read(String _, List<Integer> values)) {
                    List<Integer> order = orders.get(key);
                    readEdges(reader, key, values.isEmpty() ? 0 : values.getLast(), values.size() < order.size() ? order.get(values.size())
                            : 0);
                    if (values.size() == order.size()) {
                        unread.getOrDefault(key, List.of()).forEach(writer -> edge(reader, writer, Why.RW, key));
                    }
                }
            });
        }
    }

    private void lostAppends(List<Transaction> done, Map<String, List<Integer>> orders) {
        for (Transaction writer : done) {
            for (Operation operation : writer.operations()) {
                if (operation instanceof Append(String key, int value) && orders.containsKey(key) && !orders.get(key).contains(value)
                        && isReadBehind(done, writer, key)) {
                    report("lost", writer.name() + " appended " + value + " to " + key + ", and nobody who read it later has it");
                }
            }
        }
    }

    /// Those who appended something that nobody has read; it is behind everything that was. So a transaction that is there in part is found.
    private Map<String, List<Transaction>> unread(List<Transaction> done, Map<String, List<Integer>> orders) {
        Map<String, List<Transaction>> unread = new HashMap<>();
        for (Transaction writer : done) {
            for (Operation operation : writer.operations()) {
                List<Integer> order = orders.get(operation.key());
                if (operation instanceof Append(String key, int value) && order != null && !order.contains(value)) {
                    unread.computeIfAbsent(key, _ -> new ArrayList<>()).add(writer);
                    edge(order.isEmpty() ? null : writer(key, order.getLast()), writer, Why.WW, key);
                }
            }
        }
        return unread;
    }

    private static boolean isReadBehind(List<Transaction> done, Transaction writer, String key) {
        return done.stream()
                .anyMatch(reader -> reader.invoked() > writer.completed() && writer.outcome() == Outcome.COMMITTED
                        && firstReads(reader).containsKey(key));
    }

    /// What was seen of others was written by one of them, and committed.
    private void checkWriter(Transaction reader, String key, int value) {
        Transaction writer = writer(key, value);
        if (writer == null) {
            report("garbage", reader.name() + " reads " + value + " of " + key + ", which nobody wrote");
        } else if (writer.outcome() == Outcome.ABORTED) {
            report("G1a", reader.name() + " reads " + value + " of " + key + " by " + writer.name() + ", which was rolled back");
        } else if (writer.equals(reader)) {
            report("internal", reader.name() + " reads " + value + " of " + key + " where only what others wrote can be");
        }
    }

    /// What was seen as a key's last write was the last by its transaction.
    private void checkLast(Transaction reader, String key, int value) {
        Transaction writer = value == 0 ? null : writer(key, value);
        if (writer != null && !writer.equals(reader) && last(writer, key) != value) {
            report("G1b", reader.name() + " reads " + value + " of " + key + ", which " + writer.name() + " followed by "
                    + last(writer, key));
        }
    }

    private static int last(Transaction writer, String key) {
        int last = 0;
        for (Operation operation : writer.operations()) {
            last = switch (operation) {
                case Append append when append.key().equals(key) -> append.value();
                case Write write when write.key().equals(key) -> write.value();
                default -> last;
            };
        }
        return last;
    }

    private void order(String key, List<Integer> values) {
        if (new HashSet<>(values).size() < values.size()) {
            report("duplicate", key + " is read as " + values);
        }
        // Each transaction's own, in the order in which it appended them.
        Map<Transaction, List<Integer>> own = new IdentityHashMap<>();
        for (int value : values) {
            Transaction writer = writer(key, value);
            if (writer != null) {
                own.computeIfAbsent(writer, _ -> new ArrayList<>()).add(value);
            }
        }
        own.forEach((writer, read) -> {
            List<Integer> appended = writer.operations()
                    .stream()
                    .filter(operation -> operation instanceof Append append && append.key().equals(key))
                    .map(operation -> ((Append) operation).value())
                    .toList();
            if (!appended.subList(0, Math.min(read.size(), appended.size())).equals(read)) {
                report("incompatible order", writer.name() + " appended " + appended + " to " + key + ", which is read as " + values);
            }
        });
        for (int i = 1; i < values.size(); i++) {
            edge(writer(key, values.get(i - 1)), writer(key, values.get(i)), Why.WW, key);
        }
    }

    private void readEdges(Transaction reader, String key, int read, int next) {
        if (read != 0) {
            edge(writer(key, read), reader, Why.WR, key);
        }
        if (next != 0) {
            edge(reader, writer(key, next), Why.RW, key);
        }
    }

    private void edge(@Nullable Transaction from, @Nullable Transaction to, Why why, String key) {
        Integer before = from == null ? null : nodes.get(from);
        Integer behind = to == null ? null : nodes.get(to);
        if (before != null && behind != null) {
            graph.add(before, behind, why, key);
        }
    }

    private void registers(List<Transaction> done) {
        // By key: the value behind a value, and who wrote it.
        Map<String, Map<Integer, Integer>> following = new HashMap<>();
        for (Transaction writer : done) {
            firstReads(writer).forEach((key, operation) -> {
                int last = last(writer, key);
                if (operation instanceof Get(String _, int read) && last != 0) {
                    Integer other = following.computeIfAbsent(key, _ -> new HashMap<>()).put(read, last);
                    if (other != null) {
                        report("lost update", writer.name() + " and " + name(writer(key, other)) + " both replace " + read + " of " + key);
                    }
                    edge(read == 0 ? null : writer(key, read), writer, Why.WW, key);
                }
            });
        }
        for (Transaction reader : done) {
            firstReads(reader).forEach((key, operation) -> {
                if (operation instanceof Get(String _, int read)) {
                    if (read != 0) {
                        checkWriter(reader, key, read);
                        checkLast(reader, key, read);
                    }
                    readEdges(reader, key, read, following.getOrDefault(key, Map.of()).getOrDefault(read, 0));
                }
            });
        }
    }

    private static String name(@Nullable Transaction transaction) {
        return transaction == null ? "?" : transaction.name();
    }

    /// Acknowledged before another began: instead of an edge for each pair, a chain of moments that each transaction joins when it is
    /// acknowledged and leaves from when it begins.
    private void time(List<Transaction> done) {
        List<Transaction> acknowledged = done.stream()
                .filter(each -> each.outcome() == Outcome.COMMITTED)
                .sorted(Comparator.comparingLong(Transaction::completed))
                .toList();
        TreeMap<Long, Integer> moments = new TreeMap<>();
        int before = -1;
        for (Transaction transaction : acknowledged) {
            int moment = graph.addNode();
            byNode.add(null);
            if (before >= 0) {
                graph.add(before, moment, Why.TIME, "");
            }
            graph.add(nodes.get(transaction), moment, Why.TIME, "");
            moments.put(transaction.completed(), moment);
            before = moment;
        }
        for (Transaction transaction : done) {
            Map.Entry<Long, Integer> moment = moments.lowerEntry(transaction.invoked());
            if (moment != null) {
                graph.add(moment.getValue(), nodes.get(transaction), Why.TIME, "");
            }
        }
    }

    /// From the gravest to the least; a component that has one is not searched for the others.
    private void cycles() {
        BitSet reported = new BitSet();
        cycles(reported, "G0", Graph.WRITES, Graph.WRITES, Graph.WRITES);
        cycles(reported, "G1c", Graph.INFORMATION, EnumSet.of(Why.WR), Graph.INFORMATION);
        cycles(reported, "G-single", Graph.ALL_BUT_TIME, EnumSet.of(Why.RW), Graph.INFORMATION);
        cycles(reported, "G2", Graph.ALL_BUT_TIME, EnumSet.of(Why.RW), Graph.ALL_BUT_TIME);
        cycles(reported, "real time", Graph.ALL_BUT_RW, EnumSet.of(Why.TIME), Graph.ALL_BUT_RW);
        cycles(reported, "real time, G-single", Graph.ALL, EnumSet.of(Why.RW), Graph.ALL_BUT_RW);
        cycles(reported, "real time, G2", Graph.ALL, EnumSet.of(Why.RW), Graph.ALL);
    }

    private void cycles(BitSet reported, String anomaly, Set<Why> kinds, Set<Why> first, Set<Why> others) {
        for (List<Integer> component : graph.components(kinds)) {
            if (component.stream().anyMatch(reported::get)) {
                continue;
            }
            List<Edge> cycle = graph.shortestCycle(component, first, others);
            if (cycle != null) {
                component.forEach(reported::set);
                report(anomaly, text(cycle));
            }
        }
    }

    /// Each with why it has to come before the next.
    private String text(List<Edge> cycle) {
        StringBuilder text = new StringBuilder();
        for (Edge edge : cycle) {
            Transaction from = byNode.get(edge.from());
            if (from != null) {
                text.append(from.name()).append(" -").append(edge.why()).append(edge.key().isEmpty() ? "" : " " + edge.key()).append("-> ");
            }
        }
        // A cycle in real time may begin at a moment, which has no name.
        return text + cycle.stream()
                .map(edge -> byNode.get(edge.from()))
                .filter(Objects::nonNull)
                .findFirst()
                .map(Transaction::name)
                .orElse("…");
    }
}
