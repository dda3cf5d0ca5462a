package org.coconutdb.sql.plan;

import static org.coconutdb.sql.plan.PlannedDatabase.column;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Queries with words left out, doubled, moved and taken from others: whatever they are answered, it is rows or an error with a code of
/// its own, never a defect's.
class MalformedQueriesTest {
    private static final int QUERIES = Integer.getInteger("queries", 150);
    private static final Pattern WORD = Pattern.compile("'[^']*'|\"[^\"]*\"|[A-Za-z_][A-Za-z_0-9]*|[0-9.]+|<>|<=|>=|\\|\\||[^\\s]");

    private static final List<String> SOURCES = List.of(
            "SELECT i, s FROM t WHERE i = 1 AND n > 2.5 ORDER BY s DESC LIMIT 3 OFFSET 1",
            "SELECT s, COUNT(*), SUM(n), AVG(i) FROM t GROUP BY s HAVING COUNT(*) > 1 ORDER BY 2",
            "SELECT t.i, u.b FROM t LEFT JOIN u ON t.i = u.i AND u.b IS NOT NULL WHERE t.d BETWEEN DATE '2020-01-01' AND DATE '2021-01-01'",
            "SELECT i FROM t WHERE s LIKE 'a%' AND i IN (SELECT i FROM u WHERE u.f > t.n) OR EXISTS (SELECT 1 FROM u)",
            "SELECT CASE WHEN i > 1 THEN s ELSE 'x' END, CAST(n AS INTEGER), COALESCE(s, 'y') FROM t",
            "SELECT i, RANK() OVER (PARTITION BY s ORDER BY n DESC), SUM(i) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
            "WITH c AS (SELECT i AS x FROM u) SELECT x + 1 FROM c UNION ALL SELECT i FROM t EXCEPT SELECT 2",
            "SELECT UPPER(s) || LOWER(s), SUBSTRING(s FROM 1 FOR 2), CHAR_LENGTH(s), POSITION('a' IN s), TRIM(s), ABS(i), MOD(i, 2) FROM t",
            "SELECT EXTRACT(YEAR FROM d), d + INTERVAL '1' MONTH, ts, CURRENT_DATE FROM t, u WHERE ts > TIMESTAMP '2020-01-01 00:00:00'",
            "SELECT DISTINCT g, b FROM u WHERE g = CAST('00000000-0000-0000-0000-000000000001' AS UUID) AND x = X'0A' AND NOT b",
            "SELECT i FROM (VALUES (1, 'a'), (2, NULL)) AS v (i, s) WHERE (i, s) IN ((1, 'a'), (?, ?))",
            "SELECT GROUPING(s), s, MAX(i) FILTER (WHERE n > 1) FROM t GROUP BY GROUPING SETS ((s), ())",
            "SELECT MIN(g), STDDEV_POP(n), COUNT(DISTINCT i), LISTAGG(s, ',') FROM t, u",
            "SELECT ARRAY[1, 2][1], MAP['a', 1]['a'], ROW(1, 2), MULTISET[1, 2], i FROM t, UNNEST(ARRAY[1, 2]) AS a (e)",
            "SELECT * FROM t NATURAL JOIN u CROSS JOIN LATERAL (SELECT u.i + 1 AS z) AS l FETCH FIRST 2 ROWS ONLY",
            "SELECT SQRT(n), POWER(i, 2), LN(f), ROUND(n, 1), FLOOR(f), CEIL(n), EXP(i), RAND() FROM t, u WHERE i / 0 = 1 OR f / 0 > 1");

    private static PlannedDatabase database;
    private static final List<String> WORDS = new ArrayList<>();

    @BeforeAll
    static void fill() {
        database = new PlannedDatabase();
        CatalogTable t = database.create("T", TableKind.SORTED, List.of(0),
                column("I", SqlTypeName.INTEGER), column("S", SqlTypeName.VARCHAR, 9, 0), column("N", SqlTypeName.DECIMAL, 9, 2),
                column("D", SqlTypeName.DATE));
        CatalogTable u = database.create("U", TableKind.HASH, List.of(0),
                column("I", SqlTypeName.INTEGER), column("B", SqlTypeName.BOOLEAN), column("F", SqlTypeName.DOUBLE),
                column("TS", SqlTypeName.TIMESTAMP, 3, 0), column("G", SqlTypeName.UUID), column("X", SqlTypeName.VARBINARY, 9, 0),
                column("C", SqlTypeName.CHAR, 4, 0));
        database.insert(t, List.of(
                new @Nullable Object[] {1, "a", new BigDecimal("1.50"), 18300}, new @Nullable Object[] {2, null, null, null},
                new @Nullable Object[] {3, "abc", new BigDecimal("-3.00"), 0}));
        database.insert(u, List.of(
                new @Nullable Object[] {1, true, 1.5, 1_600_000_000_000L, new java.util.UUID(0, 1), new byte[] {10}, "c   "},
                new @Nullable Object[] {2, null, null, null, null, null, null}));
        SOURCES.forEach(source -> WORDS.addAll(words(source)));
        WORDS.addAll(List.of("g", "x", "c", "ts", "b", "NULL", "99999999999999999999", "-1", "1e400", "''", "TABLE", "?", "UNKNOWN", "::"));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    static Stream<String> seeds() {
        String given = System.getProperty("seed");
        return given == null ? Stream.of("c0c0", "dead") : Stream.of(given);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMalformedQueryIsAnsweredWithACodeOfItsOwn(String seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(Long.parseUnsignedLong(seed, 16));
        List<String> defects = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            String sql = mutated(random);
            try {
                QueryPlan plan = database.plan(sql);
                @Nullable Object[] parameters = new Object[plan.parameterTypes().getFieldCount()];
                database.rows(plan, new AtomicBoolean(), parameters);
            } catch (CoconutException known) {
                if (known.code() == ErrorCode.BROKEN_INVARIANT) {
                    defects.add(sql + "\n  " + known.getMessage() + "\n  " + cause(known));
                }
            } catch (RuntimeException | Error unknown) {
                defects.add(sql + "\n  " + unknown);
            }
        }
        if (!defects.isEmpty()) {
            throw new AssertionError("rerun: ./mvnw -pl sql test -Dtest=MalformedQueriesTest -Dseed=" + seed + " -Dqueries=" + QUERIES
                    + "\n"
                    + String.join("\n", defects));
        }
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause + "\n    at " + Stream.of(cause.getStackTrace()).limit(6).map(Object::toString).reduce("", (all, next) -> all
                + "\n    at " + next)
                + (cause.getSuppressed().length == 0 ? "" : "\n  suppressed " + cause(cause.getSuppressed()[0]));
    }

    private static String mutated(RandomGenerator random) {
        List<String> words = new ArrayList<>(words(SOURCES.get(random.nextInt(SOURCES.size()))));
        for (int i = random.nextInt(1, 4); i > 0 && words.size() > 1; i--) {
            int at = random.nextInt(words.size());
            switch (random.nextInt(6)) {
                case 0 -> words.remove(at);
                case 1 -> words.add(at, words.get(random.nextInt(words.size())));
                case 2 -> words.add(at, WORDS.get(random.nextInt(WORDS.size())));
                case 3 -> words.set(at, WORDS.get(random.nextInt(WORDS.size())));
                case 4 -> words.set(at, words.get(random.nextInt(words.size())));
                default -> {
                    String word = words.remove(at);
                    words.add(random.nextInt(words.size() + 1), word);
                }
            }
        }
        return String.join(" ", words);
    }

    private static List<String> words(String sql) {
        return WORD.matcher(sql).results().map(MatchResult::group).toList();
    }
}
