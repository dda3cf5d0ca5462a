package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.sql.SqlClient;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlParsing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// CREATE TABLE … AS makes a table with all the rows of a query, or none.
class CreateTableAsTest {
    private static final String URL = "jdbc:coconut:mem:create-table-as-test;memory.lock=off;blocks=3";
    private static final String COLUMNS = "SELECT column_name, data_type, character_maximum_length, numeric_scale, is_nullable "
            + "FROM information_schema.columns WHERE table_schema = 'PUBLIC' AND table_name = 'T' ORDER BY ordinal_position";

    @TempDir private Path directory;

    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
        sql.execute(
                "CREATE TABLE source (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, code CHAR(3), pay DECIMAL(10, 2), born TIMESTAMP(3))",
                "INSERT INTO source VALUES (1, 'Ann', 'abc', 1.50, TIMESTAMP '2000-01-01 10:00:00.5'), (2, 'Bob', NULL, NULL, NULL)");
    }

    @AfterEach
    void close() throws SQLException {
        sql.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "USING HASH", "USING SORTED"})
    void typesAndRowsAreTheQuerys(String using) throws SQLException {
        sql.execute("CREATE TABLE t (PRIMARY KEY (id)) " + using
                + " AS SELECT *, 'text' AS label, pay * 2 AS twice, id + 1.0 AS above FROM source");

        assertThat(sql.rows(COLUMNS)).containsExactly("ID|INTEGER|null|0|NO", "NAME|VARCHAR|20|null|NO", "CODE|CHAR|3|null|YES",
                "PAY|DECIMAL|null|2|YES", "BORN|TIMESTAMP|null|null|YES", "LABEL|VARCHAR|1048576|null|NO", "TWICE|DECIMAL|null|2|YES",
                "ABOVE|DECIMAL|null|1|NO");
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|Ann|abc|1.50|2000-01-01 10:00:00.5|text|3.00|2.0",
                "2|Bob|null|null|null|text|null|3.0");
        sql.execute("INSERT INTO t (id, name, label, above) VALUES (3, 'Cid', 'a longer text', 4)", "UPDATE t SET label = '' WHERE id = 1");
        sql.refused("INSERT INTO t (id, name, label, above) VALUES (3, 'Cid', 'x', 4)", "23505", "ID=3");
        assertThat(sql.rows("EXPLAIN SELECT name FROM t WHERE id = 2")).containsExactly(
                "PointLookup(table=[PUBLIC.T], key=[ID = 2], columns=[NAME])");
    }

    @Test
    void namesKeyAndOptionsAreSaidInFront() throws SQLException {
        sql.execute("CREATE TABLE t (number, \"Who\", CONSTRAINT mine PRIMARY KEY (\"Who\", number)) USING SORTED WITH (ttl = 3600) AS "
                + "WITH s AS (SELECT name, id FROM source) SELECT id, name FROM s WITH DATA");

        assertThat(sql.rows("SELECT * FROM t")).containsExactly("1|Ann", "2|Bob");
        assertThat(sql.rows("SELECT constraint_name, column_name FROM information_schema.key_column_usage WHERE table_name = 'T'"))
                .containsExactly("MINE|Who", "MINE|NUMBER");
        assertThat(sql.rows(
                "SELECT table_kind, ttl_seconds FROM information_schema.tables WHERE table_name = 'T' AND table_schema = 'PUBLIC'"))
                        .containsExactly("SORTED|3600");
        assertThat(sql.rows("SELECT DISTINCT ttl_seconds FROM meta_space.t")).containsExactly("3600");
    }

    @Test
    void saysHowManyRowsItWrote() throws SQLException {
        assertThat(sql.update("CREATE TABLE t (PRIMARY KEY (n)) AS SELECT n FROM GENERATE_SERIES(1, 2500) AS g (n)")).isEqualTo(2500);
        assertThat(sql.update("CREATE TABLE IF NOT EXISTS t (PRIMARY KEY (n)) AS SELECT n FROM GENERATE_SERIES(1, 3) AS g (n)")).isZero();
        assertThat(sql.update("CREATE TABLE u (PRIMARY KEY (id)) AS SELECT id FROM source WITH NO DATA")).isZero();
        assertThat(sql.update("CREATE TABLE v (id INT PRIMARY KEY)")).isZero();
    }

    @Test
    void withoutDataTheTableIsEmpty() throws SQLException {
        sql.execute("CREATE TABLE t (PRIMARY KEY (id)) AS SELECT id, 1 / 0 AS never FROM source WITH NO DATA");

        assertThat(sql.rows("SELECT * FROM t")).isEmpty();
        assertThat(sql.rows(COLUMNS)).hasSize(2);
        // The query is validated and not run.
        sql.execute("CREATE TABLE IF NOT EXISTS t (PRIMARY KEY (id)) AS SELECT id FROM source", "CREATE VIEW v AS SELECT 1 AS a",
                "CREATE TABLE IF NOT EXISTS v (PRIMARY KEY (id)) AS SELECT id FROM source");
        assertThat(sql.rows("SELECT * FROM t")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CREATE TABLE t AS SELECT id FROM source                                              | 42P16 | (PRIMARY KEY (ID)) AS
            CREATE TABLE t (PRIMARY KEY (id), PRIMARY KEY (id)) AS SELECT id FROM source         | 42P16 | one key
            CREATE TABLE t (PRIMARY KEY (nothing)) AS SELECT id FROM source                      | 42703 | NOTHING
            CREATE TABLE t (a, PRIMARY KEY (a)) AS SELECT id, name FROM source                   | 42P16 | columnsOfQuery=2
            CREATE TABLE t (PRIMARY KEY (id)) AS SELECT id, name AS id FROM source               | 42701 | ID
            CREATE TABLE t (PRIMARY KEY (id)) AS SELECT * FROM source AS a CROSS JOIN source     | 42701 | ID
            CREATE TABLE t (PRIMARY KEY (code)) AS SELECT id, code FROM source                   | 23502 | CODE
            CREATE TABLE t (PRIMARY KEY (a)) AS SELECT 1 AS a, name FROM source                  | 23505 | GROUP BY
            CREATE TABLE t (PRIMARY KEY (id)) AS SELECT id, 10 / (id - 2) AS x FROM source       | 22012 | zero
            CREATE TABLE t (PRIMARY KEY (id)) AS SELECT id, NULL AS x FROM source                | 0A000 | CAST
            CREATE TABLE t (PRIMARY KEY (id)) AS SELECT id FROM source WHERE id = ?              | 0A000 | parameter
            CREATE TABLE t (PRIMARY KEY (id)) AS SELECT id FROM nothing                          | 42P01 | NOTHING
            CREATE TABLE t (id INT PRIMARY KEY) AS SELECT id FROM source                         | 0A000 | type
            CREATE TABLE t (PRIMARY KEY (id), UNIQUE (id)) AS SELECT id FROM source              | 0A000 | ALTER TABLE
            CREATE TABLE t (id, PRIMARY KEY (id))                                                | 42601 | type
            CREATE OR REPLACE TABLE t (PRIMARY KEY (id)) AS SELECT id FROM source                | 0A000 | DROP TABLE
            CREATE TABLE meta_space.t (PRIMARY KEY (id)) AS SELECT id FROM source                | 3F000 | PUBLIC
            CREATE TABLE source (PRIMARY KEY (id)) AS SELECT id FROM source                      | 42P07 | PUBLIC.SOURCE
            """)
    void whatFailsLeavesNoTable(String statement, String sqlState, String part) throws SQLException {
        sql.refused(statement, sqlState, part);

        assertThat(sql.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC'")).containsExactly("SOURCE");
        // The name is free.
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY)");
        assertThat(sql.rows("SELECT * FROM t")).isEmpty();
    }

    @Test
    void manyRowsComeFromOneSnapshotAndAllAtOnce() throws Exception {
        sql.execute("CREATE TABLE big (id INT PRIMARY KEY, v INT)", "INSERT INTO big VALUES " + values(0, 5000),
                "CREATE TABLE five (n INT PRIMARY KEY)", "INSERT INTO five VALUES (0), (1), (2), (3), (4), (5), (6)");
        AtomicBoolean ends = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> writer = threads.submit(() -> {
                int written = 0;
                try (SqlClient client = SqlClient.open(URL)) {
                    while (!ends.get() || written == 0) {
                        client.update("UPDATE big SET v = v + 1");
                        written++;
                    }
                }
                return written;
            });
            Future<Integer> reader = threads.submit(() -> {
                int absent = 0;
                try (SqlClient client = SqlClient.open(URL)) {
                    // At the end there is none.
                    while (!ends.get() || absent == 0) {
                        try {
                            assertThat(client.rows("SELECT COUNT(*) FROM t")).containsExactly("35000");
                        } catch (SQLException refused) {
                            assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("42P01", "40001");
                            absent++;
                        }
                    }
                }
                return absent;
            });
            for (int round = 0; round < 4; round++) {
                sql.execute("CREATE TABLE t (PRIMARY KEY (n, id)) AS SELECT n, id, v FROM big CROSS JOIN five");
                assertThat(sql.rows("SELECT COUNT(*), MAX(v) - MIN(v) FROM t")).containsExactly("35000|0");
                sql.execute("DROP TABLE t");
            }
            ends.set(true);
            assertThat(writer.get()).isPositive();
            assertThat(reader.get()).isPositive();
        }
    }

    private static String values(int from, int to) {
        StringBuilder values = new StringBuilder();
        for (int i = from; i < to; i++) {
            values.append(i == from ? "" : ", ").append('(').append(i).append(", 0)");
        }
        return values.toString();
    }

    @Test
    void aFailureBehindManyRowsLeavesNothing() throws SQLException {
        sql.execute("CREATE TABLE big (id INT PRIMARY KEY, v INT)", "INSERT INTO big VALUES " + values(0, 5000),
                "CREATE TABLE five (n INT PRIMARY KEY)", "INSERT INTO five VALUES (0), (1), (2), (3), (4)");

        // The last piece has the key of the first once more.
        sql.refused(
                "CREATE TABLE t (PRIMARY KEY (k)) AS SELECT n * 5000 + id AS k FROM five CROSS JOIN big UNION ALL SELECT 0 FROM (VALUES (1))",
                "23505", "GROUP BY");

        sql.refused("SELECT * FROM t", "42P01", "T");
        sql.execute("CREATE TABLE t (PRIMARY KEY (k)) AS SELECT n * 5000 + id AS k FROM five CROSS JOIN big");
        assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("25000");
    }

    @Test
    void whatACrashLeftUnfinishedIsGoneWithTheNextStart() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=2";
        TableDefinition half = TableDefinitions.of((SqlCreateCoconutTable) SqlParsing.parse("CREATE TABLE half (id INT PRIMARY KEY)"),
                "PUBLIC");
        try (SqlClient file = SqlClient.open(url); Databases.Share share = Databases.instance().open(ConnectionUrl.parse(url,
                new Properties()))) {
            file.execute("CREATE TABLE whole (PRIMARY KEY (a)) AS SELECT 1 AS a, 'x' AS b");
            Catalog catalog = share.database().catalog();
            catalog.begin(half, StorageOptions.DEFAULT);
            file.refused("SELECT * FROM half", "42P01", "HALF");
            file.refused("CREATE TABLE half (id INT PRIMARY KEY)", "42P07", "HALF");
        }

        try (SqlClient file = SqlClient.open(url)) {
            assertThat(file.rows("SELECT * FROM whole")).containsExactly("1|x");
            file.execute("CREATE TABLE half (id INT PRIMARY KEY)");
            assertThat(file.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC' ORDER BY 1"))
                    .isEqualTo(List.of("HALF", "WHOLE"));
        }
    }

    @Test
    void itIsNoPartOfATransactionAndCanBeCancelled() throws SQLException {
        sql.connection().setAutoCommit(false);
        sql.update("INSERT INTO source (id, name) VALUES (3, 'Cid')");
        sql.refused("CREATE TABLE t (PRIMARY KEY (id)) AS SELECT id FROM source", "25001", "COMMIT");
        sql.connection().rollback();
        sql.connection().setAutoCommit(true);

        try (Statement statement = sql.connection().createStatement()) {
            statement.setQueryTimeout(1);
            sql.execute("CREATE TABLE ten (n INT PRIMARY KEY)", "INSERT INTO ten VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
            String digits =
                    "SELECT ((((((a.n * 10 + b.n) * 10 + c.n) * 10 + d.n) * 10 + e.n) * 10 + f.n) * 10) + g.n AS k FROM ten AS a, ten AS b, ten AS c, "
                            + "ten AS d, ten AS e, ten AS f, ten AS g";
            SQLException cancelled = null;
            try {
                statement.execute("CREATE TABLE t (PRIMARY KEY (k)) AS " + digits);
            } catch (SQLException failure) {
                cancelled = failure;
            }
            assertThat((Throwable) cancelled).isNotNull();
            assertThat(cancelled.getSQLState()).as(cancelled.getMessage()).isEqualTo("57014");
        }
        sql.refused("SELECT * FROM t", "42P01", "T");
    }
}
