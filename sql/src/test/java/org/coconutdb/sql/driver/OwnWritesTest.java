package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A transaction sees what it has written, by every operator, and nobody else does before it commits.
class OwnWritesTest {
    private static final String URL = "jdbc:coconut:mem:own-writes-test;memory.lock=off;blocks=2";

    private Connection connection;
    private Connection other;

    @BeforeEach
    void connect() throws SQLException {
        connection = DriverManager.getConnection(URL);
        other = DriverManager.getConnection(URL);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
        other.close();
    }

    private static long update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeLargeUpdate(sql);
        }
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            return texts(rows);
        }
    }

    private static List<String> texts(ResultSet rows) throws SQLException {
        List<String> texts = new ArrayList<>();
        while (rows.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                row.add(rows.getString(i));
            }
            texts.add(String.join(" ", row));
        }
        return texts;
    }

    private List<String> plan(String sql) throws SQLException {
        return rows(connection, "EXPLAIN " + sql);
    }

    /// Of rows 1 to 6, 2 is changed, 3 deleted, 4 deleted and inserted again, and 7 is new.
    private void change(String kind) throws SQLException {
        update(connection, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10), n INT) USING " + kind);
        update(connection, "INSERT INTO t VALUES (1, 'a', 10), (2, 'b', 20), (3, 'c', 30), (4, 'd', 40), (5, 'e', 50), (6, 'f', 60)");
        connection.setAutoCommit(false);
        assertThat(update(connection, "UPDATE t SET v = 'B' WHERE id = 2")).isEqualTo(1);
        assertThat(update(connection, "DELETE FROM t WHERE id = 3")).isEqualTo(1);
        assertThat(update(connection, "DELETE FROM t WHERE id = 4")).isEqualTo(1);
        assertThat(update(connection, "INSERT INTO t VALUES (4, 'D', 41), (7, 'G', 70)")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"HASH", "SORTED"})
    void lookupsByKeySeeThem(String kind) throws SQLException {
        change(kind);

        assertThat(plan("SELECT v FROM t WHERE id = 7").getFirst()).startsWith("PointLookup");
        assertThat(rows(connection, "SELECT v FROM t WHERE id = 7")).containsExactly("G");
        assertThat(rows(connection, "SELECT v FROM t WHERE id = 2")).containsExactly("B");
        assertThat(rows(connection, "SELECT v FROM t WHERE id = 3")).isEmpty();
        assertThat(rows(connection, "SELECT v FROM t WHERE id = 4")).containsExactly("D");
        assertThat(plan("SELECT v FROM t WHERE id IN (1, 2, 3, 4, 7, 8)").getFirst()).startsWith("MultiPointLookup");
        assertThat(rows(connection, "SELECT v FROM t WHERE id IN (1, 2, 3, 4, 7, 8)")).containsExactlyInAnyOrder("a", "B", "D", "G");
        assertThat(rows(other, "SELECT v FROM t WHERE id IN (2, 3, 4, 7)")).containsExactlyInAnyOrder("b", "c", "d");
    }

    @Test
    void rangesInBothDirectionsSeeThemInOrder() throws SQLException {
        change("SORTED");

        String forward = "SELECT id, v FROM t WHERE id BETWEEN 2 AND 7 ORDER BY id";
        String backward = "SELECT id, v FROM t WHERE id >= 2 ORDER BY id DESC";
        assertThat(plan(forward).getFirst()).startsWith("RangeScan");
        assertThat(rows(connection, forward)).containsExactly("2 B", "4 D", "5 e", "6 f", "7 G");
        assertThat(plan(backward).getFirst()).startsWith("RangeScan");
        assertThat(rows(connection, backward)).containsExactly("7 G", "6 f", "5 e", "4 D", "2 B");
        assertThat(rows(connection, "SELECT id FROM t WHERE id > 7 OR id < 2 ORDER BY id")).containsExactly("1");
    }

    @ParameterizedTest
    @CsvSource({"HASH", "SORTED"})
    void scansJoinsAndAggregatesSeeThem(String kind) throws SQLException {
        change(kind);

        assertThat(rows(connection, "SELECT v FROM t WHERE n >= 20")).containsExactlyInAnyOrder("B", "D", "e", "f", "G");
        assertThat(rows(connection, "SELECT COUNT(*), SUM(n), MAX(v) FROM t")).containsExactly("6 251 f");
        assertThat(rows(connection, "SELECT a.v || b.v FROM t a JOIN t b ON a.id = b.id + 2 ORDER BY a.id"))
                .containsExactly("DB", "fD", "Ge");
        assertThat(rows(connection, "SELECT v FROM t WHERE n IN (SELECT n FROM t WHERE id IN (4, 7)) ORDER BY v"))
                .containsExactly("D", "G");
        assertThat(rows(other, "SELECT COUNT(*), SUM(n), MAX(v) FROM t")).containsExactly("6 210 f");
        connection.commit();
        assertThat(rows(other, "SELECT COUNT(*), SUM(n), MAX(v) FROM t")).containsExactly("6 251 f");
    }

    @ParameterizedTest
    @CsvSource({"HASH", "SORTED"})
    void laterWritesBuildOnThem(String kind) throws SQLException {
        change(kind);

        assertThat(update(connection, "UPDATE t SET n = n + 1 WHERE n >= 41")).isEqualTo(4);
        assertThat(update(connection, "DELETE FROM t WHERE v = 'G'")).isEqualTo(1);
        assertThat(update(connection, "UPDATE t SET id = id + 10 WHERE id IN (2, 4)")).isEqualTo(2);
        assertThat(update(connection, "INSERT INTO t SELECT id + 100, v || '!', n FROM t WHERE id > 4")).isEqualTo(4);
        assertThat(update(connection, "UPDATE t SET v = UPPER(v) WHERE id = 105")).isEqualTo(1);
        connection.commit();

        assertThat(rows(other, "SELECT id, v, n FROM t ORDER BY id")).containsExactly(
                "1 a 10", "5 e 51", "6 f 61", "12 B 20", "14 D 42", "105 E! 51", "106 f! 61", "112 B! 20", "114 D! 42");
    }

    @ParameterizedTest
    @CsvSource({"HASH", "SORTED"})
    void whatMeetsAConflictMeetsThemToo(String kind) throws SQLException {
        change(kind);

        assertThat(update(connection, "INSERT INTO t VALUES (7, 'x', 1), (3, 'C', 33) ON CONFLICT DO NOTHING")).isEqualTo(1);
        assertThat(update(connection,
                "INSERT INTO t VALUES (7, 'y', 1), (2, 'z', 2), (8, 'H', 80) ON CONFLICT DO UPDATE SET n = t.n + EXCLUDED.n"))
                        .isEqualTo(3);
        assertThat(update(connection, "INSERT INTO t VALUES (8, 'y', 5) ON CONFLICT DO UPDATE SET n = t.n + EXCLUDED.n")).isEqualTo(1);
        assertThat(update(connection, "UPSERT INTO t VALUES (1, 'A', 11), (9, 'I', 90)")).isEqualTo(2);
        connection.commit();

        assertThat(rows(other, "SELECT id, v, n FROM t ORDER BY id")).containsExactly(
                "1 A 11", "2 B 22", "3 C 33", "4 D 41", "5 e 50", "6 f 60", "7 G 71", "8 H 85", "9 I 90");
    }

    @ParameterizedTest
    @CsvSource({"HASH", "SORTED"})
    void theMetaSpaceShowsThem(String kind) throws SQLException {
        change(kind);
        update(connection, "UPDATE t SET n = 1 WHERE id = 5 WITH (ttl = 600)");

        assertThat(rows(connection, "SELECT id, ttl_seconds, storage FROM meta_space.t ORDER BY id")).containsExactly(
                "1 null HOT", "2 null HOT", "4 null HOT", "5 600 HOT", "6 null HOT", "7 null HOT");
        assertThat(rows(connection, "SELECT id FROM meta_space.t WHERE id = 7 AND created_at <= updated_at")).containsExactly("7");
        assertThat(rows(connection, "SELECT id FROM meta_space.t WHERE id = 3")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"HASH", "SORTED"})
    void aResultSetGoesOnWithWhatItsStatementSaw(String kind) throws SQLException {
        change(kind);
        try (Statement statement = connection.createStatement();
                Statement joined = connection.createStatement();
                Statement looked = connection.createStatement()) {
            ResultSet scanned = statement.executeQuery("SELECT id, v FROM t ORDER BY id");
            ResultSet keyed = looked.executeQuery("SELECT v FROM t WHERE id IN (1, 2, 7)");
            ResultSet union = joined.executeQuery("SELECT v FROM t WHERE id = 1 UNION ALL SELECT v FROM t WHERE id = 7 "
                    + "UNION ALL SELECT v FROM t WHERE id > 6");
            assertThat(union.next()).isTrue();
            assertThat(keyed.next()).isTrue();
            assertThat(scanned.next()).isTrue();

            update(connection, "UPDATE t SET v = 'later'");
            update(connection, "INSERT INTO t VALUES (0, 'later', 0), (9, 'later', 0)");
            update(connection, "DELETE FROM t WHERE id = 6");

            assertThat(texts(union)).containsExactly("G", "G");
            assertThat(texts(keyed)).hasSize(2).doesNotContain("later");
            assertThat(texts(scanned)).containsExactly("2 B", "4 D", "5 e", "6 f", "7 G");
            assertThat(rows(connection, "SELECT COUNT(*) FROM t WHERE v = 'later'")).containsExactly("7");
        }
    }

    @ParameterizedTest
    @CsvSource({"HASH", "SORTED"})
    void aResultSetGoesOnAtItsSnapshotWhereLaterStatementsReadNewerOnes(String kind) throws SQLException {
        update(connection, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10)) USING " + kind);
        update(connection, "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                ResultSet keyed = statement.executeQuery("SELECT v FROM t WHERE id IN (1, 2, 3)")) {
            assertThat(keyed.next()).isTrue();
            update(other, "UPDATE t SET v = 'later'");
            assertThat(rows(connection, "SELECT DISTINCT v FROM t")).containsExactly("later");

            assertThat(texts(keyed)).hasSize(2).doesNotContain("later");
        }
    }

    @Test
    void aStatementCanChangeWhatItsOwnLoopReads() throws SQLException {
        update(connection, "CREATE TABLE t (id INT PRIMARY KEY, v INT) USING SORTED");
        update(connection, "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4)");
        connection.setAutoCommit(false);
        try (Statement read = connection.createStatement();
                ResultSet rows = read.executeQuery("SELECT id, v FROM t WHERE id < 100 ORDER BY id");
                PreparedStatement write = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            while (rows.next()) {
                write.setInt(1, rows.getInt(1) + 10);
                write.setInt(2, rows.getInt(2) * 10);
                assertThat(write.executeUpdate()).isEqualTo(1);
            }
        }
        connection.commit();

        assertThat(rows(other, "SELECT COUNT(*), SUM(v) FROM t")).containsExactly("8 110");
    }
}
