package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// CREATE, ALTER and DROP SEQUENCE, NEXT VALUE FOR and CURRENT VALUE FOR, through JDBC.
class SequenceTest {
    private static final int THREADS = 8;

    @TempDir private Path directory;

    private Connection connection;
    private Statement statement;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:coconut:mem:;memory.lock=off;blocks=2");
        statement = connection.createStatement();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private static long next(Statement statement, String sequence) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT NEXT VALUE FOR " + sequence)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    private List<Long> next(String sequence, int count) throws SQLException {
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(next(statement, sequence));
        }
        return values;
    }

    private List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(found.getString(i)));
                }
                rows.add(String.join("|", row));
            }
        }
        return rows;
    }

    private void run(String sql) throws SQLException {
        if (statement.execute(sql)) {
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    continue;
                }
            }
        }
    }

    private void refuses(String sql, String state, String... parts) {
        assertThatThrownBy(() -> run(sql))
                .isInstanceOfSatisfying(SQLException.class, failure -> {
                    assertThat(failure.getSQLState()).isEqualTo(state);
                    List.of(parts).forEach(part -> assertThat(failure.getMessage()).contains(part));
                });
    }

    @Test
    void countsFromOneUnlessToldOtherwise() throws SQLException {
        statement.execute("CREATE SEQUENCE plain");
        statement.execute("CREATE SEQUENCE tens START WITH 20 INCREMENT BY 10 CACHE 2");
        statement.execute("CREATE SEQUENCE down AS SMALLINT INCREMENT -1 MAXVALUE 3 NO MINVALUE NO CYCLE NO CACHE");

        assertThat(next("plain", 3)).containsExactly(1L, 2L, 3L);
        assertThat(next("public.tens", 5)).containsExactly(20L, 30L, 40L, 50L, 60L);
        assertThat(next("down", 5)).containsExactly(3L, 2L, 1L, 0L, -1L);
    }

    @Test
    void endsWithAnErrorOrBeginsAgain() throws SQLException {
        statement.execute("CREATE SEQUENCE short MINVALUE 1 MAXVALUE 3");
        statement.execute("CREATE SEQUENCE round MINVALUE 5 MAXVALUE 9 START 8 INCREMENT 2 CYCLE CACHE 100");
        statement.execute("CREATE SEQUENCE back MINVALUE -2 MAXVALUE 2 INCREMENT -2 CYCLE CACHE 2");

        assertThat(next("short", 3)).containsExactly(1L, 2L, 3L);
        for (int i = 0; i < 2; i++) {
            refuses("SELECT NEXT VALUE FOR short", "2200H", "PUBLIC.SHORT", "RESTART");
        }
        assertThat(next("round", 5)).containsExactly(8L, 5L, 7L, 9L, 5L);
        assertThat(next("back", 5)).containsExactly(2L, 0L, -2L, 2L, 0L);
    }

    @Test
    void reachesBothEndsOfAllNumbers() throws SQLException {
        statement.execute("CREATE SEQUENCE up START WITH 9223372036854775806");
        statement.execute("CREATE SEQUENCE whole MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807 "
                + "INCREMENT BY 9223372036854775807 CACHE 7");
        statement.execute("CREATE SEQUENCE fall MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807 "
                + "INCREMENT BY -9223372036854775808 CACHE 7");

        assertThat(next("up", 2)).containsExactly(Long.MAX_VALUE - 1, Long.MAX_VALUE);
        assertThat(next("whole", 3)).containsExactly(Long.MIN_VALUE, -1L, Long.MAX_VALUE - 1);
        assertThat(next("fall", 2)).containsExactly(Long.MAX_VALUE, -1L);
        for (String sequence : List.of("up", "whole", "fall")) {
            refuses("SELECT NEXT VALUE FOR " + sequence, "2200H");
        }
    }

    @Test
    void beginsAgainWhereItIsTold() throws SQLException {
        statement.execute("CREATE SEQUENCE s START WITH 5 MAXVALUE 7");
        assertThat(next("s", 3)).containsExactly(5L, 6L, 7L);

        statement.execute("ALTER SEQUENCE s RESTART");
        assertThat(next("s", 1)).containsExactly(5L);
        statement.execute("ALTER SEQUENCE s RESTART WITH 2");
        assertThat(next("s", 2)).containsExactly(2L, 3L);

        refuses("ALTER SEQUENCE s RESTART WITH 8", "22023", "1 to 7");
        refuses("ALTER SEQUENCE s INCREMENT BY 2", "0A000", "RESTART");
        refuses("ALTER SEQUENCE gone RESTART", "42P01", "GONE");
        statement.execute("ALTER SEQUENCE IF EXISTS gone RESTART");
    }

    @Test
    void refusesWhatNoSequenceCanBe() throws SQLException {
        refuses("CREATE SEQUENCE s INCREMENT BY 0", "22023", "INCREMENT");
        refuses("CREATE SEQUENCE s MINVALUE 5 MAXVALUE 4", "22023", "MINVALUE");
        refuses("CREATE SEQUENCE s AS TINYINT MAXVALUE 128", "22023", "-128 to 127");
        refuses("CREATE SEQUENCE s START WITH 0", "22023", "START");
        refuses("CREATE SEQUENCE s CACHE 0", "22023", "CACHE");
        refuses("CREATE SEQUENCE s MAXVALUE 9223372036854775808", "22023");
        refuses("CREATE SEQUENCE s AS VARCHAR", "0A000", "BIGINT");
        refuses("CREATE SEQUENCE s CYCLE NO CYCLE", "42601", "CYCLE once");
        refuses("CREATE SEQUENCE system.s", "3F000");
        refuses("CREATE OR REPLACE SEQUENCE s", "0A000", "DROP SEQUENCE");
        refuses("SELECT NEXT VALUE FOR s", "42P01", "line=1", "INFORMATION_SCHEMA.SEQUENCES");
        refuses("DROP SEQUENCE s", "42P01");
        statement.execute("DROP SEQUENCE IF EXISTS s");
        statement.execute("CREATE SEQUENCE s");
        refuses("CREATE SEQUENCE s", "42P07", "IF NOT EXISTS");
        statement.execute("CREATE SEQUENCE IF NOT EXISTS s START WITH 7");
        assertThat(next("s", 1)).containsExactly(1L);
    }

    @Test
    void isListed() throws SQLException {
        statement.execute("CREATE SEQUENCE b AS INTEGER START WITH 4 INCREMENT BY 3 MAXVALUE 100 CYCLE CACHE 5");
        statement.execute("CREATE SEQUENCE \"a.c\"");

        assertThat(rows("SELECT sequence_schema, sequence_name, data_type, numeric_precision, start_value, minimum_value, maximum_value, "
                + "increment, cycle_option, cache_size FROM information_schema.sequences"))
                        .containsExactly("PUBLIC|B|INTEGER|10|4|1|100|3|YES|5", "PUBLIC|a.c|BIGINT|19|1|1|9223372036854775807|1|NO|1000");
        statement.execute("DROP SEQUENCE \"a.c\"");
        assertThat(rows("SELECT sequence_name FROM information_schema.sequences")).containsExactly("B");
        assertThat(rows("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'PUBLIC'")).containsExactly("0");
    }

    @Test
    void givesValuesToRowsThatAreWritten() throws SQLException {
        statement.execute("CREATE SEQUENCE s");
        statement.execute("CREATE TABLE t (id BIGINT DEFAULT NEXT VALUE FOR s PRIMARY KEY, n INT, code VARCHAR(10)) USING SORTED");

        statement.execute("INSERT INTO t (n) VALUES (1), (2)");
        statement.execute("INSERT INTO t VALUES (NEXT VALUE FOR s, 3, NULL), (DEFAULT, 4, 'x')");
        statement.execute("INSERT INTO t SELECT 100 + NEXT VALUE FOR s, n, code FROM t WHERE n > 2");
        statement.execute("INSERT INTO t (id, n) VALUES (NEXT VALUE FOR s + 1000, 2 * 3)");
        statement.execute("UPDATE t SET code = 'n' || CAST(NEXT VALUE FOR s AS VARCHAR) WHERE id = 1");
        statement.execute("UPDATE t SET n = NEXT VALUE FOR s WHERE id = 2");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (NEXT VALUE FOR s, ?, ?)")) {
            for (int i = 0; i < 2; i++) {
                insert.setInt(1, i);
                insert.setString(2, "b");
                insert.addBatch();
            }
            insert.executeBatch();
        }

        assertThat(rows("SELECT * FROM t ORDER BY id")).containsExactly("1|1|n8", "2|9|null", "3|3|null", "4|4|x", "10|0|b", "11|1|b",
                "105|3|null", "106|4|x", "1007|6|null");
    }

    @Test
    void selectsOneValueForEachRow() throws SQLException {
        statement.execute("CREATE SEQUENCE s");
        statement.execute("CREATE TABLE t (id INT PRIMARY KEY) USING SORTED");
        statement.execute("INSERT INTO t VALUES (10), (20), (30)");

        assertThat(rows("SELECT id, NEXT VALUE FOR s FROM t")).containsExactly("10|1", "20|2", "30|3");
        assertThat(rows("SELECT NEXT VALUE FOR s, NEXT VALUE FOR s, CURRENT VALUE FOR s FROM t WHERE id = 10")).hasSize(1);
        long last = next(statement, "s");
        assertThat(rows("VALUES (NEXT VALUE FOR s), (NEXT VALUE FOR s)")).containsExactly(Long.toString(last + 1), Long.toString(last + 2));
        assertThat(rows("SELECT id FROM t WHERE id = 10 * (CURRENT VALUE FOR s - " + last + ")")).containsExactly("20");
        assertThat(rows("EXPLAIN SELECT id, NEXT VALUE FOR s FROM t")).anyMatch(line -> line.contains("NEXT VALUE FOR PUBLIC.S"));
    }

    @Test
    void refusesANextValueWhereItIsNotClearHowOftenItIsComputed() throws SQLException {
        statement.execute("CREATE SEQUENCE s");
        statement.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");

        for (String query : List.of("SELECT id FROM t WHERE id = NEXT VALUE FOR s", "SELECT DISTINCT NEXT VALUE FOR s FROM t",
                "SELECT NEXT VALUE FOR s, n FROM t GROUP BY n", "SELECT NEXT VALUE FOR s FROM t ORDER BY id",
                "SELECT x FROM (SELECT NEXT VALUE FOR s AS x FROM t)", "SELECT (SELECT NEXT VALUE FOR s) FROM t",
                "SELECT NEXT VALUE FOR s UNION ALL SELECT 1",
                "UPDATE t SET n = 1 WHERE id = NEXT VALUE FOR s", "DELETE FROM t WHERE id = NEXT VALUE FOR s")) {
            refuses(query, "0A000", "NEXT VALUE FOR", "line=1");
        }
        refuses("CREATE TABLE u (id INT PRIMARY KEY CHECK (id < NEXT VALUE FOR s))", "0A000", "CHECK");
        assertThat(next("s", 1)).as("nothing was taken").containsExactly(1L);
    }

    @Test
    void remembersTheCurrentValueOfEachConnection() throws SQLException {
        try (Connection first = DriverManager.getConnection("jdbc:coconut:mem:current;memory.lock=off;blocks=2");
                Connection second = DriverManager.getConnection("jdbc:coconut:mem:current;memory.lock=off;blocks=2");
                Statement one = first.createStatement();
                Statement two = second.createStatement()) {
            one.execute("CREATE SEQUENCE s");
            one.execute("CREATE TABLE t (id INT PRIMARY KEY, parent BIGINT)");
            assertThatThrownBy(() -> two.execute("INSERT INTO t VALUES (3, CURRENT VALUE FOR s)")).isInstanceOfSatisfying(
                    SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("55000"));
            next(one, "s");
            next(two, "s");
            one.execute("INSERT INTO t VALUES (1, CURRENT VALUE FOR s)");
            two.execute("INSERT INTO t VALUES (2, CURRENT VALUE FOR s)");
            try (ResultSet rows = one.executeQuery("SELECT COUNT(*) FROM t WHERE id = parent")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(2);
            }
        }
    }

    @Test
    void isNoPartOfTransactions() throws SQLException {
        statement.execute("CREATE SEQUENCE s");
        connection.setAutoCommit(false);
        assertThat(next("s", 2)).containsExactly(1L, 2L);
        connection.rollback();
        assertThat(next("s", 1)).containsExactly(3L);
        connection.rollback();
        connection.setReadOnly(true);
        refuses("SELECT NEXT VALUE FOR s", "25006");
    }

    @Test
    void staysWhileADefaultNeedsIt() throws SQLException {
        statement.execute("CREATE SEQUENCE s");
        statement.execute("CREATE TABLE t (id BIGINT DEFAULT NEXT VALUE FOR s + 1 PRIMARY KEY)");

        refuses("DROP SEQUENCE s", "2BP01", "PUBLIC.T", "ID");
        refuses("CREATE TABLE u (id BIGINT DEFAULT NEXT VALUE FOR r PRIMARY KEY)", "42P01", "R");
        statement.execute("DROP TABLE t");
        statement.execute("DROP SEQUENCE s");
        statement.execute("CREATE SEQUENCE s START WITH 50");
        assertThat(next("s", 1)).containsExactly(50L);
    }

    @Test
    void aDroppedSequenceIsGoneForPreparedStatementsToo() throws SQLException {
        statement.execute("CREATE SEQUENCE s");
        try (PreparedStatement query = connection.prepareStatement("SELECT NEXT VALUE FOR s")) {
            query.executeQuery().close();
            statement.execute("DROP SEQUENCE s");
            assertThatThrownBy(query::executeQuery).isInstanceOfSatisfying(SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("42P01"));
        }
    }

    @Test
    void goesOnWithoutAGapWhereTheDatabaseWasClosed() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=2";
        for (int round = 0; round < 3; round++) {
            try (Connection opened = DriverManager.getConnection(url); Statement inside = opened.createStatement()) {
                inside.execute("CREATE SEQUENCE IF NOT EXISTS s");
                assertThat(next(inside, "s")).isEqualTo(2 * round + 1L);
                assertThat(next(inside, "s")).isEqualTo(2 * round + 2L);
            }
        }
    }

    @Test
    void givesEachValueToOneOfManyThreads() throws Exception {
        String url = "jdbc:coconut:mem:many;memory.lock=off;blocks=2";
        int each = 1_000;
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Connection keeper = DriverManager.getConnection(url); Statement inside = keeper.createStatement()) {
            inside.execute("CREATE SEQUENCE s CACHE 7");
            inside.execute("CREATE TABLE t (id BIGINT DEFAULT NEXT VALUE FOR s PRIMARY KEY, thread INT)");
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                threads.add(Thread.ofPlatform().start(() -> {
                    try (Connection own = DriverManager.getConnection(url);
                            Statement select = own.createStatement();
                            PreparedStatement insert = own.prepareStatement("INSERT INTO t (thread) VALUES (?)")) {
                        insert.setInt(1, thread);
                        for (int j = 0; j < each; j++) {
                            if (!seen.add(next(select, "s"))) {
                                throw new AssertionError("a value twice");
                            }
                            insert.executeUpdate();
                        }
                    } catch (SQLException | RuntimeException | AssertionError failed) {
                        failure.compareAndSet(null, failed);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failure.get()).isNull();
            try (ResultSet rows = inside.executeQuery("SELECT id FROM t")) {
                while (rows.next()) {
                    assertThat(seen.add(rows.getLong(1))).as("a value twice").isTrue();
                }
            }
            assertThat(seen).hasSize(2 * THREADS * each).allMatch(value -> value >= 1 && value <= 2 * THREADS * each);
        }
    }

    @Test
    void aKilledProcessNeverGivesAValueTwice() throws Exception {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=2";
        Set<Long> seen = new HashSet<>();
        for (int round = 0; round < 3; round++) {
            runAndKill(url, 200 + 97 * round, seen);
        }
        try (Connection opened = DriverManager.getConnection(url); Statement inside = opened.createStatement()) {
            for (int i = 0; i < 50; i++) {
                assertThat(seen.add(next(inside, "s"))).as("a value twice").isTrue();
            }
        }
    }

    /// Kills a process that takes values when it has told so many.
    private static void runAndKill(String url, int values, Set<Long> seen) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.add("@" + Path.of("../jvm.flags").toAbsolutePath().normalize());
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path"), Taker.class.getName(), url));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        int told = 0;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A line that the kill cut short has no end mark.
                if (line.endsWith(".")) {
                    assertThat(seen.add(Long.parseLong(line.substring(0, line.length() - 1)))).as("a value twice: %s", line).isTrue();
                    told++;
                    if (told == values) {
                        process.toHandle().destroyForcibly();
                    }
                }
            }
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(told).isGreaterThanOrEqualTo(values);
    }

    /// The process that is killed.
    static final class Taker {
        private Taker() {}

        public static void main(String[] arguments) throws Exception {
            try (Connection connection = DriverManager.getConnection(arguments[0]); Statement statement = connection.createStatement()) {
                statement.execute("CREATE SEQUENCE IF NOT EXISTS s CACHE 50");
                // Ends by itself, should its parent be killed before it kills.
                for (int i = 0; i < 1_000_000; i++) {
                    System.out.println(next(statement, "s") + ".");
                    System.out.flush();
                }
            }
        }
    }
}
