package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random queries over random rows, run by one thread and block by block by several: the answers are the same, also where hardly any memory is left, and nothing
/// is left behind. Repeat with `-Dseed=…`, and ask for more by `-Dparallel.queries=…`.
class ParallelQueriesTest {
    private static final int QUERIES = Integer.getInteger("parallel.queries", 40);
    private static final String[] KEYS = {"k", "wide", "t", "d", "f", "dt"};

    static Stream<String> seeds() {
        String given = System.getProperty("seed");
        return given == null ? Stream.of("7a11e1", "b10c") : Stream.of(given);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void partsAnswerWhatOneThreadDoes(String seed) throws SQLException {
        Random chance = new Random(Long.parseUnsignedLong(seed, 16));
        int gathered = 0;
        try (SqlClient serial = SqlClient.open("jdbc:coconut:mem:;blocks=3;query.parallelism=1");
                SqlClient parallel = SqlClient.open("jdbc:coconut:mem:;blocks=3;query.parallelism=3;query.parallel.rows=0");
                SqlClient tight = SqlClient.open(
                        "jdbc:coconut:mem:;blocks=3;query.parallelism=4;query.parallel.rows=0;query.memory=256KB")) {
            long data = chance.nextLong();
            for (SqlClient each : List.of(serial, parallel, tight)) {
                fill(each.connection(), new Random(data));
            }
            for (int i = 0; i < QUERIES; i++) {
                String sql = query(chance);
                List<String> expected = sorted(serial, sql);
                String plan = String.join("\n", parallel.rows("EXPLAIN " + sql));
                assertThat(sorted(parallel, sql)).as("seed %s: %s%n%s", seed, sql, plan).isEqualTo(expected);
                gathered += plan.contains("parallel=[3]") ? 1 : 0;
                try {
                    assertThat(sorted(tight, sql)).as("seed %s, tight: %s", seed, sql).isEqualTo(expected);
                } catch (SQLException refusal) {
                    assertThat(refusal.getSQLState()).as("seed %s: %s: %s", seed, sql, refusal).isEqualTo("53200");
                }
                assertThat(SpilledQueriesTest.memory(tight.connection())).as("seed %s: %s", seed, sql).isEqualTo("0, 0, 0");
                assertThat(SpilledQueriesTest.memory(parallel.connection())).as("seed %s: %s", seed, sql).isEqualTo("0, 0, 0");
            }
            assertThat(SpilledQueriesTest.bytesSpilled(tight.connection())).isPositive();
        }

        assertThat(gathered).as("plans in parts").isGreaterThan(QUERIES / 2);
    }

    private static void fill(Connection database, Random chance) throws SQLException {
        for (String table : List.of("a", "c")) {
            SqlClient client = new SqlClient(database);
            client.execute("CREATE TABLE " + table
                    + " (id INT, part VARCHAR(5), k INT, wide BIGINT, t VARCHAR(60), d DECIMAL(38, 3), x DOUBLE, f BOOLEAN,"
                    + " dt DATE, s SMALLINT, PRIMARY KEY (id, part)) USING HASH");
            try (PreparedStatement insert = database.prepareStatement("UPSERT INTO " + table + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                int rows = 2_000 + chance.nextInt(2_000);
                for (int i = 0; i < rows; i++) {
                    int key = chance.nextInt(20) == 0 ? 7 : chance.nextInt(500);
                    Object[] values = {chance.nextInt(rows), "p" + chance.nextInt(3), key, Long.MAX_VALUE / 3 - key, "t" + key % 90,
                            new BigDecimal("12345678901234567890123456789.125").multiply(BigDecimal.valueOf(key % 7)).setScale(3,
                                    RoundingMode.DOWN),
                            key / 8.0, key % 3 == 0, LocalDate.ofEpochDay(key % 60), (short) (key - 250)};
                    for (int column = 0; column < values.length; column++) {
                        boolean isNull = column > 1 && chance.nextInt(12) == 0;
                        insert.setObject(column + 1, isNull ? null : values[column]);
                    }
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        }
    }

    private static String query(Random chance) {
        String key = KEYS[chance.nextInt(KEYS.length)];
        String filter = List.of("", " WHERE s > 20", " WHERE k BETWEEN 5 AND 300 AND MOD(s, 3) = 0", " WHERE t LIKE 't1%' OR f",
                " WHERE k < 0").get(chance.nextInt(5));
        String results =
                "COUNT(*), COUNT(x), SUM(k), SUM(s), SUM(wide), SUM(d), AVG(k), AVG(d), MIN(t), MAX(t), MIN(dt), MAX(x), SUM(k) FILTER (WHERE f),"
                        + " EVERY(f), SOME(f), SUM(x), STDDEV_POP(s), BIT_AND(k)";
        return switch (chance.nextInt(12)) {
            case 0 -> "SELECT " + results + " FROM a" + filter;
            case 1, 2 -> "SELECT " + key + ", " + results + " FROM a" + filter + " GROUP BY " + key;
            case 3 -> "SELECT " + key + ", f, COUNT(DISTINCT k), COUNT(DISTINCT t), SUM(s) FROM a" + filter + " GROUP BY " + key + ", f";
            case 4 -> "SELECT DISTINCT " + key + ", f FROM a" + filter;
            case 5 -> "SELECT id, part, " + key + ", k * 2 + s FROM a" + filter;
            case 6 -> "SELECT COUNT(*) FROM a" + filter;
            case 7 -> "SELECT l.id, l.part, r." + key + ", l.t FROM a AS l " + type(chance)
                    + " JOIN c AS r ON l.id = r.id AND l.part = r.part" + (chance.nextBoolean() ? " AND l.k > r.k" : "");
            case 8 -> "SELECT l.id, l.part, COUNT(*), SUM(l.k + r.k), MAX(r.t) FROM a AS l JOIN c AS r ON r.part = l.part AND l.id = r.id"
                    + " GROUP BY l.id, l.part, l.k";
            case 9 -> "SELECT l." + key + ", COUNT(*), SUM(r.wide) FROM a AS l JOIN c AS r ON l." + key + " = r." + key
                    + " AND r.s = 77 GROUP BY l." + key;
            case 10 -> "SELECT id, part, k FROM a" + filter + " ORDER BY id DESC, part LIMIT " + (1 + chance.nextInt(50));
            default -> "SELECT id, part, t FROM a WHERE " + (chance.nextBoolean() ? "NOT " : "")
                    + "EXISTS (SELECT 1 FROM c WHERE c.id = a.id AND c.part = a.part AND c.s < a.s)";
        };
    }

    private static String type(Random chance) {
        return List.of("INNER", "LEFT", "RIGHT", "FULL").get(chance.nextInt(4));
    }

    private static List<String> sorted(SqlClient database, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try {
            rows.addAll(database.rows(sql));
        } catch (SQLException failure) {
            if (failure.getSQLState().equals("53200")) {
                throw failure;
            }
            // Sums have no room for their digits: either way.
            rows.add(failure.getSQLState());
        }
        if (!sql.contains("ORDER BY")) {
            Collections.sort(rows);
        }
        return rows;
    }
}
