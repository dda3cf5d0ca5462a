package org.coconutdb.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
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
                "CREATE TABLE IF NOT EXISTS t (a, b, CONSTRAINT k PRIMARY KEY (b)) USING SORTED WITH (ttl = 5) AS SELECT 1, x FROM u WITH NO DATA",
                "CREATE TABLE t AS VALUES (1)",
                "CREATE OR REPLACE VIEW s.v (a, \"b c\") AS SELECT 1, x FROM t WHERE y > 2",
                "CREATE VIEW IF NOT EXISTS v AS WITH w AS (SELECT 1 AS a) SELECT * FROM w",
                "DROP VIEW IF EXISTS s.v CASCADE",
                "ALTER TABLE s.t ADD COLUMN IF NOT EXISTS a INT DEFAULT 1 NOT NULL, ADD b VARCHAR(5), DROP COLUMN IF EXISTS c CASCADE, DROP d",
                "ALTER TABLE IF EXISTS t ADD CONSTRAINT c CHECK (a > 1), ADD UNIQUE (a, b), DROP CONSTRAINT IF EXISTS u",
                "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES s.p (c, d) ON DELETE CASCADE ON UPDATE SET NULL",
                "ALTER TABLE t ALTER COLUMN a SET DEFAULT 1 + 1, ALTER b DROP DEFAULT",
                "ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = '2s', MIN_VOTERS = 3",
                "ALTER BLOCK SPACE \"DEFAULT\" SET min_voters = DEFAULT",
                "SELECT rename, action, block, space FROM block",
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
                "CREATE TABLE t (a INT CONSTRAINT mine PRIMARY KEY, b INT CONSTRAINT c NOT NULL)",
                "EXPLAIN PLAN FOR SELECT * FROM t",
                "EXPLAIN INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
                "EXPLAIN PLAN INCLUDING ALL ATTRIBUTES WITH IMPLEMENTATION AS JSON FOR DELETE FROM t",
                "INSERT INTO t (a, b) VALUES (1, DEFAULT)",
                "EXPLAIN SELECT * FROM t",
                "EXPLAIN SELECT * FROM t FOR UPDATE",
                "EXPLAIN (SELECT a FROM t) ORDER BY a",
                "EXPLAIN ANALYZE UPDATE t SET a = 1 WHERE b = 2",
                "EXPLAIN (FORMAT DOT, ANALYZE) SELECT analyze, text FROM t FOR UPDATE",
                "EXPLAIN (ANALYZE FALSE, FORMAT TEXT) UPSERT INTO t VALUES (1)",
                "EXPLAIN PLAN AS DOT FOR DELETE FROM t",
                "CREATE TABLE t (text TEXT PRIMARY KEY, analyze TEXT)",
                "BEGIN",
                "BEGIN WORK ISOLATION LEVEL READ UNCOMMITTED READ ONLY",
                "START TRANSACTION READ WRITE, ISOLATION LEVEL REPEATABLE READ",
                "COMMIT TRANSACTION",
                "ROLLBACK WORK",
                "ROLLBACK TO \"Mine\"",
                "SAVEPOINT s",
                "RELEASE SAVEPOINT s",
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL READ COMMITTED;",
                "SELECT start, level, work, transaction, isolation FROM t",
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
    void typesNestedDeeplyAreTooComplex() {
        for (String type : List.of("INT" + " ARRAY".repeat(50_000), "ROW(a ".repeat(2_000) + "INT" + ")".repeat(2_000))) {
            assertThatThrownBy(() -> SqlParsing.parse("SELECT CAST(a AS " + type + ") FROM t")).isInstanceOfSatisfying(
                    CoconutException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 + ", "a = 1 OR ", "NOT ", "a || 'x' || "})
    void longChainsOfOperatorsAreRefusedAtOnce(String link) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (int links : new int[] {3_100, 200_000}) {
                assertThatThrownBy(() -> SqlParsing.parse("SELECT " + link.repeat(links) + "a FROM t")).isInstanceOfSatisfying(
                        CoconutException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX));
            }
        });
    }

    @Test
    void operatorsInAListAreNoChain() {
        assertThat(SqlParsing.parse("INSERT INTO t VALUES " + "(-1, 1 + 1), ".repeat(10_000) + "(1, 1)")).isNotNull();
        assertThat(SqlParsing.parseAll("SELECT 1 + 1;".repeat(11_000))).hasSize(11_000);
    }

    @Test
    void longListsAreNotDeep() {
        assertThat(SqlParsing.parse("SELECT * FROM t WHERE a IN (" + "1, ".repeat(20_000) + "2)")).isNotNull();
    }
}
