package org.coconutdb.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// A connection of a test, and short words for what tests do with one.
public record SqlClient(Connection connection) implements AutoCloseable {
    public static SqlClient open(String url) throws SQLException {
        return new SqlClient(DriverManager.getConnection(url));
    }

    /// Executes statements one after the other.
    public void execute(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /// How many rows a statement changed.
    public int update(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    /// The rows of a query, the values of each with bars between them.
    public List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(query)) {
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

    /// Asserts that the statement is refused.
    ///
    /// @param parts of the message
    public void refused(String sql, String sqlState, String... parts) {
        fails(sql, () -> execute(sql), sqlState, parts);
    }

    /// Asserts that the rows of a query cannot be computed.
    ///
    /// @param parts of the message
    public void rowsRefused(String query, String sqlState, String... parts) {
        fails(query, () -> rows(query), sqlState, parts);
    }

    private static void fails(String sql, ThrowingCallable run, String sqlState, String... parts) {
        assertThatThrownBy(run).as(sql).isInstanceOfSatisfying(SQLException.class, failure -> {
            assertThat(failure.getSQLState()).as(failure.getMessage()).isEqualTo(sqlState);
            assertThat(parts).allSatisfy(part -> assertThat(failure.getMessage()).contains(part));
        });
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
