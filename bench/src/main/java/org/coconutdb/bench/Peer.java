package org.coconutdb.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A database that is measured beside others, each embedded and reached through JDBC. On disk every one is told to have a commit on the
/// disk before it is acknowledged.
enum Peer {
    COCONUT_HASH("jdbc:coconut:file:%s", " USING HASH"),
    COCONUT_SORTED("jdbc:coconut:file:%s", " USING SORTED"),
    /// Its store does not sync at a commit, whatever it is told: a statement after each commit does.
    H2_SYNCED("jdbc:h2:file:%s/h2;WRITE_DELAY=0", ""),
    /// The same without: a power cut may take what was acknowledged.
    H2("jdbc:h2:file:%s/h2;WRITE_DELAY=0", ""),
    /// Its clients wait for its lock by sleeping: with a longer timeout one that always sleeps at the wrong moment holds up a whole round.
    SQLITE("jdbc:sqlite:%s/sqlite?journal_mode=WAL&synchronous=FULL&busy_timeout=1000&transaction_mode=IMMEDIATE", ""),
    HSQLDB("jdbc:hsqldb:file:%s/hsqldb;hsqldb.tx=mvcc;hsqldb.write_delay=false", ""),
    DERBY("jdbc:derby:%s/derby;create=true", ""),
    COCONUT_HASH_MEMORY("jdbc:coconut:mem:bench-hash", " USING HASH"),
    COCONUT_SORTED_MEMORY("jdbc:coconut:mem:bench-sorted", " USING SORTED"),
    H2_MEMORY("jdbc:h2:mem:bench;DB_CLOSE_DELAY=-1", ""),
    SQLITE_MEMORY("jdbc:sqlite:file:bench?mode=memory&cache=shared&busy_timeout=60000", ""),
    /// One connection has it for itself, which is its quickest way.
    SQLITE_MEMORY_ALONE("jdbc:sqlite::memory:", ""),
    HSQLDB_MEMORY("jdbc:hsqldb:mem:bench", "");

    static final List<Peer> IN_MEMORY = List.of(COCONUT_HASH_MEMORY, COCONUT_SORTED_MEMORY, H2_MEMORY, SQLITE_MEMORY);
    static final List<Peer> IN_MEMORY_ALONE = List.of(COCONUT_HASH_MEMORY, COCONUT_SORTED_MEMORY, H2_MEMORY, SQLITE_MEMORY_ALONE, HSQLDB_MEMORY);
    static final List<Peer> ON_DISK = List.of(COCONUT_HASH, COCONUT_SORTED, H2_SYNCED, H2, SQLITE, HSQLDB, DERBY);

    private final String url;
    private final String using;

    Peer(String url, String using) {
        this.url = url;
        this.using = using;
    }

    Connection connect(Path directory) throws SQLException {
        return DriverManager.getConnection(String.format(url, directory.resolve(name())));
    }

    /// Whether others are to be compared with it: one that promises as much.
    boolean isComparable() {
        return !isCoconut() && this != H2;
    }

    boolean isCoconut() {
        return name().startsWith("COCONUT");
    }

    /// Runs it in each connection once.
    void prepare(Connection connection) throws SQLException {
        if (this == HSQLDB) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET FILES WRITE DELAY FALSE");
                statement.execute("SET DATABASE DEFAULT TABLE TYPE CACHED");
            }
        }
        if (this == SQLITE_MEMORY) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA read_uncommitted = 0");
            }
        }
    }

    /// What stands behind a table's definition to choose its kind.
    String using() {
        return using;
    }

    void createTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE item (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40), price DECIMAL(12, 2), stock INT)" + using);
        }
    }

    /// What has to run behind each commit; empty: nothing.
    List<String> behindCommit() {
        return this == H2_SYNCED ? List.of("CHECKPOINT SYNC") : List.of();
    }
}
