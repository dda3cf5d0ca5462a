package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Joins look the rows of one side up where the other side is small, and answer what they answer otherwise. H2 has the same rows.
class LookupJoinsTest {
    private static final long SEED = 20261129;

    private static SqlClient coconut;
    private static SqlClient h2;

    @BeforeAll
    static void fill() throws SQLException {
        coconut = SqlClient.open("jdbc:coconut:mem:lookup-joins-test;memory.lock=off;blocks=3");
        h2 = new SqlClient(DriverManager.getConnection("jdbc:h2:mem:lookup-joins-test"));
        Random random = new Random(SEED);
        for (SqlClient sql : List.of(coconut, h2)) {
            boolean own = sql == coconut;
            sql.execute(
                    "CREATE TABLE few (id INT PRIMARY KEY, a INT, b VARCHAR(10), wide BIGINT)" + (own ? " USING HASH" : ""),
                    "CREATE TABLE hashed (id INT PRIMARY KEY, a INT, b VARCHAR(10))" + (own ? " USING HASH" : ""),
                    "CREATE TABLE sorted (a INT, n INT, c VARCHAR(10), PRIMARY KEY (a, n))" + (own ? " USING SORTED" : ""),
                    "CREATE INDEX by_b ON hashed (b, a)",
                    "CREATE TABLE lone (only_column INT PRIMARY KEY)" + (own ? " USING HASH" : ""));
        }
        for (int i = 0; i < 30; i++) {
            insert("few", i, value(random, 1500), name(random), value(random, 5000));
            insert("lone", i * 7);
        }
        for (int from = 0; from < 3000; from += 500) {
            List<String> hashed = new ArrayList<>();
            List<String> sorted = new ArrayList<>();
            for (int i = from; i < from + 500; i++) {
                hashed.add("(" + i + ", " + value(random, 50) + ", " + name(random) + ")");
                sorted.add("(" + i / 3 + ", " + i % 3 + ", " + name(random) + ")");
            }
            for (SqlClient sql : List.of(coconut, h2)) {
                sql.execute("INSERT INTO hashed VALUES " + String.join(", ", hashed), "INSERT INTO sorted VALUES " + String.join(", ",
                        sorted));
            }
        }
    }

    private static void insert(String table, Object... values) throws SQLException {
        for (SqlClient sql : List.of(coconut, h2)) {
            sql.execute("INSERT INTO " + table + " VALUES (" + String.join(", ", List.of(values).stream().map(String::valueOf).toList())
                    + ")");
        }
    }

    private static String value(Random random, int bound) {
        return random.nextInt(6) == 0 ? "NULL" : String.valueOf(random.nextInt(bound));
    }

    private static String name(Random random) {
        return random.nextInt(6) == 0 ? "NULL" : "'n" + random.nextInt(600) + "'";
    }

