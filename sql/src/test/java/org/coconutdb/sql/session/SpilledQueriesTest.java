package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random queries over random rows of all types, with hardly any memory for their operators and with enough: the answers are the same, and nothing is left
/// behind. Repeat with `-Dseed=…`, and ask for more by `-Dspill.queries=…`.
class SpilledQueriesTest {
    private static final int QUERIES = Integer.getInteger("spill.queries", 25);
    private static final String[] KEYS = {"k", "wide", "t", "d", "x", "u", "b", "dt", "ts", "f", "tm"};

    static Stream<String> seeds() {
        String given = System.getProperty("seed");
        return given == null ? Stream.of("51", "ab1e") : Stream.of(given);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void littleMemoryGivesTheSameAnswers(String seed) throws SQLException {
        Random chance = new Random(Long.parseUnsignedLong(seed, 16));
        int refused = 0;
        try (Connection much = DriverManager.getConnection("jdbc:coconut:mem:");
                Connection little = DriverManager.getConnection("jdbc:coconut:mem:;query.memory=256KB")) {
            fill(chance.nextLong(), much, little);
            for (int i = 0; i < QUERIES; i++) {
                String sql = query(chance);
                List<String> expected = rows(much, sql);
                try {
                    assertThat(rows(little, sql)).as("seed " + seed + ": " + sql).isEqualTo(expected);
                } catch (SQLException refusal) {
                    assertThat(refusal.getSQLState()).as("seed " + seed + ": " + sql + ": " + refusal).isEqualTo("53200");
                    refused++;
                }
                assertThat(memory(little)).as("seed " + seed + ": " + sql).isEqualTo("0, 0, 0");
            }
            assertThat(bytesSpilled(little)).isPositive();
            assertThat(bytesSpilled(much)).isZero();
        }

        assertThat(refused).as("refused").isLessThan(QUERIES / 5 + 1);
    }

    private static void fill(long seed, Connection... databases) throws SQLException {
        for (Connection database : databases) {
            Random chance = new Random(seed);
            try (Statement statement = database.createStatement()) {
                for (String table : List.of("a", "c")) {
                    statement.execute("CREATE TABLE " + table
                            + " (id INT PRIMARY KEY, k INT, wide BIGINT, t VARCHAR(60), d DECIMAL(20, 3), "
                            + "x DOUBLE, u UUID, b VARBINARY(20), dt DATE, ts TIMESTAMP(3), f BOOLEAN, tm TIME(3), s SMALLINT, r REAL)");
                }
            }
            insert(database, "a", 1_500 + chance.nextInt(1_500), chance);
            insert(database, "c", 1_000 + chance.nextInt(1_500), chance);
        }
    }

    private static void insert(Connection database, String table, int rows, Random chance) throws SQLException {
        try (PreparedStatement insert = database.prepareStatement("INSERT INTO " + table + " VALUES (?" + ", ?".repeat(13) + ")")) {
            for (int id = 0; id < rows; id++) {
                insert.setInt(1, id);
                Object[] values = values(chance);
                for (int i = 0; i < values.length; i++) {
                    insert.setObject(i + 2, chance.nextInt(10) == 0 ? null : values[i]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Object[] values(Random chance) {
        // Now and then one that many rows have.
        int key = chance.nextInt(20) == 0 ? 7 : chance.nextInt(2_000);
        String[] letters = {"a", "ä", "€", "z", "\uD83D\uDE00"};
        String text = letters[chance.nextInt(letters.length)].repeat(chance.nextInt(20)) + key % 300;
        return new Object[] {key, key * 1_000_000_007L - 1_000, text, BigDecimal.valueOf(key * 7L, 3), key % 3 == 0 ? 0.0 : key / 3.0,
                new UUID(key, -key), text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 20 ? new byte[] {(byte) key}
                        : text.getBytes(java.nio.charset.StandardCharsets.UTF_8), LocalDate.ofEpochDay(key % 700),
                LocalDateTime.of(2020, 1, 1, 0, 0).plusSeconds(key * 3_601L), key % 5 == 0, LocalTime.ofSecondOfDay(key * 40L),
                (short) (key - 1_000), (float) key / 8};
    }

    private static String query(Random chance) {
        return switch (chance.nextInt(12)) {
            case 0, 1, 2, 3 -> join(chance);
            case 4 -> "SELECT " + key(chance) + ", COUNT(*), SUM(wide), MIN(t), MAX(d), AVG(d), MAX(b) FROM a GROUP BY " + lastKey;
            case 5 -> "SELECT id, t, " + key(chance) + " AS q, d, u FROM a ORDER BY q" + (chance.nextBoolean() ? " DESC" : "")
                    + ", id" + (chance.nextBoolean() ? "" : " LIMIT " + (1 + chance.nextInt(2_000)) + " OFFSET " + chance.nextInt(700));
            case 6 -> "SELECT DISTINCT " + key(chance) + ", t, d FROM a";
            case 7 -> "SELECT " + key(chance) + ", k, t FROM a " + setOperation(chance) + " SELECT " + lastKey + ", k, t FROM c";
            case 8 -> "SELECT id, t, ROW_NUMBER() OVER (PARTITION BY " + key(chance)
                    + " ORDER BY id), SUM(k) OVER (PARTITION BY k, f ORDER BY id "
                    + "ROWS BETWEEN 3 PRECEDING AND CURRENT ROW), LAG(t) OVER (PARTITION BY dt ORDER BY id) FROM a";
            case 9 -> "SELECT f, dt, " + key(chance) + ", COUNT(*), COUNT(DISTINCT t), GROUPING(f, dt) FROM a GROUP BY GROUPING SETS ((f, "
                    + lastKey
                    + "), (dt), (f, dt), ())";
            case 10 -> "SELECT id, t FROM a WHERE " + (chance.nextBoolean() ? "NOT " : "") + "EXISTS (SELECT 1 FROM c WHERE c." + key(
                    chance) + " = a."
                    + lastKey + " AND c.id > a.id - 500)";
            default -> "SELECT id, d FROM a WHERE " + key(chance) + (chance.nextBoolean() ? " NOT" : "") + " IN (SELECT " + lastKey
                    + " FROM c WHERE s > " + (chance.nextInt(1_000) - 500) + (chance.nextBoolean() ? ")" : " AND " + lastKey
                            + " IS NOT NULL)");
        };
    }

    private static String lastKey = "k";

    private static String key(Random chance) {
        lastKey = KEYS[chance.nextInt(KEYS.length)];
        return lastKey;
    }

    private static String setOperation(Random chance) {
        return List.of("UNION", "INTERSECT", "EXCEPT", "UNION ALL", "INTERSECT ALL", "EXCEPT ALL").get(chance.nextInt(6));
    }

    private static String join(Random chance) {
        String type = List.of("INNER", "LEFT", "RIGHT", "FULL").get(chance.nextInt(4));
        String key = key(chance);
        if (key.equals("f")) {
            key = "k";
        }
        String on = switch (chance.nextInt(5)) {
            case 0 -> "a." + key + " = c." + key + " AND a.id < c.id + 300";
            case 1 -> "a." + key + " = c." + key + " AND a.k = c.k";
            case 2 -> "a.k = c.k AND a.f IS NOT DISTINCT FROM c.f AND a.t IS NOT DISTINCT FROM c.t";
            case 3 -> "a.id < 150 AND a.id > c.id + 140 AND a." + key + " <> c." + key;
            default -> "a." + key + " = c." + key;
        };
        return "SELECT a.id, a.t, c.id, c.d, c.u FROM a " + type + " JOIN c ON " + on;
    }

    private static List<String> rows(Connection database, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = database.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    Object value = found.getObject(i);
                    row.append(value instanceof byte[] bytes ? java.util.HexFormat.of().formatHex(bytes) : value).append('|');
                }
                rows.add(row.toString());
            }
        }
        if (!sql.contains("ORDER BY id") && !sql.contains(", id")) {
            Collections.sort(rows);
        } else if (sql.contains(" OVER ") || sql.contains("JOIN")) {
            Collections.sort(rows);
        }
        return rows;
    }

    /// What statements have at the moment: of memory, of files, and how many do.
    static String memory(Connection database) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet found = statement.executeQuery(
                        "SELECT reserved_bytes, spilled_bytes, statements FROM \"SYSTEM\".query_memory")) {
            found.next();
            return found.getLong(1) + ", " + found.getLong(2) + ", " + found.getInt(3);
        }
    }

    static long bytesSpilled(Connection database) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet found = statement.executeQuery("SELECT spilled_bytes_ever FROM \"SYSTEM\".query_memory")) {
            found.next();
            return found.getLong(1);
        }
    }
}
