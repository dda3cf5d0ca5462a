package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an INSERT hands back of its rows, through JDBC.
class GeneratedKeysTest {
    private static final int THREADS = 8;
    private static final String INSERT = "INSERT INTO t (n) VALUES (?)";

    private Connection connection;
    private Statement statement;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:coconut:mem:;memory.lock=off;blocks=2");
        statement = connection.createStatement();
        statement.execute("CREATE SEQUENCE s START WITH 100");
        statement.execute("CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n INT, code VARCHAR(10) DEFAULT 'none') "
                + "USING SORTED");
        statement.execute("CREATE TABLE u (id INT DEFAULT NEXT VALUE FOR s PRIMARY KEY, n INT)");
        statement.execute("CREATE TABLE plain (id INT PRIMARY KEY, n INT DEFAULT 5)");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private static List<String> keys(Statement statement) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet keys = statement.getGeneratedKeys()) {
            while (keys.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= keys.getMetaData().getColumnCount(); i++) {
                    row.add(keys.getMetaData().getColumnLabel(i) + "=" + keys.getString(i));
                }
                rows.add(String.join(" ", row));
            }
        }
        return rows;
    }

    @Test
    void hasTheIdentitiesOfOneRowOrMany() throws SQLException {
        statement.executeUpdate("INSERT INTO t (n) VALUES (1)", Statement.RETURN_GENERATED_KEYS);
        assertThat(keys(statement)).containsExactly("ID=1");
        statement.execute("INSERT INTO t (n) VALUES (2), (3)", Statement.RETURN_GENERATED_KEYS);
        assertThat(keys(statement)).containsExactly("ID=2", "ID=3");
        statement.executeUpdate("INSERT INTO t (n) SELECT n * 2 FROM t", Statement.RETURN_GENERATED_KEYS);
        assertThat(keys(statement)).containsExactly("ID=4", "ID=5", "ID=6");
        statement.executeUpdate("INSERT INTO u (n) VALUES (1)", Statement.RETURN_GENERATED_KEYS);
        assertThat(keys(statement)).containsExactly("ID=100");
    }

    @Test
    void isEmptyWhereNothingWasAskedForOrMade() throws SQLException {
        statement.executeUpdate("INSERT INTO t (n) VALUES (1)", Statement.RETURN_GENERATED_KEYS);
        statement.executeUpdate("INSERT INTO t (n) VALUES (2)");
        assertThat(keys(statement)).isEmpty();
        for (String sql : List.of("INSERT INTO plain VALUES (1, 2)", "UPDATE t SET n = 3",
                "INSERT INTO t (n) SELECT n FROM t WHERE n > 100",
                "DELETE FROM t", "CREATE TABLE v (id INT PRIMARY KEY)")) {
            statement.executeUpdate(sql, Statement.RETURN_GENERATED_KEYS);
            assertThat(keys(statement)).as(sql).isEmpty();
        }
        assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO t (n) VALUES ('x')", Statement.RETURN_GENERATED_KEYS))
                .isInstanceOf(SQLException.class);
        assertThat(keys(statement)).isEmpty();
    }

    @Test
    void hasTheColumnsThatAreNamed() throws SQLException {
        statement.executeUpdate("INSERT INTO t (n) VALUES (1)", new String[] {"code", "ID"});
        assertThat(keys(statement)).containsExactly("CODE=none ID=1");
        statement.executeUpdate("INSERT INTO t (n) VALUES (2)", new int[] {2, 1});
        assertThat(keys(statement)).containsExactly("N=2 ID=2");
        statement.execute("INSERT INTO plain (id) VALUES (7)", new String[] {"N"});
        assertThat(keys(statement)).containsExactly("N=5");
        assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO t (n) VALUES (3)", new String[] {"GONE"}))
                .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("42703"));
        assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO t (n) VALUES (3)", new int[] {4}))
                .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("42703"));
        try (ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM t")) {
            assertThat(count.next()).isTrue();
            assertThat(count.getInt(1)).isEqualTo(2);
        }
    }

    @Test
    void isDescribed() throws SQLException {
        assertThat(connection.getMetaData().supportsGetGeneratedKeys()).isTrue();
        statement.executeUpdate("INSERT INTO t (n) VALUES (1)", Statement.RETURN_GENERATED_KEYS);
        try (ResultSet keys = statement.getGeneratedKeys()) {
            assertThat(keys.getMetaData().getColumnType(1)).isEqualTo(Types.BIGINT);
            assertThat(keys.getMetaData().getTableName(1)).isEqualTo("T");
            assertThat(keys.getMetaData().isAutoIncrement(1)).isTrue();
            assertThat(keys.next()).isTrue();
            assertThat(keys.getLong("id")).isEqualTo(1);
        }
    }

    @Test
    void hasTheRowsOfABatchInTheirOrder() throws SQLException {
        for (boolean autoCommit : new boolean[] {true, false}) {
            connection.setAutoCommit(autoCommit);
            statement.execute("DELETE FROM t");
            try (PreparedStatement insert = connection.prepareStatement(INSERT, new String[] {"N"})) {
                for (int i = 0; i < 4; i++) {
                    insert.setInt(1, 10 * i);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).containsExactly(1, 1, 1, 1);
                assertThat(keys(insert)).containsExactly("N=0", "N=10", "N=20", "N=30");
                insert.setInt(1, 7);
                insert.executeUpdate();
                assertThat(keys(insert)).containsExactly("N=7");
            }
            if (!autoCommit) {
                connection.commit();
            }
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT, Statement.RETURN_GENERATED_KEYS)) {
            insert.setInt(1, 1);
            insert.addBatch();
            insert.addBatch();
            insert.executeBatch();
            assertThat(keys(insert)).containsExactly("ID=11", "ID=12");
        }
    }

    @Test
    void leavesOutRowsThatWereThere() throws SQLException {
        statement.executeUpdate("INSERT INTO plain VALUES (1, 1)");
        statement.executeUpdate("INSERT INTO plain VALUES (1, 2), (2, 2) ON CONFLICT DO NOTHING", new String[] {"ID"});
        assertThat(keys(statement)).containsExactly("ID=2");
        statement.executeUpdate("INSERT INTO plain VALUES (2, 3), (3, 3) ON CONFLICT DO UPDATE SET n = 9", new String[] {"ID"});
        assertThat(keys(statement)).containsExactly("ID=3");
        statement.executeUpdate("UPSERT INTO plain VALUES (3, 3), (4, 4)", new String[] {"ID"});
        assertThat(keys(statement)).containsExactly("ID=3", "ID=4");
    }

    @Test
    void belongsToTheThreadThatInserted() throws Exception {
        String url = "jdbc:coconut:mem:keys;memory.lock=off;blocks=2";
        int each = 300;
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Connection keeper = DriverManager.getConnection(url); Statement inside = keeper.createStatement()) {
            inside.execute("CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n INT)");
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                threads.add(Thread.ofPlatform().start(() -> {
                    try (Connection own = DriverManager.getConnection(url);
                            PreparedStatement insert = own.prepareStatement(INSERT, Statement.RETURN_GENERATED_KEYS);
                            PreparedStatement read = own.prepareStatement("SELECT n FROM t WHERE id = ?")) {
                        for (int j = 0; j < each; j++) {
                            insert.setInt(1, thread);
                            insert.executeUpdate();
                            try (ResultSet keys = insert.getGeneratedKeys()) {
                                assertThat(keys.next()).isTrue();
                                assertThat(seen.add(keys.getLong(1))).isTrue();
                                read.setLong(1, keys.getLong(1));
                            }
                            try (ResultSet row = read.executeQuery()) {
                                assertThat(row.next()).isTrue();
                                assertThat(row.getInt(1)).isEqualTo(thread);
                            }
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
            assertThat(seen).hasSize(THREADS * each);
        }
    }
}