    @AfterAll
    static void close() throws SQLException {
        h2.close();
        coconut.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT few.id, hashed.b FROM few JOIN hashed ON few.a = hashed.id
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT hashed.b, few.id FROM hashed JOIN few ON few.a = hashed.id
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT few.id, hashed.b FROM few LEFT JOIN hashed ON few.a = hashed.id AND hashed.a > 25
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT few.id, hashed.b FROM few LEFT JOIN hashed ON few.a = hashed.id AND hashed.a > few.id
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT few.id, hashed.b FROM hashed RIGHT JOIN few ON few.a = hashed.id AND UPPER(hashed.b) < 'N3'
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT few.id FROM few WHERE EXISTS (SELECT 1 FROM hashed WHERE hashed.id = few.a AND hashed.a <> few.id)
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT few.id FROM few WHERE few.a IN (SELECT id FROM hashed WHERE a < 30)
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT few.id FROM few WHERE NOT EXISTS (SELECT 1 FROM hashed WHERE hashed.id = few.a AND hashed.a < 25)
            RangeScan(table=[PUBLIC.SORTED], range=[A = A]      | SELECT few.id, sorted.n, c FROM few JOIN sorted ON few.a = sorted.a
            RangeScan(table=[PUBLIC.SORTED], range=[A = A]      | SELECT few.id, sorted.n, c FROM few LEFT JOIN sorted ON few.a = sorted.a AND sorted.n > 0
            PointLookup(table=[PUBLIC.SORTED], key=[A = A, N = ID] | SELECT few.id, c FROM few JOIN sorted ON few.id = sorted.n AND few.a = sorted.a
            RangeScan(table=[PUBLIC.SORTED], range=[A = A]      | SELECT few.id FROM few WHERE EXISTS (SELECT 1 FROM sorted WHERE sorted.a = few.a AND c > 'n3')
            RangeScan(table=[PUBLIC.SORTED], range=[A = ID]     | SELECT few.id FROM few WHERE few.id NOT IN (SELECT a FROM sorted WHERE n = 1 AND c < 'n3')
            IndexOnlyScan(table=[PUBLIC.HASHED], index=[BY_B], range=[B = B] | SELECT few.id, hashed.id FROM few JOIN hashed ON few.b = hashed.b
            IndexOnlyScan(table=[PUBLIC.HASHED], index=[BY_B], range=[B = B] | SELECT few.id, hashed.id FROM few LEFT JOIN hashed ON few.b = hashed.b AND hashed.a > 10
            PointLookup(table=[PUBLIC.HASHED], key=[ID = ONLY_COLUMN] | SELECT only_column FROM lone WHERE EXISTS (SELECT 1 FROM hashed WHERE id = only_column AND a > 20)
            PointLookup(table=[PUBLIC.HASHED], key=[ID = ONLY_COLUMN] | SELECT only_column, hashed.a FROM lone LEFT JOIN hashed ON id = only_column AND a > 20
            PointLookup(table=[PUBLIC.HASHED], key=[ID = A]     | SELECT few.id, x.a FROM few LEFT JOIN (SELECT id, a FROM hashed WHERE a IS NOT NULL) x ON x.id = few.a
            """)
    void joinsWithFewRowsAreLookedUp(String plan, String query) throws SQLException {
        List<String> lines = coconut.rows("EXPLAIN " + query);

        assertThat(lines).as(query).anyMatch(line -> line.contains("LookupJoin")).anyMatch(line -> line.strip().startsWith(plan));
        assertThat(coconut.rows(query)).as(query).containsExactlyInAnyOrderElementsOf(h2.rows(query)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT x.id, y.id FROM hashed x JOIN hashed y ON x.id = y.a
            SELECT few.id FROM few JOIN sorted ON few.id = sorted.n
            SELECT few.id FROM few JOIN hashed ON CAST(few.a AS DOUBLE) = CAST(hashed.id AS DOUBLE)
            """)
    void joinsWithManyRowsOrWithoutAKeyAreNot(String query) throws SQLException {
        assertThat(coconut.rows("EXPLAIN " + query)).noneMatch(line -> line.contains("LookupJoin"));
        assertThat(coconut.rows(query)).containsExactlyInAnyOrderElementsOf(h2.rows(query));
    }

    /// Calcite makes a join with all values of the outer rows of them otherwise.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT id FROM hashed x WHERE EXISTS (SELECT * FROM hashed y WHERE y.a = x.a AND y.id > x.id)
            SELECT id FROM hashed x WHERE NOT EXISTS (SELECT * FROM hashed y WHERE y.a = x.a AND y.id > x.id AND y.b IS NULL)
            SELECT id FROM hashed x WHERE a IN (SELECT a FROM few WHERE few.b = x.b)
            SELECT id FROM hashed x WHERE a IN (SELECT a + 1 FROM few) AND b IN (SELECT b FROM few)
            SELECT id FROM hashed x WHERE a NOT IN (SELECT a FROM few)
            SELECT id FROM hashed x WHERE a NOT IN (SELECT a FROM few WHERE a IS NOT NULL)
            SELECT id FROM few x WHERE id NOT IN (SELECT n FROM sorted WHERE sorted.a = x.a)
            SELECT id FROM hashed x WHERE EXISTS (SELECT 1 FROM few WHERE few.a = x.id) OR a = 3
            SELECT id FROM hashed x WHERE NOT (EXISTS (SELECT 1 FROM few WHERE few.a = x.a) AND a > 10)
            SELECT id FROM few x WHERE EXISTS (SELECT 1 FROM hashed h WHERE h.id = x.a AND EXISTS (SELECT 1 FROM sorted s WHERE s.a = h.a AND s.n = 1))
            SELECT id FROM few x WHERE EXISTS (SELECT 1 FROM hashed h WHERE h.id = x.a AND EXISTS (SELECT 1 FROM sorted s WHERE s.a = h.a AND s.n < x.id))
            SELECT id FROM few x WHERE a > (SELECT AVG(a) FROM hashed h WHERE h.b = x.b) AND EXISTS (SELECT 1 FROM sorted WHERE sorted.a = x.id)
            SELECT id FROM few x WHERE EXISTS (SELECT COUNT(*) FROM hashed h WHERE h.id = x.a)
            SELECT id FROM few x WHERE EXISTS (SELECT 1 FROM hashed h WHERE h.id = x.a LIMIT 1)
            SELECT id FROM few x WHERE a IN (SELECT h.a FROM hashed h GROUP BY h.a HAVING COUNT(*) > 50)
            SELECT id FROM few x WHERE (a, b) IN (SELECT h.a, h.b FROM hashed h)
            SELECT id FROM few x WHERE wide IN (SELECT id FROM hashed)
            SELECT id FROM few x WHERE EXISTS (SELECT 1 FROM hashed WHERE a = 1)
            SELECT COUNT(*) FROM few x, sorted s WHERE s.a = x.a AND EXISTS (SELECT 1 FROM hashed h WHERE h.id = x.a AND h.a > s.n)
            """)
    void subqueriesOfConditionsAreJoined(String query) throws SQLException {
        assertThat(coconut.rows(query)).as(query).containsExactlyInAnyOrderElementsOf(h2.rows(query));
    }

    /// A CHAR equals texts with and without blanks at their end: then one row meets several of a unique key, and is still one.
    @Test
    void aRowThatMeetsSeveralIsAnsweredOnce() throws SQLException {
        coconut.execute("CREATE TABLE short (id INT PRIMARY KEY, c CHAR(5))", "CREATE TABLE texts (v VARCHAR(10) PRIMARY KEY)",
                "INSERT INTO short VALUES (1, 'a'), (2, 'b')", "INSERT INTO texts VALUES ('a'), ('a '), ('a  '), ('c')");

        assertThat(coconut.rows("SELECT id FROM short WHERE c IN (SELECT v FROM texts)")).containsExactly("1");
        assertThat(coconut.rows("SELECT id FROM short WHERE EXISTS (SELECT 1 FROM texts WHERE v = c)")).containsExactly("1");
    }

    @Test
    void aConstantThatCannotBeComputedIsToldWhenItIsExecuted() throws SQLException {
        for (String condition : List.of("hashed.a = 1 / 0", "hashed.a > CAST('x' AS INT)")) {
            String query = "SELECT few.id FROM few JOIN hashed ON few.a = hashed.id WHERE " + condition;
            assertThat(coconut.rows("EXPLAIN " + query)).isNotEmpty();
            try (PreparedStatement statement = coconut.connection().prepareStatement(query)) {
                assertThatThrownBy(() -> readAll(statement)).isInstanceOfSatisfying(SQLException.class,
                        failure -> assertThat(failure.getSQLState()).isIn("22012", "22018"));
            }
        }
    }

    private static void readAll(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                rows.getObject(1);
            }
        }
    }

    @Test
    void aTransactionLooksUpWhatItHasWritten() throws SQLException {
        coconut.connection().setAutoCommit(false);
        try {
            coconut.execute("UPDATE hashed SET b = 'changed' WHERE id = 1", "INSERT INTO few VALUES (1000, 1, NULL, NULL)",
                    "DELETE FROM sorted WHERE a = 1", "INSERT INTO sorted VALUES (1, 77, 'new')");

            assertThat(coconut.rows("SELECT few.id, hashed.b FROM few JOIN hashed ON few.a = hashed.id WHERE few.id = 1000"))
                    .containsExactly("1000|changed");
            assertThat(coconut.rows("SELECT few.id, n FROM few JOIN sorted ON few.a = sorted.a WHERE few.id = 1000"))
                    .containsExactly("1000|77");
            assertThat(coconut.rows("SELECT few.id FROM few JOIN hashed ON few.b = hashed.b WHERE hashed.b = 'changed'")).isEmpty();
        } finally {
            coconut.connection().rollback();
            coconut.connection().setAutoCommit(true);
        }
    }
}
