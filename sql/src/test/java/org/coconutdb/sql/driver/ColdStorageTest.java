package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tables that hold ten times what they may have in memory, through JDBC.
class ColdStorageTest {
    private static final int ROWS = 24_000;

    @TempDir private Path directory;

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=2");
    }

    private static String text(int number) {
        return number + "-" + Long.toString(new Random(number).nextLong(), 36).repeat(60);
    }

    private static void insert(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO event VALUES (?, ?, ?)")) {
            for (int i = 0; i < ROWS; i++) {
                insert.setInt(1, i);
                insert.setInt(2, i % 10);
                insert.setString(3, text(i));
                insert.addBatch();
                if (i % 500 == 499) {
                    insert.executeBatch();
                }
            }
        }
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    private static void check(Connection connection, String kind) throws SQLException {
        assertThat(number(connection, "SELECT COUNT(*) FROM event")).isEqualTo(ROWS);
        assertThat(number(connection, "SELECT SUM(id) FROM event WHERE kind = 3")).isEqualTo((ROWS / 10) * (ROWS / 2 - 2L));
        assertThat(number(connection, "SELECT COUNT(*) FROM event a JOIN event b ON a.id = b.id + 1 WHERE a.kind = 1"))
                .isEqualTo(ROWS / 10);
        try (PreparedStatement lookup = connection.prepareStatement("SELECT what FROM event WHERE id = ?")) {
            for (int id : new int[] {0, 77, 500, ROWS - 1}) {
                lookup.setInt(1, id);
                try (ResultSet row = lookup.executeQuery()) {
                    assertThat(row.next()).as("%s, id %d", kind, id).isTrue();
                    assertThat(row.getString(1)).isEqualTo(text(id));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void tenTimesTheBudgetIsLoadedQueriedAndOpenedAgain(String kind) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE event (id INT PRIMARY KEY, kind INT, what VARCHAR(1000)) USING " + kind
                    + " WITH (hot_memory = '2MB')");
            insert(connection);
            check(connection, kind);

            assertThat(number(connection, "SELECT SUM(hot_bytes) FROM \"SYSTEM\".storage WHERE table_name = 'EVENT'"))
                    .isLessThanOrEqualTo(2L << 20);
            assertThat(number(connection, "SELECT SUM(hot_rows) + SUM(cold_rows) FROM \"SYSTEM\".storage WHERE table_name = 'EVENT'"))
                    .isEqualTo(ROWS);
            assertThat(number(connection, "SELECT SUM(demotions) FROM \"SYSTEM\".storage WHERE table_name = 'EVENT'"))
                    .isGreaterThan(ROWS / 2);
            long cold = number(connection, "SELECT COUNT(*) FROM meta_space.event WHERE storage = 'COLD'");
            assertThat(cold).isGreaterThan(ROWS / 10 * 8);

            assertThat(statement.executeUpdate("UPDATE event SET kind = kind + 10 WHERE id < 100")).isEqualTo(100);
            assertThat(statement.executeUpdate("UPDATE event SET kind = kind - 10 WHERE kind >= 10")).isEqualTo(100);
            assertThat(statement.executeUpdate("DELETE FROM event WHERE id = 5")).isEqualTo(1);
            statement.executeUpdate("INSERT INTO event VALUES (5, 5, '" + text(5) + "')");
        }
        try (Connection connection = connect()) {
            check(connection, kind);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void withoutAColdTierTooMuchIsRefused(String kind) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:coconut:mem:;memory.lock=off;blocks=2");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE event (id INT PRIMARY KEY, kind INT, what VARCHAR(1000)) USING " + kind
                    + " WITH (hot_memory = '2MB')");
            assertThatThrownBy(() -> insert(connection)).isInstanceOfSatisfying(SQLException.class, refused -> {
                assertThat(refused.getSQLState()).isEqualTo("53200");
                assertThat(refused.getMessage()).contains("table=PUBLIC.EVENT", "hotBytesMax=2097152");
            });
            long rows = number(connection, "SELECT COUNT(*) FROM event");
            assertThat(rows).isBetween(500L, 10_000L);
            assertThat(statement.executeUpdate("DELETE FROM event")).isEqualTo((int) rows);
        }
    }
}
