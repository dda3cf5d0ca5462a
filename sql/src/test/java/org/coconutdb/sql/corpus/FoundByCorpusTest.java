package org.coconutdb.sql.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the corpus has found, each once, by name.
class FoundByCorpusTest {
    private SqlClient client;

    @BeforeEach
    void open() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:");
        client.execute(
                "CREATE TABLE t (k INT PRIMARY KEY, a INT, s VARCHAR(8), b BOOLEAN) USING SORTED",
                "INSERT INTO t VALUES (1, 1, '日本', TRUE), (2, 1, 'é', FALSE), (3, NULL, NULL, NULL)");
    }

    @AfterEach
    void close() throws SQLException {
        client.close();
    }

    @Test
    void textsOfAllCharactersAreLiterals() throws SQLException {
        assertThat(client.rows("SELECT k, '日本' || s FROM t WHERE s = '日本' OR s LIKE '日%' OR s IN ('𝄞', 'x')")).containsExactly("1|日本日本");
        assertThat(client.update("UPDATE t SET s = '東京' WHERE s = '日本'")).isEqualTo(1);
        assertThat(client.rows("SELECT COALESCE(s, '無') FROM t ORDER BY k")).containsExactly("東京", "é", "無");
    }

    @Test
    void textsOfDifferentLengthsAreNotFilledUp() throws SQLException {
        assertThat(client.rows("SELECT CASE WHEN k = 1 THEN 'a' ELSE 'abc' END || '|' FROM t ORDER BY k"))
                .containsExactly("a|", "abc|", "abc|");
        assertThat(client.rows("SELECT v || '|' FROM (VALUES ('a'), ('abc')) AS x (v) ORDER BY v")).containsExactly("a|", "abc|");
    }

    @Test
    void anOuterJoinByNestedLoopsKeepsEqualRows() throws SQLException {
        assertThat(client.rows("SELECT r.a FROM t l RIGHT JOIN t r ON l.k > 5 AND l.k < r.k")).containsExactlyInAnyOrder("1", "1", "null");
        assertThat(client.rows("SELECT COUNT(*) FROM t l RIGHT JOIN t r ON FALSE")).containsExactly("3");
        assertThat(client.rows("SELECT l.k, r.b IS NULL FROM (SELECT k FROM t WHERE k = 3) l FULL JOIN (SELECT b FROM t WHERE k <> 1 "
                + "UNION ALL SELECT b FROM t WHERE k <> 1) r ON l.k < 0")).containsExactlyInAnyOrder("3|true", "null|true", "null|true",
                        "null|false", "null|false");
    }

    @Test
    void whatIsCoalescedMayBeNull() throws SQLException {
        client.execute("CREATE TABLE n (id INT PRIMARY KEY, d INT, e INT)",
                "INSERT INTO n VALUES (1, NULL, 5), (2, 3, 3), (3, 4, 5), (4, 6, NULL), (5, NULL, NULL)");
        assertThat(client.rows("SELECT id FROM n WHERE e <> COALESCE(d, d)")).containsExactly("3");
        assertThat(client.rows("SELECT id FROM n WHERE e <> COALESCE(d, e)")).containsExactly("3");
        assertThat(client.rows("SELECT id FROM n WHERE e > COALESCE(d, d)")).containsExactly("3");
        assertThat(client.rows("SELECT id FROM n WHERE COALESCE(d + 1, e - 1, 0) < 5 ORDER BY id")).containsExactly("1", "2", "5");
        assertThat(client.rows("SELECT id FROM n WHERE (e = COALESCE(d, 5)) IS NOT TRUE ORDER BY id")).containsExactly("3", "4", "5");
        assertThat(client.rows("SELECT id FROM n WHERE id = 1 AND e <> COALESCE(d, d)")).isEmpty();
        assertThat(client.rows("SELECT x.id, y.id FROM n x JOIN n y ON x.e <> COALESCE(y.d, y.d) AND x.id = 2 ORDER BY 2"))
                .containsExactly("2|3", "2|4");
    }

    /// Without a condition of equality one row of a table passed for the rows that it is joined with.
    @Test
    void aRowJoinedWithOthersOfItsTableStaysItself() throws SQLException {
        assertThat(client.rows("SELECT x.k, y.k FROM t x JOIN t y ON x.a <= y.a AND x.k = 2 ORDER BY 2")).containsExactly("2|1", "2|2");
        assertThat(client.rows("SELECT x.k, y.k FROM t x JOIN t y ON x.k <> y.k WHERE y.k = 1 ORDER BY 1")).containsExactly("2|1", "3|1");
        assertThat(client.rows("SELECT x.k, y.k, z.k FROM t x JOIN t y ON x.a <= y.a JOIN t z ON z.k <> x.k AND z.k = 3 ORDER BY 1, 2"))
                .containsExactly("1|1|3", "1|2|3", "2|1|3", "2|2|3");
        assertThat(client.rows("SELECT x.k, y.k FROM t x JOIN (SELECT * FROM t WHERE b ORDER BY k LIMIT 1) y ON x.k > y.k ORDER BY 1"))
                .containsExactly("2|1", "3|1");
    }

    /// Grouped, and one column held fast, the others are unique on each side.
    @Test
    void aGroupJoinedWithOthersOfItsTableStaysItself() throws SQLException {
        client.execute("CREATE TABLE s (k INT PRIMARY KEY, y INT, b INT)",
                "INSERT INTO s VALUES (1, 2000, 1), (2, 2001, 1), (3, 2000, 2), (4, 2001, 2), (5, 2000, 3)");
        assertThat(client.rows("WITH a AS (SELECT y, b, MAX(k) AS k FROM s GROUP BY y, b) SELECT p.y, p.k, c.y, c.k FROM a c, a p "
                + "WHERE c.b = p.b AND c.y = 2001 AND p.y = 2000 ORDER BY p.k")).containsExactly("2000|1|2001|2", "2000|3|2001|4");
        assertThat(client.rows(
                "SELECT p.y, c.y FROM (SELECT DISTINCT y, b FROM s) c JOIN (SELECT DISTINCT y, b FROM s) p ON c.b = p.b AND c.y = 2001 "
                        + "AND p.y = 2000 JOIN t ON t.k = p.b")).containsExactly("2000|2001", "2000|2001");
    }

    @Test
    void theFrameOfANullIsTheNulls() throws SQLException {
        client.execute("CREATE TABLE w (k INT PRIMARY KEY, n INT, d DATE, t TIMESTAMP)", "INSERT INTO w VALUES "
                + "(1, 1, DATE '2026-01-01', TIMESTAMP '2026-01-01 00:00:00'), (2, 2, DATE '2026-01-02', TIMESTAMP '2026-01-01 12:00:00'), "
                + "(4, NULL, NULL, NULL), (8, NULL, NULL, NULL), (16, 9, DATE '2026-02-01', TIMESTAMP '2026-02-01 00:00:00')");
        for (String order : List.of("n RANGE BETWEEN 1 PRECEDING AND CURRENT ROW", "n RANGE 1 PRECEDING",
                "d RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW",
                "t NULLS FIRST RANGE BETWEEN INTERVAL '12' HOUR PRECEDING AND CURRENT ROW",
                "d DESC RANGE BETWEEN CURRENT ROW AND INTERVAL '1' DAY FOLLOWING")) {
            assertThat(client.rows("SELECT k, SUM(k) OVER (ORDER BY " + order + ") FROM w ORDER BY k")).as(order)
                    .containsExactly("1|1", "2|3", "4|12", "8|12", "16|16");
        }
        client.refused("SELECT SUM(k) OVER (ORDER BY n RANGE BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) FROM w", "0A000", "COALESCE");
        assertThat(client.rows(
                "SELECT k, SUM(k) OVER (ORDER BY COALESCE(n, 99) RANGE BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) FROM w ORDER BY k"))
                        .containsExactly("1|3", "2|3", "4|31", "8|31", "16|19");
    }

    @Test
    void framesCountDaysFromDates() throws SQLException {
        client.execute("CREATE TABLE w (k INT PRIMARY KEY, d DATE NOT NULL)",
                "INSERT INTO w VALUES (1, DATE '2026-01-01'), (2, DATE '2026-01-02'), "
                        + "(4, DATE '2026-01-04'), (8, DATE '2026-02-01')");
        assertThat(client.rows(
                "SELECT k, SUM(k) OVER (ORDER BY d RANGE INTERVAL '2' DAY PRECEDING), SUM(k) OVER (ORDER BY d RANGE BETWEEN UNBOUNDED "
                        + "PRECEDING AND INTERVAL '1' DAY FOLLOWING) FROM w ORDER BY k")).containsExactly("1|1|3", "2|3|3", "4|6|7",
                                "8|8|15");
        client.refused("SELECT SUM(k) OVER (ORDER BY d RANGE INTERVAL '1' MONTH PRECEDING) FROM w", "0A000", "months");
    }

    @Test
    void framesOfADescendingOrderCountDownwards() throws SQLException {
        assertThat(client.rows(
                "SELECT k, SUM(k) OVER (ORDER BY k DESC RANGE BETWEEN 1 PRECEDING AND CURRENT ROW), COUNT(*) OVER (ORDER BY k DESC RANGE "
                        + "BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING), FIRST_VALUE(k) OVER (ORDER BY k DESC RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), "
                        + "LAST_VALUE(k) OVER (ORDER BY k DESC RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM t ORDER BY k"))
                                .containsExactly("1|3|3|2|1", "2|5|3|3|1", "3|3|2|3|2");
    }

    @Test
    void theSmallestNumberHasNoAbsoluteValue() throws SQLException {
        client.execute("INSERT INTO t (k, a) VALUES (4, -2147483648), (5, -7)");

        for (String overflow : List.of("SELECT ABS(a) FROM t WHERE k = 4", "SELECT SUM(ABS(a)) FROM t",
                "SELECT ABS(CAST(a - 32761 AS SMALLINT)) FROM t WHERE k = 5")) {
            assertThatThrownBy(() -> client.rows(overflow)).as(overflow).isInstanceOfSatisfying(SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("22003"));
        }
        assertThat(client.rows("SELECT ABS(a), ABS(CAST(a AS BIGINT)), ABS(NULLIF(a, a)) FROM t WHERE k = 5")).containsExactly("7|7|null");
    }

    @Test
    void aggregatesOfExpressionsOverGroupingSetsAreComputed() throws SQLException {
        assertThat(client.rows("SELECT a, k, MIN(k + 1) FROM t GROUP BY GROUPING SETS ((a), (k)) HAVING MIN(k + 1) > 1"))
                .containsExactlyInAnyOrder("1|null|2", "null|null|4", "null|1|2", "null|2|3", "null|3|4");
    }

    @Test
    void aComputedValueIsLookedAtForNullBehindAnOuterJoin() throws SQLException {
        assertThat(client.rows("SELECT l.k FROM t l LEFT JOIN t r ON l.a = r.a WHERE (r.k / 2) IS NOT NULL ORDER BY l.k"))
                .containsExactly("1", "1", "2", "2");
        assertThat(client.rows("SELECT l.k FROM t l LEFT JOIN t r ON l.a = r.a WHERE (r.k + 1 > 2) IS NULL")).containsExactly("3");
    }

    @Test
    void aSortedSubqueryBelowAConditionThatNeverHoldsIsPlanned() throws SQLException {
        assertThat(client.rows("SELECT (SELECT i.s FROM t i WHERE i.s NOT LIKE 'e' OR o.s NOT LIKE 'a_') AS v0, o.k AS v1 FROM t o "
                + "WHERE (o.s IS NOT NULL) IS UNKNOWN ORDER BY v0, v1")).isEmpty();
    }

    @Test
    void oneRowInOrderIsPlannedAsPartOfAUnion() throws SQLException {
        assertThat(client.rows("WITH w (a, b) AS (VALUES (1.0e0, 1), (CAST(2 AS DOUBLE PRECISION), 2)) SELECT b FROM w"))
                .containsExactlyInAnyOrder("1", "2");
        assertThat(client.rows("WITH w (a, b) AS (VALUES (1, ''), (1, SUBSTRING('x' FROM 1 FOR 1))) SELECT b FROM w ORDER BY b"))
                .containsExactly("", "x");
    }

    /// The subquery's answer follows from its form, and with it goes the use of the row that it is asked for.
    @Test
    void aCorrelatedSubqueryThatIsNotNeededIsPlanned() throws SQLException {
        assertThat(client.rows("SELECT (NOT EXISTS (SELECT 1 FROM t i WHERE i.a = o.a)) IS NOT UNKNOWN, o.k FROM t o ORDER BY o.k"))
                .containsExactly("true|1", "true|2", "true|3");
        assertThat(client.rows(
                "SELECT (DATE '1970-01-01' NOT IN (SELECT DATE '2024-02-29' FROM t i WHERE o.s NOT IN (SELECT s FROM t x WHERE x.k = i.k "
                        + "AND x.s IS NOT NULL))) IS UNKNOWN FROM t o WHERE o.k = 1")).containsExactly("false");
    }

    @Test
    void aSubqueryOfASubqueryReadsRowsOfAnOuterJoin() throws SQLException {
        client.execute("CREATE TABLE n (id INT PRIMARY KEY, b BIGINT, f INT)", "INSERT INTO n VALUES (1, 1, 1), (2, 5, 0), (3, NULL, 3)");
        assertThat(client.rows("SELECT n.id, t.k FROM n LEFT JOIN t ON n.id = t.a WHERE n.f >= (SELECT MIN(x.k) FROM t x WHERE x.a IN "
                + "(SELECT y.a FROM t y WHERE n.b = y.k OR (t.a BETWEEN 4 AND 2) IS NOT FALSE))"))
                        .containsExactlyInAnyOrder("1|1", "1|2", "3|null");
    }

    /// What a subquery would read of a row goes with the condition that never holds, or is computed beside the row.
    @Test
    void aCorrelatedSubqueryMayReadLessThanItNames() throws SQLException {
        client.execute("CREATE TABLE n (id INT PRIMARY KEY, b BIGINT, c TIMESTAMP WITH TIME ZONE, e BIGINT)",
                "INSERT INTO n VALUES (1, 1, NULL, 1), (2, 1, NULL, 7), (3, NULL, NULL, 1), (4, 1, NULL, NULL)");
        assertThat(client.rows(
                "SELECT id, n.e NOT IN (SELECT k FROM t WHERE n.b = a OR (n.c IS NULL) IS UNKNOWN) FROM n ORDER BY id"))
                        .containsExactly("1|false", "2|true", "3|true", "4|null");

        client.execute("CREATE TABLE s (k INT PRIMARY KEY, c SMALLINT)", "INSERT INTO s VALUES (2, 3)");
        assertThat(client.rows("SELECT k FROM t WHERE 'x' < (SELECT 'é' FROM s WHERE s.k NOT IN (SELECT s.c FROM t x WHERE s.k = x.a))"
                + " ORDER BY k")).containsExactly("1", "2", "3");
    }

    @Test
    void branchesOfCaseWithTheSameValueStandBesideWindows() throws SQLException {
        assertThat(client.rows("SELECT MAX(CASE WHEN TRUE THEN k WHEN TRUE THEN k ELSE k END) OVER (ORDER BY k), LEAD(k) OVER (ORDER BY k) "
                + "FROM t ORDER BY k")).containsExactly("1|2", "2|3", "3|null");
        assertThat(client.rows("SELECT CASE CASE WHEN a >= k THEN a WHEN TIMESTAMP '2024-02-29 00:00:00' IS NOT DISTINCT FROM TIMESTAMP "
                + "'2026-01-31 12:00:00' THEN k ELSE 3 END WHEN 1 THEN NULLIF('', s) WHEN k THEN SUBSTRING(s FROM 3 FOR 0) ELSE "
                + "CASE WHEN k IN (0, 4) THEN s WHEN k NOT IN (1, 1) THEN 'x' END END FROM t ORDER BY k")).containsExactly("", "x", "null");
    }

    @Test
    void questionMarksStandInsideCase() throws SQLException {
        assertThat(prepared("SELECT (CASE WHEN a < ? THEN k END + 1) FROM t ORDER BY k", 5)).containsExactly("2", "3", "null");
        assertThat(prepared("SELECT k FROM t WHERE CASE WHEN b THEN TRUE ELSE s LIKE ? END ORDER BY k", "é%")).containsExactly("1", "2");
        assertThat(prepared("SELECT COUNT(*) FILTER (WHERE CASE WHEN k = ? THEN b ELSE k IN (?, ?) END) FROM t", 1, 2, 4))
                .containsExactly("2");
        assertThat(prepared("SELECT NULLIF(CASE WHEN k = ? THEN a ELSE k + ? END, ?) FROM t ORDER BY k", 1, 1, 3))
                .containsExactly("1", "null", "4");
    }

    @Test
    void aConditionOfAJoinMayAskNeitherSide() throws SQLException {
        client.execute("CREATE TABLE g (k INT PRIMARY KEY, r INT)", "INSERT INTO g VALUES (1, 1), (2, 3)");
        String query = "SELECT t.k FROM t JOIN g ON t.k = g.r WHERE (CAST(? AS INTEGER) NOT IN (?, NULL)) IS NOT UNKNOWN ORDER BY 1";
        assertThat(prepared(query, 1, 1)).containsExactly("1", "3");
        assertThat(prepared(query, 1, 2)).isEmpty();
    }

    @Test
    void aConditionMayBeAQuestionMark() throws SQLException {
        assertThat(prepared("SELECT k FROM t l LEFT JOIN (SELECT a FROM t WHERE k > 0 AND CAST(? AS BOOLEAN)) r ON FALSE ORDER BY k", true))
                .containsExactly("1", "2", "3");
    }

    @Test
    void branchesOfCaseAreBoundedBeforeCodeIsMade() throws SQLException {
        IntFunction<String> query = branches -> "SELECT CASE " + IntStream.range(0, branches).mapToObj(i -> "WHEN k = " + i + " THEN " + 7
                * i)
                .collect(Collectors.joining(" ")) + " ELSE k END FROM t ORDER BY 1";

        assertThat(client.rows(query.apply(200))).containsExactly("7", "14", "21");
        client.refused(query.apply(1_001), "54001", "caseBranchesMax=1000");
    }

    private List<String> prepared(String sql, Object... parameters) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement statement = client.connection().prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(String.valueOf(found.getString(1)));
                }
            }
        }
        return rows;
    }
}
