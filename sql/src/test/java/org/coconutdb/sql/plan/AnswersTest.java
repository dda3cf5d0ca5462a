package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.coconutdb.sql.plan.PlannedDatabase.column;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.sql.type.SqlTypeName;
import org.assertj.core.api.ListAssert;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Answers and errors at the edges: NULLs, empty ranges, doubled lists, mixed types, overflow.
class AnswersTest {
    private static PlannedDatabase database;

    @BeforeAll
    static void fill() {
        database = new PlannedDatabase();
        CatalogTable hash = database.create("H", TableKind.HASH, List.of(0),
                column("ID", SqlTypeName.INTEGER), column("V", SqlTypeName.INTEGER), column("BIG", SqlTypeName.BIGINT));
        CatalogTable sorted = database.create("S", TableKind.SORTED, List.of(0, 1),
                column("A", SqlTypeName.INTEGER), column("B", SqlTypeName.INTEGER), column("D", SqlTypeName.DECIMAL, 38, 2));
        CatalogTable codes = database.create("CODES", TableKind.SORTED, List.of(0),
                column("CODE", SqlTypeName.CHAR, 4, 0), column("NAME", SqlTypeName.VARCHAR, 20, 0), column("F", SqlTypeName.DOUBLE));
        List<@Nullable Object[]> hashRows = new ArrayList<>();
        List<@Nullable Object[]> sortedRows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            hashRows.add(new @Nullable Object[] {i, i == 3 ? null : i * 10, Long.MAX_VALUE});
            for (int n = 0; n < 3; n++) {
                sortedRows.add(new @Nullable Object[] {i, n, new BigDecimal("999999999999999999999999999999999999.99")});
            }
        }
        database.insert(hash, hashRows);
        database.insert(sorted, sortedRows);
        database.insert(codes, List.of(
                new @Nullable Object[] {"a   ", "a", 0.0},
                new @Nullable Object[] {"ab  ", "ab", -0.0},
                new @Nullable Object[] {"abcd", "abcd", Double.NaN},
                new @Nullable Object[] {"\uFF5E   ", "below the next by code points", Double.POSITIVE_INFINITY},
                new @Nullable Object[] {"\uD83D\uDE00  ", "above, though its first half is less", null}));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static ListAssert<List<@Nullable Object>> assertRows(String sql, @Nullable Object... parameters) {
        return assertThat(database.rows(sql, parameters)).as(() -> database.explain(sql));
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            id = 1.0                                         | 1
            id = 1.5                                         |
            id = CAST(4 AS BIGINT)                           | 4
            id = 4000000000                                  |
            id = CAST(NULL AS INTEGER)                       |
            id IN (1, 1, 2, 1)                               | 1 2
            id IN (1, NULL, 2)                               | 1 2
            id NOT IN (1, NULL, 2)                           |
            id NOT IN (0, 1, 2, 3, 4, 5, 6)                  | 7 8 9
            id IN (1, 2) AND id IN (2, 3)                    | 2
            id = 1 AND id = 2                                |
            id = 1 OR id = 2 OR v = 90                       | 1 2 9
            id BETWEEN 8 AND 3                               |
            id BETWEEN SYMMETRIC 4 AND 3                     | 3 4
            NOT (id BETWEEN 1 AND 8)                         | 0 9
            v IS NULL                                        | 3
            v <> 10 AND id < 5                               | 0 2 4
            v = 10 OR v IS NULL                              | 1 3
            NOT (v > 0)                                      | 0
            (v > 0) IS NOT TRUE                              | 0 3
            id = 3 AND v = 30                                |
            id + 0 = 4                                       | 4
            id = v / 10 AND id > 7                           | 8 9
            id IN (SELECT a FROM s WHERE b = 2 AND a > 7)    | 8 9
            id = (SELECT MAX(a) FROM s)                      | 9
            EXISTS (SELECT 1 FROM s WHERE a = id AND a > 8)  | 9
            id NOT IN (SELECT v FROM h WHERE v IS NOT NULL)  | 1 2 3 4 5 6 7 8 9
            id NOT IN (SELECT v FROM h)                      |
            FALSE                                            |
            id = 3 AND 1 = 0                                 |
            """)
    void aConditionOnAHashTableFindsItsRows(String condition, @Nullable String ids) {
        List<List<@Nullable Object>> expected = ids == null ? List.of()
                : Arrays.stream(ids.split(" ")).map(id -> row(Integer.valueOf(id))).toList();

        assertRows("SELECT id FROM h WHERE " + condition + " ORDER BY id").isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a = 5                                            | 50 51 52
            a = 5 AND b > 0                                  | 51 52
            a = 5 AND b > 0.5                                | 51 52
            a = 5 AND b < 5000000000 AND b > -5000000000     | 50 51 52
            a = 5 AND b BETWEEN 2 AND 1                      |
            a = 5 AND (b = 0 OR b > 1)                       | 50 52
            a > 8 AND a > 7                                  | 90 91 92
            a > 8 AND a < 8                                  |
            a >= 8.5                                         | 90 91 92
            a < 0.5                                          | 00 01 02
            a IN (9, 2, 9) AND b IN (1, 0)                   | 20 21 90 91
            a IN (1, 2) AND b >= 2                           | 12 22
            (a, b) IN ((1, 2), (3, 0), (1, 2))               | 12 30
            (a = 1 AND b = 2) OR (a = 3 AND b = 0 AND d > 0) | 12 30
            a BETWEEN 1 AND 2 OR a BETWEEN 2 AND 3           | 10 11 12 20 21 22 30 31 32
            a = 1 OR a > 8                                   | 10 11 12 90 91 92
            a = b                                            | 00 11 22
            a = 3 AND b = NULLIF(1, 1)                       |
            """)
    void aConditionOnASortedTableFindsItsRowsInOrder(String condition, @Nullable String keys) {
        List<List<@Nullable Object>> expected = keys == null ? List.of()
                : Arrays.stream(keys.split(" ")).map(key -> row(key.charAt(0) - '0', key.charAt(1) - '0')).toList();

        assertRows("SELECT a, b FROM s WHERE " + condition + " ORDER BY a, b").isEqualTo(expected);
        assertRows("SELECT a, b FROM s WHERE " + condition + " ORDER BY a DESC, b DESC").isEqualTo(expected.reversed());
        assertRows("SELECT a, b FROM s WHERE " + condition + " ORDER BY a, b OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY")
                .isEqualTo(expected.stream().skip(1).limit(2).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            code = 'ab'                                | ab
            code = 'ab      '                          | ab
            code = CAST('ab' AS CHAR(9))               | ab
            code = CAST('ab' AS VARCHAR(9))            | ab
            code = name AND name = 'ab'                | ab
            code = 'abcde'                             |
            code IN ('a', 'abcd  ')                    | a abcd
            code LIKE 'ab%'                            | ab abcd
            code BETWEEN 'a' AND 'ab'                  | a ab
            'ab' < code AND code < 'b'                 | abcd
            name LIKE 'a%' AND name NOT LIKE '%b%'     | a
            f = 0                                      | a ab
            f > 1 AND f < 1e300                        |
            """)
    void charComparesAsIfPadded(String condition, @Nullable String names) {
        List<List<@Nullable Object>> expected = names == null ? List.of() : Arrays.stream(names.split(" ")).map(name -> row(name)).toList();

        assertRows("SELECT name FROM codes WHERE " + condition + " ORDER BY code").isEqualTo(expected);
    }

    @Test
    void aParameterOfCharIsPaddedToo() {
        assertRows("SELECT name FROM codes WHERE code = ?", "ab").containsExactly(row("ab"));
        assertRows("SELECT name FROM codes WHERE code = ? AND UPPER(name) = 'AB'", "ab    ").containsExactly(row("ab"));
        assertRows("SELECT name FROM codes WHERE UPPER(name) = 'AB' AND (code = ? OR CHAR_LENGTH(name) > 9)", "ab").containsExactly(row(
                "ab"));
        assertRows("SELECT name FROM codes WHERE code = ?", row((Object) null).toArray()).isEmpty();
    }

    @Test
    void textIsOrderedByCodePointsWhetherByKeyOrBySort() {
        List<List<@Nullable Object>> byKey = database.rows("SELECT code FROM codes ORDER BY code");
        List<List<@Nullable Object>> bySort = database.rows("SELECT code FROM codes ORDER BY code || ''");

        assertThat(bySort).isEqualTo(byKey);
        assertThat(byKey.getLast()).isEqualTo(row("\uD83D\uDE00  "));
    }

    @Test
    void nullIsTheGreatestAndNotANumberTheGreatestNumber() {
        assertRows("SELECT code, f FROM codes ORDER BY f DESC, code FETCH FIRST 3 ROWS ONLY")
                .extracting(List::getLast)
                .containsExactly(null, Double.NaN, Double.POSITIVE_INFINITY);
        assertRows("SELECT f FROM codes ORDER BY f NULLS FIRST").first().isEqualTo(row((Object) null));
        assertRows("SELECT v FROM h ORDER BY v LIMIT 100 OFFSET 9").containsExactly(row((Object) null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            SELECT big + 1 FROM h WHERE id = 1                            | VALUE_OUT_OF_RANGE
            SELECT id FROM h WHERE big + 1 > 0                            | VALUE_OUT_OF_RANGE
            SELECT id * 2147483647 FROM h WHERE id = 2                    | VALUE_OUT_OF_RANGE
            SELECT -(-2147483648 - id) FROM h WHERE id = 0                | VALUE_OUT_OF_RANGE
            SELECT CAST(big AS INTEGER) FROM h WHERE id = 1               | VALUE_OUT_OF_RANGE
            SELECT d + d FROM s WHERE a = 1 AND b = 1                     | VALUE_OUT_OF_RANGE
            SELECT SUM(d) FROM s                                          | VALUE_OUT_OF_RANGE
            SELECT v / id FROM h                                          | DIVISION_BY_ZERO
            SELECT MOD(v, id) FROM h                                      | DIVISION_BY_ZERO
            SELECT 1.5 / (a - 1) FROM s                                   | DIVISION_BY_ZERO
            SELECT CAST('x' AS INTEGER) FROM h                            | INVALID_VALUE
            SELECT CAST('2020-13-01' AS DATE) FROM h                      | INVALID_DATETIME
            SELECT id FROM h WHERE id = (SELECT a FROM s)                 | CARDINALITY_VIOLATION
            SELECT nothing FROM h                                         | UNDEFINED_COLUMN
            SELECT * FROM nothing                                         | UNDEFINED_TABLE
            SELECT nothing(id) FROM h                                     | UNDEFINED_FUNCTION
            SELECT id FROM h WHERE id = DATE '2020-01-01'                 | TYPE_MISMATCH
            SELECT id, COUNT(*) FROM h                                    | INVALID_STATEMENT
            SELECT id FROM h ORDER BY id OFFSET ? ROWS                    | INVALID_ARGUMENT
            """)
    void anErrorHasItsCode(String sql, ErrorCode code) {
        assertThatThrownBy(() -> database.rows(sql, -1))
                .isInstanceOfSatisfying(CoconutException.class, failure -> assertThat(failure.code()).as(failure.toString()).isEqualTo(
                        code));
    }

    @Test
    void sumsAndAveragesAreExact() {
        assertRows("SELECT SUM(big), AVG(big), SUM(v), AVG(v), COUNT(v) FROM h").containsExactly(
                row(new BigDecimal("92233720368547758070"), new BigDecimal("9223372036854775807.0000000000"), 420L, new BigDecimal(
                        "46.6666666667"), 9L));
        assertRows("SELECT SUM(big) OVER (ORDER BY id) FROM h WHERE id < 2 ORDER BY 1")
                .containsExactly(row(new BigDecimal("9223372036854775807")), row(new BigDecimal("18446744073709551614")));
        assertRows("SELECT SUM(v), AVG(v), MIN(v), COUNT(*) FROM h WHERE id > 99").containsExactly(row(null, null, null, 0L));
        assertRows("SELECT CAST(1000000000000000000000 AS DECIMAL(22, 0)) / 3 FROM h WHERE id = 1")
                .containsExactly(row(new BigDecimal("333333333333333333333.33333333333")));
        assertRows("SELECT 7 / 2, 7 / 2.0, CAST(12345678901234567890 AS DECIMAL(20, 0)) / 1 FROM h WHERE id = 1")
                .satisfiesExactly(row -> {
                    assertThat(row.get(0)).isEqualTo(3);
                    assertThat((BigDecimal) row.get(1)).isEqualByComparingTo("3.5");
                    assertThat((BigDecimal) row.get(2)).isEqualByComparingTo("12345678901234567890");
                });
    }

    @Test
    void anErrorThatNoRowMeetsIsNone() {
        assertRows("SELECT id FROM h WHERE id = 99 AND 1 / (id - id) = 1").isEmpty();
        assertRows("SELECT CASE WHEN id = 0 THEN 0 ELSE v / id END FROM h WHERE id < 2 ORDER BY id").containsExactly(row(0), row(10));
    }

    @Test
    void aListOfThousandsIsAMultiPointLookup() {
        String list = IntStream.range(0, 5000).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        String marks = IntStream.range(0, 2000).mapToObj(_ -> "?").collect(Collectors.joining(", "));

        QueryPlan literals = database.plan("SELECT id FROM h WHERE id IN (" + list + ")");
        QueryPlan parameters = database.plan("SELECT id FROM h WHERE id IN (" + marks + ")");

        assertThat(literals.explain()).startsWith("MultiPointLookup");
        assertThat(database.rows(literals)).hasSize(10);
        assertThat(parameters.explain()).startsWith("MultiPointLookup");
        assertThat(database.rows(parameters, IntStream.range(5, 2005).boxed().toArray())).hasSize(5);
    }

    @Test
    void aDeepConditionIsPlannedOrRefused() {
        String deep = IntStream.range(0, 3000).mapToObj(i -> "v + " + i + " <> " + i * 7).collect(Collectors.joining(" AND "));

        assertRows("SELECT id FROM h WHERE id = 1 AND " + deep.substring(0, deep.indexOf(" AND v + 300 "))).containsExactly(row(1));
        assertThatThrownBy(() -> database.rows("SELECT id FROM h WHERE id = 1 AND (" + "NOT (".repeat(20_000) + "v = 1" + ")".repeat(
                20_001)))
                        .isInstanceOf(CoconutException.class);
    }

    @Test
    void aCancelledStatementStops() {
        AtomicBoolean cancelled = new AtomicBoolean(true);

        for (String sql : List.of(
                "SELECT * FROM h WHERE id = 1", "SELECT * FROM s WHERE a > 1", "SELECT COUNT(*) FROM h",
                "SELECT COUNT(*) FROM s x, s y, s z, s w WHERE x.a + y.a + z.a + w.a > 100000")) {
            assertThatThrownBy(() -> database.rows(database.plan(sql), cancelled))
                    .isInstanceOfSatisfying(CoconutException.class, failure -> assertThat(failure.code()).isEqualTo(
                            ErrorCode.STATEMENT_CANCELLED));
        }
    }

    @Test
    void aLoopThatReadsNothingStopsToo() throws InterruptedException {
        AtomicBoolean cancelled = new AtomicBoolean();
        QueryPlan plan = database.plan(
                "SELECT COUNT(*) FROM s x, s y, s z, s w, s q, s r WHERE x.a + y.a + z.a + w.a + q.a + r.a > 100000");
        List<Throwable> failures = new ArrayList<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                database.rows(plan, cancelled);
            } catch (CoconutException failure) {
                failures.add(failure);
            }
        });

        cancelled.set(true);
        thread.join(20_000);

        assertThat(thread.isAlive()).isFalse();
        assertThat(failures).singleElement().isInstanceOfSatisfying(CoconutException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATEMENT_CANCELLED));
    }

    @Test
    void aPointQueryRunsWithoutGeneratedCode() {
        assertThat(database.plan("SELECT v, id FROM h WHERE id = ?")).isInstanceOf(AccessPlan.class);
        assertThat(database.plan("SELECT * FROM s WHERE b = 1 AND a = ? AND d > 1")).isInstanceOf(AccessPlan.class);
        assertThat(database.plan("SELECT * FROM s WHERE a > 4")).isInstanceOf(AccessPlan.class);
    }

    @Test
    void aPlanRunsAgainWithOtherParameters() {
        QueryPlan plan = database.plan("SELECT v + ? FROM h WHERE id = ?");

        assertThat(database.rows(plan, 1, 2)).containsExactly(row(21));
        assertThat(database.rows(plan, 2, 4)).containsExactly(row(42));
        assertThat(plan.parameterTypes().getFieldCount()).isEqualTo(2);
        assertThat(plan.rowType().getFieldCount()).isEqualTo(1);
    }

    /// Calcite's decorrelator makes one group of no rows there.
    @Test
    void existsWithoutCorrelationIsFalseBesideACorrelatedSubquery() {
        assertRows("SELECT x.id, (SELECT MAX(y.id) FROM h y WHERE y.id = x.id) FROM h x WHERE EXISTS (SELECT 1 FROM s WHERE a < 0)")
                .isEmpty();
        assertRows("SELECT 'k', COUNT(*) FROM h WHERE id < 0 GROUP BY 'k'").isEmpty();
    }

    @Test
    void commonTableExpressionsWindowsAndSetOperationsRun() {
        assertRows("WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT SUM(n) FROM t").containsExactly(
                row(15L));
        assertRows("SELECT id FROM h INTERSECT SELECT a FROM s WHERE a > 7 ORDER BY 1").containsExactly(row(8), row(9));
        assertRows("SELECT id FROM h EXCEPT SELECT a FROM s WHERE a > 1 ORDER BY 1").containsExactly(row(0), row(1));
        assertRows("SELECT a, RANK() OVER (ORDER BY a DESC) FROM s WHERE b = 0 ORDER BY 2 LIMIT 2").containsExactly(row(9, 1L), row(8, 2L));
        assertRows("SELECT a, COUNT(DISTINCT b), GROUPING(a) FROM s WHERE a > 7 GROUP BY ROLLUP(a) ORDER BY a")
                .containsExactly(row(8, 3L, 0L), row(9, 3L, 0L), row(null, 3L, 1L));
        assertRows("SELECT h.id, s.a FROM h LEFT JOIN s ON h.id = s.a AND s.b = 1 AND s.a > 8 WHERE h.id > 7 ORDER BY 1")
                .containsExactly(row(8, null), row(9, 9));
        assertRows("SELECT x.id FROM h x WHERE x.v > (SELECT AVG(y.v) FROM h y WHERE y.id <= x.id) AND x.id > 7").hasSize(2);
        assertRows("VALUES (1, 'a'), (2, 'bc')").containsExactly(row(1, "a"), row(2, "bc"));
        assertRows("SELECT 1").containsExactly(row(1));
    }
}
