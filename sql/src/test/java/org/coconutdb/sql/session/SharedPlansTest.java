package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.sql.SqlClient;
import org.coconutdb.sql.docs.MarkdownExamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Statements that differ in literals share a plan, and answer as if they did not.
class SharedPlansTest {
    private static final int ROUNDS = 400;
    private static final List<String> COLUMNS = List.of("id", "b", "s", "d", "v", "c", "dy", "f", "r", "n");
    private static final List<String> LITERALS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "2", "3", "70000", "2147483647",
            "2147483648", "99999999999999999",
            "9223372036854775807", "1.5", "2.00", "123456789.125", "-3", "1e3", "'a'", "'b'", "'a '", "''", "'ab''c'",
            "'longer than the column'", "'3'",
            "'2024-01-02'", "'true'", "TRUE", "NULL", "DATE '2024-01-02'", "'ü𝄞'", "1 + 1", "CAST('2' AS INT)", "007");

    /// A client of a database of its own, and a session in the same.
    private record Peer(SqlClient sql, Session session) implements AutoCloseable {
        static Peer open() throws SQLException {
            String url = "jdbc:coconut:mem:" + UUID.randomUUID() + ";memory.lock=off;blocks=2";
            return new Peer(SqlClient.open(url), new EmbeddedProvider().open(url, new Properties()));
        }

        static Peer openWithTable() throws SQLException {
            Peer opened = open();
            opened.sql.execute(
                    "CREATE TABLE t (id INT PRIMARY KEY, b BIGINT, s SMALLINT, d DECIMAL(8, 2), v VARCHAR(6), c CHAR(4), dy DATE, "
                            + "f BOOLEAN, r DOUBLE, n INT DEFAULT 9 CHECK (n < 1000)) USING SORTED", "CREATE INDEX t_b ON t (b)",
                    "CREATE UNIQUE INDEX t_v ON t (v)");
            return opened;
        }

        PlanCache plans() {
            return ((EmbeddedSession) session).database().plans();
        }

        @Override
        public void close() throws SQLException {
            sql.close();
            session.close();
        }
    }

    static LongStream seeds() {
        String chosen = System.getProperty("seed");
        return chosen == null ? LongStream.rangeClosed(1, 3) : LongStream.of(Long.parseLong(chosen, 16));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void answersAreThoseOfPlansOfTheirOwn(long seed) throws SQLException {
        try (Peer sharing = Peer.openWithTable(); Peer alone = Peer.openWithTable()) {
            alone.plans().setSharing(false);
            Random random = new Random(seed);
            for (int round = 0; round < ROUNDS; round++) {
                String sql = statement(random);
                String rerun = "-Dtest=SharedPlansTest -Dseed=" + Long.toHexString(seed) + " round " + round + ": " + sql;

                assertThat(answer(sharing.sql, sql)).as(rerun).isEqualTo(answer(alone.sql, sql));
            }

            assertThat(sharing.sql.rows("SELECT * FROM t ORDER BY id")).isEqualTo(alone.sql.rows("SELECT * FROM t ORDER BY id"))
                    .isNotEmpty();
            assertThat(Integer.parseInt(sharing.sql.rows("SELECT SUM(uses) FROM \"SYSTEM\".CACHED_PLANS WHERE is_shared").getFirst()))
                    .as("statements that shared a plan").isGreaterThan(ROUNDS / 8);
        }
    }

    private static String statement(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> "SELECT * FROM t WHERE id = " + literal(random);
            case 1 -> "SELECT x.v, x.id FROM t AS x WHERE x." + column(random) + " = " + literal(random) + " ORDER BY 2";
            case 2 -> "SELECT id FROM t WHERE (" + column(random) + " = " + literal(random) + " AND " + column(random) + " = " + literal(
                    random)
                    + ") ORDER BY id LIMIT 3";
            case 3 -> "SELECT COUNT(*), MAX(" + column(random) + ") FROM t WHERE " + column(random) + " = " + literal(random);
            case 4 -> "SELECT id, v || 'x', n + 1 FROM t WHERE id = " + random.nextInt(8);
            case 5 -> "UPDATE t SET " + column(random) + " = " + literal(random) + ", n = n + 1 WHERE id = " + literal(random);
            case 6 -> "UPDATE t SET " + column(random) + " = " + literal(random) + " WHERE " + column(random) + " = " + literal(random);
            case 7 -> "DELETE FROM t WHERE " + column(random) + " = " + literal(random);
            case 8 -> "UPSERT INTO t (id, " + distinct(random) + ") VALUES (" + random.nextInt(8) + ", " + literal(random) + ", " + literal(
                    random) + ")";
            default -> "INSERT INTO t (id, b, v, n) VALUES (" + random.nextInt(8) + ", " + literal(random) + ", " + literal(random) + ", "
                    + random.nextInt(9) + "), (" + literal(random) + ", 5, 'v" + random.nextInt(99) + "', DEFAULT)";
        };
    }

    private static String column(Random random) {
        return COLUMNS.get(random.nextInt(COLUMNS.size()));
    }

    private static String distinct(Random random) {
        int first = 1 + random.nextInt(COLUMNS.size() - 2);
        return COLUMNS.get(first) + ", " + COLUMNS.get(first + 1);
    }

    private static String literal(Random random) {
        return LITERALS.get(random.nextInt(LITERALS.size()));
    }

    /// Rows, or the count, or the error, with names and types of columns.
    private static String answer(SqlClient sql, String text) {
        try (Statement statement = sql.connection().createStatement()) {
            if (!statement.execute(text)) {
                return "changed " + statement.getUpdateCount();
            }
            StringBuilder answer = new StringBuilder();
            try (ResultSet rows = statement.getResultSet()) {
                int columns = rows.getMetaData().getColumnCount();
                for (int i = 1; i <= columns; i++) {
                    answer.append(rows.getMetaData().getColumnLabel(i)).append(' ').append(rows.getMetaData().getColumnTypeName(i)).append(
                            '|');
                }
                while (rows.next()) {
                    answer.append('\n');
                    for (int i = 1; i <= columns; i++) {
                        answer.append(rows.getString(i)).append('|');
                    }
                }
            }
            return answer.toString();
        } catch (SQLException refused) {
            return refused.getSQLState() + " " + refused.getMessage();
        }
    }

    @Test
    void theExamplesOfTheManualAnswerTheSame() throws SQLException, IOException {
        List<String> differences = new ArrayList<>();
        try (Peer sharing = Peer.open(); Peer alone = Peer.open()) {
            alone.plans().setSharing(false);
            for (MarkdownExamples.Example example : MarkdownExamples.examples(MarkdownExamples.read("sql.md"))) {
                if (example.answer() == null && example.sqlState() == null && !example.sql().startsWith("INSERT")
                        && example.sql().startsWith("SELECT")) {
                    // Shown without an answer, because that differs from run to run.
                    continue;
                }
                String shared = answer(sharing.sql, example.sql());
                String own = answer(alone.sql, example.sql());
                if (!shared.equals(own) && !example.sql().startsWith("EXPLAIN ANALYZE")) {
                    differences.add(example.sql() + "\ngives\n" + shared + "\nand by itself\n" + own);
                }
            }
        }

        assertThat(differences).isEmpty();
    }

    @Test
    void aThousandKeysHaveOnePlan() throws SQLException {
        try (Peer peer = Peer.openWithTable()) {
            SqlClient sql = peer.sql;
            long before = peer.plans().plannings();

            for (int i = 0; i < 1_000; i++) {
                sql.execute("INSERT INTO t (id, v) VALUES (" + i + ", 'v" + i + "')");
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(sql.rows("SELECT v FROM t WHERE id = " + i)).containsExactly("v" + i);
            }
            sql.execute("UPDATE t SET n = 5 WHERE id = 7", "UPDATE t SET n = 6 WHERE id = 8");

            assertThat(peer.plans().plannings() - before).isEqualTo(3);
            assertThat(sql.rows("SELECT statement, is_shared, uses FROM \"SYSTEM\".CACHED_PLANS WHERE is_shared ORDER BY uses, statement"))
                    .containsExactly("UPDATE t SET n = ? WHERE id = ?|true|2", "INSERT INTO t (id, v) VALUES (?, ?)|true|1000",
                            "SELECT v FROM t WHERE id = ?|true|1000");
            assertThat(sql.rows("SELECT COUNT(*) FROM \"SYSTEM\".CACHED_PLANS WHERE planning_micros <= 0")).containsExactly("0");
        }
    }

    @Test
    void aPlanThatIsSharedGoesWithItsTable() throws SQLException {
        try (Peer peer = Peer.openWithTable()) {
            SqlClient sql = peer.sql;
            sql.execute("INSERT INTO t (id, v) VALUES (1, 'a')", "INSERT INTO t (id, v) VALUES (2, 'b')");
            try (PreparedStatement select = sql.connection().prepareStatement("SELECT * FROM t WHERE id = 2")) {
                assertThat(select.getParameterMetaData().getParameterCount()).isZero();
                sql.execute("ALTER TABLE t DROP COLUMN d");
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(rows.getMetaData().getColumnCount()).isEqualTo(9);
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString("v")).isEqualTo("b");
                }
            }
            sql.execute("DROP TABLE t", "CREATE TABLE t (id VARCHAR(5) PRIMARY KEY)", "INSERT INTO t VALUES ('1')");
            assertThat(sql.rows("SELECT id FROM t WHERE id = 1")).containsExactly("1");
        }
    }

    @Test
    void batchesShareToo() throws SQLException {
        try (Peer peer = Peer.openWithTable(); Statement batch = peer.sql.connection().createStatement()) {
            SqlClient sql = peer.sql;
            long before = peer.plans().plannings();
            for (int i = 0; i < 50; i++) {
                batch.addBatch("INSERT INTO t (id, n) VALUES (" + i + ", " + i + ")");
            }

            assertThat(batch.executeBatch()).containsOnly(1).hasSize(50);

            assertThat(peer.plans().plannings() - before).isEqualTo(1);
            assertThat(sql.rows("SELECT n FROM t ORDER BY id")).isEqualTo(IntStream.range(0, 50).mapToObj(String::valueOf).toList());
        }
    }

    @Test
    void theLeastRecentlyUsedPlanLeaves() {
        PlanTable<String> plans = new PlanTable<>(3);
        for (String text : List.of("a", "b", "c")) {
            plans.put(new PlanTable.Key(text, 1, "PUBLIC"), text, 1_000);
        }

        assertThat(plans.find(new PlanTable.Key("a", 1, "PUBLIC"))).isEqualTo("a");
        plans.put(new PlanTable.Key("d", 1, "PUBLIC"), "d", 1_000);

        assertThat(plans.all()).extracting(PlanTable.Cached::plan).containsExactly("c", "a", "d");
        assertThat(plans.find(new PlanTable.Key("c", 2, "PUBLIC"))).as("of another catalogue").isNull();
    }
}
