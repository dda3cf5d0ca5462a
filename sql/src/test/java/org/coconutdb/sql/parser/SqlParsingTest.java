package org.coconutdb.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Random;
import org.apache.calcite.sql.SqlDialect;
import org.apache.calcite.sql.SqlExplain;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.dialect.AnsiSqlDialect;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlParsingTest {
    static List<String> statements() {
        return List.of(
                "CREATE TABLE t (a INT PRIMARY KEY)",
                "CREATE TABLE IF NOT EXISTS s.t (a INT NOT NULL, \"b c\" VARCHAR(10) NULL, c DECIMAL(10, 2), PRIMARY KEY (a, c)) USING SORTED",
                "CREATE TABLE t (id UUID, moment TIMESTAMP WITH LOCAL TIME ZONE, b VARBINARY, c BINARY(3), d TEXT, CONSTRAINT pk PRIMARY KEY (id)) "
                        + "USING HASH",
                "DROP TABLE IF EXISTS t",
                "DROP TABLE s.t",
                "INSERT INTO t VALUES (1, 'a'), (2, NULL)",
                "INSERT INTO t (a, b) SELECT a, b FROM s",
                "UPSERT INTO t VALUES (1, 2)",
                "INSERT INTO t VALUES (1, 2) ON CONFLICT DO NOTHING",
                "INSERT INTO t VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b + 1, c = 3 WHERE b < 10",
                "INSERT INTO t SELECT * FROM a JOIN b ON a.x = b.x ON CONFLICT (a) DO NOTHING",
                "UPDATE t SET a = a + 1 WHERE b IN (1, 2)",
                "DELETE FROM t WHERE a BETWEEN 1 AND 2",
                "SELECT value, result, system.start FROM system",
                "CREATE TABLE kv (key VARCHAR(10) PRIMARY KEY, value VARCHAR(10))",
                "EXPLAIN PLAN FOR SELECT * FROM t",
                "EXPLAIN SELECT * FROM t",
                "WITH RECURSIVE r(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
                "SELECT hash, sorted, \"do\", conflict FROM t ORDER BY 1 LIMIT 3 OFFSET 1",
                "SELECT SUM(a) OVER (PARTITION BY b ORDER BY c ROWS 2 PRECEDING) FROM t WHERE x LIKE 'a%' AND y IS NOT NULL;");
    }

    @ParameterizedTest
    @MethodSource("statements")
    void whatWasParsedIsWrittenSoThatItMeansTheSame(String sql) {
        SqlNode statement = SqlParsing.parse(sql);
        SqlDialect dialect = AnsiSqlDialect.DEFAULT;

        String written = statement.toSqlString(c -> c.withDialect(dialect).withQuoteAllIdentifiers(true)).getSql().replace('`', '"');

        String again = SqlParsing.parse(written).toSqlString(c -> c.withDialect(dialect).withQuoteAllIdentifiers(true)).getSql().replace(
                '`', '"');
        assertThat(again).isEqualTo(written);
    }

    @Test
    void kindAndNamesOfATableAreRead() {
        SqlCreateCoconutTable table = (SqlCreateCoconutTable) SqlParsing.parse("create table \"Mixed\" (id int primary key) using sorted");

        assertThat(table.kind()).isEqualTo(TableKind.SORTED);
        assertThat(table.table().getSimple()).isEqualTo("Mixed");
        assertThat(table.columns().getFirst().name().getSimple()).isEqualTo("ID");
    }

    @Test
    void upsertAndConflictAreToldApart() {
        assertThat(((SqlInsert) SqlParsing.parse("UPSERT INTO t VALUES (1)")).isUpsert()).isTrue();
        assertThat(((SqlInsertOnConflict) SqlParsing.parse("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING")).isDoNothing()).isTrue();
        for (String explain : List.of("EXPLAIN ", "EXPLAIN PLAN FOR ")) {
            SqlExplain statement = (SqlExplain) SqlParsing.parse(explain + "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING");
            assertThat(statement.getExplicandum()).isInstanceOf(SqlInsertOnConflict.class);
        }
        assertThat(((SqlExplain) SqlParsing.parse("EXPLAIN DELETE FROM t")).getExplicandum().getKind()).isEqualTo(
                org.apache.calcite.sql.SqlKind.DELETE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "SELEC 1|42601|line=1",
            "SELECT FROM t|42601|found='FROM'",
            "SELECT * FROM t WHERE|42601|at the end of the statement",
            "SELECT 1; SELECT 2|42601|Execute one statement at a time",
            "SELECT 'abc|42601|line=1",
            "CREATE TABLE t (a INT DEFAULT 3, PRIMARY KEY (a))|0A000|DEFAULT",
            "CREATE TABLE t (a INT PRIMARY KEY, CHECK (a > 3))|0A000|CHECK",
            "CREATE TABLE t AS SELECT 1|0A000|CREATE TABLE AS",
            "CREATE TABLE t|42601|line=1",
            "CREATE TABLE t (a INT PRIMARY KEY, at INT)|42601|'AT' is a reserved word",
            ";|42601|line=1"})
    void errorsNameThePlaceAndTheMend(String sql, String sqlState, String part) {
        CoconutException error = catchThrowableOfType(CoconutException.class, () -> SqlParsing.parse(sql));

        assertThat(error.code().sqlState()).isEqualTo(sqlState);
        assertThat(error.getMessage()).contains(part).doesNotContain("Was expecting one of");
        assertThat(error.getMessage().length()).isLessThan(600);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "-", "NOT ", "CASE WHEN TRUE THEN ", "SELECT * FROM ("})
    void nestingHasABoundAndNoStackOverflowComesOut(String opening) {
        for (int depth : new int[] {50, 2_000, 20_000}) {
            try {
                SqlParsing.parse("SELECT " + opening.repeat(depth) + "1");
            } catch (CoconutException error) {
                assertThat(error.code()).isIn(ErrorCode.SYNTAX_ERROR, ErrorCode.STATEMENT_TOO_COMPLEX);
            }
        }
    }

    @Test
    void longListsAreNotDeep() {
        assertThat(SqlParsing.parse("SELECT * FROM t WHERE a IN (" + "1, ".repeat(20_000) + "2)")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void spoiledStatementsGiveCleanErrors(long seed) {
        Random random = new Random(seed);
        List<String> statements = statements();
        String pieces = "()',;\"*-+/=<>.?[]{}|&^%$#@!~` \n\0é𝄞\\";
        for (int round = 0; round < 800; round++) {
            StringBuilder sql = new StringBuilder(statements.get(random.nextInt(statements.size())));
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(sql.length() + 1);
                switch (random.nextInt(4)) {
                    case 0 -> sql.insert(at, pieces.charAt(random.nextInt(pieces.length())));
                    case 1 -> sql.delete(at, Math.min(sql.length(), at + 1 + random.nextInt(6)));
                    case 2 -> sql.insert(at, statements.get(random.nextInt(statements.size())).split(" ")[0] + " ");
                    default -> sql.setLength(Math.max(1, at));
                }
            }
            try {
                SqlParsing.parseAll(sql.toString());
            } catch (CoconutException error) {
                assertThat(error.code()).as("seed %s: %s", seed, sql)
                        .isIn(ErrorCode.SYNTAX_ERROR, ErrorCode.NOT_SUPPORTED, ErrorCode.STATEMENT_TOO_COMPLEX);
            }
        }
    }
}
