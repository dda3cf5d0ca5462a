package org.coconutdb.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.coconutdb.sql.parser.LiftedText.Kind;
import org.coconutdb.sql.parser.LiftedText.Literal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiftedTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
            "SELECT * FROM t WHERE id = 7|SELECT * FROM t WHERE id = ?",
            "select a, b + 1 from s.t /* all */ where s.t.id=7 AND \"b c\" = 'x' limit 3;|select a, b + 1 from s.t /* all */ where s.t.id=? AND \"b c\" = ? limit 3;",
            "SELECT * FROM t WHERE (a = 1 AND b = 2) FOR UPDATE|SELECT * FROM t WHERE (a = ? AND b = ?) FOR UPDATE",
            "UPDATE t SET a = 1, b = 'x' WHERE id = 3|UPDATE t SET a = ?, b = ? WHERE id = ?",
            "UPDATE t SET a = a + 1, b = 2 WHERE id = 3|UPDATE t SET a = a + 1, b = ? WHERE id = ?",
            "DELETE FROM t WHERE a = 1 AND b > 2|DELETE FROM t WHERE a = ? AND b > 2",
            "INSERT INTO t (a, b) VALUES (1, 'x'), (2, DEFAULT)|INSERT INTO t (a, b) VALUES (?, ?), (?, DEFAULT)",
            "UPSERT INTO t VALUES (1, -2, 3 + 4, 5.50, DATE '2024-01-01')|UPSERT INTO t VALUES (?, -2, 3 + 4, ?, DATE '2024-01-01')"})
    void literalsThatStandAloneAreLifted(String sql, String text) {
        assertThat(LiftedText.of(sql)).isNotNull().extracting(LiftedText::text).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT * FROM t WHERE id = ?", "SELECT * FROM t WHERE id = ? AND a = 1", "SELECT 7", "SELECT * FROM t LIMIT 7",
            "SELECT COUNT(*) FILTER (WHERE a = 7) FROM t",
            "SELECT * FROM t WHERE a LIKE 'x%'", "SELECT * FROM t WHERE a > 7", "SELECT * FROM t WHERE a = 7 + b",
            "SELECT * FROM t WHERE b + a = 7",
            "SELECT * FROM t WHERE a = 7 OR b = 8", "SELECT * FROM t WHERE NOT a = 7", "SELECT * FROM t WHERE a <> 7",
            "SELECT * FROM t WHERE a = -7",
            "SELECT * FROM t WHERE a = 'x' || b", "SELECT * FROM t WHERE a = 'x '", "SELECT * FROM t WHERE a = 1.5",
            "SELECT * FROM t WHERE a = 1e3",
            "SELECT * FROM t WHERE a = DATE '2024-01-01'", "SELECT * FROM t WHERE a = X'01'", "SELECT * FROM t WHERE a = U&'\\0041'",
            "SELECT * FROM t WHERE a = INTERVAL '1' DAY", "SELECT * FROM t WHERE a = 99999999999999999999", "SELECT a = 7 FROM t",
            "SELECT CASE WHEN a = 7 THEN 1 END FROM t", "SELECT * FROM t GROUP BY a = 7", "SELECT a FROM t WHERE a = 7 GROUP BY a",
            "SELECT * FROM t JOIN s ON t.a = s.a WHERE t.b = 7", "SELECT * FROM t WHERE a = 7 UNION SELECT * FROM t",
            "SELECT * FROM t WHERE a IN (SELECT b FROM s WHERE b = 7)", "WITH t AS (SELECT 1) SELECT * FROM t WHERE a = 7",
            "INSERT INTO t SELECT * FROM s WHERE a = 7", "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
            "INSERT INTO t VALUES (1) WITH (ttl = 60)",
            "UPDATE t SET a = 1 WITH (ttl = 60) WHERE id = 3", "SELECT * FROM t WHERE a = 7; SELECT 1",
            "EXPLAIN SELECT * FROM t WHERE a = 7",
            "SELECT * FROM t WHERE a = 'open", "SELECT * FROM t WHERE a = 'x' 'y'", "SELECT * FROM t WHERE a => 7", "", "7", "SELECT = 7"})
    void othersStay(String sql) {
        assertThat(LiftedText.of(sql)).isNull();
    }

    @Test
    void valuesAreThoseOfTheLiterals() {
        LiftedText text = LiftedText.of("INSERT INTO t VALUES (1, 2147483648, 'it''s', 007, 2.50, '')");

        assertThat(text).isNotNull();
        assertThat(text.literals()).isEqualTo(List.of(new Literal(Kind.INTEGER, 1), new Literal(Kind.BIGINT, 2147483648L),
                new Literal(Kind.TEXT, "it's"), new Literal(Kind.INTEGER, 7), new Literal(Kind.DECIMAL, new java.math.BigDecimal("2.50")),
                new Literal(Kind.TEXT, "")));
    }

    @Test
    void theKeyTellsKindsApart() {
        String small = key("SELECT * FROM t WHERE id = 7");

        assertThat(key("SELECT * FROM t WHERE id = 8")).isEqualTo(small);
        assertThat(key("SELECT * FROM t WHERE id = 2147483648")).isNotEqualTo(small);
        assertThat(key("SELECT * FROM t WHERE id = '7'")).isNotEqualTo(small);
        assertThat(LiftedText.textOf(small)).isEqualTo("SELECT * FROM t WHERE id = ?");
    }

    private static String key(String sql) {
        LiftedText text = LiftedText.of(sql);
        assertThat(text).isNotNull();
        return text.key();
    }
}
