package org.coconutdb.sql.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.Test;

/// The anomalies of Hermitage (Kleppmann): each is brought about step by step, and happens at a level exactly where docs/isolation.md says
/// that it is possible.
@ParameterizedClass(name = "{0}, {1} blocks, {2}")
@MethodSource("cases")
class HermitageTest {
    /// An isolation level of JDBC.
    enum Level {
        READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED, 3),
        REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ, 4),
        SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE, 5);

        final int jdbc;
        // In the page's table.
        final int column;

        Level(int jdbc, int column) {
            this.jdbc = jdbc;
            this.column = column;
        }
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (String kind : List.of("HASH", "SORTED")) {
            for (int blocks : List.of(1, 4)) {
                for (Level level : Level.values()) {
                    cases.add(Arguments.of(kind, blocks, level));
                }
            }
        }
        return cases.stream();
    }

    @Parameter(0) private String kind;
    @Parameter(1) private int blocks;
    @Parameter(2) private Level level;

    private Connection one;
    private Connection two;
    private Connection three;

    @BeforeEach
    void open() throws SQLException {
        String url = "jdbc:coconut:mem:hermitage;memory.lock=off;blocks=" + blocks;
        one = DriverManager.getConnection(url);
        two = DriverManager.getConnection(url);
        three = DriverManager.getConnection(url);
        run(one, "CREATE TABLE t (id INT PRIMARY KEY, v INT) USING " + kind);
        run(one, "INSERT INTO t VALUES (1, 10), (2, 20)");
        for (Connection connection : List.of(one, two, three)) {
            connection.setTransactionIsolation(level.jdbc);
            connection.setAutoCommit(false);
        }
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : List.of(one, two, three)) {
            connection.close();
        }
    }

    private static int run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private static List<Integer> values(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            List<Integer> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getInt(1));
            }
            return values;
        }
    }

    private static int value(Connection connection, int id) throws SQLException {
        return values(connection, "SELECT v FROM t WHERE id = " + id).getFirst();
    }

    private static void set(Connection connection, int id, int value) throws SQLException {
        run(connection, "UPDATE t SET v = " + value + " WHERE id = " + id);
    }

    /// Whether it was accepted. What is refused is refused as a conflict.
    private static boolean commits(Connection connection) throws SQLException {
        try {
            connection.commit();
            return true;
        } catch (SQLException refused) {
            assertThat(refused.getSQLState()).isEqualTo("40001");
            assertThat(refused.getMessage()).contains("PUBLIC.T");
            return false;
        }
    }

    private List<Integer> committed() throws SQLException {
        three.rollback();
        return values(three, "SELECT v FROM t ORDER BY id");
    }

    /// Compares with the page.
    private void expect(String anomaly, boolean happened) throws IOException {
        String[] cells;
        try (Stream<String> lines = Files.lines(Path.of("../docs/isolation.md"))) {
            cells = lines.filter(line -> line.startsWith("| " + anomaly + " |")).findFirst().orElseThrow().split("\\|");
        }
        assertThat(happened ? "possible" : "prevented").as("%s at %s", anomaly, level).isEqualTo(cells[level.column].strip());
    }

    @Test
    void g0() throws Exception {
        set(one, 1, 11);
        set(two, 1, 12);
        set(one, 2, 21);
        assertThat(commits(one)).isTrue();
        set(two, 2, 22);
        boolean both = commits(two);

        List<Integer> rows = committed();
        expect("G0", !rows.equals(List.of(11, 21)) && !rows.equals(List.of(12, 22)));
        assertThat(both).isFalse();
    }

    @Test
    void g1a() throws Exception {
        set(one, 1, 101);
        int before = value(two, 1);
        one.rollback();
        int after = value(two, 1);

        expect("G1a", before != 10 || after != 10);
        assertThat(commits(two)).isTrue();
    }

    @Test
    void g1b() throws Exception {
        set(one, 1, 101);
        int before = value(two, 1);
        set(one, 1, 11);
        assertThat(commits(one)).isTrue();
        int after = value(two, 1);

        expect("G1b", before == 101 || after == 101);
        assertThat(after).isEqualTo(level == Level.READ_COMMITTED ? 11 : 10);
    }

    @Test
    void g1c() throws Exception {
        set(one, 1, 11);
        set(two, 2, 22);
        int readByOne = value(one, 2);
        int readByTwo = value(two, 1);
        boolean both = commits(one) & commits(two);

        expect("G1c", both && readByOne == 22 && readByTwo == 11);
        assertThat(both).isEqualTo(level != Level.SERIALIZABLE);
    }

    @Test
    void otv() throws Exception {
        set(one, 1, 11);
        set(one, 2, 19);
        set(two, 1, 12);
        assertThat(commits(one)).isTrue();
        int first = value(three, 1);
        set(two, 2, 18);
        int second = value(three, 2);
        boolean both = commits(two);
        int secondAgain = value(three, 2);
        int firstAgain = value(three, 1);

        expect("OTV", first != 11 || second != 19 || secondAgain != 19 || firstAgain != 11);
        assertThat(both).isFalse();
    }

    @Test
    void pmp() throws Exception {
        List<Integer> before = values(one, "SELECT id FROM t WHERE v = 30");
        run(two, "INSERT INTO t VALUES (3, 30)");
        assertThat(commits(two)).isTrue();
        List<Integer> after = values(one, "SELECT id FROM t WHERE MOD(v, 3) = 0");

        assertThat(before).isEmpty();
        expect("PMP", !after.isEmpty());
        assertThat(commits(one)).isTrue();
    }

    @Test
    void pmpWrite() throws Exception {
        run(one, "UPDATE t SET v = v + 10");
        int deleted = run(two, "DELETE FROM t WHERE v = 20");
        assertThat(commits(one)).isTrue();
        boolean both = commits(two);

        // As if the one had come before the other, or only one.
        expect("PMP-write", both && !committed().equals(List.of(30)));
        assertThat(deleted).isEqualTo(1);
        assertThat(committed()).isEqualTo(List.of(20, 30));
    }

    @Test
    void p4() throws Exception {
        int readByOne = value(one, 1);
        int readByTwo = value(two, 1);
        set(one, 1, readByOne + 1);
        assertThat(commits(one)).isTrue();
        set(two, 1, readByTwo + 1);
        boolean both = commits(two);

        expect("P4", both);
        assertThat(committed()).isEqualTo(List.of(11, 20));
    }

    @Test
    void p4Overlapping() throws Exception {
        int readByOne = value(one, 1);
        int readByTwo = value(two, 1);
        set(one, 1, readByOne + 1);
        set(two, 1, readByTwo + 1);
        assertThat(commits(one)).isTrue();

        expect("P4-overlapping", commits(two));
    }

    @Test
    void gSingle() throws Exception {
        int first = value(one, 1);
        value(two, 1);
        value(two, 2);
        set(two, 1, 12);
        set(two, 2, 18);
        assertThat(commits(two)).isTrue();
        int second = value(one, 2);

        expect("G-single", first == 10 && second == 18);
        assertThat(commits(one)).isTrue();
    }

    @Test
    void gSinglePredicate() throws Exception {
        assertThat(values(one, "SELECT id FROM t WHERE MOD(v, 5) = 0")).hasSize(2);
        assertThat(run(two, "UPDATE t SET v = 12 WHERE v = 10")).isEqualTo(1);
        assertThat(commits(two)).isTrue();
        List<Integer> after = values(one, "SELECT id FROM t WHERE MOD(v, 3) = 0");

        expect("G-single-predicate", !after.isEmpty());
    }

    @Test
    void gSingleWrite() throws Exception {
        assertThat(value(one, 1)).isEqualTo(10);
        set(two, 1, 12);
        set(two, 2, 18);
        assertThat(commits(two)).isTrue();
        int deleted = run(one, "DELETE FROM t WHERE v = 20");
        boolean both = commits(one);

        // It has read row 1 as it was before and row 2 as it was after.
        expect("G-single-write", both && deleted == 0);
        assertThat(committed()).isEqualTo(List.of(12, 18));
    }

    @Test
    void gSingleWriteOverlapping() throws Exception {
        assertThat(value(one, 1)).isEqualTo(10);
        set(two, 1, 12);
        assertThat(run(one, "DELETE FROM t WHERE v = 20")).isEqualTo(1);
        set(two, 2, 18);
        assertThat(commits(one)).isTrue();

        expect("G-single-write-overlapping", commits(two));
        assertThat(committed()).isEqualTo(List.of(10));
    }

    @Test
    void g2Item() throws Exception {
        values(one, "SELECT v FROM t WHERE id IN (1, 2)");
        values(two, "SELECT v FROM t WHERE id IN (1, 2)");
        set(one, 1, 11);
        set(two, 2, 21);

        expect("G2-item", commits(one) & commits(two));
    }

    @Test
    void g2() throws Exception {
        assertThat(values(one, "SELECT id FROM t WHERE MOD(v, 3) = 0")).isEmpty();
        assertThat(values(two, "SELECT id FROM t WHERE MOD(v, 3) = 0")).isEmpty();
        run(one, "INSERT INTO t VALUES (3, 30)");
        run(two, "INSERT INTO t VALUES (4, 42)");

        expect("G2", commits(one) & commits(two));
    }

    @Test
    void g2Range() throws Exception {
        assertThat(values(one, "SELECT id FROM t WHERE id BETWEEN 5 AND 8")).isEmpty();
        assertThat(values(two, "SELECT id FROM t WHERE id BETWEEN 5 AND 8")).isEmpty();
        run(one, "INSERT INTO t VALUES (6, 30)");
        run(two, "INSERT INTO t VALUES (7, 42)");

        expect("G2-range", commits(one) & commits(two));
    }

    @Test
    void g2TwoEdges() throws Exception {
        assertThat(values(one, "SELECT v FROM t ORDER BY id")).isEqualTo(List.of(10, 20));
        run(two, "UPDATE t SET v = v + 5 WHERE id = 2");
        assertThat(commits(two)).isTrue();
        assertThat(values(three, "SELECT v FROM t ORDER BY id")).isEqualTo(List.of(10, 25));
        assertThat(commits(three)).isTrue();
        set(one, 1, 0);

        expect("G2-two-edges", commits(one));
    }
}
