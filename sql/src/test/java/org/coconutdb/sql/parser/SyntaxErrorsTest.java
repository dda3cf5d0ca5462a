package org.coconutdb.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxErrorsTest {
    private static CoconutException error(String sql) {
        CoconutException error = catchThrowableOfType(CoconutException.class, () -> SqlParsing.parse(sql));
        assertThat(error).as(sql).isNotNull();
        assertThat(error.getMessage()).doesNotContain("Was expecting", "Encountered", "org.apache", "java.").hasSizeLessThan(450);
        return error;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "SELEC 1|1|1|'SELEC'|a statement",
            "SELECT FROM t|1|8|'FROM'|an expression",
            "SELECT a, FROM t|1|11|'FROM'|an expression",
            "SELECT * FROM t WHERE|1|22|the end of the statement|an expression",
            "SELECT a FROM t WHERE a = = 1|1|27|'='|an expression",
            "SELECT a FROM t WHERE (a = 1|1|29|the end of the statement|')'",
            "SELECT a FROM t GROUP a|1|23|'a'|BY",
            "SELECT a b c FROM t|1|12|'c'|FROM",
            "SELECT a FROM (SELECT 1|1|24|the end of the statement|')'",
            "SELECT CASE WHEN 1 = 1 THEN 2 FROM t|1|31|'FROM'|END",
            "SELECT CAST(1 AS) FROM t|1|17|')'|a type",
            "DELETE t|1|8|'t'|FROM",
            "UPDATE t a = 1|1|12|'='|SET",
            "UPDATE t SET a|1|15|the end of the statement|'='",
            "INSERT t VALUES (1)|1|8|'t'|INTO",
            "INSERT INTO t VALUES (1) ON CONFLICT DO|1|40|the end of the statement|NOTHING, UPDATE",
            "INSERT INTO t VALUES (1) ON CONFLICT () DO NOTHING|1|39|')'|a name",
            "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE b = 1|1|29|'DUPLICATE'|CONFLICT",
            "CREATE FOO|1|8|'FOO'|TABLE",
            "CREATE TABLE t|1|15|the end of the statement|'('",
            "CREATE TABLE t (a INT,)|1|23|')'|a name",
            "CREATE TABLE t (a BLOB PRIMARY KEY)|1|19|'BLOB'|a type",
            "CREATE TABLE t (a INT PRIMARY KEY) USING BTREE|1|42|'BTREE'|HASH, SORTED",
            "CREATE TABLE t (a INT, PRIMARY KEY (a DESC))|1|39|'DESC'|')', ','",
            "DROP SEQUENCE t CASCADE|1|17|'CASCADE'|the end",
            ";|1|1|';'|a statement"})
    void placeFoundAndExpectedAreTold(String sql, String line, String column, String found, String expected) {
        CoconutException error = error(sql);

        assertThat(error.sqlState()).isEqualTo("42601");
        assertThat(error.facts()).containsEntry("line", line).containsEntry("column", column).containsEntry("found", found);
        assertThat(error.getMessage()).containsPattern("Expected: .*" + java.util.regex.Pattern.quote(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "CREATE TABLE t (a INT PRIMARY KEY, at INT)|AT",
            "CREATE TABLE order (a INT PRIMARY KEY)|ORDER",
            "SELECT order FROM t|ORDER",
            "SELECT t.date FROM t|DATE",
            "SELECT date FROM t|DATE",
            "SELECT rows, month FROM t|ROWS",
            "SELECT a FROM user|USER"})
    void reservedWordsThatWereMeantAsNamesAreTold(String sql, String word) {
        assertThat(error(sql).getMessage()).contains("'" + word + "' is a reserved word").contains("\"" + word + "\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
            "SELECT 'abc|The string that begins at line 1, column 8 is not closed",
            "SELECT 'it's'|The string that begins at line 1, column 13 is not closed",
            "SELECT \"abc|The quoted name that begins at line 1, column 8 is not closed",
            "SELECT 1 /* abc|The comment that begins at line 1, column 10 is not closed",
            "SELECT `a`|The character means nothing in SQL",
            "CREATE TABLE \"\" (a INT)|A name has one character at least",
            "CREATE TABLE t (a VARCHAR(99999999999))|The number is too large",
            "CREATE TABLE t (a INT NULL NOT NULL)|once behind a column",
            "UPSERT INTO t VALUES (1) ON CONFLICT DO NOTHING|UPSERT replaces the row",
            "SELECT 1; SELECT 2|Execute one statement at a time",
            "foo|Expected: a statement",
            "EXPLAIN (ANALYZE, ANALYZE FALSE) SELECT 1|Say ANALYZE once",
            "EXPLAIN (FORMAT JSON, FORMAT DOT) SELECT 1|Say FORMAT once",
            "EXPLAIN PLAN AS XML FOR SELECT 1|Expected: DOT, JSON, TEXT",
            "/**/|The statement is empty"})
    void theMendIsSaid(String sql, String mend) {
        CoconutException error = error(sql);

        assertThat(error.sqlState()).isEqualTo("42601");
        assertThat(error.getMessage()).contains(mend);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
            "CREATE TABLE t (a INT REFERENCES s (a) MATCH FULL)|MATCH FULL",
            "CREATE TABLE t (a INT GENERATED ALWAYS AS (1))|GENERATED AS (expression)",
            "CREATE TABLE t (a INT PRIMARY KEY, CONSTRAINT c FOREIGN KEY (a) REFERENCES s (a) NOT DEFERRABLE)|NOT DEFERRABLE",
            "CREATE TABLE t (a INT) AS SELECT 1|a type in CREATE TABLE AS",
            "CREATE TABLE t (LIKE s)|LIKE",
            "ALTER VIEW v RENAME TO w|ALTER VIEW",
            "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (x y) DEFINE x AS x.a > 1)|MATCH_RECOGNIZE",
            "SELECT 1 FROM (SELECT * FROM t TABLESAMPLE BERNOULLI(10))|TABLESAMPLE",
            "SELECT * FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01 00:00:00'|FOR SYSTEM_TIME",
            "SELECT * FROM t (z INT)|EXTEND",
            "SELECT SUM(a) WITHIN DISTINCT (b) FROM t|WITHIN DISTINCT",
            "/* all */ SET ROLE me|SET ROLE"})
    void whatIsNotDoneYetIsRefusedByName(String sql, String what) {
        CoconutException error = error(sql);

        assertThat(error.sqlState()).isEqualTo("0A000");
        assertThat(error.facts()).containsEntry("what", what).containsKeys("line", "column");
        assertThat(error.getMessage()).endsWith(".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LIMIT 2147483648", "OFFSET 99999999999999999999", "ORDER BY 1 LIMIT 9223372036854775808",
            "LIMIT 1 OFFSET 3000000000"})
    void limitsBeyondAllRowsAreRefused(String limit) {
        CoconutException error = error("SELECT a FROM t " + limit);

        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(error.getMessage()).contains("at most");
        assertThat(SqlParsing.parse("SELECT a FROM t ORDER BY a LIMIT 9223372036854775807")).isNotNull();
    }

    @Test
    void commentsAndQuotesAreNoTokens() {
        CoconutException error = error("SELECT 1, ' -- ' -- comment, with 'quotes\n  , \"/*\" FROM t /* more */ WHERE WHERE a");

        assertThat(error.facts()).containsEntry("line", "2").containsEntry("column", "34").containsEntry("found", "'WHERE'");
    }

    @Test
    void placesCountLinesAsTheParserDoes() {
        for (String lineEnd : new String[] {"\n", "\r\n", "\r"}) {
            CoconutException error = error("SELECT a," + lineEnd + "  b" + lineEnd + "\tFROM t WHERE == 1");

            assertThat(error.facts()).containsEntry("line", "3").containsEntry("column", "15").containsEntry("found", "'='");
        }
    }

    @Test
    void controlCharactersAndHalvesOfSurrogatePairsAreWrittenOut() {
        assertThat(error("SELECT \u0000 1").facts()).containsEntry("found", "'\\u0000'");
        assertThat(error("SELECT a FROM t WHERE \uD800").getMessage()).doesNotContain("\uD800");
    }
}
