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
import org.coconutdb.sql.isolation.history.History.Append;
import org.coconutdb.sql.isolation.history.History.Get;
import org.coconutdb.sql.isolation.history.History.Operation;
import org.coconutdb.sql.isolation.history.History.Read;
import org.coconutdb.sql.isolation.history.History.Write;

/// Random transactions in SQL over a few rows that many want: lists in a hash and a sorted table, whose rows come with their first element,
/// and registers.
final class Workload {
    static final int KEYS = 6;
    static final List<String> KINDS = List.of("HASH", "SORTED");

    private Workload() {}

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String kind : KINDS) {
                statement.execute("CREATE TABLE IF NOT EXISTS list_" + kind + " (id INT PRIMARY KEY, v VARCHAR(500000)) USING " + kind);
                statement.execute("CREATE TABLE IF NOT EXISTS register_" + kind + " (id INT PRIMARY KEY, v INT) USING " + kind);
            }
        }
    }

    /// Runs a transaction's operations, without its end.
    ///
    /// @param values gives each write a value of its own
    static List<Operation> run(Connection connection, Random random, Values values) throws SQLException {
        List<Operation> operations = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            String kind = KINDS.get(random.nextInt(2));
            int id = random.nextInt(KEYS);
            switch (random.nextInt(6)) {
                case 0, 1 -> operations.add(append(connection, kind, id, values.next()));
                case 2 -> operations.add(read(connection, kind, id));
                case 3 -> operations.addAll(readRange(connection, kind, random.nextInt(KEYS), random.nextInt(KEYS)));
                case 4 -> operations.add(get(connection, kind, id));
                default -> {
                    Get before = get(connection, kind, id);
                    operations.add(before);
                    operations.add(write(connection, kind, id, before.value(), values.next()));
                }
            }
        }
        return operations;
    }

    /// Numbers that nobody else has.
    interface Values {
        int next();
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
    static List<Operation> readRange(Connection connection, String kind, int one, int other) throws SQLException {
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
