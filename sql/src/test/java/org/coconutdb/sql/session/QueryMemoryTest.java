package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The bound of what operators hold, as users meet it.
class QueryMemoryTest {
    private static final String SERIES = "TABLE(GENERATE_SERIES(1, 30000)) AS s (i)";

    private static Connection open(String properties) throws SQLException {
        return DriverManager.getConnection("jdbc:coconut:mem:" + properties);
    }

    private static List<String> ask(Connection database, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = database.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            while (found.next()) {
                rows.add(String.valueOf(found.getObject(1)));
            }
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"query.memory=1|Give 32KB at least", "query.memory=much|Write a size such as",
            "query.memory=9999TB|less than the heap", "query.spill.max=-1|Write a size such as",
            "query.memry=1GB|Did you mean query.memory?"})
    void settingsAreChecked(String property, String told) {
        assertThatThrownBy(() -> open(";" + property).close()).isInstanceOf(SQLException.class).hasMessageContaining(told);
    }

    @Test
    void settingsAreShown() throws SQLException {
        try (Connection database = open(";query.memory=3MB;query.spill.max=5MB")) {
            assertThat(ask(database,
                    "SELECT \"VALUE\" FROM \"SYSTEM\".settings WHERE name IN ('query.memory', 'query.spill.max') ORDER BY name"))
                            .containsExactly("3145728", "5242880");
        }
    }

    /// Each holds more than there is room for, of something that cannot go to disk.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "SELECT i, SUM(i) OVER (ORDER BY i) FROM %s|window",
            "SELECT i, RANK() OVER (PARTITION BY i - i ORDER BY i) FROM %s|window",
            "SELECT LISTAGG(CAST(i AS VARCHAR), ',') FROM %s|values",
            "SELECT i / 100000, LISTAGG(CAST(i AS VARCHAR), ',') WITHIN GROUP (ORDER BY i DESC) FROM %s GROUP BY i / 100000|groups",
            "WITH RECURSIVE n (i) AS (VALUES 1 UNION SELECT i + 1 FROM n WHERE i < 100000) SELECT COUNT(*) FROM n|recursive"})
    void whatCannotGoToDiskIsRefused(String query, String holds) throws SQLException {
        try (Connection database = open(";query.memory=256KB")) {
            assertThatThrownBy(() -> ask(database, query.formatted(SERIES))).isInstanceOf(SQLException.class)
                    .satisfies(refused -> assertThat(((SQLException) refused).getSQLState()).as(refused.toString()).isEqualTo("53200"))
                    .hasMessageContaining(holds).hasMessageContaining("Raise query.memory");
            assertThat(SpilledQueriesTest.memory(database)).isEqualTo("0, 0, 0");
            assertThat(ask(database, "VALUES 1")).containsExactly("1");
        }
    }

    @Test
    void aRowThatHasNoRoomIsRefused() throws SQLException {
        try (Connection database = open(";query.memory=256KB")) {
            String wide = "SELECT LPAD('', 200000 + i, 'x') AS t, i FROM TABLE(GENERATE_SERIES(1, 3)) AS s (i)";
            for (String query : List.of(wide + " ORDER BY t", "SELECT DISTINCT t FROM (" + wide + ")",
                    "SELECT a.i FROM (" + wide + ") a JOIN (" + wide + ") b ON a.t = b.t", "SELECT i, MAX(t) FROM (" + wide
                            + ") GROUP BY i")) {
                assertThatThrownBy(() -> ask(database, query)).as(query).isInstanceOf(SQLException.class)
                        .satisfies(refused -> assertThat(((SQLException) refused).getSQLState()).as(refused.toString()).isEqualTo("53200"));
                assertThat(SpilledQueriesTest.memory(database)).isEqualTo("0, 0, 0");
            }
        }
    }

    @Test
    void withoutFilesMuchIsRefused() throws SQLException {
        try (Connection database = open(";query.memory=256KB;query.spill.max=0")) {
            assertThatThrownBy(() -> ask(database, "SELECT i FROM " + SERIES + " ORDER BY i DESC")).isInstanceOf(SQLException.class)
                    .satisfies(refused -> assertThat(((SQLException) refused).getSQLState()).isEqualTo("53400"))
                    .hasMessageContaining("query.spill.max");
            assertThat(SpilledQueriesTest.memory(database)).isEqualTo("0, 0, 0");
        }
    }

    /// While its rows are read, a statement holds memory and has files; when it is over, however that comes, it has none.
    @ParameterizedTest
    @ValueSource(strings = {"close", "cancel", "error", "again", "statement", "commit"})
    void everythingIsGivenBack(String way) throws SQLException {
        try (Connection database = open("shared;query.memory=256KB"); Connection reader = open("shared")) {
            reader.setAutoCommit(!way.equals("commit"));
            Statement statement = reader.createStatement();
            ResultSet rows = statement.executeQuery("SELECT i FROM " + SERIES + " ORDER BY i DESC");
            assertThat(rows.next()).isTrue();
            assertThat(SpilledQueriesTest.memory(database)).isNotEqualTo("0, 0, 0");

            switch (way) {
                case "close" -> rows.close();
                case "cancel" -> {
                    statement.cancel();
                    assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
                }
                case "error" -> {
                    assertThatThrownBy(() -> ask(reader, "SELECT 1 / (i - 29000) AS d FROM " + SERIES + " ORDER BY d"))
                            .isInstanceOf(SQLException.class);
                    rows.close();
                }
                case "again" -> statement.executeQuery("VALUES 1").close();
                case "statement" -> statement.close();
                default -> reader.commit();
            }
            assertThat(SpilledQueriesTest.memory(database)).as(way).isEqualTo("0, 0, 0");
        }
    }

    @Test
    void aConnectionThatIsClosedGivesEverythingBack() throws SQLException {
        try (Connection database = open("closed;query.memory=256KB")) {
            Connection reader = open("closed");
            ResultSet rows = reader.createStatement().executeQuery("SELECT i FROM " + SERIES + " ORDER BY i DESC");
            assertThat(rows.next()).isTrue();
            assertThat(SpilledQueriesTest.memory(database)).isNotEqualTo("0, 0, 0");

            reader.close();

            assertThat(SpilledQueriesTest.memory(database)).isEqualTo("0, 0, 0");
        }
    }

    @Test
    void filesLieInTheDatabasesDirectoryAndGo(@TempDir Path directory) throws SQLException, IOException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;query.memory=256KB";
        Path spill = directory.resolve("db").resolve("spill");
        try (Connection database = DriverManager.getConnection(url)) {
            assertThat(ask(database, "SELECT COUNT(*) FROM (SELECT DISTINCT i FROM " + SERIES + ")")).containsExactly("30000");
            assertThat(SpilledQueriesTest.bytesSpilled(database)).isPositive();
            assertThat(spill).isEmptyDirectory();
        }
        Files.writeString(spill.resolve("statement-3"), "left by a crash");

        try (Connection database = DriverManager.getConnection(url)) {
            assertThat(ask(database, "VALUES 1")).containsExactly("1");
            assertThat(spill).isEmptyDirectory();
        }
    }

    @Test
    void explainSaysWhatWasHeldAndSpilled() throws SQLException {
        try (Connection database = open(";query.memory=256KB")) {
            String query = "SELECT a.i FROM " + SERIES.replace("s (i)", "a (i)") + " JOIN " + SERIES.replace("s (i)", "b (i)")
                    + " ON a.i = b.i ORDER BY a.i DESC";
            List<String> lines = ask(database, "EXPLAIN ANALYZE " + query);
            assertThat(lines.getFirst()).containsPattern("^Sort\\(.*; held \\d+ bytes, spilled \\d+");
            assertThat(lines).anySatisfy(line -> assertThat(line).containsPattern("HashJoin\\(.*; held \\d+ bytes, spilled \\d+"));
            assertThat(String.join("\n", ask(database, "EXPLAIN (ANALYZE, FORMAT JSON) " + query))).containsPattern(
                    "\"heldBytesMax\": \\d+, \"spilledBytes\": \\d\\d+");
            assertThat(String.join("\n", ask(database, "EXPLAIN (ANALYZE, FORMAT DOT) " + query))).containsPattern(
                    "held \\d+ bytes, spilled \\d+");
        }
    }

    @Test
    void statementsShareTheBudget() throws Exception {
        List<Callable<Long>> tasks = new ArrayList<>();
        try (Connection database = open("together;query.memory=1MB"); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int thread = 0; thread < 4; thread++) {
                int mine = thread;
                tasks.add(() -> {
                    long refused = 0;
                    try (Connection connection = open("together")) {
                        for (int i = 0; i < 5; i++) {
                            int rows = 20_000 + 1_000 * mine;
                            try {
                                assertThat(ask(connection, "SELECT COUNT(*) FROM (SELECT a.i FROM TABLE(GENERATE_SERIES(1, " + rows
                                        + ")) AS a (i) JOIN TABLE(GENERATE_SERIES(1, 40000)) AS b (i) ON a.i = b.i GROUP BY a.i)"))
                                                .containsExactly(String.valueOf(rows));
                            } catch (SQLException full) {
                                assertThat(full.getSQLState()).as(full.toString()).isEqualTo("53200");
                                refused++;
                            }
                        }
                    }
                    return refused;
                });
            }
            long refused = 0;
            for (Future<Long> task : threads.invokeAll(tasks)) {
                refused += task.get();
            }
            System.out.println("refused " + refused + " of 20");
            assertThat(refused).isLessThan(20);
            assertThat(SpilledQueriesTest.memory(database)).isEqualTo("0, 0, 0");
        }
    }

    @Test
    void wideRowsGoToDisk() throws SQLException {
        try (Connection database = open(";query.memory=40MB"); Statement statement = database.createStatement()) {
            statement.execute("CREATE TABLE w (id INT PRIMARY KEY, t VARCHAR(1000000))");
            for (int i = 0; i < 40; i++) {
                statement.execute("INSERT INTO w VALUES (" + i + ", LPAD('" + (40 - i) + "', 900000, '" + (char) ('a' + i % 5) + "'))");
            }
            assertThat(ask(database, "SELECT id FROM w ORDER BY t, id")).hasSize(40);
            assertThat(ask(database, "SELECT COUNT(*) FROM w a JOIN w b ON a.t = b.t")).containsExactly("40");
            assertThat(ask(database, "SELECT COUNT(*) FROM (SELECT DISTINCT t FROM w)")).containsExactly("40");
            assertThat(SpilledQueriesTest.bytesSpilled(database)).isPositive();
            assertThat(SpilledQueriesTest.memory(database)).isEqualTo("0, 0, 0");
        }
    }
}
