package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// JSON as a type of columns, and the standard's functions of it.
class JsonTest {
    private SqlClient client;

    @TempDir private Path directory;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:file:" + directory.resolve("json") + ";memory.lock=off;blocks=1");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            // expression # answer, as ISO/IEC 9075-2:2016 has it
            "JSON_VALUE('{\"a\": {\"b\": 7}}', 'lax $.a.b') # 7",
            "JSON_VALUE('{\"a\": 1.50}', '$.a') # 1.50",
            "JSON_VALUE('{\"a\": 12345678901234567890.123456789}', '$.a') # 12345678901234567890.123456789",
            "JSON_VALUE('{\"a\": 1e3}', '$.a') # 1000",
            "JSON_VALUE('{\"a\": 1e-300}', '$.a') # 1E-300",
            "JSON_VALUE('{\"a\": true}', '$.a') # true",
            "JSON_VALUE('{\"a\": null}', '$.a') # null",
            "JSON_VALUE('{\"a\": \"x\\\"\\u00e9\\n\"}', '$.a') # `x\"é\n`",
            "JSON_VALUE('\"s\"', '$') # s",
            "JSON_VALUE('{\"a\": [1, 2]}', '$.a') # null",
            "JSON_VALUE('{\"a\": [1, 2]}', '$.a[1]') # 2",
            "JSON_VALUE('{\"a\": [1, 2]}', '$.a[last]') # 2",
            "JSON_VALUE('{\"a\": [1, 2]}', '$.a[last - 1]') # 1",
            "JSON_VALUE('{\"a\": [1, 2]}', '$.a[7]') # null",
            "JSON_VALUE('{\"a\": [1, 2]}', 'strict $.a[7]' DEFAULT 'none' ON ERROR) # none",
            "JSON_VALUE('[{\"a\": 1}]', 'lax $.a') # 1",
            "JSON_VALUE('[{\"a\": 1}]', 'strict $.a' DEFAULT 'error' ON ERROR) # error",
            "JSON_VALUE('{\"a\": 1}', 'lax $[0].a') # 1",
            "JSON_VALUE('[{\"a\": 1}, {\"a\": 2}]', 'lax $.a' DEFAULT 'many' ON ERROR) # many",
            "JSON_VALUE('{\"a\": 1}', 'lax $.b' DEFAULT 'none' ON EMPTY DEFAULT 'error' ON ERROR) # none",
            "JSON_VALUE('{\"a\": 1}', 'strict $.b' DEFAULT 'none' ON EMPTY DEFAULT 'error' ON ERROR) # error",
            "JSON_VALUE('{\"a\": 1}', '$.b' DEFAULT NULL ON EMPTY) # null",
            "JSON_VALUE('{bad', '$.a') # null",
            "JSON_VALUE('{\"a b\": {\"é\": 5}}', '$.\"a b\".é') # 5",
            "JSON_VALUE('{\"a\": 5}', '$.a' RETURNING INTEGER) + 1 # 6",
            "JSON_VALUE('{\"a\": \"2026-01-31\"}', '$.a' RETURNING DATE) # 2026-01-31",
            "JSON_VALUE('[1, 2, 3]', '$.size()') # 3",
            "JSON_VALUE('{\"a\": -1.5}', '$.a.abs()') # 1.5",
            "JSON_VALUE('{\"a\": -1.5}', '$.a.ceiling()') # -1",
            "JSON_VALUE('{\"a\": []}', '$.a.type()') # array",
            "JSON_VALUE('{\"a\": []}', 'strict $.a.type()') # array",
            "JSON_QUERY('{\"a\": [1, 2.50]}', '$.a') # [1,2.50]",
            "JSON_QUERY('{\"a\": \"x\"}', '$.a') # null",
            "JSON_QUERY('{\"a\": \"x\"}', '$.a' WITH WRAPPER) # [\"x\"]",
            "JSON_QUERY('{\"a\": [1]}', '$.a' WITH CONDITIONAL WRAPPER) # [1]",
            "JSON_QUERY('{\"a\": [1]}', '$.a' WITH UNCONDITIONAL WRAPPER) # [[1]]",
            "JSON_QUERY('{\"a\": 1}', '$.z' EMPTY ARRAY ON EMPTY) # []",
            "JSON_QUERY('{\"a\": 1}', '$.z' EMPTY OBJECT ON EMPTY) # {}",
            "JSON_QUERY('{\"a\": 1}', '$.a' EMPTY ARRAY ON ERROR) # []",
            "JSON_QUERY('[1, 2, 3, 4, 5]', '$[1 to 2, last]' WITH WRAPPER) # [2,3,5]",
            "JSON_QUERY('{\"a\": 1, \"b\": [2]}', '$.*' WITH WRAPPER) # [1,[2]]",
            "JSON_QUERY('[{\"p\": 1, \"n\": \"x\"}, {\"p\": 11, \"n\": \"y\"}]', '$[*]?(@.p > 10).n' WITH WRAPPER) # [\"y\"]",
            "JSON_QUERY('[1, 2, 3, 4]', '$[*]?(@ > 1 && (@ < 3 || @ == 4))' WITH WRAPPER) # [2,4]",
            "JSON_QUERY('[\"ab\", \"b\", 1]', '$[*]?(@ starts with \"a\")' WITH WRAPPER) # [\"ab\"]",
            "JSON_QUERY('[\"aB\", \"c\"]', '$[*]?(@ like_regex \"^AB\" flag \"i\")' WITH WRAPPER) # [\"aB\"]",
            "JSON_QUERY('[{\"a\": 1}, {\"b\": 2}]', '$[*]?(exists(@.a))' WITH WRAPPER) # [{\"a\":1}]",
            "JSON_QUERY('[{\"a\": 1}, {\"b\": 2}]', '$[*]?(!exists(@.a))' WITH WRAPPER) # [{\"b\":2}]",
            "JSON_QUERY('[1, \"x\", null]', '$[*]?((@ > 0) is unknown)' WITH WRAPPER) # [\"x\",null]",
            "JSON_QUERY('[1, null]', '$[*]?(@ == null)' WITH WRAPPER) # [null]",
            "JSON_EXISTS('{\"a\": null}', '$.a') # true",
            "JSON_EXISTS('{\"a\": 1}', '$.b') # false",
            "JSON_EXISTS('{\"a\": 1}', 'strict $.b') # false",
            "JSON_EXISTS('{\"a\": 1}', 'strict $.b' TRUE ON ERROR) # true",
            "JSON_EXISTS('{\"a\": 1}', 'strict $.b' UNKNOWN ON ERROR) # null",
            "JSON_EXISTS('{bad', '$.b') # false",
            "JSON_EXISTS('{\"a\": [1, 5]}', '$.a?(@ > 3)') # true",
            "'{\"a\": 1}' IS JSON # true",
            "'{\"a\": 1}x' IS JSON # false",
            "'{\"a\": 1} {\"b\": 2}' IS JSON # false",
            "'{\"a\": 1,}' IS JSON # false",
            "'01' IS JSON # false",
            "' 1 ' IS JSON SCALAR # true",
            "'[1]' IS JSON ARRAY # true",
            "'[1]' IS JSON OBJECT # false",
            "'{a' IS NOT JSON # true",
            "CAST(NULL AS VARCHAR) IS JSON # null",
            "JSON_OBJECT('a': JSON_QUERY('{\"x\": [1]}', '$.x'), 'b': NULL, 'c': '{}' FORMAT JSON) # {\"a\":[1],\"b\":null,\"c\":{}}",
            "JSON_OBJECT('a': DATE '2026-01-31', 'b': UUID '123e4567-e89b-12d3-a456-426614174000' ABSENT ON NULL)"
                    + " # {\"a\":\"2026-01-31\",\"b\":\"123e4567-e89b-12d3-a456-426614174000\"}",
            "JSON_ARRAY(1, 'x', NULL, TRUE, JSON_ARRAY(TIME '12:00:00')) # [1,\"x\",true,[\"12:00:00\"]]",
            "'{\"a\": {\"b\": [1, 2.50, null, \"x\"]}}'::JSON -> 'a' -> 'b' # [1,2.50,null,\"x\"]",
            "'[1, 2.50, null, \"x\"]'::JSON -> 1 # 2.50",
            "'[1, 2.50, null, \"x\"]'::JSON ->> -1 # x",
            "'[1, 2.50, null, \"x\"]'::JSON -> 2 # null",
            "'[1, 2.50, null, \"x\"]'::JSON ->> 2 # null",
            "'{\"n\": \"x\"}'::JSON -> 'n' || '!' # \"x\"!",
            "'{\"n\": \"x\"}'::JSON ->> 'zz' # null",
            "UPPER('{\"n\": \"x\"}' ->> 'n') # X",
            "CAST('{\"n\": 6}' ->> 'n' AS INT) + 1 = 7 # true",
    })
    void answers(String expression, String expected) throws SQLException {
        assertThat(client.rows("SELECT " + expression)).containsExactly(expected);
        assertThat(client.rows("SELECT " + expression.replace("'[", "s || '[").replace("'{", "s || '{") + " FROM (VALUES '') AS v (s)")).as(
                "computed while it runs").containsExactly(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "JSON_VALUE('{a', '$.a' ERROR ON ERROR) # 22032 # character=2",
            "JSON_VALUE('[1]', '$' ERROR ON ERROR) # 22023 # no scalar",
            "JSON_VALUE('{}', '$.a' ERROR ON EMPTY) # 22023 # nothing is there",
            "JSON_EXISTS('{}', 'strict $.a' ERROR ON ERROR) # 22023 # no member a",
            "JSON_QUERY('{}', '$.a' ERROR ON EMPTY) # 22023 # nothing is there",
            "JSON_VALUE('{}', 'a') # 22023 # character=1",
            "JSON_VALUE('{}', '$.') # 22023 # name",
            "JSON_VALUE('{}', '$[\"a\"]') # 22023 # .\"name\"",
            "JSON_VALUE('{}', '$?(@.a = 1)') # 22023 # comparison",
            "JSON_VALUE('{}', '$.a.nope()') # 22023 # ceiling",
            "'{a'::JSON # 22032 # character=2",
            "UPPER(s -> 'a') # 0A000 # Write the table before",
    })
    void refuses(String expression, String sqlState, String part) {
        client.rowsRefused("SELECT " + expression + " FROM (VALUES '{}') AS v (s)", sqlState, part);
    }

    @Test
    void columnsHoldWhatIsJson() throws SQLException {
        client.execute("CREATE TABLE d (id INT PRIMARY KEY, doc JSON, more JSON DEFAULT '[]' NOT NULL)",
                "INSERT INTO d (id, doc) VALUES (1, '{\"n\":  7}'), (2, NULL), (3, 'null')");
        client.refused("INSERT INTO d (id, doc) VALUES (4, '{\"n\": }')", "22032", "column=DOC", "character=7");
        client.refused("INSERT INTO d (id, doc) SELECT 4, '{' FROM d", "22032", "column=DOC");
        client.refused("UPDATE d SET doc = 'nope' WHERE id = 1", "22032");
        client.refused("UPSERT INTO d VALUES (1, '1 2', '[]')", "22032");
        client.refused("ALTER TABLE d ADD COLUMN bad JSON DEFAULT '['", "22032");
        client.execute("ALTER TABLE d ADD COLUMN late JSON DEFAULT '{\"x\": 1}'");
        try (PreparedStatement insert = client.connection().prepareStatement("INSERT INTO d (id, doc) VALUES (?, ?)")) {
            assertThat(insert.getParameterMetaData().getParameterTypeName(2)).isEqualTo("JSON");
            insert.setInt(1, 5);
            insert.setString(2, "{\"q\": [1, 2]}");
            insert.executeUpdate();
            insert.setInt(1, 6);
            insert.setObject(2, "\"text\"", Types.VARCHAR);
            insert.executeUpdate();
        }
        disconnect();
        connect();

        assertThat(client.rows("SELECT doc, more, late ->> 'x' FROM d ORDER BY id")).as("as they were written").containsExactly(
                "{\"n\":  7}|[]|1", "null|[]|1", "null|[]|1", "{\"q\": [1, 2]}|[]|1", "\"text\"|[]|1");
        assertThat(client.rows("SELECT id FROM d WHERE doc ->> 'n' = '7' OR doc -> 'q' ->> 1 = '2' ORDER BY id")).containsExactly("1", "5");
        assertThat(client.rows("SELECT id FROM d WHERE doc IS NULL")).containsExactly("2");
        assertThat(client.rows(
                "UPDATE d SET doc = JSON_OBJECT('n': JSON_VALUE(doc, '$.n' RETURNING INTEGER) + 1) WHERE id = 1 RETURNING doc"))
                        .containsExactly("{\"n\":8}");
        assertThat(client.rows("DESCRIBE d").subList(1, 3)).containsExactly("DOC|JSON|YES|null|null", "MORE|JSON|NO|null|'[]'");
        assertThat(client.rows("SHOW CREATE TABLE d").getFirst()).contains("DOC JSON,", "MORE JSON DEFAULT '[]' NOT NULL");
        client.refused("INSERT INTO d (id, doc) VALUES (9, '{')", "22032");
    }

    @Test
    void jdbcSeesTextOfTheTypeJson() throws SQLException {
        client.execute("CREATE TABLE d (id INT PRIMARY KEY, doc JSON)", "INSERT INTO d VALUES (1, '{\"n\": 1.50}')");

        try (PreparedStatement query = client.connection().prepareStatement("SELECT doc, doc ->> ?, doc -> 'n' FROM d WHERE id = 1")) {
            assertThat(query.getMetaData().getColumnTypeName(1)).isEqualTo("JSON");
            assertThat(query.getMetaData().getColumnType(1)).isEqualTo(Types.VARCHAR);
            query.setString(1, "n");
            try (ResultSet found = query.executeQuery()) {
                assertThat(found.next()).isTrue();
                assertThat(found.getObject(1)).isEqualTo("{\"n\": 1.50}");
                assertThat(found.getBigDecimal(2)).isEqualTo(new BigDecimal("1.50"));
                assertThat(found.getString(3)).isEqualTo("1.50");
            }
        }
        try (ResultSet columns = client.connection().getMetaData().getColumns(null, "PUBLIC", "D", "DOC")) {
            columns.next();
            assertThat(columns.getString("TYPE_NAME")).isEqualTo("JSON");
        }
        boolean isListed = false;
        try (ResultSet types = client.connection().getMetaData().getTypeInfo()) {
            while (types.next()) {
                isListed |= types.getString("TYPE_NAME").equals("JSON");
            }
        }
        assertThat(isListed).isTrue();
    }

    @Test
    void viewsReadJson() throws SQLException {
        client.execute("CREATE TABLE d (id INT PRIMARY KEY, doc JSON)", "INSERT INTO d VALUES (1, '{\"n\": 5}'), (2, '[]')",
                "CREATE VIEW v AS SELECT id, JSON_VALUE(doc, '$.n' RETURNING INTEGER) AS n, doc -> 'n' AS raw FROM d WHERE doc IS JSON OBJECT");
        disconnect();
        connect();

        assertThat(client.rows("SELECT * FROM v")).containsExactly("1|5|5");
    }

    @Test
    void deepAndLongTextsAreReadOrRefused() throws SQLException {
        client.execute("CREATE TABLE d (id INT PRIMARY KEY, doc JSON)");
        try (PreparedStatement insert = client.connection().prepareStatement("UPSERT INTO d VALUES (1, ?)")) {
            insert.setString(1, "[".repeat(900) + "]".repeat(900));
            insert.executeUpdate();
            insert.setString(1, "[" + "1,".repeat(200_000) + "1]");
            insert.executeUpdate();
        }
        assertThat(client.rows("SELECT JSON_VALUE(doc, '$.size()') FROM d")).containsExactly("200001");
        client.refused("UPSERT INTO d VALUES (1, '" + "[".repeat(5_000) + "]".repeat(5_000) + "')", "22032", "levels");
        client.rowsRefused("SELECT JSON_VALUE('{}', '$?(" + "(".repeat(500) + "@ == 1" + ")".repeat(500) + ")')", "22023");
    }
}
