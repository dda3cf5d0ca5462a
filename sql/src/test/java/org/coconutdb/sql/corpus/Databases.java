package org.coconutdb.sql.corpus;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One set of tables in CoconutDB, in three ways, and in its peers.
final class Databases implements AutoCloseable {
    private final List<Connection> opened = new ArrayList<>();

    /// The tables as they are.
    final Connection plain;
    /// The same rows without indexes, hash tables sorted and sorted ones hashed.
    final Connection otherwise;
    /// The tables as they are, with hardly any memory for what reads them.
    final Connection tight;
    /// The same rows, some of them written by the open transaction alone.
    final Connection own;
    final Connection h2;
    final Connection sqlite;

    Databases(Tables tables) throws SQLException {
        plain = open("jdbc:coconut:mem:");
        otherwise = open("jdbc:coconut:mem:;blocks=3;query.parallelism=3;query.parallel.rows=0");
        tight = open("jdbc:coconut:mem:;query.memory=32KB;blocks=3;query.parallelism=2;query.parallel.rows=0");
        own = open("jdbc:coconut:mem:");
        h2 = open("jdbc:h2:mem:");
        sqlite = open("jdbc:sqlite::memory:");
        for (Connection zoned : List.of(plain, otherwise, tight, own, h2)) {
            execute(zoned, "SET TIME ZONE 'Europe/Berlin'");
        }
        execute(sqlite, "PRAGMA case_sensitive_like = ON");
        for (Tables.Table table : tables.tables()) {
            create(plain, Peer.COCONUT, table);
            insert(plain, Peer.COCONUT, table, table.rows());
            create(tight, Peer.COCONUT, table);
            insert(tight, Peer.COCONUT, table, table.rows());
            create(otherwise, Peer.COCONUT, table.otherwise());
            insert(otherwise, Peer.COCONUT, table, table.rows());
            create(h2, Peer.H2, table);
            insert(h2, Peer.H2, table, table.rows());
            create(sqlite, Peer.SQLITE, table);
            insert(sqlite, Peer.SQLITE, table, table.rows());
            create(own, Peer.COCONUT, table);
        }
        writeInTransaction(tables);
    }

    private Connection open(String url) throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        opened.add(connection);
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void create(Connection connection, Peer peer, Tables.Table table) throws SQLException {
        execute(connection, table.createText(peer));
        if (peer == Peer.COCONUT) {
            for (String index : table.indexTexts()) {
                execute(connection, index);
            }
        }
    }

    /// Of each table some rows are committed as they are, some are committed and changed, and some are inserted; and others are deleted.
    private void writeInTransaction(Tables tables) throws SQLException {
        for (Tables.Table table : tables.tables()) {
            List<@Nullable Object[]> early = new ArrayList<>();
            for (int i = 0; i < table.rows().size(); i += 2) {
                @Nullable Object[] row = table.rows().get(i).clone();
                if (i % 4 == 0) {
                    for (int at = 0; at < row.length; at++) {
                        row[at] = table.columns().get(at).nullable() ? null : row[at];
                    }
                }
                early.add(row);
            }
            insert(own, Peer.COCONUT, table, early);
        }
        own.setAutoCommit(false);
        for (Tables.Table table : tables.tables()) {
            execute(own, "DELETE FROM " + table.name() + " WHERE k IS NOT NULL AND CHAR_LENGTH(CAST(k AS VARCHAR(30))) = 1");
            write("UPSERT INTO ", own, Peer.COCONUT, table, table.rows());
        }
    }

    private static void insert(Connection connection, Peer peer, Tables.Table table, List<@Nullable Object[]> rows) throws SQLException {
        write("INSERT INTO ", connection, peer, table, rows);
    }

    private static void write(String verb, Connection connection, Peer peer, Tables.Table table, List<@Nullable Object[]> rows)
            throws SQLException {
        String marks = "?, ".repeat(table.columns().size() - 1) + "?";
        try (PreparedStatement insert = connection.prepareStatement(verb + table.name() + " VALUES (" + marks + ")")) {
            for (@Nullable Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    insert.setObject(i + 1, value(row[i], peer));
                }
                insert.executeUpdate();
            }
        }
    }

    /// SQLite keeps dates as text, and decimals as floating-point numbers.
    static @Nullable Object value(@Nullable Object value, Peer peer) {
        if (peer != Peer.SQLITE) {
            return value;
        }
        return switch (value) {
            case LocalDate date -> date.toString();
            case LocalDateTime time -> Literal.text(time);
            case OffsetDateTime moment -> Literal.utc(moment);
            case java.math.BigDecimal number -> number.doubleValue();
            case null, default -> value;
        };
    }

    @Override
    public void close() throws SQLException {
        own.rollback();
        for (Connection connection : opened) {
            connection.close();
        }
    }
}
