package org.coconutdb.cli.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/// A small table in the quickstart's database that says whose it is and how far loading came, so that a second run neither takes a
/// foreign database for its own nor believes a half-loaded one.
final class QuickstartMark {
    static final String TABLE = "QUICKSTART";
    private static final String SCALE = "scale";
    private static final String STATE = "state";
    private static final String COMPLETE = "complete";

    private final Connection connection;

    QuickstartMark(Connection connection) {
        this.connection = connection;
    }

    /// Whether an earlier run loaded all rows at this scale.
    boolean isComplete(Set<String> tables, double scale) throws SQLException {
        return tables.contains(TABLE) && COMPLETE.equals(read(STATE)) && Quickstart.plain(scale).equals(read(SCALE));
    }

    /// Before the first row is loaded.
    void begin(Set<String> tables, double scale) throws SQLException {
        if (tables.contains(TABLE)) {
            Quickstart.execute(connection, "DROP TABLE " + TABLE);
        }
        Quickstart.execute(connection, "CREATE TABLE " + TABLE
                + " (item VARCHAR(20) NOT NULL, content VARCHAR(20), PRIMARY KEY (item)) USING HASH");
        write(SCALE, Quickstart.plain(scale));
    }

    /// After the last row is committed.
    void complete() throws SQLException {
        write(STATE, COMPLETE);
    }

    private String read(String item) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT content FROM " + TABLE + " WHERE item = ?")) {
            query.setString(1, item);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1) : "";
            }
        }
    }

    private void write(String item, String content) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + TABLE + " (item, content) VALUES (?, ?)")) {
            insert.setString(1, item);
            insert.setString(2, content);
            insert.executeUpdate();
        }
    }
}
