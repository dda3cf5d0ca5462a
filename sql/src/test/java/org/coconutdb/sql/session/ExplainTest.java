package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.runtime.JsonFunctions;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainTest {
    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open("jdbc:coconut:mem:;memory.lock=off;blocks=2");
        sql.execute("CREATE TABLE h (id INT PRIMARY KEY, g INT, v VARCHAR(40)) USING HASH",
                "CREATE TABLE s (id INT PRIMARY KEY, g INT, v VARCHAR(40)) USING SORTED", "CREATE INDEX s_g ON s (g)");
        for (int i = 0; i < 100; i++) {
            sql.execute("INSERT INTO h VALUES (" + i + ", " + i % 10 + ", 'row " + i + "')",
                    "INSERT INTO s VALUES (" + i + ", " + i % 50 + ", 'row " + i + "')");
        }
    }

    @AfterEach
    void close() throws SQLException {
        sql.close();
    }

    /// The answer without what differs from run to run.
    private List<String> analyzed(String statement) throws SQLException {
        return sql.rows("EXPLAIN ANALYZE " + statement).stream().map(line -> line.replaceAll("\\d+\\.\\d{3} ms", "#").replaceAll(
                ", total #, self #", "")).toList();
    }

    @Test
    void aLookupByKeyIsCounted() throws SQLException {
        assertThat(analyzed("SELECT * FROM h WHERE id = 7")).satisfiesExactly(
                line -> assertThat(line).startsWith("PointLookup(table=[PUBLIC.H]")
                        .endsWith("): rows 1, loops 1; saw 1 rows (0 cold), " + bytes(line) + " bytes, 1 blocks"),
                line -> assertThat(line).isEqualTo("Planning: #"),
                line -> assertThat(line).isEqualTo("Execution: #"));
        assertThat(analyzed("SELECT id + 1 FROM h WHERE id = 7")).satisfiesExactly(
                line -> assertThat(line).startsWith("Project(").endsWith(": rows 1, loops 1"),
                line -> assertThat(line).startsWith("  PointLookup(").contains(": rows 1, loops 1; saw 1 rows"),
                line -> assertThat(line).startsWith("Planning"),
                line -> assertThat(line).startsWith("Execution"));
        assertThat(analyzed("SELECT * FROM h WHERE id = 700").getFirst()).endsWith(
                ": rows 0, loops 1; saw 0 rows (0 cold), 0 bytes, 1 blocks");
    }

    private static String bytes(String line) {
        Matcher bytes = Pattern.compile("(\\d+) bytes").matcher(line);
        assertThat(bytes.find()).isTrue();
        assertThat(Integer.parseInt(bytes.group(1))).isBetween(10, 60);
        return bytes.group(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "SELECT * FROM h WHERE g = 3|rows 10, loops 1; saw 100 rows (0 cold)|2 blocks",
            "SELECT * FROM s WHERE id BETWEEN 10 AND 19|rows 10, loops 1; saw 10 rows (0 cold)|1 blocks",
            "SELECT * FROM s WHERE id IN (1, 2, 300)|rows 2, loops 1; saw 2 rows (0 cold)|1 blocks",
            "SELECT * FROM s WHERE g = 3|rows 2, loops 1; saw 2 entries, 2 rows (0 cold)|1 blocks",
            "SELECT * FROM s WHERE g = 3 AND v = 'row 53'|rows 1, loops 1; saw 2 entries, 2 rows (0 cold)|1 blocks"})
    void readsAreCounted(String query, String counted, String blocks) throws SQLException {
        assertThat(analyzed(query).getFirst()).contains(": " + counted).endsWith(blocks);
    }

    @Test
    void eachOperatorOfGeneratedCodeIsCounted() throws SQLException {
        List<String> lines = analyzed("SELECT h.g, COUNT(*) FROM h JOIN s ON h.id = s.g WHERE s.id < 40 GROUP BY h.g ORDER BY 1");

        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("Sort(").contains(": rows 10, loops 1; held "))
                .anySatisfy(line -> assertThat(line).contains("Aggregate(").contains(": rows 10, loops 1; held "))
                .anySatisfy(line -> assertThat(line).contains("LookupJoin(").contains(": rows 40, loops 1"))
                .anySatisfy(line -> assertThat(line).contains("PointLookup(table=[PUBLIC.H]").contains(": rows 40, loops 40; saw 40 rows"))
                .anySatisfy(line -> assertThat(line).contains("RangeScan(table=[PUBLIC.S]").contains(": rows 40, loops 1; saw 40 rows"));
    }

    @Test
    void aHashJoinIsCounted() throws SQLException {
        assertThat(analyzed("SELECT h.g, s.id FROM h JOIN s ON h.g + 0 = s.g + 0 WHERE s.id < 40"))
                .anySatisfy(line -> assertThat(line).contains("HashJoin(").contains(": rows "))
                .anySatisfy(line -> assertThat(line).contains("TableScan(table=[PUBLIC.H]").contains(": rows 100, loops 1; saw 100 rows"));
    }

    @Test
    void anInnerReadOfNestedLoopsHasAsManyLoops() throws SQLException {
        assertThat(analyzed("SELECT h.id, u.x FROM h, UNNEST(ARRAY[h.id, h.g]) AS u (x) WHERE h.g = 1"))
                .anySatisfy(line -> assertThat(line).contains("NestedLoops(type=[inner], correlated=[true])").endsWith(
                        ": rows 20, loops 1"))
                .anySatisfy(line -> assertThat(line).contains("Unnest: rows 20, loops 10"));
        assertThat(analyzed("SELECT h.id, s.id FROM s JOIN h ON h.id > s.id AND s.id < 3"))
                .anySatisfy(line -> assertThat(line).contains("NestedLoops(type=[inner]"))
                .anySatisfy(line -> assertThat(line).contains("RangeScan(").contains(": rows 3, loops 1").contains("; saw 3 rows"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "SELECT DISTINCT g FROM h UNION SELECT id FROM s", "SELECT g FROM h INTERSECT SELECT id FROM s",
            "SELECT g FROM h EXCEPT SELECT id FROM s",
            "SELECT id, SUM(g) OVER (PARTITION BY g ORDER BY id) FROM h", "SELECT * FROM h WHERE id > ALL (SELECT g FROM s)",
            "WITH RECURSIVE n (i) AS (VALUES 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT i FROM n",
            "SELECT COUNT(*), MAX(v) FROM h", "SELECT h.id FROM h LEFT JOIN s ON h.g > s.id",
            "SELECT h.id FROM h FULL JOIN s ON h.id = s.g",
            "SELECT * FROM \"SYSTEM\".BLOCKS", "VALUES (1), (2)", "SELECT id FROM h ORDER BY g DESC LIMIT 5 OFFSET 2",
            "SELECT id FROM s ORDER BY id LIMIT 3",
            "SELECT g FROM h WHERE EXISTS (SELECT 1 FROM s WHERE s.g = h.g)", "SELECT (SELECT MAX(id) FROM s WHERE s.g = h.g) FROM h",
            "SELECT id FROM h WHERE g IN (SELECT g FROM s) FOR UPDATE", "SELECT * FROM s JOIN (SELECT * FROM s) AS t ON s.id = t.id",
            "SELECT * FROM UNNEST(ARRAY[1, 2, 3]) AS u (x)", "SELECT g, COUNT(*) FROM h GROUP BY ROLLUP (g)"})
    void theRootAnswersAsManyRowsAsTheQueryAndTimesAddUp(String query) throws SQLException {
        int rows = sql.rows(query).size();

        String answer = sql.rows("EXPLAIN (ANALYZE, FORMAT JSON) " + query).getFirst();

        Map<?, ?> document = (Map<?, ?>) JsonFunctions.dejsonize(answer);
        Map<?, ?> plan = object(document, "plan");
        assertThat(figure(plan, "rows")).as(answer).isEqualTo(rows);
        List<Map<?, ?>> operators = new ArrayList<>();
        gather(plan, operators);
        assertThat(operators).as(answer).allSatisfy(operator -> assertThat(figure(operator, "selfMillis")).isNotNegative());
        double self = operators.stream().mapToDouble(operator -> figure(operator, "selfMillis")).sum();
        // Each is rounded to a microsecond.
        assertThat(figure(plan, "totalMillis")).as(answer).isCloseTo(self, within(0.001 * operators.size()));
        assertThat(number(document, "executionMillis")).as(answer).isGreaterThanOrEqualTo(figure(plan, "totalMillis"));
        assertThat(number(document, "planningMillis")).isPositive();
    }

    private static Map<?, ?> object(Map<?, ?> parent, String field) {
        return (Map<?, ?>) parent.get(field);
    }

    private static double number(Map<?, ?> object, String field) {
        return ((Number) object.get(field)).doubleValue();
    }

    private static double figure(Map<?, ?> operator, String name) {
        return number(object(operator, "figures"), name);
    }

    private static List<Map<?, ?>> inputs(Map<?, ?> operator) {
        List<Map<?, ?>> inputs = new ArrayList<>();
        ((List<?>) operator.get("inputs")).forEach(input -> inputs.add((Map<?, ?>) input));
        return inputs;
    }

    private static void gather(Map<?, ?> operator, List<Map<?, ?>> into) {
        into.add(operator);
        inputs(operator).forEach(input -> gather(input, into));
    }

    @Test
    void whatWritesIsExecuted() throws SQLException {
        assertThat(analyzed("INSERT INTO h VALUES (1000, 1, 'a'), (1001, 1, 'b')").getFirst()).isEqualTo(
                "Insert(table=[PUBLIC.H], rows=[2]): rows 2, loops 1");
        assertThat(analyzed("UPDATE h SET g = g + 1 WHERE id = 1000")).satisfiesExactly(
                line -> assertThat(line).isEqualTo("Update(table=[PUBLIC.H]): rows 1, loops 1"),
                line -> assertThat(line).startsWith("  Project(").endsWith(": rows 1, loops 1"),
                line -> assertThat(line).startsWith("    PointLookup(").contains(": rows 1, loops 1; saw 1 rows"),
                line -> assertThat(line).startsWith("Planning"), line -> assertThat(line).startsWith("Execution"));
        assertThat(analyzed("DELETE FROM h WHERE g = 3").subList(0, 2)).satisfiesExactly(
                line -> assertThat(line).isEqualTo("Delete(table=[PUBLIC.H]): rows 10, loops 1"),
                line -> assertThat(line).startsWith("  TableScan(").contains(": rows 10, loops 1; saw 102 rows"));
        assertThat(analyzed("INSERT INTO h SELECT id + 2000, g, v FROM s WHERE id < 5").getFirst()).endsWith("rows 5, loops 1");

        assertThat(sql.rows("SELECT id, g, v FROM h WHERE id BETWEEN 1000 AND 1001 ORDER BY id")).containsExactly("1000|2|a", "1001|1|b");
        assertThat(sql.rows("SELECT COUNT(*) FROM h")).containsExactly("97");
    }

    @Test
    void whatWritesIsUndoneWithItsTransaction() throws SQLException {
        sql.connection().setAutoCommit(false);

        sql.rows("EXPLAIN ANALYZE DELETE FROM s");
        assertThat(sql.rows("SELECT COUNT(*) FROM s")).containsExactly("0");
        sql.connection().rollback();

        assertThat(sql.rows("SELECT COUNT(*) FROM s")).containsExactly("100");
    }

    @Test
    void aWriteThatFailsChangesNothingAndFailsAsItself() throws SQLException {
        sql.refused("EXPLAIN ANALYZE INSERT INTO h VALUES (2000, 1, 'a'), (1, 1, 'b')", "23505");

        assertThat(sql.rows("SELECT COUNT(*) FROM h")).containsExactly("100");
    }

    @Test
    void anExplainWithoutAnalyzeChangesNothing() throws SQLException {
        sql.execute("EXPLAIN DELETE FROM h", "EXPLAIN (ANALYZE FALSE, FORMAT JSON) DELETE FROM h");

        assertThat(sql.rows("SELECT COUNT(*) FROM h")).containsExactly("100");
    }

    @Test
    void aPreparedOneCanBeExecutedAgainWithOtherValues() throws SQLException {
        try (PreparedStatement explain = sql.connection().prepareStatement("EXPLAIN ANALYZE SELECT * FROM s WHERE id < ?")) {
            for (int bound : new int[] {3, 30}) {
                explain.setInt(1, bound);
                try (ResultSet rows = explain.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString("PLAN")).contains(": rows " + bound + ", loops 1,");
                }
            }
        }
    }

    @Test
    void aBatchTakesNone() throws SQLException {
        try (Statement batch = sql.connection().createStatement()) {
            batch.addBatch("EXPLAIN ANALYZE DELETE FROM h");
            assertThat(catchThrowableOfType(BatchUpdateException.class, batch::executeBatch)
                    .getSQLState()).isEqualTo("07005");
        }
        assertThat(sql.rows("SELECT COUNT(*) FROM h")).containsExactly("100");
    }

    @Test
    void factsAreFieldsOfTheJson() throws SQLException {
        String answer = sql.rows("EXPLAIN (FORMAT JSON) DELETE FROM s WHERE v = 'say \"\\ü'").getFirst();

        Map<?, ?> plan = object((Map<?, ?>) JsonFunctions.dejsonize(answer), "plan");
        Map<?, ?> scan = inputs(plan).getFirst();
        assertThat(plan.get("operator")).isEqualTo("Delete");
        assertThat(plan.get("table")).isEqualTo("PUBLIC.S");
        assertThat(plan.containsKey("figures")).isFalse();
        assertThat(scan.get("operator")).isEqualTo("TableScan");
        assertThat(scan.get("filter")).isEqualTo("V = 'say \"\\ü'");
        assertThat(sql.rows("EXPLAIN PLAN AS JSON FOR SELECT 1").getFirst()).startsWith("{").contains("\"operator\": \"Values\"");
    }

    @Test
    void theGraphHasANodeForEachOperatorAndAnEdgeForEachInput() throws SQLException {
        String graph = sql.rows("EXPLAIN (FORMAT DOT, ANALYZE) SELECT * FROM h JOIN s ON h.id = s.id WHERE h.v <> 'a \"\\'").getFirst();

        Pattern node = Pattern.compile("  n(\\d+) \\[label=\"((?:[^\"\\\\]|\\\\[\"\\\\l])*)\"\\];");
        Pattern edge = Pattern.compile("  n(\\d+) -> n(\\d+);");
        List<String> lines = graph.lines().toList();
        long nodes = lines.stream().filter(line -> node.matcher(line).matches()).count();
        long edges = lines.stream().filter(line -> edge.matcher(line).matches()).count();
        assertThat(lines.getFirst()).isEqualTo("digraph plan {");
        assertThat(lines.getLast()).isEqualTo("}");
        assertThat(nodes).isGreaterThanOrEqualTo(3);
        assertThat(edges).isEqualTo(nodes - 1);
        assertThat(lines).hasSize((int) (nodes + edges) + 5);
        assertThat(graph).contains("a \\\"\\\\").contains("rows 100, loops 1");
    }

    @Test
    void aQueryForUpdateIsExplained() throws SQLException {
        assertThat(sql.rows("EXPLAIN SELECT * FROM h WHERE id = 1 FOR UPDATE").getFirst()).startsWith("PointLookup(");
    }
}
