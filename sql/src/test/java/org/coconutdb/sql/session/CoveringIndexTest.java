package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Queries that an index answers without the rows, from its key, the primary key behind it, and the columns that it includes: the answers are those of
/// the rows, at every isolation level.
class CoveringIndexTest {
    private static final String URL = "jdbc:coconut:mem:covering-test;memory.lock=off;blocks=3";

    @TempDir private Path directory;

    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
    }

    @AfterEach
    void close() throws SQLException {
        IndexEntries.verify(URL);
        sql.close();
    }

    private String plan(String query) throws SQLException {
        return String.join("\n", sql.rows("EXPLAIN " + query));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void theRowIsNotReadWhereTheIndexHasAllOfIt(String kind) throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(9), c DOUBLE, d INT, e VARBINARY(9), u INT) USING " + kind,
                "CREATE INDEX by_a ON t (a, b DESC) INCLUDE (c, e)", "CREATE UNIQUE INDEX by_u ON t (u) INCLUDE (d)",
                "CREATE INDEX by_c ON t (c)");

        assertThat(plan("SELECT c, id, b FROM t WHERE a = 1"))
                .isEqualTo("IndexOnlyScan(table=[PUBLIC.T], index=[BY_A], range=[A = 1], columns=[C, ID, B])");
        assertThat(plan("SELECT d, id FROM t WHERE u = 1")).startsWith("IndexOnlyLookup").contains("BY_U");
        assertThat(plan("SELECT c FROM t WHERE u = 1")).startsWith("IndexLookup").contains("BY_U");
        assertThat(plan("SELECT d FROM t WHERE a = 1")).startsWith("IndexScan");
        // What is asked of the columns is asked of the entry.
        assertThat(plan("SELECT id FROM t WHERE a = 1 AND c > 2 AND e IS NULL")).startsWith("IndexOnlyScan").contains("filter=[C > 2");
        assertThat(plan("SELECT id FROM t WHERE a BETWEEN 1 AND 2 AND b LIKE 'x%' AND id > 7")).startsWith("IndexOnlyScan");
        assertThat(plan("SELECT id FROM t WHERE a = 1 AND d = 1")).startsWith("IndexScan");
        // One end leaves much, but entries are enough; and a sort of all is spared.
        assertThat(plan("SELECT id FROM t WHERE a > 1")).startsWith("IndexOnlyScan");
        assertThat(plan("SELECT d FROM t WHERE a > 1")).contains("TableScan");
        assertThat(plan("SELECT a, c FROM t ORDER BY a DESC")).startsWith("IndexOnlyScan").contains("order=[reverse]");
        assertThat(plan("SELECT a, d FROM t ORDER BY a DESC")).contains("Sort");
        // A key has 0 in place of -0.
        assertThat(plan("SELECT c FROM t WHERE c = 0")).doesNotContain("Only");
        assertThat(plan("SELECT l.id, r.c FROM t l LEFT JOIN t r ON r.a = l.u WHERE l.id = 5")).contains("IndexOnlyScan");
        assertThat(sql.rows("SELECT INDEX_NAME, ORDINAL_POSITION, COLUMN_NAME, IS_DESCENDING, IS_INCLUDED FROM SYSTEM.INDEXES "
                + "WHERE INDEX_NAME = 'BY_A' ORDER BY 2")).containsExactly("BY_A|1|A|false|false", "BY_A|2|B|true|false",
                        "BY_A|3|C|null|true", "BY_A|4|E|null|true");
    }

    @Test
    void whatAnIndexIncludesIsChecked() throws SQLException {
        sql.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c INT)");
        sql.refused("CREATE INDEX i ON t (a) INCLUDE (x)", "42703", "X");
        sql.refused("CREATE INDEX i ON t (a) INCLUDE (b, a)", "42701", "A");
        sql.refused("CREATE INDEX i ON t (a) INCLUDE ()", "42601");
        sql.execute("CREATE INDEX i ON t (a) INCLUDE (b)", "INSERT INTO t VALUES (1, 2, 3, 4)", "ALTER TABLE t DROP COLUMN c");
        sql.refused("ALTER TABLE t DROP COLUMN b", "2BP01", "neededBy=I", "CASCADE");
        assertThat(sql.rows("SELECT b FROM t WHERE a = 2")).containsExactly("3");
        sql.execute("ALTER TABLE t ADD COLUMN d INT DEFAULT 7", "CREATE INDEX j ON t (d) INCLUDE (b)");
        assertThat(sql.rows("SELECT b FROM t WHERE d = 7")).containsExactly("3");
        sql.execute("ALTER TABLE t DROP COLUMN b CASCADE");
        assertThat(sql.rows("SELECT INDEX_NAME FROM SYSTEM.INDEXES")).isEmpty();
    }

    private static final String COLUMNS =
            "(id INT NOT NULL, k VARCHAR(6) NOT NULL, a INT, b VARCHAR(9), c DOUBLE, d DECIMAL(25, 3), e VARBINARY(9), f BOOLEAN, g TIMESTAMP, h UUID, "
                    + "i CHAR(4), PRIMARY KEY (k, id)) USING ";

    /// Two tables with the same rows, one of them without indexes, are changed alike and asked the same.
    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void entriesAnswerWhatRowsAnswer(String kind) throws SQLException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + Long.toHexString(seed));
        Random random = new Random(seed);
        List<String> names = List.of("id", "k", "a", "b", "c", "d", "e", "f", "g", "h", "i");
        sql.execute("CREATE TABLE t " + COLUMNS + kind, "CREATE TABLE plain " + COLUMNS + kind);
        int covered = 0;
        int next = 0;
        for (int round = 0; round < 12; round++) {
            List<String> shuffled = new ArrayList<>(names);
            java.util.Collections.shuffle(shuffled, random);
            int keys = 1 + random.nextInt(2);
            List<String> key = shuffled.subList(0, keys);
            List<String> included = shuffled.subList(keys, keys + random.nextInt(4));
            String index = "CREATE INDEX i" + round + " ON t (" + String.join(", ", key.stream().map(name -> name + (random.nextBoolean()
                    ? ""
                    : " DESC")).toList()) + ")" + (included.isEmpty() ? "" : " INCLUDE (" + String.join(", ", included) + ")");
            sql.execute(index);
            for (int write = 0; write < 40; write++) {
                write(random, next++);
            }
            List<String> known = new ArrayList<>(key);
            known.addAll(included);
            known.addAll(List.of("id", "k"));
            for (int query = 0; query < 12; query++) {
                String wanted = known.get(random.nextInt(known.size())) + ", " + known.get(random.nextInt(known.size()));
                String where = condition(random, key.getFirst()) + (random.nextBoolean() ? " AND " + condition(random, known.get(random
                        .nextInt(known.size()))) : "");
                String text = "SELECT " + wanted + " FROM %s WHERE " + where;
                String plan = plan(text.replace("%s", "t"));
                covered += plan.contains("IndexOnly") ? 1 : 0;
                assertThat(sql.rows(text.replace("%s", "t"))).as("seed %s: %s after %s%n%s", Long.toHexString(seed), text, index, plan)
                        .containsExactlyInAnyOrderElementsOf(sql.rows(text.replace("%s", "plain")));
            }
            IndexEntries.verify(URL);
            if (round % 4 == 3) {
                sql.execute("DROP INDEX i" + (round - random.nextInt(3)));
            }
        }
        System.out.println("by entries alone: " + covered + " of 144");
        assertThat(covered).isGreaterThan(15);
    }

    private static String value(Random random, String column) {
        if (random.nextInt(6) == 0 && !List.of("id", "k").contains(column)) {
            return "NULL";
        }
        int n = random.nextInt(8);
        return switch (column) {
            case "id", "a" -> String.valueOf(n - 2);
            case "k", "b" -> List.of("'x'", "''", "'xy'", "'ü'", "'\0z'", "'q'", "'𐍈'", "'Z'").get(n);
            case "c" -> List.of("0E0", "-0E0", "1.5E0", "-2E0", "1E300", "3E0", "4E0", "-1E-300").get(n);
            case "d" -> (n - 3) + ".125";
            case "e" -> List.of("X''", "X'00'", "X'FF'", "X'00FF'", "X'0001'", "X'61'", "X'6100'", "X'FFFF'").get(n);
            case "f" -> n < 4 ? "TRUE" : "FALSE";
            case "g" -> "TIMESTAMP '2020-01-0" + (n + 1) + " 10:00:00'";
            case "h" -> "CAST('" + n + "0000000-0000-0000-0000-00000000000" + n + "' AS UUID)";
            case "i" -> "'c" + n + "'";
            default -> throw new IllegalArgumentException(column);
        };
    }

    private static String condition(Random random, String column) {
        String value = value(random, column);
        if (column.equals("f")) {
            return List.of("f", "NOT f", "f IS NULL", "f = TRUE").get(random.nextInt(4));
        }
        return switch (random.nextInt(6)) {
            case 0, 1 -> column + " = " + value;
            case 2 -> column + " > " + value;
            case 3 -> column + " IN (" + value + ", " + value(random, column) + ")";
            case 4 -> column + " IS NOT NULL";
            default -> column + " BETWEEN " + value + " AND " + value(random, column);
        };
    }

    private void write(Random random, int number) throws SQLException {
        long same = random.nextLong();
        for (String table : List.of("t", "plain")) {
            Random own = new Random(same);
            String text = switch (own.nextInt(6)) {
                case 0, 1 -> "UPDATE %s SET a = " + value(own, "a") + ", c = " + value(own, "c") + " WHERE " + condition(own, "b");
                case 2 -> "UPDATE %s SET e = " + value(own, "e") + ", i = " + value(own, "i") + " WHERE id = " + own.nextInt(number + 1);
                case 3 -> own.nextInt(4) > 0 ? "DELETE FROM %s WHERE id = " + own.nextInt(number + 1) : "UPDATE %s SET id = id + 1000";
                default -> "UPSERT INTO %s VALUES (" + number + ", " + value(own, "k") + ", " + value(own, "a") + ", " + value(own, "b")
                        + ", " + value(own, "c") + ", " + value(own, "d") + ", " + value(own, "e") + ", " + value(own, "f") + ", " + value(
                                own, "g")
                        + ", " + value(own, "h") + ", " + value(own, "i") + ")";
            };
            sql.execute(text.replace("%s", table));
        }
    }

    @Test
    void aTransactionSeesItsOwnWritesInEntries() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, u INT)", "CREATE INDEX by_a ON t (a) INCLUDE (b)",
                "CREATE UNIQUE INDEX by_u ON t (u) INCLUDE (b)", "INSERT INTO t VALUES (1, 1, 10, 1), (2, 1, 20, 2), (3, 2, 30, 3)");
        sql.connection().setAutoCommit(false);
        sql.execute("UPDATE t SET b = b + 1 WHERE a = 1", "DELETE FROM t WHERE id = 2", "INSERT INTO t VALUES (4, 1, 40, 2)",
                "UPSERT INTO t VALUES (3, 1, 31, 3)");

        assertThat(plan("SELECT id, b FROM t WHERE a = 1")).contains("IndexOnly");
        assertThat(sql.rows("SELECT id, b FROM t WHERE a = 1 ORDER BY id")).containsExactly("1|11", "3|31", "4|40");
        assertThat(sql.rows("SELECT id, b FROM t WHERE u = 2")).containsExactly("4|40");
        sql.connection().rollback();
        assertThat(sql.rows("SELECT id, b FROM t WHERE a = 1 ORDER BY id")).containsExactly("1|10", "2|20");
        sql.connection().setAutoCommit(true);
    }

    /// Each doctor may go off call while another stays: who looks at entries alone is judged by them.
    @Test
    void whatIsReadOfEntriesIsJudged() throws SQLException {
        sql.execute("CREATE TABLE doctor (id INT PRIMARY KEY, ward INT, on_call BOOLEAN, note INT) USING SORTED",
                "CREATE INDEX by_ward ON doctor (ward) INCLUDE (on_call)", "INSERT INTO doctor VALUES (1, 7, TRUE, 0), (2, 7, TRUE, 0)");
        String query = "SELECT id FROM doctor WHERE ward = 7 AND on_call ORDER BY id";
        assertThat(plan(query)).startsWith("IndexOnlyScan");
        try (SqlClient other = SqlClient.open(URL)) {
            sql.connection().setAutoCommit(false);
            other.connection().setAutoCommit(false);
            assertThat(sql.rows(query)).containsExactly("1", "2");
            assertThat(other.rows(query)).containsExactly("1", "2");
            sql.execute("UPDATE doctor SET on_call = FALSE WHERE id = 1");
            other.execute("UPDATE doctor SET on_call = FALSE WHERE id = 2");
            sql.connection().commit();
            assertThat(catchThrowableOfType(SQLException.class, () -> other.connection().commit())
                    .getSQLState()).isEqualTo("40001");
            other.connection().rollback();

            // What is not in the entry was not read, so who changes it is in nobody's way.
            assertThat(sql.rows(query)).containsExactly("2");
            other.execute("UPDATE doctor SET note = 1 WHERE id = 2");
            other.connection().commit();
            sql.execute("INSERT INTO doctor VALUES (3, 8, TRUE, 0)");
            sql.connection().commit();

            // FOR UPDATE rests on the row, whatever was read of it.
            assertThat(sql.rows(query + " FOR UPDATE")).containsExactly("2");
            other.execute("UPDATE doctor SET note = 2 WHERE id = 2");
            other.connection().commit();
            sql.execute("INSERT INTO doctor VALUES (4, 8, TRUE, 0)");
            assertThat(catchThrowableOfType(SQLException.class, () -> sql.connection().commit())
                    .getSQLState()).isEqualTo("40001");
            sql.connection().rollback();
            sql.connection().setAutoCommit(true);
        }
    }

    /// Money moves between accounts of a branch: at each isolation level a statement that adds up entries finds all of it.
    @ParameterizedTest
    @CsvSource({"HASH, 2", "HASH, 4", "SORTED, 4", "SORTED, 8"})
    void theSumOfEntriesStaysWhileMoneyMoves(String kind, int isolation) throws Exception {
        int accounts = 30;
        sql.execute("CREATE TABLE account (id INT PRIMARY KEY, branch INT, balance BIGINT, note INT) USING " + kind,
                "CREATE INDEX by_branch ON account (branch) INCLUDE (balance)");
        for (int id = 0; id < accounts; id++) {
            sql.execute("INSERT INTO account VALUES (" + id + ", " + id % 3 + ", 100, 0)");
        }
        // So that the branches that are added up are a small part of all.
        for (int id = accounts; id < 10 * accounts; id++) {
            sql.execute("INSERT INTO account VALUES (" + id + ", " + id + ", 100, 0)");
        }
        String sum = "SELECT SUM(balance), COUNT(*) FROM account WHERE branch BETWEEN 0 AND 2";
        assertThat(plan(sum)).contains("IndexOnlyScan");
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + Long.toHexString(seed));
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong moved = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> movers = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                Random random = new Random(seed + thread);
                movers.add(threads.submit(() -> move(random, accounts, over, moved)));
            }
            try (Connection reader = DriverManager.getConnection(URL); PreparedStatement read = reader.prepareStatement(sum)) {
                reader.setTransactionIsolation(isolation);
                reader.setAutoCommit(false);
                long until = 0;
                for (int round = 0; round < 60; round++) {
                    for (int look = 0; look < 2; look++) {
                        try (ResultSet row = read.executeQuery()) {
                            row.next();
                            assertThat(row.getLong(1)).isEqualTo(100L * accounts);
                            assertThat(row.getLong(2)).isEqualTo(accounts);
                        }
                    }
                    reader.commit();
                    until += 2;
                    while (moved.get() < until && movers.stream().noneMatch(Future::isDone)) {
                        Thread.onSpinWait();
                    }
                }
            } finally {
                over.set(true);
            }
            for (Future<?> mover : movers) {
                mover.get();
            }
        }
        assertThat(moved.get()).isGreaterThanOrEqualTo(100);
    }

    private static Void move(Random random, int accounts, AtomicBoolean over, AtomicLong moved) throws SQLException {
        try (SqlClient own = SqlClient.open(URL)) {
            own.connection().setAutoCommit(false);
            while (!over.get()) {
                int amount = random.nextInt(50);
                try {
                    own.execute("UPDATE account SET balance = balance - " + amount + " WHERE id = " + random.nextInt(accounts),
                            "UPDATE account SET balance = balance + " + amount + ", branch = " + random.nextInt(3) + " WHERE id = " + random
                                    .nextInt(accounts));
                    own.connection().commit();
                    moved.incrementAndGet();
                } catch (SQLException refused) {
                    own.connection().rollback();
                    assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo("40001");
                }
            }
        }
        return null;
    }

    /// An entry that was made by the build may outlive its row by a part of a second.
    @Test
    void anEntryOfARowThatHasExpiredAnswersNothing() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT) USING SORTED WITH (ttl = 2)");
        for (int id = 0; id < 20; id++) {
            sql.execute("INSERT INTO t VALUES (" + id + ", 1, 2)");
        }
        sql.execute("CREATE INDEX by_a ON t (a) INCLUDE (b)");
        assertThat(plan("SELECT b FROM t WHERE a = 1")).startsWith("IndexOnlyScan");
        sql.connection().setAutoCommit(false);
        sql.connection().setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        long left = 20;
        while (left > 0) {
            // Both at one snapshot and time.
            left = Long.parseLong(sql.rows("SELECT COUNT(b) FROM t").getFirst());
            assertThat(sql.rows("SELECT b FROM t WHERE a = 1")).hasSize((int) left);
            sql.connection().commit();
        }
        sql.connection().setAutoCommit(true);
        sql.execute("DROP TABLE t");
    }

    @Test
    void aSnapshotFromBeforeTheIndexDoesNotReadIt() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT) USING SORTED", "INSERT INTO t VALUES (1, 1, 1), (2, 1, 2)");
        try (SqlClient old = SqlClient.open(URL)) {
            old.connection().setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            old.connection().setAutoCommit(false);
            assertThat(old.rows("SELECT b FROM t WHERE a = 1 ORDER BY b")).containsExactly("1", "2");
            sql.execute("CREATE INDEX by_a ON t (a) INCLUDE (b)");
            old.rowsRefused("SELECT b FROM t WHERE a = 1", "40001", "BY_A", "run it again");
            old.connection().rollback();
            assertThat(old.rows("SELECT b FROM t WHERE a = 1 ORDER BY b")).containsExactly("1", "2");
        }
    }

    @Test
    void entriesAreThereWhenTheDatabaseIsOpenedAgain() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=3;checkpoint.log.bytes=1";
        try (SqlClient file = SqlClient.open(url)) {
            file.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(9), u INT)", "INSERT INTO t VALUES (1, 1, 'x', 1)",
                    "CREATE INDEX by_a ON t (a DESC) INCLUDE (b)", "CREATE UNIQUE INDEX by_u ON t (u) INCLUDE (a, b)",
                    "INSERT INTO t VALUES (2, 1, 'y', 2), (3, 2, NULL, NULL)", "UPDATE t SET b = 'z' WHERE id = 1");
        }
        for (int round = 0; round < 3; round++) {
            try (SqlClient file = SqlClient.open(url)) {
                assertThat(file.rows("SELECT a, b FROM t WHERE a > 0 ORDER BY a DESC, id").subList(0, 3)).containsExactly("2|null", "1|z",
                        "1|y");
                assertThat(file.rows("EXPLAIN SELECT a, b FROM t WHERE u = 2").getFirst()).startsWith("IndexOnlyLookup");
                assertThat(file.rows("SELECT a, b FROM t WHERE u = 2")).containsExactly("1|y");
                IndexEntries.verify(url);
                file.execute("INSERT INTO t VALUES (" + (10 + round) + ", 0, 'w', " + (10 + round) + ")");
            }
        }
    }
}
