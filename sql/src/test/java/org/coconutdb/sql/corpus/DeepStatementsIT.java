package org.coconutdb.sql.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Statements that are deeper, longer or wider than anyone writes: they are answered, or refused with a code of their own.
///
/// Takes long, and runs when asked for: planning of some hundred joins does not end in time yet.
@EnabledIfSystemProperty(named = "corpus.deep", matches = "true")
class DeepStatementsIT {
    private static final List<Integer> DEPTHS = List.of(60, 700, 6_000);

    private static final Map<String, IntFunction<String>> STATEMENTS = statements();

    private static SqlClient client;

    @BeforeAll
    static void open() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:");
        client.execute("CREATE TABLE t (k INT PRIMARY KEY, a INT, s VARCHAR(9)) USING SORTED",
                "INSERT INTO t VALUES (1, 2, 'x'), (2, NULL, 'y')");
    }

    @AfterAll
    static void close() throws SQLException {
        client.close();
    }

    static Stream<String> shapes() {
        return STATEMENTS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aDeepStatementIsAnsweredOrRefused(String shape) {
        for (int depth : DEPTHS) {
            String sql = STATEMENTS.get(shape).apply(depth);

            Answer answer = Answer.of(client.connection(), sql, null);

            assertThat(answer).as("%s, %d deep", shape, depth).satisfies(given -> {
                if (given instanceof Answer.Refused refused) {
                    assertThat(refused.isDefect()).as(Checks.trace(refused.failure())).isFalse();
                    assertThat(String.valueOf(refused.failure().getMessage())).hasSizeLessThan(2_000);
                }
            });
        }
    }

    @Test
    void aStatementOfSomeDepthIsAnswered() {
        for (String shape : STATEMENTS.keySet()) {
            assertThat(Answer.of(client.connection(), STATEMENTS.get(shape).apply(12), null)).as(shape).isInstanceOf(Answer.Rows.class);
        }
    }

    private static Map<String, IntFunction<String>> statements() {
        Map<String, IntFunction<String>> statements = new LinkedHashMap<>();
        statements.put("parentheses", depth -> "SELECT " + nested("(", "k", ")", depth) + " FROM t");
        statements.put("NOT", depth -> "SELECT k FROM t WHERE " + "NOT ".repeat(depth) + "a = 2");
        statements.put("minus", depth -> "SELECT " + "- ".repeat(depth) + "k FROM t");
        statements.put("AND", depth -> "SELECT k FROM t WHERE " + joined(depth, i -> "a <> " + -i, " AND "));
        statements.put("OR", depth -> "SELECT k FROM t WHERE " + joined(depth, i -> "(a = " + i + " AND k = " + i + ")", " OR "));
        statements.put("AND in OR", depth -> "SELECT k FROM t WHERE " + nested("(a = 1 OR (k > 0 AND ", "s = 'x'", "))", depth));
        statements.put("plus", depth -> "SELECT " + joined(depth, i -> "a", " + ") + " FROM t");
        statements.put("plus to the right", depth -> "SELECT " + nested("(1 + ", "a", ")", depth) + " FROM t");
        statements.put("concatenation", depth -> "SELECT " + joined(depth, i -> "s", " || ") + " FROM t");
        statements.put("CASE", depth -> "SELECT " + nested("CASE WHEN a = 1 THEN 0 ELSE ", "k", " END", depth) + " FROM t");
        statements.put("WHEN", depth -> "SELECT CASE " + joined(depth, i -> "WHEN k = " + i + " THEN " + i, " ") + " ELSE 0 END FROM t");
        statements.put("COALESCE", depth -> "SELECT COALESCE(" + joined(depth, i -> "a", ", ") + ") FROM t");
        statements.put("functions", depth -> "SELECT " + nested("ABS(", "a", ")", depth) + " FROM t");
        statements.put("UNION ALL", depth -> joined(depth, i -> "SELECT " + i + " AS v FROM t", " UNION ALL "));
        statements.put("UNION", depth -> joined(depth, i -> "SELECT k FROM t", " UNION "));
        statements.put("EXCEPT", depth -> joined(depth, i -> "SELECT k FROM t", " EXCEPT "));
        statements.put("derived tables", depth -> nested("SELECT * FROM (", "SELECT k FROM t", ") x", depth));
        statements.put("subqueries", depth -> "SELECT k FROM t WHERE " + nested("k IN (SELECT k FROM t WHERE ", "a = 2", ")", depth));
        statements.put("scalar subqueries", depth -> "SELECT " + nested("(SELECT MAX(k) + ", "1", " FROM t)", depth) + " FROM t");
        statements.put("WITH", depth -> "WITH w0 AS (SELECT k FROM t)" + joined(depth, i -> ", w" + i + " AS (SELECT k FROM w" + (i - 1)
                + ")", "")
                + " SELECT * FROM w" + depth);
        statements.put("joins", depth -> "SELECT COUNT(*) FROM t x0" + joined(Math.min(depth, 300), i -> " JOIN t x" + i + " ON x" + i
                + ".k = x"
                + (i - 1) + ".k", ""));
        statements.put("IN list", depth -> "SELECT k FROM t WHERE a IN (" + joined(10 * depth, i -> "" + i, ", ") + ")");
        statements.put("IN list of texts", depth -> "SELECT k FROM t WHERE s NOT IN (" + joined(10 * depth, i -> "'t" + i + "'", ", ")
                + ", NULL)");
        statements.put("IN list of a key", depth -> "SELECT a FROM t WHERE k IN (" + joined(10 * depth, i -> "" + i, ", ") + ")");
        statements.put("VALUES", depth -> "VALUES " + joined(10 * depth, i -> "(" + i + ", 'v')", ", "));
        statements.put("columns", depth -> "SELECT " + joined(depth, i -> "k + " + i, ", ") + " FROM t");
        statements.put("GROUP BY", depth -> "SELECT COUNT(*) FROM t GROUP BY " + joined(depth, i -> "k + " + i, ", "));
        statements.put("ORDER BY", depth -> "SELECT k FROM t ORDER BY " + joined(depth, i -> "k + " + i, ", "));
        statements.put("long text", depth -> "SELECT '" + "x".repeat(100 * depth) + "' FROM t");
        statements.put("long name", depth -> "SELECT k AS \"" + "n".repeat(depth) + "\" FROM t");
        statements.put("long number", depth -> "SELECT k + " + "9".repeat(Math.max(1, depth - 11)) + " FROM t");
        statements.put("LIKE", depth -> "SELECT k FROM t WHERE s LIKE '" + "%_".repeat(depth) + "'");
        return statements;
    }

    private static String nested(String before, String middle, String after, int depth) {
        return before.repeat(depth) + middle + after.repeat(depth);
    }

    private static String joined(int count, IntFunction<String> part, String between) {
        List<String> parts = count == 0 ? Collections.emptyList() : IntStream.rangeClosed(1, count).mapToObj(part).toList();
        return String.join(between, parts);
    }
}
