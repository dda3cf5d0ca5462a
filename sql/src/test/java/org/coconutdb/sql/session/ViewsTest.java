package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// CREATE and DROP VIEW, what views answer, and what becomes of them when tables change.
class ViewsTest {
    private static final String URL = "jdbc:coconut:mem:views-test;memory.lock=off;blocks=3";
    private static final String[] TABLES = {"CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, age INT)",
            "CREATE TABLE job (id INT, person INT, title VARCHAR(20), pay DECIMAL(10, 2), PRIMARY KEY (person, id)) USING SORTED",
            "INSERT INTO person VALUES (1, 'Ann', 30), (2, 'Bob', NULL), (7, 'Cid', 50)",
            "INSERT INTO job VALUES (1, 1, 'smith', 10), (2, 1, 'baker', 20.50), (1, 7, 'clerk', 5)"};

    @TempDir private Path directory;

    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
        sql.execute(TABLES);
    }

    @AfterEach
    void close() throws SQLException {
        sql.close();
    }

    @Test
    void aViewIsReadAsATable() throws SQLException {
        sql.execute("CREATE VIEW grown AS SELECT id, name FROM person WHERE age > 40",
                "CREATE VIEW pay (who, total, jobs) AS SELECT p.name, SUM(pay), COUNT(*) FROM person p JOIN job j ON j.person = p.id GROUP BY p.name",
                "CREATE VIEW rich AS SELECT * FROM pay WHERE total > 10");

        assertThat(sql.rows("SELECT * FROM grown")).containsExactly("7|Cid");
        assertThat(sql.rows("SELECT v.who, v.jobs FROM public.pay AS v ORDER BY v.total")).containsExactly("Cid|1", "Ann|2");
        assertThat(sql.rows("SELECT r.total, p.age FROM rich r LEFT JOIN person p ON p.name = r.who")).containsExactly("30.50|30");
        assertThat(sql.rows("SELECT name FROM person WHERE name IN (SELECT who FROM pay) AND id NOT IN (SELECT id FROM grown)"))
                .containsExactly("Ann");
        sql.execute("INSERT INTO person SELECT id + 10, who, jobs FROM pay, (VALUES (1)) AS v (id) WHERE who = 'Ann'",
                "DELETE FROM person WHERE id IN (SELECT id FROM grown)");
        assertThat(sql.rows("SELECT id, name, age FROM person ORDER BY id")).containsExactly("1|Ann|30", "2|Bob|null", "11|Ann|2");
    }

    @Test
    void conditionsReachTheTablesBelow() throws SQLException {
        sql.execute("CREATE VIEW v AS SELECT name, age, id FROM person",
                "CREATE VIEW w (number, name) AS SELECT id, UPPER(name) FROM v WHERE age > 1",
                "CREATE VIEW jobs AS SELECT person, COUNT(*) AS jobs FROM job GROUP BY person",
                "CREATE VIEW ordered AS SELECT * FROM person ORDER BY name DESC");

        assertThat(sql.rows("EXPLAIN SELECT name FROM v WHERE id = 7"))
                .containsExactly("PointLookup(table=[PUBLIC.PERSON], key=[ID = 7], columns=[NAME])");
        assertThat(sql.rows("EXPLAIN SELECT * FROM w WHERE number = 7"))
                .anyMatch(line -> line.contains("PointLookup(table=[PUBLIC.PERSON], key=[ID = 7]"));
        assertThat(sql.rows("EXPLAIN SELECT * FROM jobs WHERE person = 1"))
                .anyMatch(line -> line.contains("RangeScan(table=[PUBLIC.JOB], range=[PERSON = 1]"));
        assertThat(sql.rows("EXPLAIN SELECT * FROM ordered WHERE id = 7"))
                .anyMatch(line -> line.contains("PointLookup(table=[PUBLIC.PERSON], key=[ID = 7]"));
        assertThat(sql.rows("SELECT name FROM ordered")).containsExactly("Cid", "Bob", "Ann");
        try (PreparedStatement lookup = sql.connection().prepareStatement("SELECT name FROM w WHERE number = ?")) {
            lookup.setInt(1, 7);
            try (ResultSet found = lookup.executeQuery()) {
                assertThat(found.next()).isTrue();
                assertThat(found.getString(1)).isEqualTo("CID");
            }
        }
    }

    @Test
    void whatAStarMeansIsFixedWhenTheViewIsMade() throws SQLException {
        sql.execute("CREATE VIEW everything AS SELECT * FROM person",
                "CREATE VIEW joined AS SELECT name, title FROM person JOIN job ON age > pay",
                "CREATE VIEW natural_pair AS SELECT name, title FROM person NATURAL JOIN job");
        List<String> joined = sql.rows("SELECT * FROM joined ORDER BY 1, 2");
        List<String> natural = sql.rows("SELECT * FROM natural_pair ORDER BY 1, 2");

        // Without their tables' names, TITLE would mean two columns now, and NATURAL compare it, too.
        sql.execute("ALTER TABLE person ADD title VARCHAR(20) DEFAULT 'none'");

        assertThat(sql.rows("SELECT * FROM everything WHERE id = 1")).containsExactly("1|Ann|30");
        assertThat(sql.rows("SELECT * FROM joined ORDER BY 1, 2")).isEqualTo(joined).isNotEmpty();
        assertThat(sql.rows("SELECT * FROM natural_pair ORDER BY 1, 2")).isEqualTo(natural).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CREATE VIEW person AS SELECT 1 AS a                            | 42P07 | PUBLIC.PERSON
            CREATE OR REPLACE VIEW person AS SELECT 1 AS a                 | 42P07 | PUBLIC.PERSON
            CREATE VIEW v AS SELECT * FROM person                          | 42P07 | PUBLIC.V
            CREATE TABLE v (id INT PRIMARY KEY)                            | 42P07 | PUBLIC.V
            CREATE VIEW n (a, b) AS SELECT id FROM person                  | 42P17 | columnsOfQuery=1
            CREATE VIEW n (a, a) AS SELECT id, name FROM person            | 42701 | A
            CREATE VIEW n AS SELECT id, name AS id FROM person             | 42701 | ID
            CREATE VIEW n AS SELECT * FROM person JOIN job ON TRUE         | 42701 | ID
            CREATE VIEW n AS SELECT nothing FROM person                    | 42703 | NOTHING
            CREATE VIEW n AS SELECT * FROM nothing                         | 42P01 | NOTHING
            CREATE VIEW n AS SELECT NULL AS a                              | 0A000 | CAST
            CREATE VIEW n AS SELECT INTERVAL '1' DAY AS a                  | 0A000 | CAST
            CREATE VIEW n AS SELECT ARRAY[INTERVAL '1' DAY] AS a           | 0A000 | CAST
            CREATE VIEW n AS SELECT * FROM person WHERE id = ?             | 0A000 | parameter
            CREATE VIEW n AS SELECT * FROM n                               | 42P01 | N
            CREATE OR REPLACE VIEW v AS SELECT * FROM v                    | 42P17 | itself
            CREATE OR REPLACE VIEW v AS SELECT * FROM w                    | 42P17 | itself
            CREATE VIEW meta_space.n AS SELECT 1 AS a                      | 3F000 | PUBLIC
            CREATE VIEW n AS SELECT * FROM person WITH CHECK OPTION        | 0A000 | CHECK
            CREATE OR REPLACE VIEW IF NOT EXISTS n AS SELECT 1 AS a        | 42601 | both
            CREATE MATERIALIZED VIEW n AS SELECT 1 AS a                    | 0A000 | CREATE VIEW
            CREATE VIEW n AS SELECT id FROM person FOR UPDATE              | 42601 | UPDATE
            CREATE VIEW n AS INSERT INTO person VALUES (9, 'x', 1)         | 42601 | INSERT
            DROP VIEW nothing                                              | 42P01 | NOTHING
            DROP VIEW person                                               | 42P01 | DROP TABLE
            DROP VIEW information_schema.tables                            | 42809 | TABLES
            DROP VIEW v                                                    | 2BP01 | PUBLIC.W
            DROP TABLE v                                                   | 42809 | DROP VIEW
            DROP TABLE IF EXISTS v                                         | 42809 | DROP VIEW
            INSERT INTO v VALUES (9, 'x', 1)                               | 42809 | PUBLIC.V
            UPSERT INTO v VALUES (9, 'x', 1)                               | 42809 | PUBLIC.V
            UPDATE v SET age = 1                                           | 42809 | PUBLIC.V
            DELETE FROM v                                                  | 42809 | PUBLIC.V
            TRUNCATE v                                                     | 42809 | PUBLIC.V
            ALTER TABLE v ADD c INT                                        | 42809 | PUBLIC.V
            CREATE INDEX i ON v (id)                                       | 42809 | PUBLIC.V
            CREATE TABLE c (id INT PRIMARY KEY REFERENCES v)               | 42809 | table=V
            COPY v FROM 'x.csv'                                            | 42809 | PUBLIC.V
            SELECT id FROM v WHERE nothing = 1                             | 42703 | NOTHING
            """)
    void whatCannotBeIsRefused(String statement, String sqlState, String part) throws SQLException {
        sql.execute("CREATE VIEW v AS SELECT * FROM person", "CREATE VIEW w AS SELECT id FROM v");

        sql.refused(statement, sqlState, part);

        assertThat(sql.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC' ORDER BY 1"))
                .containsExactly("JOB", "PERSON", "V", "W");
        assertThat(sql.rows("SELECT * FROM v ORDER BY id")).hasSize(3);
    }

    @Test
    void statementsThatMayMeetAViewDo() throws SQLException {
        sql.execute("CREATE SEQUENCE s");
        sql.refused("CREATE VIEW n AS SELECT NEXT VALUE FOR s AS a FROM person", "0A000", "sequence");

        sql.execute("CREATE VIEW IF NOT EXISTS v AS SELECT 1 AS a", "CREATE VIEW IF NOT EXISTS v AS SELECT 2 AS a",
                "CREATE VIEW IF NOT EXISTS person AS SELECT 2 AS a", "CREATE TABLE IF NOT EXISTS v (id INT PRIMARY KEY)",
                "CREATE OR REPLACE VIEW u AS SELECT a FROM v");
        assertThat(sql.rows("SELECT * FROM v")).containsExactly("1");
        sql.execute("CREATE OR REPLACE VIEW v AS SELECT 3 AS a, 'more' AS b");
        assertThat(sql.rows("SELECT * FROM v")).containsExactly("3|more");
        assertThat(sql.rows("SELECT * FROM u")).containsExactly("3");
        sql.refused("CREATE OR REPLACE VIEW v AS SELECT 3 AS c", "2BP01", "PUBLIC.U", "'A' not found");
        sql.refused("CREATE OR REPLACE VIEW v AS SELECT 'x' AS a", "2BP01", "PUBLIC.U", "another type");
        sql.execute("DROP VIEW v CASCADE", "DROP VIEW IF EXISTS v", "DROP VIEW IF EXISTS u CASCADE", "DROP VIEW IF EXISTS u RESTRICT");
        sql.refused("SELECT * FROM v", "42P01", "V");
        sql.refused("SELECT * FROM u", "42P01", "U");
        // The name is free again.
        sql.execute("CREATE TABLE v (id INT PRIMARY KEY)", "DROP TABLE v");
    }

    @Test
    void aTableThatAViewReadsStays() throws SQLException {
        sql.execute("CREATE VIEW v AS SELECT name FROM person", "CREATE VIEW w AS SELECT COUNT(*) AS n FROM v",
                "CREATE VIEW ages AS SELECT MAX(age) AS oldest FROM person", "CREATE VIEW meta AS SELECT * FROM meta_space.job");

        sql.refused("DROP TABLE person", "2BP01", "PUBLIC.V", "PUBLIC.AGES", "CASCADE");
        sql.refused("DROP TABLE job", "2BP01", "PUBLIC.META");
        sql.refused("ALTER TABLE person DROP COLUMN name", "2BP01", "PUBLIC.V", "'NAME' not found", "CASCADE");
        sql.execute("TRUNCATE TABLE job", "ALTER TABLE job DROP COLUMN pay", "ALTER TABLE person ADD note VARCHAR(5)",
                "ALTER TABLE person DROP COLUMN note");
        assertThat(sql.rows("SELECT n, oldest FROM w, ages")).containsExactly("3|50");
        sql.execute("ALTER TABLE person DROP COLUMN age CASCADE");
        assertThat(names()).containsExactly("META", "V", "W");
        sql.execute("DROP TABLE person CASCADE");
        assertThat(names()).containsExactly("META");
        sql.execute("DROP TABLE job CASCADE");
        assertThat(names()).isEmpty();
    }

    private List<String> names() throws SQLException {
        return sql.rows("SELECT table_name FROM information_schema.views ORDER BY 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT * FROM person NATURAL JOIN job", "SELECT * FROM person NATURAL FULL JOIN other",
            "SELECT id, title FROM person LEFT JOIN job USING (id)", "SELECT * FROM person FULL JOIN job USING (id)",
            "SELECT COUNT(*) FROM person AS a NATURAL JOIN (SELECT name FROM person) AS b",
            "SELECT * FROM person AS a JOIN person AS b USING (id, name) JOIN job USING (id)"})
    void aJoinByNamesAnswersTheSameInAView(String query) throws SQLException {
        sql.execute("CREATE TABLE other (id INT PRIMARY KEY, name VARCHAR(9))", "INSERT INTO other VALUES (1, 'Ann'), (3, 'Eve')");

        sql.execute("CREATE VIEW v (" + names(query) + ") AS " + query);

        assertThat(sql.rows("SELECT * FROM v")).containsExactlyInAnyOrderElementsOf(sql.rows(query)).isNotEmpty();
    }

    /// As many as the query has columns.
    private String names(String query) throws SQLException {
        try (PreparedStatement prepared = sql.connection().prepareStatement(query)) {
            return IntStream.range(0, prepared.getMetaData().getColumnCount()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        }
    }

    @Test
    void whatAJoinByNamesComparesIsFixedToo() throws SQLException {
        sql.execute("CREATE TABLE third (id INT PRIMARY KEY, title VARCHAR(20))", "INSERT INTO third VALUES (5, 'smith')",
                "CREATE VIEW v AS SELECT name, title FROM person JOIN job ON job.person = person.id JOIN third USING (title)");

        sql.execute("ALTER TABLE person ADD title VARCHAR(20)");

        assertThat(sql.rows("SELECT * FROM v")).containsExactly("Ann|smith");
        sql.refused("ALTER TABLE third DROP COLUMN title", "2BP01", "PUBLIC.V", "'TITLE' not found");
    }

    @Test
    void metadataKnowsViews() throws SQLException {
        sql.execute("CREATE VIEW v (number, \"Mixed\", label) AS SELECT p.id, COALESCE(age, -1), 'it''s é' FROM person AS p");

        DatabaseMetaData meta = sql.connection().getMetaData();
        assertThat(texts(meta.getTables(null, "PUBLIC", "%", new String[] {"VIEW"}), "TABLE_NAME", "TABLE_TYPE")).containsExactly("V|VIEW");
        assertThat(texts(meta.getTableTypes(), "TABLE_TYPE")).contains("VIEW");
        assertThat(texts(meta.getColumns(null, "PUBLIC", "V", "%"), "COLUMN_NAME", "TYPE_NAME", "IS_NULLABLE", "COLUMN_SIZE"))
                .containsExactly("NUMBER|INTEGER|NO|10", "Mixed|INTEGER|NO|10", "LABEL|CHAR|NO|6");
        assertThat(texts(meta.getPrimaryKeys(null, "PUBLIC", "V"), "COLUMN_NAME")).isEmpty();
        assertThat(sql.rows("SELECT table_type, table_kind FROM information_schema.tables WHERE table_name = 'V'")).containsExactly(
                "VIEW|null");
        String definition = sql.rows("SELECT view_definition FROM information_schema.views WHERE table_name = 'V'").getFirst();
        assertThat(definition).contains("COALESCE(\"P\".\"AGE\", -1)", "\"PUBLIC\".\"PERSON\" AS \"P\"");
        assertThat(sql.rows(definition)).isEqualTo(sql.rows("SELECT * FROM v")).contains("2|-1|it's é");
        assertThat(sql.rows("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'META_SPACE' AND table_name = 'V'"))
                .containsExactly("0");
    }

    private static List<String> texts(ResultSet rows, String... columns) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (String column : columns) {
                    row.add(rows.getString(column));
                }
                texts.add(String.join("|", row));
            }
        }
        return texts;
    }

    @Test
    void viewsSurviveARestart() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=2";
        try (SqlClient file = SqlClient.open(url)) {
            file.execute(TABLES);
            file.execute("CREATE VIEW v AS SELECT * FROM person", "CREATE VIEW gone AS SELECT 1 AS a",
                    "CREATE OR REPLACE VIEW w AS SELECT MAX(id) AS m FROM v", "DROP VIEW gone");
        }

        try (SqlClient file = SqlClient.open(url)) {
            assertThat(file.rows("SELECT m FROM w")).containsExactly("7");
            file.refused("SELECT * FROM gone", "42P01", "GONE");
            file.refused("DROP TABLE person", "2BP01", "PUBLIC.V");
            file.execute("CREATE OR REPLACE VIEW w AS SELECT MIN(id) AS m FROM v");
        }
        try (SqlClient file = SqlClient.open(url)) {
            assertThat(file.rows("SELECT m FROM w")).containsExactly("1");
        }
    }

    @Test
    void aViewIsNoPartOfATransaction() throws SQLException {
        Connection connection = sql.connection();
        connection.setAutoCommit(false);
        sql.update("INSERT INTO person VALUES (8, 'Dan', 1)");

        sql.refused("CREATE VIEW v AS SELECT * FROM person", "25001", "COMMIT");

        connection.rollback();
        connection.setAutoCommit(true);
        connection.setReadOnly(true);
        sql.refused("CREATE VIEW v AS SELECT * FROM person", "25006");
    }

    @Test
    void viewsOverViewsThatDoubleHaveABound() throws SQLException {
        sql.execute("CREATE VIEW v0 AS SELECT id FROM person");
        for (int i = 1; i <= 12; i++) {
            sql.execute("CREATE VIEW v" + i + " AS SELECT a.id FROM v" + (i - 1) + " AS a CROSS JOIN v0 AS b");
        }
        assertThat(sql.rows("SELECT COUNT(*) FROM v3")).containsExactly("81");
        sql.execute("CREATE VIEW d1 AS SELECT a.id FROM v0 AS a JOIN v0 AS b ON a.id = b.id");
        int level = 1;
        String state = null;
        while (state == null && level < 20) {
            level++;
            try {
                sql.execute("CREATE VIEW d" + level + " AS SELECT a.id FROM d" + (level - 1) + " AS a JOIN d" + (level - 1)
                        + " AS b ON a.id = b.id");
            } catch (SQLException refused) {
                state = refused.getSQLState();
            }
        }
        assertThat(state).isEqualTo("54001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT COUNT(*) FROM v", "SELECT name FROM v WHERE id = 1"})
    void aViewComesAndGoesBesideReaders(String query) throws Exception {
        AtomicBoolean ends = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(threads.submit(() -> {
                    int read = 0;
                    try (SqlClient client = SqlClient.open(URL)) {
                        while (!ends.get() || read == 0) {
                            try {
                                assertThat(client.rows(query)).isIn(List.of("3"), List.of("1"), List.of("Ann"), List.of());
                                read++;
                            } catch (SQLException refused) {
                                assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("42P01", "40001");
                            }
                        }
                    }
                    return read;
                }));
            }
            for (int round = 0; round < 20; round++) {
                sql.execute("CREATE VIEW v AS SELECT * FROM person", "CREATE OR REPLACE VIEW v AS SELECT name, id FROM person WHERE id = 7",
                        "DROP VIEW v");
            }
            sql.execute("CREATE VIEW v AS SELECT * FROM person");
            ends.set(true);
            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
        }
    }
}
