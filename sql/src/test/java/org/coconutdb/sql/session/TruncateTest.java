package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
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
import org.junit.jupiter.params.provider.ValueSource;

/// TRUNCATE takes all rows out of a table and leaves everything else of it, with transactions in flight.
class TruncateTest {
    private static final String URL = "jdbc:coconut:mem:truncate-test;memory.lock=off;blocks=3";

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

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void takesTheRowsAndLeavesTheRest(String kind) throws SQLException {
        sql.execute("CREATE TABLE t (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, u INT UNIQUE, v INT DEFAULT 7 CHECK (v > 0)) USING "
                + kind
                + " WITH (ttl = INTERVAL '1' HOUR)", "CREATE INDEX by_v ON t (v DESC)");
        sql.execute("INSERT INTO t (u) VALUES (1), (2), (3)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (u) VALUES (?)")) {
            sql.execute("TRUNCATE TABLE t");
            assertThat(sql.rows("SELECT * FROM t")).isEmpty();
            assertThat(IndexEntries.verify(URL)).isZero();
            insert.setInt(1, 1);
            insert.executeUpdate();
        }
        sql.refused("INSERT INTO t (u) VALUES (1)", "23505", "T_U_KEY");
        sql.refused("INSERT INTO t (v) VALUES (0)", "23514", "T");
        assertThat(sql.rows("SELECT t.*, m.TTL_SECONDS FROM t JOIN META_SPACE.t AS m ON m.id = t.id")).hasSize(1)
                .allSatisfy(row -> assertThat(row).matches("\\d+\\|1\\|7\\|3600"));
        // The number goes on behind the three rows, or begins again where that is asked for.
        assertThat(sql.rows("SELECT id FROM t WHERE id > 3")).hasSize(1);
        sql.execute("TRUNCATE t RESTART IDENTITY", "INSERT INTO t (u) VALUES (1), (2)");
        assertThat(sql.rows("SELECT id FROM t ORDER BY id")).containsExactly("1", "2");
        sql.execute("TRUNCATE TABLE t CONTINUE IDENTITY", "INSERT INTO t (u) VALUES (1)");
        assertThat(sql.rows("SELECT id FROM t")).containsExactly("3");
        assertThat(IndexEntries.verify(URL)).isEqualTo(2);
    }

    @Test
    void takesSeveralTablesTogetherOrNone() throws SQLException {
        sql.execute("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY) USING SORTED", "INSERT INTO a VALUES (1)",
                "INSERT INTO b VALUES (1)");
        sql.refused("TRUNCATE a, nothing", "42P01", "NOTHING");
        sql.refused("TRUNCATE TABLE a, META_SPACE.b", "42809", "B");
        sql.refused("TRUNCATE \"SYSTEM\".BLOCKS", "42809", "BLOCKS");
        sql.refused("TRUNCATE TABLE a b", "42601", "RESTART");
        connection.setAutoCommit(false);
        sql.execute("INSERT INTO a VALUES (2)");
        sql.refused("TRUNCATE a", "25001", "COMMIT");
        connection.rollback();
        connection.setAutoCommit(true);
        assertThat(sql.rows("SELECT * FROM a, b")).hasSize(1);
        sql.execute("TRUNCATE a, public.b, a");
        assertThat(sql.rows("SELECT id FROM a UNION ALL SELECT id FROM b")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void aTransactionThatUsedTheTableIsRefused(String kind) throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE) USING " + kind, "CREATE TABLE other (id INT PRIMARY KEY)",
                "INSERT INTO t VALUES (1, 1)");
        for (String use : List.of("INSERT INTO t VALUES (2, 2)", "DELETE FROM t", "SELECT * FROM t", "SELECT * FROM t WHERE id = 1",
                "SELECT * FROM t WHERE id = 5")) {
            try (Connection own = DriverManager.getConnection(URL); Statement write = own.createStatement()) {
                own.setAutoCommit(false);
                if (use.startsWith("SELECT")) {
                    // What was not fetched was not read.
                    new SqlClient(own).rows(use);
                } else {
                    write.execute(use);
                }
                write.execute("INSERT INTO other VALUES (1)");
                sql.execute("TRUNCATE t", "INSERT INTO t VALUES (1, 1)");
                assertThatThrownBy(own::commit).as(use)
                        .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("40001"));
            }
            assertThat(sql.rows("SELECT id FROM other")).as(use).isEmpty();
            assertThat(sql.rows("SELECT * FROM t")).as(use).containsExactly("1|1");
        }
    }

    @Test
    void isAsDurableAsACommit() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=3";
        try (Connection file = DriverManager.getConnection(url); Statement write = file.createStatement()) {
            write.execute("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE)");
            write.execute("INSERT INTO t VALUES (1, 1), (2, 2)");
            write.execute("TRUNCATE t");
            write.execute("INSERT INTO t VALUES (3, 1)");
        }
        try (Connection file = DriverManager.getConnection(url)) {
            assertThat(new SqlClient(file).rows("SELECT * FROM t")).containsExactly("3|1");
            assertThat(IndexEntries.verify(url)).isEqualTo(1);
        }
    }

    /// Writers count up, a row each, while the table is emptied again and again: no statement fails, and what is left is what came last.
    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void writersGoOn(String kind) throws Exception {
        sql.execute("CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, writer INT, n INT) USING " + kind,
                "CREATE UNIQUE INDEX by_n ON t (writer, n)");
        int writers = 3;
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong inserted = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int number = writer;
                running.add(threads.submit(() -> {
                    try (Connection own = DriverManager.getConnection(URL);
                            PreparedStatement insert = own.prepareStatement("INSERT INTO t (writer, n) VALUES (?, ?)")) {
                        int n = 0;
                        while (!over.get()) {
                            insert.setInt(1, number);
                            insert.setInt(2, ++n);
                            insert.executeUpdate();
                            inserted.incrementAndGet();
                        }
                        return n;
                    }
                }));
            }
            try {
                for (int round = 0; round < 20; round++) {
                    long before = inserted.get();
                    while (inserted.get() < before + 30 && running.stream().noneMatch(Future::isDone)) {
                        Thread.sleep(1);
                    }
                    sql.execute("TRUNCATE t" + (round % 3 == 0 ? " RESTART IDENTITY" : ""));
                }
            } finally {
                over.set(true);
            }
            for (int writer = 0; writer < writers; writer++) {
                int last = running.get(writer).get();
                List<String> left = sql.rows("SELECT n FROM t WHERE writer = " + writer + " ORDER BY n");
                for (int i = 0; i < left.size(); i++) {
                    assertThat(Integer.parseInt(left.get(i))).isEqualTo(last - left.size() + 1 + i);
                }
            }
        }
        assertThat(inserted.get()).isGreaterThanOrEqualTo(600);
        assertThat(IndexEntries.verify(URL)).isEqualTo(Long.parseLong(sql.rows("SELECT COUNT(*) FROM t").getFirst()));
    }
}
