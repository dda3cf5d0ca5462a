package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.coconutdb.sql.SqlClient;
import org.coconutdb.sql.docs.MarkdownExamples;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Functions, and the page that lists them.
class FunctionsTest {
    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]+(?=$|\\(|, | of| \\()");

    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:functions-test;memory.lock=off;blocks=2");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    private static List<List<String>> page() throws IOException {
        return MarkdownExamples.table(MarkdownExamples.read("sql.md"), "function");
    }

    @Test
    void thePagesExamplesGiveWhatItSays() throws IOException, SQLException {
        List<String> differences = new ArrayList<>();
        for (List<String> row : page()) {
            List<String> given = client.rows("SELECT " + row.get(1));
            if (!given.equals(List.of(row.get(2)))) {
                differences.add(row.get(1) + " gives " + given + ", the page says " + row.get(2));
            }
        }

        assertThat(differences).isEmpty();
    }

    @Test
    void thePageListsOurFunctionsAndNoneThatIsNotThere() throws IOException {
        List<String> listed = new ArrayList<>(List.of("GENERATE_SERIES"));
        for (List<String> row : page()) {
            Matcher names = NAME.matcher(row.getFirst());
            while (names.find()) {
                listed.add(names.group());
            }
        }

        assertThat(Functions.OWN).extracting(SqlOperator::getName).filteredOn(name -> !name.startsWith("$")).isSubsetOf(listed);
        assertThat(listed).hasSizeGreaterThan(90);
        assertThat(listed).filteredOn(name -> found(name).isEmpty()).isEmpty();
    }

    private static List<SqlOperator> found(String name) {
        List<SqlOperator> found = new ArrayList<>();
        for (SqlSyntax syntax : SqlSyntax.values()) {
            Functions.TABLE.lookupOperatorOverloads(new SqlIdentifier(name, SqlParserPos.ZERO), null, syntax, found, SqlNameMatchers
                    .withCaseSensitive(false));
        }
        return found;
    }

    /// As PostgreSQL documents it, where it has the function.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "lpad('hi', 5), rpad('hi', 1), lpad('hi', -1, 'x'), lpad('hi', 5, ''), rpad('hi', 5, 'xy') # [   hi]|[h]|[]|[hi]|[hixyx]",
            "left('abcde', 2), left('abcde', 9), left('abcde', -9), right('abcde', 2), right('abcde', -2) # [ab]|[abcde]|[]|[de]|[cde]",
            "repeat('Pg', 3), repeat('x', 0), repeat('x', -1), repeat('', 5000000) # [PgPgPg]|[]|[]|[]",
            "split_part('abc~@~def~@~ghi', '~@~', 2), split_part('a,b', ',', 3), split_part('a,b', '', 1) # [def]|[]|[a,b]",
            "split_part('a,b,c', ',', -2), split_part('a,b,c', ',', -4), split_part('', ',', 1), split_part('a', ',', -1) # [b]|[]|[]|[a]",
            "ltrim('  x '), rtrim('xxa', 'a'), ltrim('xyz', 'zyx'), btrim('  x  ') # [x ]|[xx]|[]|[x]",
            "reverse('a\uD83D\uDE00b'), chr(128512) # [b\uD83D\uDE00a]|[\uD83D\uDE00]",
            "octet_length(X'0102'), bit_length('é'), octet_length('') # [2]|[16]|[0]",
            "trunc(1.98), trunc(-1.98), trunc(1.987, 2), trunc(2.9e0) # [1]|[-1]|[1.98]|[2.0]",
            "sqrt(2.25), power(2.5, 2), power(-2, 3), power(0, 0), exp(0) # [1.5]|[6.25]|[-8.0]|[1.0]|[1.0]",
            "date_trunc('hour', TIMESTAMP '2026-05-31 12:34:56'), date_trunc('DAY', TIMESTAMP '2026-05-31 12:34:56')"
                    + " # [2026-05-31 12:00:00]|[2026-05-31 00:00:00]",
            "date_trunc('quarter', DATE '2026-05-31'), date_trunc('year', DATE '1969-05-31') # [2026-04-01 00:00:00]|[1969-01-01 00:00:00]",
            "date_trunc('minute', TIMESTAMP '1969-12-31 23:59:59.5'), date_trunc('second', TIMESTAMP '1969-12-31 23:59:59.5')"
                    + " # [1969-12-31 23:59:00]|[1969-12-31 23:59:59]",
            "date_trunc('decade', DATE '2026-05-31'), date_trunc('century', DATE '2000-05-31'), date_trunc('millennium', DATE '2026-05-31')"
                    + " # [2020-01-01 00:00:00]|[1901-01-01 00:00:00]|[2001-01-01 00:00:00]",
            "to_timestamp('31.01.2026 12:05', 'DD.MM.YYYY HH24:MI'), to_date('5 Jan 2026', 'DD Mon YYYY') # [2026-01-31 12:05:00]|[2026-01-05]",
            "lpad(12, 5, '0'), left(12345, 2) # [00012]|[12]",
            "json_value('{\"a\": \"x\"}', '$.a'), json_value('{\"a\": \"7\"}', '$.a' RETURNING INTEGER) + 1 # [x]|[8]",
            "json_value('{}', 'lax $.a' DEFAULT 'no' ON EMPTY), json_value('nope', '$.a'), json_exists('{\"a\": 1}', '$.a') # [no]|[null]|[true]",
            "'{\"a\":1}' IS JSON, 'x' IS JSON, '[1]' IS JSON ARRAY, '1' IS JSON OBJECT # [true]|[false]|[true]|[false]",
            "version() # [CoconutDB 0.1.0]",
    })
    void functionsAnswer(String expressions, String expected) throws SQLException {
        List<String> values = Arrays.stream(client.rows("SELECT " + expressions).getFirst().split("\\|", -1)).map(value -> "[" + value
                + "]").toList();

        assertThat(values).containsExactly(expected.split("\\|"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "lpad(CAST(NULL AS VARCHAR), 3), lpad('x', CAST(NULL AS INT)), repeat(NULL, 2), reverse(NULL), chr(NULL), btrim('x', NULL)",
            "left(NULL, 1), split_part('a', NULL, 1), octet_length(CAST(NULL AS VARCHAR)), date_trunc(NULL, now())",
            "sqrt(CAST(NULL AS DOUBLE)), power(2, CAST(NULL AS DECIMAL(3, 1))), trunc(CAST(NULL AS DOUBLE)), to_date(NULL, 'YYYY')",
    })
    void nullGivesNull(String expressions) throws SQLException {
        assertThat(client.rows("SELECT " + expressions).getFirst().split("\\|")).containsOnly("null");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "repeat('x', 2000000) # 22023 # charactersMax=1048576",
            "repeat('x', 9223372036854775807) # 22023 # charactersMax",
            "lpad('x', 2000000) # 22023 # charactersMax",
            "split_part('a', ',', 0) # 22023 # part=0",
            "chr(0) # 22023 # codePoint=0",
            "chr(55296) # 22023 # codePoint=55296",
            "sqrt(-1) # 22023 # function=SQRT",
            "power(0, -1) # 22023 # exponent=-1.0",
            "power(-8, 0.5) # 22023 # whole powers",
            "power(10, 1000) # 22003 # function=POWER",
            "exp(1000) # 22003 # function=EXP",
            "ln(0) # 22023 # logarithm",
            "mod(7, 0) # 22012 # NULLIF",
            "date_trunc('fortnight', now()) # 22023 # unit=fortnight",
            "to_date('nope', 'YYYY-MM-DD') # 22007 # pattern=YYYY-MM-DD",
            "to_timestamp('2026-13-01', 'YYYY-MM-DD') # 22007 # text=2026-13-01",
            "json_value('{a', '$.a' ERROR ON ERROR) # 22032 # IS JSON",
            "json_value('{\"a\": \"x\"}', '$.a' RETURNING INTEGER) # 22018 # x",
            "regexp_like('abc', '(') # 22023 # pattern",
    })
    void whatHasNoAnswerIsRefused(String expression, String sqlState, String part) {
        // Twice: the second time the plan is there already.
        client.rowsRefused("SELECT " + expression, sqlState, part);
        client.rowsRefused("SELECT " + expression, sqlState, part);
    }

    @Test
    void aPlanThatIsKeptComputesRandomValuesAndTimesAnew() throws SQLException {
        try (PreparedStatement statement = client.connection().prepareStatement(
                "SELECT gen_random_uuid(), random_uuid(), random(), now() FROM (VALUES 1)")) {
            List<Object> first = values(statement);
            List<Object> second = values(statement);

            assertThat(first.subList(0, 3)).doesNotContainAnyElementsOf(second.subList(0, 3));
            assertThat(first.get(0)).isNotEqualTo(first.get(1));
            assertThat(second.get(3)).asString().isGreaterThanOrEqualTo(first.get(3).toString());
        }
    }

    private static List<Object> values(PreparedStatement statement) throws SQLException {
        List<Object> values = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                values.add(row.getObject(i));
            }
        }
        return values;
    }

    @Test
    void randomValuesAreOtherOnesInEachRowAndPlace() throws SQLException {
        assertThat(client.rows("SELECT COUNT(DISTINCT gen_random_uuid()), COUNT(DISTINCT u), COUNT(*) FILTER (WHERE u = w)"
                + " FROM (SELECT gen_random_uuid() AS u, gen_random_uuid() AS w FROM generate_series(1, 50))")).containsExactly("50|50|0");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "SELECT 'Привет', 'a😀b' || ' – ', UPPER('é'), U&'\\20AC' # Привет|a😀b – |É|€",
            "SELECT id FROM words WHERE word = 'Привет' # 1",
            "SELECT id FROM words WHERE word LIKE 'При%' AND word IN ('Привет', 'нет') # 1",
            "SELECT CASE WHEN id = 1 THEN 'да' ELSE word END, COALESCE(word, 'нет') FROM words # да|Привет",
            "SELECT 'é' UNION SELECT word FROM words UNION SELECT 'я' ORDER BY 1 # é,Привет,я",
    })
    void textsAreOfAllOfUnicode(String query, String expected) throws SQLException {
        client.execute("CREATE TABLE words (id INT PRIMARY KEY, word VARCHAR(20))", "INSERT INTO words VALUES (1, 'Привет')");

        assertThat(client.rows(query)).containsExactly(expected.split(","));
    }

    @Test
    void defaultsMayCallThem() throws SQLException {
        client.execute(
                "CREATE TABLE made (id UUID DEFAULT gen_random_uuid() PRIMARY KEY, at_day TIMESTAMP DEFAULT date_trunc('day', now()), n INT)",
                "INSERT INTO made (n) VALUES (1), (2)");

        assertThat(client.rows("SELECT COUNT(DISTINCT id), COUNT(*) FILTER (WHERE at_day <= now()) FROM made")).containsExactly("2|2");
    }

    @Test
    void theSchemaIsTheSessions() throws SQLException {
        assertThat(client.rows("SELECT current_schema")).containsExactly("PUBLIC");

        client.connection().setSchema("SYSTEM");

        assertThat(client.rows("SELECT current_schema")).containsExactly("SYSTEM");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "SELECT * FROM generate_series(1, 3) # 1,2,3",
            "SELECT generate_series FROM generate_series(3, 1, -1) # 3,2,1",
            "SELECT x * 2 FROM generate_series(1, 10, 4) AS g (x) WHERE x > 1 # 10,18",
            "SELECT COUNT(*), SUM(x) FROM generate_series(1, 100000) AS g (x) # 100000|5000050000",
            "SELECT * FROM generate_series(1, 10000000000) LIMIT 2 # 1,2",
            "SELECT * FROM generate_series(9223372036854775806, 9223372036854775807) # 9223372036854775806,9223372036854775807",
            "SELECT * FROM generate_series(-9223372036854775807, -9223372036854775808, -1) # -9223372036854775807,-9223372036854775808",
            "SELECT COUNT(*) FROM generate_series(2, 1) # 0",
            "SELECT COUNT(*) FROM generate_series(1, CAST(NULL AS INT)) # 0",
            "SELECT t.a, g.x FROM (VALUES 1, 2) AS t (a), LATERAL TABLE(generate_series(1, t.a)) AS g (x) ORDER BY 1, 2 # 1|1,2|1,2|2",
            "SELECT a.x FROM generate_series(1, 3) AS a (x) JOIN generate_series(2, 5) AS b (x) ON a.x = b.x ORDER BY 1 # 2,3",
            "SELECT x FROM generate_series(1, 2) AS a (x) UNION ALL SELECT * FROM generate_series(7, 8) ORDER BY 1 # 1,2,7,8",
    })
    void seriesHaveARowForEachNumber(String query, String expected) throws SQLException {
        assertThat(client.rows(query)).containsExactly(expected.split(","));
    }

    @Test
    void aSeriesWithoutAStepIsRefusedAndALongOneIsCancelled() throws SQLException {
        client.rowsRefused("SELECT * FROM generate_series(1, 3, 0)", "22023", "step=0");

        try (PreparedStatement statement = client.connection().prepareStatement(
                "SELECT COUNT(*) FROM generate_series(1, 9223372036854775807)")) {
            statement.setQueryTimeout(1);
            assertThatThrownBy(() -> statement.executeQuery().next()).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(
                    failure
                            .getSQLState()).isEqualTo("57014"));
        }
    }
}
