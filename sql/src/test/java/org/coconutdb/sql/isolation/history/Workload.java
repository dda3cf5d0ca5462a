package org.coconutdb.sql.isolation.history;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.coconutdb.engine.history.History.Append;
import org.coconutdb.engine.history.History.Get;
import org.coconutdb.engine.history.History.Operation;
import org.coconutdb.engine.history.History.Read;
import org.coconutdb.engine.history.History.Write;

/// Random transactions in SQL over a few rows that many want: registers; lists that are a row each, which comes with their first element;
/// and lists that are a row for each element, found by a range of keys.
///
/// The rows are others after each [#VALUES_OF_KEYS] values, so that rows are missing and new all the time, and lists stay short.
final class Workload {
    private static final int KEYS = 6;
    private static final int VALUES_OF_KEYS = 400;
    private static final List<String> KINDS = List.of("HASH", "SORTED");
    private static final String ELEMENTS = "elements";

    private Workload() {}

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String kind : KINDS) {
                statement.execute("CREATE TABLE IF NOT EXISTS list_" + kind + " (id INT PRIMARY KEY, v VARCHAR(500000)) USING " + kind);
                statement.execute("CREATE TABLE IF NOT EXISTS register_" + kind + " (id INT PRIMARY KEY, v INT) USING " + kind);
            }
            statement.execute("CREATE TABLE IF NOT EXISTS list_elements (id INT, place INT, v INT, PRIMARY KEY (id, place)) USING SORTED");
        }
    }

    /// Runs a transaction's operations, without its end.
    ///
    /// @param values the last one that was given to a write; each has one of its own
    static List<Operation> run(Connection connection, Random random, AtomicInteger values) throws SQLException {
        List<Operation> operations = new ArrayList<>();
        int firstId = firstId(values.get());
        for (int i = random.nextInt(6); i >= 0; i--) {
            String kind = KINDS.get(random.nextInt(2));
            int id = firstId + random.nextInt(KEYS);
            switch (random.nextInt(8)) {
                case 0, 1 -> operations.add(append(connection, kind, id, values.incrementAndGet()));
                case 2 -> operations.add(read(connection, kind, id));
                case 3 -> operations.addAll(readRange(connection, kind, id, firstId + random.nextInt(KEYS)));
                case 4 -> operations.add(get(connection, kind, id));
                case 5 -> operations.add(appendElement(connection, id, values.incrementAndGet()));
                case 6 -> operations.add(readElements(connection, id));
                default -> {
                    Get before = get(connection, kind, id);
                    operations.add(before);
                    operations.add(write(connection, kind, id, before.value(), values.incrementAndGet()));
                }
            }
        }
        return operations;
    }

    private static int firstId(int value) {
        return value / VALUES_OF_KEYS * KEYS;
    }

    /// Reads everything that was written.
    ///
    /// @param lastValue the greatest value given to a write
    static List<Operation> readAll(Connection connection, int lastValue) throws SQLException {
        int lastId = firstId(lastValue) + KEYS - 1;
        List<Operation> reads = new ArrayList<>();
        for (String kind : KINDS) {
            reads.addAll(readRange(connection, kind, 0, lastId));
            for (int id = 0; id <= lastId; id++) {
                reads.add(get(connection, kind, id));
            }
        }
        for (int id = 0; id <= lastId; id++) {
            reads.add(readElements(connection, id));
        }
        return reads;
    }

    private static Append appendElement(Connection connection, int id, int value) throws SQLException {
        int last;
        try (PreparedStatement select = connection.prepareStatement("SELECT MAX(place) FROM list_elements WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                last = row.getInt(1);
            }
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO list_elements VALUES (?, ?, ?)")) {
            insert.setInt(1, id);
            insert.setInt(2, last + 1);
            insert.setInt(3, value);
            insert.executeUpdate();
        }
        return new Append(ELEMENTS + id, value);
    }

    private static Read readElements(Connection connection, int id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT v FROM list_elements WHERE id = ? ORDER BY place")) {
            select.setInt(1, id);
            try (ResultSet rows = select.executeQuery()) {
                List<Integer> values = new ArrayList<>();
                while (rows.next()) {
                    values.add(rows.getInt(1));
                }
                return new Read(ELEMENTS + id, values);
            }
        }
    }

    private static Append append(Connection connection, String kind, int id, int value) throws SQLException {
        int found;
        try (PreparedStatement update = connection.prepareStatement("UPDATE list_" + kind
                + " SET v = v || CAST(? AS VARCHAR(12)) WHERE id = ?")) {
            update.setString(1, "," + value);
            update.setInt(2, id);
            found = update.executeUpdate();
        }
        if (found == 0) {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO list_" + kind + " VALUES (?, ?)")) {
                insert.setInt(1, id);
                insert.setString(2, Integer.toString(value));
                insert.executeUpdate();
            }
        }
        return new Append(kind + id, value);
    }

    private static List<Integer> list(String text) {
        return Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }

    private static Read read(Connection connection, String kind, int id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT v FROM list_" + kind + " WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet row = select.executeQuery()) {
                return new Read(kind + id, row.next() ? list(row.getString(1)) : List.of());
            }
        }
    }

    /// All lists of a range, those that are not there yet among them.
    private static List<Operation> readRange(Connection connection, String kind, int one, int other) throws SQLException {
        Map<Integer, List<Integer>> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT id, v FROM list_" + kind + " WHERE id BETWEEN ? AND ?")) {
            select.setInt(1, Math.min(one, other));
            select.setInt(2, Math.max(one, other));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getInt(1), list(rows.getString(2)));
                }
            }
        }
        List<Operation> reads = new ArrayList<>();
        for (int id = Math.min(one, other); id <= Math.max(one, other); id++) {
            reads.add(new Read(kind + id, found.getOrDefault(id, List.of())));
        }
        return reads;
    }

    private static Get get(Connection connection, String kind, int id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT v FROM register_" + kind + " WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet row = select.executeQuery()) {
                return new Get("register " + kind + id, row.next() ? row.getInt(1) : 0);
            }
        }
    }

    private static Write write(Connection connection, String kind, int id, int before, int value) throws SQLException {
        String sql = before == 0 ? "INSERT INTO register_" + kind + " (v, id) VALUES (?, ?)"
                : "UPDATE register_" + kind + " SET v = ? WHERE id = ?";
        try (PreparedStatement change = connection.prepareStatement(sql)) {
            change.setInt(1, value);
            change.setInt(2, id);
            change.executeUpdate();
        }
        return new Write("register " + kind + id, value);
    }

    /// An operation as a word, for a pipe.
    static String text(Operation operation) {
        return switch (operation) {
            case Append(String key, int value) -> "a:" + key + ":" + value;
            case Read(String key, List<Integer> values) -> "r:" + key + ":" + String.join(",", values.stream().map(String::valueOf)
                    .toList());
            case Write(String key, int value) -> "w:" + key + ":" + value;
            case Get(String key, int value) -> "g:" + key + ":" + value;
        };
    }

    static Operation operation(String text) {
        String[] parts = text.split(":", -1);
        return switch (parts[0]) {
            case "a" -> new Append(parts[1], Integer.parseInt(parts[2]));
            case "r" -> new Read(parts[1], parts[2].isEmpty() ? List.of() : list(parts[2]));
            case "w" -> new Write(parts[1], Integer.parseInt(parts[2]));
            case "g" -> new Get(parts[1], Integer.parseInt(parts[2]));
            default -> throw new IllegalArgumentException(text);
        };
    }
}
