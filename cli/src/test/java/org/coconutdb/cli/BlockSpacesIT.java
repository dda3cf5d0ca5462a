package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tables in block spaces, as SQL makes, shows, reads and joins them. A cluster of one host is enough for that.
@Timeout(240)
class BlockSpacesIT {
    private record Client(Connection connection) implements AutoCloseable {
        static Client open(String url) throws SQLException {
            return new Client(DriverManager.getConnection(url));
        }

        void execute(String... statements) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            }
        }

        /// The values of each row with bars between them.
        List<String> rows(String query) throws SQLException {
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

        /// @param parts of the message
        void refused(String sql, String sqlState, String... parts) {
            assertThatThrownBy(() -> execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, failure -> {
                assertThat(failure.getSQLState()).as(failure.getMessage()).isEqualTo(sqlState);
                assertThat(parts).allSatisfy(part -> assertThat(failure.getMessage()).contains(part));
            });
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    @TempDir private Path folder;

    private Client client;
    private String url = "";

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @BeforeEach
    void open() throws IOException, SQLException {
        Path file = folder.resolve("member.properties");
        Files.writeString(file, """
                cluster = spaces
                host = 0
                hosts = 0@127.0.0.1:%d
                directory = data
                blocks = 2
                insecure = true
                spaces = audit:2, events:1
                space.audit.commit = majority
                space.events.vote.timeout = 3s
                """.formatted(freePort()));
        url = "jdbc:coconut:member:" + file + ";memory.lock=off;query.parallelism=3;query.parallel.rows=0";
        client = Client.open(url);
    }

    @AfterEach
    void close() throws SQLException {
        if (client != null) {
            client.close();
        }
    }

    private String shown(String table) throws SQLException {
        return client.rows("SHOW CREATE TABLE " + table).getFirst();
    }

    @Test
    void tablesLieInTheSpaceThatTheyAreMadeIn() throws SQLException {
        client.execute("CREATE TABLE usual (id INT PRIMARY KEY)",
                "CREATE TABLE named (id INT PRIMARY KEY) USING SORTED IN SPACE DEFAULT",
                "CREATE TABLE hashed (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a INT UNIQUE) USING HASH IN SPACE audit",
                "CREATE TABLE sorted (id INT PRIMARY KEY) USING SORTED IN SPACE \"EVENTS\" WITH (ttl = 3600)",
                "CREATE TABLE plain (id INT PRIMARY KEY) IN SPACE Audit",
                "CREATE TABLE made (PRIMARY KEY (id)) USING SORTED IN SPACE events AS SELECT id FROM usual",
                "CREATE TABLE copied (PRIMARY KEY (id)) IN SPACE audit AS SELECT 1 AS id",
                "CREATE INDEX hashed_by_a ON hashed (a)");

        assertThat(client.rows("SELECT table_name, table_kind, block_space FROM information_schema.tables WHERE table_schema = 'PUBLIC'"
                + " AND table_type = 'BASE TABLE' ORDER BY 1")).containsExactly("COPIED|HASH|AUDIT", "HASHED|HASH|AUDIT",
                        "MADE|SORTED|EVENTS", "NAMED|SORTED|DEFAULT", "PLAIN|HASH|AUDIT", "SORTED|SORTED|EVENTS", "USUAL|HASH|DEFAULT");
        assertThat(shown("sorted")).endsWith(") USING SORTED IN SPACE EVENTS WITH (TTL = 3600)");
        assertThat(shown("hashed")).endsWith(") USING HASH IN SPACE AUDIT");
        assertThat(shown("named")).endsWith(") USING SORTED");

        // What is shown makes the same again; so does TRUNCATE; and entries of indexes lie with their table.
        String again = shown("sorted");
        client.execute("DROP TABLE sorted", again, "INSERT INTO hashed (a) VALUES (1), (2), (3)", "TRUNCATE TABLE hashed, plain");
        assertThat(client.rows(
                "SELECT table_name, block_space FROM information_schema.tables WHERE table_schema = 'PUBLIC'"
                        + " AND table_name IN ('SORTED', 'HASHED') ORDER BY 1"))
                                .containsExactly("HASHED|AUDIT", "SORTED|EVENTS");
        client.execute("INSERT INTO hashed (a) VALUES (1), (2), (3)");
        assertThat(client.rows("SELECT DISTINCT s.block_space FROM system.block_memory m JOIN system.block_shards s USING (block_id)"
                + " WHERE m.table_name IN ('HASHED', 'HASHED_BY_A', 'HASHED_A_KEY')")).containsExactly("AUDIT");
    }

    @Test
    void theViewsShowSpacesAndTheirRules() throws SQLException {
        assertThat(client.rows("SELECT * FROM system.block_spaces ORDER BY first_block")).containsExactly("DEFAULT|2|1|UNANIMOUS|1000|1",
                "AUDIT|2|3|MAJORITY|null|null", "EVENTS|1|5|UNANIMOUS|3000|1");
        assertThat(client.rows("SELECT block_id, block_space FROM system.block_shards ORDER BY 1")).containsExactly("0|null", "1|DEFAULT",
                "2|DEFAULT", "3|AUDIT", "4|AUDIT", "5|EVENTS");
        try (Client own = Client.open("jdbc:coconut:mem:;blocks=3")) {
            assertThat(own.rows("SELECT * FROM system.block_spaces")).containsExactly("DEFAULT|3|1|null|null|null");
            own.execute("CREATE TABLE t (id INT PRIMARY KEY) USING SORTED IN SPACE default");
            own.refused("CREATE TABLE u (id INT PRIMARY KEY) IN SPACE audit", "42704", "space=AUDIT", "Leave IN SPACE out");
        }
    }

    @Test
    void settingsOfSpacesAreChangedWhileTheyAreUsed() throws SQLException {
        String settings = "SELECT space_name, vote_timeout_millis, min_voters FROM system.block_spaces ORDER BY first_block";
        client.execute("ALTER BLOCK SPACE DEFAULT SET VOTE_TIMEOUT = '2s'",
                "ALTER BLOCK SPACE events SET min_voters = 1, vote_timeout = '500ms'");
        assertThat(client.rows(settings)).containsExactly("DEFAULT|2000|1", "AUDIT|null|null", "EVENTS|500|1");
        client.execute("ALTER BLOCK SPACE \"EVENTS\" SET MIN_VOTERS = DEFAULT", "CREATE TABLE t (id INT PRIMARY KEY) IN SPACE events",
                "INSERT INTO t VALUES (1)");

        client.refused("ALTER BLOCK SPACE evnts SET MIN_VOTERS = 1", "42704", "space=EVNTS", "Did you mean EVENTS?");
        client.refused("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = '2s'", "22023", "space=AUDIT", "By majority nobody is waited for");
        client.refused("ALTER BLOCK SPACE audit SET MIN_VOTERS = DEFAULT", "22023", "space=AUDIT");
        client.refused("ALTER BLOCK SPACE events SET MIN_VOTERS = 2", "22023", "Give a number from 1 to 1.");
        client.refused("ALTER BLOCK SPACE events SET VOTE_TIMEOUT = '2m'", "22023", "100ms to 1m");
        assertThat(client.rows(settings)).containsExactly("DEFAULT|2000|1", "AUDIT|null|null", "EVENTS|500|1");
    }

    @Test
    void onlyAdministratorsChangeSettingsOfSpaces() throws SQLException {
        client.execute("CREATE USER joe PASSWORD 'joes'");
        try (Client joe = new Client(DriverManager.getConnection(url, "joe", "joes"))) {
            joe.refused("ALTER BLOCK SPACE events SET MIN_VOTERS = 1", "42501", "ALTER BLOCK SPACE");
            client.execute("GRANT ADMIN TO joe");
            joe.execute("ALTER BLOCK SPACE events SET VOTE_TIMEOUT = '4s'");
        }
        assertThat(client.rows("SELECT vote_timeout_millis FROM system.block_spaces WHERE space_name = 'EVENTS'")).containsExactly("4000");
    }

    /// The file goes on to say three seconds.
    @Test
    void settingsOutliveARestart() throws SQLException {
        client.execute("ALTER BLOCK SPACE events SET VOTE_TIMEOUT = '250ms'");
        client.close();

        client = Client.open(url);

        assertThat(client.rows("SELECT vote_timeout_millis FROM system.block_spaces WHERE space_name = 'EVENTS'")).containsExactly("250");
    }

    @Test
    void whatIsNoSpaceIsRefused() throws SQLException {
        client.refused("CREATE TABLE t (id INT PRIMARY KEY) USING SORTED IN SPACE audti", "42704", "space=AUDTI", "Did you mean AUDIT?",
                "DEFAULT, AUDIT, EVENTS");
        client.refused("CREATE TABLE t (id INT PRIMARY KEY) IN SPACE \"audit\"", "42704", "space=audit");
        client.refused("CREATE TABLE t (PRIMARY KEY (id)) IN SPACE nowhere AS SELECT 1 AS id", "42704", "space=NOWHERE");
        client.refused("CREATE TABLE t (id INT PRIMARY KEY) IN SPACE audit USING HASH", "42601");
        client.refused("CREATE TABLE t (id INT PRIMARY KEY) IN audit", "42601");
        assertThat(client.rows("SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'")).isEmpty();
    }

    /// SPACE stays a name that columns can have.
    @Test
    void aColumnMayBeCalledSpace() throws SQLException {
        client.execute("CREATE TABLE space (space INT PRIMARY KEY) IN SPACE audit", "INSERT INTO space VALUES (1), (2)");
        assertThat(client.rows("SELECT space FROM space WHERE space IN (2, 3)")).containsExactly("2");
    }

    @Test
    void joinsStayInBlocksOfOneSpaceAlone() throws SQLException {
        client.execute("CREATE TABLE a (id INT PRIMARY KEY, v INT) USING HASH IN SPACE audit",
                "CREATE TABLE b (id INT PRIMARY KEY, v INT) USING HASH IN SPACE audit",
                "CREATE TABLE d (id INT PRIMARY KEY, v INT) USING HASH",
                "CREATE TABLE e (id INT PRIMARY KEY, v INT) USING HASH IN SPACE events");
        for (String table : List.of("a", "b", "d", "e")) {
            client.execute("INSERT INTO " + table + " SELECT i, MOD(i, 7) FROM TABLE(GENERATE_SERIES(1, 3000)) AS n (i)");
        }
        String together = "SELECT COUNT(*), SUM(x.v + y.v) FROM a AS x JOIN b AS y ON x.id = y.id";
        String apart = "SELECT COUNT(*), SUM(x.v + y.v) FROM a AS x JOIN d AS y ON x.id = y.id";
        String expected = client.rows("SELECT COUNT(*), SUM(2 * v) FROM a").getFirst();

        assertThat(plan(together)).containsPattern("(?m)^ *\\S*Join.*distribution").contains("blocks=[2]");
        assertThat(plan(apart)).doesNotContainPattern("(?m)^ *\\S*Join.*distribution");
        for (String other : List.of("b", "d", "e")) {
            assertThat(client.rows(together.replace("b AS y", other + " AS y"))).as(other).containsExactly(expected);
            assertThat(client.rows("SELECT COUNT(*) FROM a LEFT JOIN " + other + " AS y ON a.id = y.id AND y.v = 3 WHERE y.id IS NULL")).as(
                    other).containsExactly(client.rows("SELECT COUNT(*) FROM a WHERE v <> 3").getFirst());
        }
        // One block alone is read by one thread.
        assertThat(plan("SELECT COUNT(*), SUM(v) FROM e")).doesNotContain("parallel");
        assertThat(plan("SELECT COUNT(*), SUM(v) FROM a")).contains("blocks=[2]");
    }

    private String plan(String query) throws SQLException {
        return String.join("\n", client.rows("EXPLAIN " + query));
    }

    @Test
    void transactionsAreOverTablesOfAllSpaces() throws SQLException {
        client.execute("CREATE TABLE a (id INT PRIMARY KEY, v INT) USING SORTED IN SPACE audit",
                "CREATE TABLE d (id INT PRIMARY KEY, a INT REFERENCES a (id), v INT) USING HASH", "BEGIN",
                "INSERT INTO a VALUES (1, 1), (2, 2)",
                "INSERT INTO d VALUES (10, 1, 1), (20, 2, 2)", "COMMIT");
        client.refused("INSERT INTO d VALUES (30, 3, 3)", "23503");
        client.execute("BEGIN", "UPDATE a SET v = 5", "DELETE FROM d WHERE id = 10", "ROLLBACK");
        assertThat(client.rows("SELECT a.v, d.v FROM a JOIN d ON d.a = a.id ORDER BY 1")).containsExactly("1|1", "2|2");
    }
}
