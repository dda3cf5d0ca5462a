package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.sql.SqlClient;
import org.coconutdb.sql.catalog.IndexDefinition;
import org.coconutdb.sql.catalog.TableAlteration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// CREATE INDEX, DROP INDEX and UNIQUE: whatever is written, an index has exactly one entry for each row.
class IndexesTest {
    private static final String URL = "jdbc:coconut:mem:indexes-test;memory.lock=off;blocks=3";

    @TempDir private Path directory;

    private SqlClient sql;
    private Connection connection;
    private Statement statement;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
        connection = sql.connection();
        statement = connection.createStatement();
    }

    @AfterEach
    void close() throws SQLException {
        IndexEntries.verify(URL);
        connection.close();
    }

    private static String table(String kind) {
        return "CREATE TABLE person (id INT PRIMARY KEY, email VARCHAR(20) UNIQUE, given VARCHAR(20), family VARCHAR(20), "
                + "CONSTRAINT one_name UNIQUE (family, given)) USING " + kind;
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void valuesOfAUniqueConstraintAreThereOnce(String kind) throws SQLException {
        sql.execute(table(kind), "INSERT INTO person VALUES (1, 'a@b', 'Ada', 'L'), (2, 'c@d', 'Bea', 'L'), (3, NULL, 'Cid', NULL)");
        sql.refused("INSERT INTO person VALUES (4, 'a@b', 'Dan', 'M')", "23505", "PERSON_EMAIL_KEY", "EMAIL='a@b'");
        sql.refused("INSERT INTO person VALUES (4, 'e@f', 'Ada', 'L')", "23505", "ONE_NAME", "FAMILY='L', GIVEN='Ada'");
        assertThatThrownBy(() -> statement.execute("UPDATE person SET email = 'a@b' WHERE id = 2"))
                .isInstanceOf(SQLIntegrityConstraintViolationException.class);
        sql.refused("UPSERT INTO person VALUES (2, 'a@b', 'Bea', 'L')", "23505", "PERSON_EMAIL_KEY");
        sql.refused("INSERT INTO person VALUES (5, 'x@y', 'X', 'Y'), (6, 'x@y', 'Z', 'Y')", "23505", "x@y");
        // NULL is like no other value, not even another NULL.
        sql.execute("INSERT INTO person VALUES (4, NULL, 'Cid', NULL), (5, NULL, NULL, NULL), (6, NULL, NULL, NULL)");
        // What a row leaves is free.
        sql.execute("UPDATE person SET email = 'z@z' WHERE id = 1", "UPDATE person SET email = 'a@b' WHERE id = 2",
                "DELETE FROM person WHERE id = 2", "INSERT INTO person VALUES (7, 'a@b', 'Bea', 'L')");
        assertThat(sql.rows("SELECT id, email FROM person WHERE email IS NOT NULL ORDER BY id")).containsExactly("1|z@z", "7|a@b");
        assertThat(IndexEntries.verify(URL)).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void aStatementMayPassValuesFromRowToRow(String kind) throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v INT) USING " + kind, "CREATE INDEX by_v ON t (v DESC, id)");
        sql.execute("INSERT INTO t VALUES (1, 1, 1), (2, 2, 1), (3, 3, 2), (4, 4, NULL)");
        sql.execute("UPDATE t SET u = u + 1");
        sql.execute("UPDATE t SET u = CASE u WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE u END, v = v + 1");
        sql.execute("UPDATE t SET id = id + 1");
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("2|3|2", "3|2|2", "4|4|3", "5|5|null");
        // Two rows that swap their keys and keep the rest.
        sql.execute("UPDATE t SET id = 5 - id WHERE id < 4");
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("2|2|2", "3|3|2", "4|4|3", "5|5|null");
        sql.refused("UPDATE t SET u = 7", "23505", "T_U_KEY", "U=7");
        // An UPSERT of several rows, one key twice, and values that leave one row for another.
        sql.execute("UPSERT INTO t VALUES (2, 9, 9), (3, 2, 9), (2, 3, 8)");
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("2|3|8", "3|2|9", "4|4|3", "5|5|null");
        sql.refused("UPSERT INTO t VALUES (2, 4, 1), (2, 6, 1), (3, 5, 1)", "23505", "U=5");
        sql.execute("DELETE FROM t WHERE v > 8");
        assertThat(IndexEntries.verify(URL)).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void onConflictLooksAtUniqueIndexesToo(String kind) throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, n INT) USING " + kind,
                "INSERT INTO t VALUES (1, 10, 0), (2, 20, 0)");
        sql.execute("INSERT INTO t VALUES (3, 10, 5), (1, 30, 5), (4, 40, 5), (5, 40, 6) ON CONFLICT DO NOTHING");
        sql.execute("INSERT INTO t VALUES (9, 20, 7) ON CONFLICT (u) DO UPDATE SET n = t.n + EXCLUDED.n, u = 21");
        sql.execute("INSERT INTO t VALUES (9, 50, 7), (8, 10, 7) ON CONFLICT (u) DO NOTHING");
        sql.refused("INSERT INTO t VALUES (9, 60, 7) ON CONFLICT (u) DO NOTHING", "23505", "ID=9");
        sql.refused("INSERT INTO t VALUES (1, 21, 7) ON CONFLICT (id) DO UPDATE SET u = EXCLUDED.u", "23505", "U=21");
        sql.refused("INSERT INTO t VALUES (31, 70, 7), (32, 70, 7) ON CONFLICT (u) DO UPDATE SET n = 1", "21000");
        sql.refused("INSERT INTO t VALUES (1, 21, 7) ON CONFLICT (n) DO NOTHING", "42000", "(ID) or (U)");
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|10|0", "2|21|7", "4|40|5", "9|50|7");
    }

    @Test
    void aTransactionSeesItsOwnEntries() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE)", "INSERT INTO t VALUES (1, 1)");
        connection.setAutoCommit(false);
        sql.execute("INSERT INTO t VALUES (2, 2)");
        sql.refused("INSERT INTO t VALUES (3, 2)", "23505", "U=2");
        sql.refused("INSERT INTO t VALUES (3, 1)", "23505", "U=1");
        sql.execute("DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (3, 1)", "UPDATE t SET u = u + 10",
                "INSERT INTO t VALUES (4, 1) ON CONFLICT (u) DO NOTHING", "INSERT INTO t VALUES (5, 12) ON CONFLICT (u) DO NOTHING");
        sql.execute("SAVEPOINT s", "DELETE FROM t", "INSERT INTO t VALUES (6, 11)", "ROLLBACK TO s");
        connection.commit();
        connection.setAutoCommit(true);
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("2|12", "3|11", "4|1");
        assertThat(IndexEntries.verify(URL)).isEqualTo(3);
        try (PreparedStatement insert = connection.prepareStatement("UPSERT INTO t VALUES (?, ?)")) {
            for (int[] row : new int[][] {{2, 1}, {4, 12}, {2, 5}}) {
                insert.setInt(1, row[0]);
                insert.setInt(2, row[1]);
                insert.addBatch();
            }
            // The first wants what the second gives up only behind it.
            assertThatThrownBy(insert::executeBatch).isInstanceOf(SQLException.class);
        }
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("2|12", "3|11", "4|1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
    void twoUpsertsOfARowLeaveOneEntry(String level) throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "CREATE INDEX by_v ON t (v)", "INSERT INTO t VALUES (1, 0)");
        try (Connection other = DriverManager.getConnection(URL); Statement second = other.createStatement()) {
            for (int id = 1; id <= 2; id++) {
                sql.execute("BEGIN ISOLATION LEVEL " + level, "UPSERT INTO t VALUES (" + id + ", 1)");
                second.execute("UPSERT INTO t VALUES (" + id + ", 2)");

                assertThatThrownBy(() -> statement.execute("COMMIT")).isInstanceOfSatisfying(SQLException.class,
                        failure -> assertThat(failure.getSQLState()).isEqualTo("40001"));
            }
        }
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|2", "2|2");
        assertThat(IndexEntries.verify(URL)).isEqualTo(2);
    }

    @Test
    void anIndexIsMadeDroppedAndShown() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(5), CONSTRAINT t_b UNIQUE (b)) USING SORTED",
                "INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'y')");
        sql.refused("CREATE UNIQUE INDEX t_a ON t (a)", "23505", "T_A", "A=1");
        assertThat(sql.rows("SELECT INDEX_NAME FROM SYSTEM.INDEXES")).containsExactly("T_B");
        sql.execute("CREATE INDEX t_a ON t (a DESC, b)", "CREATE INDEX IF NOT EXISTS t_a ON t (b)");
        assertThat(sql.rows("SELECT TABLE_NAME, INDEX_NAME, IS_UNIQUE, IS_CONSTRAINT, STATE, COLUMN_NAME, IS_DESCENDING, ENTRIES "
                + "FROM SYSTEM.INDEXES ORDER BY INDEX_NAME, ORDINAL_POSITION"))
                        .containsExactly("T|T_A|false|false|READY|A|true|2", "T|T_A|false|false|READY|B|false|2",
                                "T|T_B|true|true|READY|B|false|2");
        assertThat(sql.rows("SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY 1"))
                .containsExactly("T_B|UNIQUE", "T_PK|PRIMARY KEY");
        List<String> indexes = new ArrayList<>();
        try (ResultSet found = connection.getMetaData().getIndexInfo(null, null, "T", false, true)) {
            while (found.next()) {
                indexes.add(found.getBoolean("NON_UNIQUE") + " " + found.getString("INDEX_NAME") + " " + found.getString("COLUMN_NAME")
                        + " "
                        + found.getString("ASC_OR_DESC"));
            }
        }
        assertThat(indexes).containsExactly("false T_B B A", "false T_PK ID A", "true T_A A D", "true T_A B A");
        try (ResultSet keys = connection.getMetaData().getPrimaryKeys(null, null, "T")) {
            assertThat(keys.next()).isTrue();
            assertThat(keys.getString("COLUMN_NAME")).isEqualTo("ID");
            assertThat(keys.next()).isFalse();
        }
        sql.refused("CREATE INDEX t_a ON t (b)", "42P07", "T_A");
        sql.refused("CREATE INDEX t_pk ON t (b)", "42P07");
        sql.refused("CREATE TABLE other (id INT PRIMARY KEY, x INT, CONSTRAINT t_a UNIQUE (x))", "42P07", "T_A");
        sql.refused("CREATE INDEX i ON t (c)", "42703", "Did you mean A?");
        sql.refused("CREATE INDEX i ON t (a, a)", "42701");
        sql.refused("CREATE INDEX i ON t (a + 1)", "42601", "column=24");
        sql.refused("CREATE UNIQUE INDEX i ON t (a) WHERE a > 1", "42601", "WHERE");
        sql.refused("CREATE INDEX i ON missing (a)", "42P01");
        sql.refused("CREATE INDEX i ON SYSTEM.BLOCKS (block_id)", "42809");
        sql.refused("CREATE OR REPLACE INDEX t_a ON t (a)", "0A000");
        sql.refused("CREATE TABLE other (id INT PRIMARY KEY, UNIQUE (y))", "42703");
        sql.refused("DROP INDEX t_b", "2BP01", "T_B");
        sql.refused("DROP INDEX nothing", "42704");
        sql.execute("DROP INDEX t_a", "DROP INDEX IF EXISTS t_a");
        // A table takes its indexes with it, and their names are free again.
        sql.execute("DROP TABLE t", "CREATE TABLE t (id INT PRIMARY KEY, b INT, CONSTRAINT t_b UNIQUE (b))");
        assertThat(IndexEntries.verify(URL)).isZero();
    }

    @Test
    void entriesLiveAsLongAsTheirRows() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v INT) WITH (ttl = INTERVAL '1' HOUR)",
                "INSERT INTO t VALUES (1, 1, 1)", "INSERT INTO t VALUES (2, 2, 2) WITH (ttl = INTERVAL '1' SECOND)");
        sql.execute("CREATE INDEX by_v ON t (v)", "UPDATE t SET v = 3 WHERE id = 2");
        long start = System.nanoTime();
        while (!sql.rows("SELECT id FROM t WHERE id = 2").isEmpty()) {
            assertThat(System.nanoTime() - start).isLessThan(120_000_000_000L);
            Thread.onSpinWait();
        }
        sql.execute("INSERT INTO t VALUES (3, 2, 2) ON CONFLICT DO NOTHING");
        assertThat(sql.rows("SELECT id FROM t ORDER BY id")).containsExactly("1", "3");
        assertThat(IndexEntries.verify(URL)).isEqualTo(4);
    }

    @Test
    void indexesAreThereWhenTheDatabaseIsOpenedAgain() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=3";
        try (Connection file = DriverManager.getConnection(url); Statement write = file.createStatement()) {
            write.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v VARCHAR(10)) USING SORTED");
            write.execute("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')");
            write.execute("CREATE INDEX by_v ON t (v DESC)");
            // As a crash leaves it while an index is built.
            try (Databases.Share share = Databases.instance().open(ConnectionUrl.parse(url, new java.util.Properties()))) {
                var catalog = share.database().catalog();
                var table = catalog.snapshot().table("PUBLIC", "T").orElseThrow();
                IndexDefinition half =
                        new IndexDefinition("HALF", List.of(new IndexDefinition.Part(2, false)), false, false, false);
                catalog.alter(table, TableAlteration.ofIndex(half).begun(table.definition(), List.of()), false);
            }
            assertThat(new SqlClient(file).rows("SELECT INDEX_NAME FROM SYSTEM.INDEXES WHERE STATE = 'BUILDING'")).containsExactly("HALF");
        }
        try (Connection file = DriverManager.getConnection(url); Statement write = file.createStatement()) {
            assertThat(new SqlClient(file).rows("SELECT INDEX_NAME, STATE FROM SYSTEM.INDEXES ORDER BY 1"))
                    .containsExactly("BY_V|READY", "T_U_KEY|READY");
            assertThatThrownBy(() -> write.execute("INSERT INTO t VALUES (3, 1, 'c')")).hasMessageContaining("T_U_KEY");
            assertThat(IndexEntries.verify(url)).isEqualTo(4);
        }
    }

    /// Threads that insert, change and delete rows in every way while indexes are built and dropped again: each index that is ready has
    /// exactly one entry for each row at each moment, and no value of the unique one is there twice.
    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void anIndexIsBuiltWhileWritesGoOn(String kind) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + seed);
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v INT, w INT) USING " + kind);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?)")) {
            for (int id = 0; id < 3000; id++) {
                insert.setInt(1, id);
                insert.setInt(2, id);
                insert.setInt(3, id % 100);
                insert.setInt(4, id);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong writes = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                Random random = new Random(seed + thread);
                writers.add(threads.submit(() -> write(random, over, writes)));
            }
            try {
                for (int round = 0; round < 6; round++) {
                    sql.execute("CREATE INDEX by_v ON t (v, u)", "CREATE INDEX by_w ON t (w DESC)");
                    IndexEntries.verify(URL);
                    // Each change of a table has the writers compile their statements again: they get their turns.
                    long before = writes.get();
                    while (writes.get() < before + 50 && writers.stream().noneMatch(Future::isDone)) {
                        Thread.sleep(1);
                    }
                    if (round < 5) {
                        sql.execute("DROP INDEX by_v", "DROP INDEX by_w");
                    }
                }
            } finally {
                over.set(true);
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(writes.get()).isGreaterThanOrEqualTo(300);
        long count = Long.parseLong(sql.rows("SELECT COUNT(*) FROM t").getFirst());
        assertThat(IndexEntries.verify(URL)).isEqualTo(3 * count);
    }

    private static Void write(Random random, AtomicBoolean over, AtomicLong writes) throws SQLException {
        List<String> texts = List.of("INSERT INTO t VALUES (?, ?, 5, 9)", "UPSERT INTO t VALUES (?, ?, NULL, 7)",
                "UPSERT INTO t (id, u, v) VALUES (?, ?, 8)", "UPDATE t SET u = ?, v = v + 1 WHERE id = ?",
                "UPDATE t SET id = ? WHERE id = ?",
                "DELETE FROM t WHERE id IN (?, ?)", "INSERT INTO t VALUES (?, ?, 1, 1) ON CONFLICT (u) DO UPDATE SET w = t.w + 1");
        try (Connection own = DriverManager.getConnection(URL)) {
            List<PreparedStatement> statements = new ArrayList<>();
            for (String text : texts) {
                statements.add(own.prepareStatement(text));
            }
            while (!over.get()) {
                PreparedStatement write = statements.get(random.nextInt(statements.size()));
                write.setInt(1, random.nextInt(4000));
                write.setInt(2, random.nextInt(4000));
                try {
                    write.executeUpdate();
                    writes.incrementAndGet();
                } catch (SQLException refused) {
                    assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("23505", "40001");
                }
            }
        }
        return null;
    }

    /// A unique index over values of which two rows have the same now and then: a build is refused or what it has made is right.
    @Test
    void aUniqueIndexIsBuiltOrRefusedWhileWritesGoOn() throws Exception {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT) USING SORTED");
        for (int id = 0; id < 600; id++) {
            sql.execute("INSERT INTO t VALUES (" + id + ", " + id + ")");
        }
        AtomicBoolean over = new AtomicBoolean();
        int built = 0;
        int refused = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> writer = threads.submit(() -> {
                try (Connection own = DriverManager.getConnection(URL); Statement write = own.createStatement()) {
                    // 300's value moves to 599, to a value of its own, and back.
                    String[] steps = {"UPDATE t SET u = 5000 WHERE id = 300", "UPDATE t SET u = 300 WHERE id = 599",
                            "UPDATE t SET u = 300 WHERE id = 300", "UPDATE t SET u = 599 WHERE id = 599",
                            "UPDATE t SET u = 300 WHERE id = 300"};
                    for (int step = 0; !over.get(); step++) {
                        try {
                            write.execute(steps[step % steps.length]);
                        } catch (SQLException failure) {
                            assertThat(failure.getSQLState()).as(failure.getMessage()).isIn("23505", "40001");
                        }
                    }
                }
                return null;
            });
            try {
                for (int round = 0; round < 40; round++) {
                    try {
                        sql.execute("CREATE UNIQUE INDEX by_u ON t (u)");
                        built++;
                        assertThat(IndexEntries.verify(URL)).isEqualTo(600);
                        sql.execute("DROP INDEX by_u");
                    } catch (SQLException failure) {
                        assertThat(failure.getSQLState()).as(failure.getMessage()).isEqualTo("23505");
                        refused++;
                    }
                }
            } finally {
                over.set(true);
            }
            writer.get();
        }
        System.out.println("unique indexes built: " + built + ", refused: " + refused);
        assertThat(built).isPositive();
    }
}
