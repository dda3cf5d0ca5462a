package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements find rows by indexes, and the same rows as without.
class IndexQueriesTest {
    private static final String URL = "jdbc:coconut:mem:index-queries-test;memory.lock=off;blocks=3";

    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
    }

    @AfterEach
    void close() throws SQLException {
        IndexEntries.verify(URL);
        sql.close();
    }

    private String plan(String query) throws SQLException {
        return String.join("\n", sql.rows("EXPLAIN " + query));
    }

    private void make(String kind) throws SQLException {
        sql.execute(
                "CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(20) UNIQUE, city VARCHAR(10), age INT, height DOUBLE, born DATE NOT NULL) USING "
                        + kind,
                "CREATE INDEX by_city ON t (city, age DESC)", "CREATE INDEX by_age ON t (age)", "CREATE INDEX by_born ON t (born DESC)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void conditionsOnIndexedColumnsBecomeLookupsAndScansOfTheIndex(String kind) throws SQLException {
        make(kind);

        assertThat(plan("SELECT id, city FROM t WHERE email = 'a'"))
                .isEqualTo("IndexLookup(table=[PUBLIC.T], index=[T_EMAIL_KEY], key=[EMAIL = 'a'], columns=[ID, CITY])");
        assertThat(plan("SELECT * FROM t WHERE email IN ('a', 'b')")).contains("IndexLookup", "key=[EMAIL IN ('a', 'b')]");
        assertThat(plan("SELECT id FROM t WHERE city = 'x' AND age > 5 AND height < 2"))
                .isEqualTo(
                        "IndexScan(table=[PUBLIC.T], index=[BY_CITY], range=[CITY = 'x', AGE > 5], columns=[ID], filter=[HEIGHT < 2.0E0])");
        assertThat(plan("SELECT id FROM t WHERE age BETWEEN 1 AND 3")).contains("index=[BY_AGE]", "range=[AGE >= 1 AND AGE <= 3]");
        // One end alone is guessed to leave too much, unless the answer is wanted in this order and only its beginning.
        assertThat(plan("SELECT id, city FROM t WHERE age > 1")).contains("TableScan");
        assertThat(plan("SELECT id FROM t WHERE id = 1 AND email = 'a'")).startsWith("PointLookup");
        assertThat(plan("DELETE FROM t WHERE email = 'a'")).contains("IndexLookup");
        assertThat(plan("UPDATE t SET age = 1 WHERE city = 'x'")).contains("IndexScan");
        assertThat(plan("SELECT a.id FROM t a JOIN t b ON a.id = b.id WHERE b.city = 'x'")).contains("IndexOnlyScan");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            WHERE city = 'x' ORDER BY age DESC NULLS LAST          | false
            WHERE city = 'x' ORDER BY age DESC NULLS LAST, id      | false
            WHERE city = 'x' ORDER BY age NULLS FIRST, id DESC     | false
            WHERE city = 'x' AND age < 9 ORDER BY age DESC, id     | false
            WHERE city = 'x' AND age < 9 ORDER BY age              | false
            WHERE city = 'x' ORDER BY age                          | true
            WHERE city = 'x' ORDER BY age DESC                     | true
            WHERE age BETWEEN 1 AND 5 ORDER BY age, id             | false
            WHERE age BETWEEN 1 AND 5 ORDER BY age DESC, id DESC   | false
            WHERE age BETWEEN 1 AND 5 ORDER BY age, id DESC        | true
            WHERE age = 5 ORDER BY id                              | false
            WHERE age = 5 ORDER BY city                            | true
            ORDER BY born DESC LIMIT 3                             | false
            ORDER BY born LIMIT 3                                  | false
            ORDER BY age DESC LIMIT 3                              | false
            ORDER BY age NULLS LAST LIMIT 3                        | false
            ORDER BY age NULLS FIRST LIMIT 3                       | true
            ORDER BY age                                           | true
            WHERE height > 1 ORDER BY age LIMIT 3                  | true
            WHERE email = 'a' ORDER BY city, age, height           | false""")
    void theOrderOfAnIndexSparesTheSort(String query, boolean sorts) throws SQLException {
        make("HASH");

        assertThat(plan("SELECT id, city, age, height FROM t " + query).contains("Sort")).as(plan("SELECT id FROM t " + query)).isEqualTo(
                sorts);
    }

    /// Two tables with the same rows, one of them without indexes, are asked the same and changed alike.
    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void indexesFindWhatIsFoundWithout(String kind) throws SQLException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + seed);
        Random random = new Random(seed);
        make(kind);
        sql.execute("CREATE TABLE plain (id INT PRIMARY KEY, email VARCHAR(20), city VARCHAR(10), age INT, height DOUBLE, born DATE) USING "
                + kind);
        for (int id = 0; id < 400; id++) {
            insert(random, id);
        }
        int byIndex = 0;
        for (int round = 0; round < 100; round++) {
            String where = condition(random);
            String order = List.of("", " ORDER BY age, id", " ORDER BY age DESC, id DESC", " ORDER BY city, age DESC, id",
                    " ORDER BY born DESC, id",
                    " ORDER BY city DESC NULLS LAST, age NULLS FIRST, id DESC").get(random.nextInt(6));
            String limit = order.isEmpty() ? "" : List.of("", " LIMIT 5", " LIMIT 7 OFFSET 3").get(random.nextInt(3));
            String query = "SELECT id, email, city, age, height, born FROM %s" + where + order + limit;
            List<String> found = sql.rows(query.replace("%s", "t"));
            List<String> expected = sql.rows(query.replace("%s", "plain"));
            byIndex += plan(query.replace("%s", "t")).contains("Index") ? 1 : 0;
            String about = "seed " + seed + ": " + query.replace("%s", "t") + "\n" + plan(query.replace("%s", "t"));
            if (order.isEmpty()) {
                assertThat(found).as(about).containsExactlyInAnyOrderElementsOf(expected);
            } else {
                assertThat(found).as(about).isEqualTo(expected);
            }
            if (round % 5 == 0) {
                String change = List.of("UPDATE %s SET age = age + 1", "UPDATE %s SET city = 'y', born = born + INTERVAL '1' DAY",
                        "DELETE FROM %s")
                        .get(random.nextInt(3)) + where;
                assertThat(sql.update(change.replace("%s", "t"))).as(about + "\n" + change).isEqualTo(sql.update(change.replace("%s",
                        "plain")));
                insert(random, 1000 + round);
            }
        }
        System.out.println("by an index: " + byIndex + " of 100");
        assertThat(byIndex).isGreaterThan(5);
    }

    private void insert(Random random, int id) throws SQLException {
        for (String table : List.of("t", "plain")) {
            Random same = new Random(id * 31L);
            try (PreparedStatement insert = sql.connection().prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?, ?, ?, ?)")) {
                insert.setInt(1, id);
                insert.setString(2, same.nextInt(5) == 0 ? null : "m" + id);
                insert.setString(3, same.nextInt(5) == 0 ? null : List.of("x", "y", "xy", "", "z\0").get(same.nextInt(5)));
                insert.setObject(4, same.nextInt(5) == 0 ? null : same.nextInt(20) - 5, Types.INTEGER);
                insert.setObject(5, same.nextInt(5) == 0 ? null : same.nextInt(4) / 2.0, Types.DOUBLE);
                insert.setObject(6, java.time.LocalDate.of(2000, 1, 1).plusDays(same.nextInt(40)));
                insert.executeUpdate();
            }
        }
        random.nextInt();
    }

    private static String condition(Random random) {
        List<String> parts = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            int n = random.nextInt(22) - 6;
            parts.add(List.of("age = " + n, "age IN (" + n + ", 3, NULL)", "age BETWEEN " + n + " AND " + (n + 4), "age > " + n, "age <= "
                    + n,
                    "age IS NULL", "age IS NOT NULL", "(age = " + n + " OR age IS NULL)", "age <> " + n, "city = 'x'", "city IN ('x', 'y')",
                    "city LIKE 'x%'", "city > 'x'", "city IS NULL", "(city, age) IN (('x', 1), ('y', 2), ('xy', " + n + "))", "email = 'm"
                            + n + "'",
                    "email IN ('m7', 'm8', 'm" + n + "')", "born = DATE '2000-01-1" + (n + 6) % 10 + "'",
                    "born BETWEEN DATE '2000-01-05' AND DATE '2000-01-09'", "born > DATE '2000-02-05'", "NOT (age = " + n + ")",
                    "(age < -3 OR age > 13)", "age = 1.5", "age > 2.5 AND age < 4", "height = 0.5").get(random.nextInt(25)));
        }
        return parts.isEmpty() ? "" : " WHERE " + String.join(" AND ", parts);
    }

    @Test
    void aTransactionFindsItsOwnRowsByTheIndex() throws SQLException {
        make("HASH");
        sql.execute("INSERT INTO t (id, city, age, born) VALUES (1, 'x', 1, DATE '2000-01-01'), (2, 'x', 2, DATE '2000-01-02')");
        sql.connection().setAutoCommit(false);
        sql.execute("UPDATE t SET age = 9 WHERE id = 1", "INSERT INTO t (id, city, age, born) VALUES (3, 'x', 3, DATE '2000-01-03')",
                "DELETE FROM t WHERE id = 2");

        assertThat(sql.rows("SELECT id FROM t WHERE city = 'x' ORDER BY age DESC NULLS LAST")).containsExactly("1", "3");
        assertThat(sql.rows("SELECT id FROM t WHERE age = 1")).isEmpty();
        // What the statement itself writes into the range that it goes through is not met again.
        assertThat(sql.update("UPDATE t SET age = age + 1 WHERE age BETWEEN 0 AND 100")).isEqualTo(2);
        assertThat(sql.rows("SELECT id, age FROM t WHERE age BETWEEN 0 AND 100 ORDER BY id")).containsExactly("1|10", "3|4");
        sql.connection().rollback();
        sql.connection().setAutoCommit(true);
        assertThat(sql.rows("SELECT id FROM t WHERE city = 'x' ORDER BY id")).containsExactly("1", "2");
    }

    @Test
    void aRangeOfAnIndexThatWasReadIsJudgedAndNoMore() throws SQLException {
        make("HASH");
        sql.execute("INSERT INTO t (id, city, age, born) VALUES (1, 'x', 1, DATE '2000-01-01'), (2, 'y', 2, DATE '2000-01-02')");
        try (SqlClient other = SqlClient.open(URL)) {
            sql.connection().setAutoCommit(false);
            assertThat(sql.rows("SELECT COUNT(*) FROM t WHERE city = 'x'")).containsExactly("1");
            sql.execute("UPDATE t SET age = 5 WHERE id = 2");
            // A full scan would conflict with this.
            other.execute("INSERT INTO t (id, city, age, born) VALUES (3, 'z', 3, DATE '2000-01-03')");
            sql.connection().commit();

            assertThat(sql.rows("SELECT COUNT(*) FROM t WHERE city = 'x'")).containsExactly("1");
            sql.execute("UPDATE t SET age = 6 WHERE id = 2");
            other.execute("INSERT INTO t (id, city, age, born) VALUES (4, 'x', 3, DATE '2000-01-03')");
            assertThatThrownBy(() -> sql.connection().commit()).isInstanceOfSatisfying(SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("40001"));
            sql.connection().setAutoCommit(true);
        }
    }

    @Test
    void anIndexThatIsBeingBuiltOrIsGoneIsNotRead() throws SQLException {
        make("SORTED");
        sql.execute("INSERT INTO t (id, city, age, born) VALUES (1, 'x', 1, DATE '2000-01-01')");
        try (PreparedStatement query = sql.connection().prepareStatement("SELECT id FROM t WHERE age = 1")) {
            for (String change : List.of("DROP INDEX by_age", "CREATE INDEX by_age ON t (age)", "ALTER TABLE t DROP height",
                    "TRUNCATE t")) {
                try (ResultSet rows = query.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                }
                sql.execute(change);
            }
            try (ResultSet rows = query.executeQuery()) {
                assertThat(rows.next()).isFalse();
            }
        }
    }
}
