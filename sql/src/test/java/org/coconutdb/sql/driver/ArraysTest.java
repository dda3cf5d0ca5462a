package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Arrays: columns of them, what is computed of them, and how JDBC has them.
class ArraysTest {
    private SqlClient client;

    @TempDir private Path directory;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:file:" + directory.resolve("arrays") + ";memory.lock=off;blocks=2");
        client.execute(
                "CREATE TABLE t (id INT PRIMARY KEY, n INT ARRAY, s VARCHAR(10)[], d DECIMAL(8, 2) ARRAY[3], m INT ARRAY ARRAY) USING SORTED",
                "INSERT INTO t VALUES (1, ARRAY[1, 2, NULL], ARRAY['a', 'b c'], ARRAY[1.005, 2], ARRAY[ARRAY[1], NULL, ARRAY[2, 3]]), "
                        + "(2, ARRAY[], '{}', NULL, NULL), (3, '{7, 8}', '{\"x,y\",z,NULL}', ARRAY[3], ARRAY[]), (4, NULL, NULL, NULL, NULL)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            // expression # answer
            "ARRAY[1, 2, NULL] # {1,2,NULL}",
            "ARRAY['a', 'bcd'] # {a,bcd}",
            "ARRAY[1, 2.5] # {1.0,2.5}",
            "ARRAY['', 'NULL', 'a\"b', 'c\\d', 'e,f', ' ', NULL] # `{\"\",\"NULL\",\"a\\\"b\",\"c\\\\d\",\"e,f\",\" \",NULL}`",
            "ARRAY[ARRAY[1, 2], NULL, ARRAY[3]] # {{1,2},NULL,{3}}",
            "ARRAY[DATE '2026-01-31', NULL] # {2026-01-31,NULL}",
            "ARRAY[TIMESTAMP '2026-01-31 12:00:00'] # {\"2026-01-31 12:00:00\"}",
            "ARRAY[X'00ff'] # {\"\\\\x00ff\"}",
            "ARRAY[1, 2][2] # 2",
            "ARRAY[1, 2][3] # null",
            "ARRAY[1, 2][0] # null",
            "ARRAY[1, 2][CAST(NULL AS INTEGER)] # null",
            "ARRAY[ARRAY[1, 2], ARRAY[3]][2][1] # 3",
            "CARDINALITY(ARRAY[1, NULL]) # 2",
            "ARRAY_LENGTH(ARRAY[1, 2]) # 2",
            "ARRAY_LENGTH(CAST(ARRAY[] AS INTEGER ARRAY)) # 0",
            "ARRAY_LENGTH(ARRAY[1, 2], 1) # 2",
            "ARRAY_LENGTH(ARRAY[ARRAY[1, 2, 3]], 2) # 3",
            "ARRAY_LENGTH(ARRAY[1, 2], 2) # null",
            "ARRAY_LENGTH(CAST(ARRAY[] AS INTEGER ARRAY), 1) # null",
            "ARRAY_APPEND(ARRAY[1], 2) # {1,2}",
            "ARRAY_APPEND(ARRAY[1], NULL) # {1,NULL}",
            "ARRAY_APPEND(ARRAY[1], 2.5) # {1.0,2.5}",
            "ARRAY_APPEND(CAST(NULL AS INTEGER ARRAY), 1) # null",
            "ARRAY_PREPEND(0, ARRAY[1]) # {0,1}",
            "ARRAY_CONCAT(ARRAY[1], ARRAY[2, 3]) # {1,2,3}",
            "ARRAY_CAT(ARRAY['a'], ARRAY['bcd']) # {a,bcd}",
            "ARRAY[1] || ARRAY[2] # {1,2}",
            "ARRAY[1] || 2 # {1,2}",
            "0 || ARRAY[1] # {0,1}",
            "ARRAY[1] || NULL # {1,NULL}",
            "ARRAY[ARRAY[1]] || ARRAY[2] # {{1},{2}}",
            "'a' || 'b' # ab",
            "ARRAY_POSITION(ARRAY['a', 'bc', 'bc'], 'bc') # 2",
            "ARRAY_POSITION(ARRAY[1], 2) # null",
            "ARRAY_POSITION(ARRAY[1, NULL], NULL) # 2",
            "ARRAY_REMOVE(ARRAY[1, 2, 1, NULL], 1) # {2,NULL}",
            "ARRAY_REMOVE(ARRAY[1, NULL], NULL) # {1}",
            "ARRAY_CONTAINS(ARRAY[1.10], 1.1) # true",
            "ARRAY_CONTAINS(ARRAY[1], NULL) # false",
            "ARRAY_CONTAINS(CAST(NULL AS INTEGER ARRAY), 1) # null",
            "ARRAY_TO_STRING(ARRAY[1, NULL, 3], '-') # 1-3",
            "ARRAY_TO_STRING(ARRAY['a', NULL], '-', '?') # a-?",
            "STRING_TO_ARRAY('a,b,,c', ',') # {a,b,\"\",c}",
            "STRING_TO_ARRAY('a,-', ',', '-') # {a,NULL}",
            "STRING_TO_ARRAY('añ', NULL) # {a,ñ}",
            "STRING_TO_ARRAY('ab', '') # {ab}",
            "STRING_TO_ARRAY('', ',') # {}",
            "STRING_TO_ARRAY(NULL, ',') # null",
            "CAST(ARRAY[1.5, -1.5, NULL] AS INTEGER ARRAY) # {2,-2,NULL}",
            "CAST(ARRAY['2026-01-31', NULL] AS DATE ARRAY) # {2026-01-31,NULL}",
            "CAST(ARRAY[ARRAY[1], NULL] AS VARCHAR ARRAY ARRAY) # {{1},NULL}",
            "CAST(ARRAY[1, 2] AS VARCHAR) # {1,2}",
            "ARRAY['a b', NULL]::TEXT # {\"a b\",NULL}",
            "'{1, NULL ,3}'::INT[] # {1,NULL,3}",
            "'{{1},{2,3}}'::INT[][] # {{1},{2,3}}",
            "' { \"a b\" , c\\,d , null } '::TEXT[] # {\"a b\",\"c,d\",NULL}",
            "ARRAY[]::INT[] # {}",
            "CAST(NULL AS INTEGER ARRAY) # null",
            "ARRAY[1, 2] = ARRAY[1, 2] # true",
            "ARRAY[1, NULL] = ARRAY[1, NULL] # true",
            "ARRAY[1, 2] <> ARRAY[1] # true",
            "ARRAY[1] = ARRAY[1.00] # true",
            "ARRAY[1.0] = ARRAY[1.00] # true",
            "ARRAY[0e0] = ARRAY[-0e0] # true",
            "ARRAY[1] = '{1}' # true",
            "ARRAY[1] = CAST(NULL AS INTEGER ARRAY) # null",
            "ARRAY[1] < ARRAY[1, 0] # true",
            "ARRAY[1, 9] < ARRAY[1, NULL] # true",
            "ARRAY[2] > ARRAY[1, 5] # true",
            "ARRAY[1] IS DISTINCT FROM CAST(NULL AS INTEGER ARRAY) # true",
            "ARRAY[1] IS NOT DISTINCT FROM ARRAY[1] # true",
            "ARRAY[1] IN (ARRAY[2], ARRAY[1]) # true",
            "ARRAY[1] NOT IN (ARRAY[2], ARRAY[1]) # false",
            "2 = ANY (ARRAY[1, 2]) # true",
            "3 = ANY (ARRAY[1, 2]) # false",
            "3 = ANY (ARRAY[1, NULL]) # null",
            "1 = ANY (ARRAY[1, NULL]) # true",
            "1 = ANY (CAST(ARRAY[] AS INTEGER ARRAY)) # false",
            "1 = ANY (CAST(NULL AS INTEGER ARRAY)) # null",
            "CAST(NULL AS INTEGER) = ANY (ARRAY[1]) # null",
            "1.0 = ANY (ARRAY[1]) # true",
            "'b' = ANY (STRING_TO_ARRAY('a,b', ',')) # true",
            "3 <> ALL (ARRAY[1, 2]) # true",
            "1 <> ALL (ARRAY[1, NULL]) # false",
            "3 <> ALL (ARRAY[1, NULL]) # null",
            "3 > ALL (ARRAY[1, 2]) # true",
            "3 < SOME (ARRAY[1, 4]) # true",
            "CASE WHEN FALSE THEN ARRAY[1] END # null",
            "COALESCE(CAST(NULL AS INTEGER ARRAY), ARRAY[1]) # {1}",
            "NULLIF(ARRAY[1], ARRAY[1]) # null",
            "ARRAY(SELECT n FROM (VALUES (1), (NULL), (3)) AS v (n) ORDER BY n DESC) # {NULL,3,1}",
            "ARRAY(SELECT id FROM t WHERE FALSE) # {}"})
    void expressionsGive(String expression, String answer) throws SQLException {
        assertThat(client.rows("SELECT " + expression)).containsExactly(answer);
        // Computed of a row, too, and not while planning.
        assertThat(client.rows("SELECT " + expression + " FROM t WHERE id = 1 AND CARDINALITY(n) = 3")).containsExactly(answer);
    }

    @Test
    void columnsKeepArrays() throws SQLException {
        assertThat(client.rows("SELECT * FROM t ORDER BY id")).containsExactly(
                "1|{1,2,NULL}|{a,\"b c\"}|{1.01,2.00}|{{1},NULL,{2,3}}", "2|{}|{}|null|null", "3|{7,8}|{\"x,y\",z,NULL}|{3.00}|{}",
                "4|null|null|null|null");
        assertThat(client.rows("UPDATE t SET n = n || 9, s = ARRAY_REMOVE(s, 'a'), m[1] = NULL WHERE FALSE RETURNING id".replace(
                ", m[1] = NULL", ""))).isEmpty();
        assertThat(client.rows("UPDATE t SET n = n || id, s = NULL WHERE id < 3 RETURNING id, n, s, n[1] + 1")).containsExactly(
                "1|{1,2,NULL,1}|null|2", "2|{2}|null|3");
        assertThat(client.rows(
                "INSERT INTO t (id, n) VALUES (3, ARRAY[5]) ON CONFLICT (id) DO UPDATE SET n = t.n || EXCLUDED.n RETURNING n"))
                        .containsExactly("{7,8,5}");
        assertThat(client.rows("DELETE FROM t WHERE 8 = ANY (n) RETURNING id, n, s")).containsExactly("3|{7,8,5}|{\"x,y\",z,NULL}");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "INSERT INTO t (id, n) VALUES (9, ARRAY['x']) # 22018 # N",
            "INSERT INTO t (id, n) VALUES (9, ARRAY[3000000000]) # 22003 # N",
            "INSERT INTO t (id, n) VALUES (9, ARRAY[DATE '2026-01-31']) # 42804 # INTEGER ARRAY",
            "INSERT INTO t (id, n) SELECT 9, ARRAY[d] FROM (VALUES (DATE '2026-01-31')) AS v (d) # 42804 # INTEGER ARRAY",
            "INSERT INTO t (id, n) VALUES (9, 7) # 42804 # INTEGER ARRAY",
            "INSERT INTO t (id, n) VALUES (9, '{1,2') # 22018 # brace",
            "INSERT INTO t (id, n) VALUES (9, '1,2') # 22018 # begins with {",
            "INSERT INTO t (id, n) VALUES (9, '{1}x') # 22018 # behind",
            "INSERT INTO t (id, n) VALUES (9, '{1,,2}') # 22018 # missing",
            "INSERT INTO t (id, s) VALUES (9, ARRAY['12345678901']) # 22001 # S",
            "INSERT INTO t (id, d) VALUES (9, ARRAY[1, 2, 3, 4]) # 2202F # elements=4",
            "UPDATE t SET d = d || 1 || 2 || 3 WHERE id = 1 # 2202F # elements=5",
            "INSERT INTO t (id, m) VALUES (9, ARRAY[1]) # 42804 # INTEGER ARRAY",
            "SELECT CAST(ARRAY[1, 2, 3] AS INTEGER ARRAY[2]) # 2202F # elements=3",
            "SELECT CAST(ARRAY['x'] AS INTEGER ARRAY) # 22018 # x",
            "SELECT CAST('{1,{2}}' AS INTEGER ARRAY) # 22018 # an array",
            "SELECT CAST('{1}' AS INTEGER ARRAY ARRAY) # 22018 # no array",
            "SELECT CAST(ARRAY[1] AS INTEGER) # 42804 # INTEGER",
            "SELECT CAST(ARRAY[DATE '2026-01-31'] AS INTEGER ARRAY) # 42804 # INTEGER",
            "SELECT CAST('{}' AS JSON ARRAY) # 0A000 # JSON",
            "SELECT ARRAY[] # 42P18 # CAST(ARRAY[] AS INTEGER ARRAY)",
            "SELECT ARRAY[1, 'a'] # 42804 # CAST",
            "SELECT ARRAY[1] || 'x' # 42804 # ARRAY_APPEND",
            "SELECT ARRAY[1] || ARRAY['x'] # 42804 # ARRAY_CONCAT",
            "SELECT ARRAY[1] = ARRAY['x'] # 42804 # CAST",
            "SELECT ARRAY[1] = 1 # 42804 # CAST",
            "SELECT ARRAY_APPEND(1, 2) # 42804 # ARRAY_APPEND",
            "SELECT ARRAY_LENGTH(1) # 42804 # ARRAY_LENGTH",
            "SELECT 1 = ANY (ARRAY[DATE '2026-01-31']) # 42804 # =",
            "SELECT * FROM UNNEST(1) AS u (x) # 42804 # UNNEST",
            "SELECT MAX(n) FROM t # 0A000 # MAX",
            "SELECT COUNT(*) OVER (ORDER BY n) FROM t # 0A000 # window",
            "SELECT ARRAY_AGG(id) IGNORE NULLS FROM t # 42000 # ARRAY_AGG",
            "CREATE TABLE k (a INT ARRAY PRIMARY KEY) # 0A000 # primary key",
            "CREATE TABLE k (id INT PRIMARY KEY, a INT ARRAY UNIQUE) # 0A000 # UNIQUE",
            "CREATE TABLE k (PRIMARY KEY (n)) AS SELECT n FROM t # 0A000 # primary key",
            "CREATE INDEX i ON t (n) # 0A000 # index",
            "CREATE INDEX i ON t (id) INCLUDE (n) # 0A000 # index",
            "ALTER TABLE t ADD UNIQUE (n) # 0A000 # UNIQUE",
            "CREATE TABLE k (id INT PRIMARY KEY, a INT ARRAY REFERENCES t (id)) # 42804 # INTEGER ARRAY",
            "CREATE TABLE k (id INT PRIMARY KEY, a INT ARRAY[0]) # 42P16 # cardinality",
            "CREATE TABLE k (id INT PRIMARY KEY, a INT MULTISET) # 0A000 # MULTISET",
            "CREATE TABLE k (id INT PRIMARY KEY, a INT ARRAY ARRAY ARRAY ARRAY ARRAY ARRAY ARRAY) # 0A000 # 6",
            "CREATE TABLE k (id INT PRIMARY KEY, a ROW(x INT) ARRAY) # 0A000 # A",
            "CREATE TABLE k (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a INT ARRAY GENERATED ALWAYS AS IDENTITY) # 0A000 # identity"})
    void isRefused(String statement, String sqlState, String part) {
        if (statement.startsWith("SELECT")) {
            client.rowsRefused(statement, sqlState, part);
        } else {
            client.refused(statement, sqlState, part);
        }
    }

    @Test
    void aRowThatIsTooLargeIsRefused() {
        client.refused("UPDATE t SET s = ARRAY(SELECT 'abcdefghij' FROM GENERATE_SERIES(1, 200000) AS g (n)) WHERE id = 1", "54000");
    }

    @Test
    void unnestGivesARowForEachElement() throws SQLException {
        assertThat(client.rows("SELECT t.id, u.x FROM t, UNNEST(t.n) AS u (x) ORDER BY t.id, u.x")).containsExactly("1|1", "1|2", "1|null",
                "3|7", "3|8");
        assertThat(client.rows("SELECT t.id, u.x, u.o FROM t CROSS JOIN UNNEST(t.s) WITH ORDINALITY AS u (x, o) ORDER BY t.id, u.o"))
                .containsExactly("1|a|1", "1|b c|2", "3|x,y|1", "3|z|2", "3|null|3");
        assertThat(client.rows("SELECT t.id, x FROM t LEFT JOIN UNNEST(t.n) AS u (x) ON TRUE WHERE id IN (2, 4) ORDER BY id"))
                .containsExactly("2|null", "4|null");
        assertThat(client.rows("SELECT id, tag FROM t, UNNEST(s) AS tag WHERE tag = 'z'")).containsExactly("3|z");
        assertThat(client.rows("SELECT * FROM UNNEST(ARRAY[1, 2, NULL]) WITH ORDINALITY AS u (x, o)")).containsExactly("1|1", "2|2",
                "null|3");
        assertThat(client.rows("SELECT * FROM UNNEST(ARRAY[1, 2, 3], ARRAY['a']) WITH ORDINALITY AS u (x, y, o)")).containsExactly("1|a|1",
                "2|null|2", "3|null|3");
        assertThat(client.rows("SELECT id, (SELECT SUM(x) FROM UNNEST(n) AS u (x)) FROM t ORDER BY id")).containsExactly("1|3", "2|null",
                "3|15", "4|null");
        assertThat(client.rows("SELECT id FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(n) AS u (x) WHERE x > 7)")).containsExactly("3");
        assertThat(client.rows("SELECT u.x FROM t, UNNEST(t.m) AS u (x) WHERE t.id = 1")).containsExactlyInAnyOrder("{1}", "null", "{2,3}");
        assertThat(client.rows("SELECT v.y FROM t, UNNEST(t.m) AS u (x), UNNEST(u.x) AS v (y) WHERE t.id = 1")).containsExactlyInAnyOrder(
                "1", "2", "3");
    }

    @Test
    void arrayAggKeepsNullsAndOrder() throws SQLException {
        assertThat(client.rows("SELECT ARRAY_AGG(x ORDER BY x DESC) FROM (VALUES (1), (NULL), (3)) AS v (x)")).containsExactly(
                "{NULL,3,1}");
        assertThat(client.rows("SELECT ARRAY_AGG(x ORDER BY x DESC NULLS LAST) FROM (VALUES (1), (NULL), (3)) AS v (x)")).containsExactly(
                "{3,1,NULL}");
        assertThat(client.rows("SELECT ARRAY_AGG(id) FROM t WHERE FALSE")).containsExactly("null");
        assertThat(client.rows("SELECT ARRAY_AGG(DISTINCT x ORDER BY x) FROM (VALUES (2), (1), (2)) AS v (x)")).containsExactly("{1,2}");
        assertThat(client.rows("SELECT ARRAY_AGG(id ORDER BY id) FILTER (WHERE n IS NOT NULL) FROM t")).containsExactly("{1,2,3}");
        assertThat(client.rows("SELECT k, ARRAY_AGG(x ORDER BY x), COUNT(*) FROM (VALUES ('a', 1), ('b', 2), ('a', 3)) AS v (k, x) "
                + "GROUP BY k ORDER BY k")).containsExactly("a|{1,3}|2", "b|{2}|1");
        assertThat(client.rows(
                "SELECT k, ARRAY_AGG(x ORDER BY x) FROM (VALUES ('a', 1), ('b', 2)) AS v (k, x) GROUP BY ROLLUP (k) ORDER BY k"))
                        .containsExactly("a|{1}", "b|{2}", "null|{1,2}");
        assertThat(client.rows("SELECT x, ARRAY_AGG(x) OVER (ORDER BY x) FROM (VALUES (2), (1)) AS v (x) ORDER BY x")).containsExactly(
                "1|{1}", "2|{1,2}");
        assertThat(client.rows("SELECT ARRAY_AGG(n ORDER BY id) FROM t")).containsExactly("{{1,2,NULL},{},{7,8},NULL}");
        assertThat(client.rows("SELECT ARRAY_AGG(d ORDER BY d) FROM (VALUES (DATE '2026-01-31'), (NULL)) AS v (d)")).containsExactly(
                "{2026-01-31,NULL}");
    }

    @Test
    void arraysAreGroupedJoinedAndOrdered() throws SQLException {
        client.execute("CREATE TABLE g (id INT PRIMARY KEY, a DECIMAL(6, 2) ARRAY)",
                "INSERT INTO g VALUES (1, ARRAY[1.0, NULL]), (2, ARRAY[1.00, NULL]), (3, ARRAY[2]), (4, NULL), (5, ARRAY[]), (6, NULL)");

        assertThat(client.rows("SELECT a, COUNT(*) FROM g GROUP BY a ORDER BY a")).containsExactly("{}|1", "{1.00,NULL}|2", "{2.00}|1",
                "null|2");
        assertThat(client.rows("SELECT DISTINCT a FROM g ORDER BY a DESC")).containsExactly("null", "{2.00}", "{1.00,NULL}", "{}");
        assertThat(client.rows("SELECT x.id, y.id FROM g x JOIN g y ON x.a = y.a WHERE x.id < y.id")).containsExactly("1|2");
        assertThat(client.rows("SELECT x.id, y.id FROM g x, g y WHERE x.a < y.a AND y.id = 3 ORDER BY x.id")).containsExactly("1|3", "2|3",
                "5|3");
        assertThat(client.rows("SELECT id FROM g WHERE a IN (SELECT a FROM g WHERE id = 2) ORDER BY id")).containsExactly("1", "2");
        assertThat(client.rows("SELECT id FROM g WHERE a = ARRAY[2]")).containsExactly("3");
        assertThat(client.rows("SELECT id FROM g WHERE a IS NULL ORDER BY id")).containsExactly("4", "6");
        assertThat(client.rows("SELECT COUNT(DISTINCT a) FROM g")).containsExactly("3");
        assertThat(client.rows("SELECT a FROM g WHERE id = 1 UNION SELECT a FROM g WHERE id = 2")).containsExactly("{1.00,NULL}");
        assertThat(client.rows("SELECT a FROM g EXCEPT SELECT a FROM g WHERE id <> 3")).containsExactly("{2.00}");
    }

    @Test
    void textsOfAFixedLengthAreComparedAsEverywhere() throws SQLException {
        client.execute("CREATE TABLE c (c CHAR(5) PRIMARY KEY, a CHAR(3) ARRAY)",
                "INSERT INTO c VALUES ('a', ARRAY['x', 'yy']), ('bb', ARRAY['z'])");

        assertThat(client.rows("SELECT TRIM(c) FROM c WHERE c = ANY (ARRAY['a', 'x'])")).containsExactly("a");
        assertThat(client.rows("SELECT TRIM(c) FROM c WHERE c = ANY (ARRAY['abcdefgh', 'bb'])")).containsExactly("bb");
        assertThat(client.rows("SELECT TRIM(c) FROM c WHERE 'yy' = ANY (a) OR c <> ALL (ARRAY['a', 'bb'])")).containsExactly("a");
        assertThat(client.rows(
                "SELECT TRIM(c) FROM c WHERE a = ARRAY['x', 'yy'] AND ARRAY_CONTAINS(a, 'x') AND ARRAY_POSITION(a, 'yy') = 2"))
                        .containsExactly("a");
        assertThat(client.rows("SELECT CARDINALITY(ARRAY_REMOVE(a, 'x')) FROM c WHERE c = 'a'")).containsExactly("1");
        try (PreparedStatement query = client.connection().prepareStatement("SELECT 1 FROM c WHERE c = ANY (?)")) {
            query.setObject(1, List.of("bb"));
            assertThat(ids(query)).containsExactly(1);
        }
    }

    @Test
    void definitionsAreKept() throws SQLException {
        client.execute(
                "CREATE TABLE k (id INT PRIMARY KEY, n INT ARRAY DEFAULT ARRAY[1, 2] NOT NULL CHECK (CARDINALITY(n) < 4 AND n[1] > 0), "
                        + "t TIMESTAMP(0)[] DEFAULT ARRAY[CURRENT_TIMESTAMP], j JSON ARRAY[2])", "INSERT INTO k (id) VALUES (1)",
                "CREATE VIEW v AS SELECT id, n || 5 AS n, 1 = ANY (n) AS is_one, ARRAY[1, 2] AS c, CAST(n AS VARCHAR) AS s FROM k",
                "CREATE VIEW w AS SELECT ARRAY_AGG(u.x ORDER BY u.x DESC) AS a FROM k, UNNEST(k.n) AS u (x)",
                "ALTER TABLE k ADD COLUMN more VARCHAR(5) ARRAY DEFAULT ARRAY['x']", "INSERT INTO k (id, n) VALUES (2, ARRAY[9])");
        client.refused("UPDATE k SET n = ARRAY[0]", "23514");
        client.refused("UPDATE k SET n = NULL", "23502");
        client.refused("UPDATE k SET j = ARRAY['{']", "22032", "J");
        client.execute("UPDATE k SET j = ARRAY['{\"a\": 1}'] WHERE id = 1");

        client.close();
        client = SqlClient.open("jdbc:coconut:file:" + directory.resolve("arrays") + ";memory.lock=off;blocks=2");

        assertThat(client.rows("SELECT id, n, CARDINALITY(t), j[1] ->> 'a', more FROM k ORDER BY id")).containsExactly("1|{1,2}|1|1|{x}",
                "2|{9}|1|null|{x}");
        assertThat(client.rows("SELECT * FROM v ORDER BY id")).containsExactly("1|{1,2,5}|true|{1,2}|{1,2}", "2|{9,5}|false|{1,2}|{9}");
        assertThat(client.rows("SELECT * FROM w")).containsExactly("{9,2,1}");
        String made = client.rows("SHOW CREATE TABLE k").getFirst();
        assertThat(made).contains("N INTEGER ARRAY DEFAULT ARRAY[1, 2] NOT NULL", "T TIMESTAMP(0) ARRAY", "J JSON ARRAY[2]",
                "MORE VARCHAR(5) ARRAY");
        client.execute("DROP VIEW w", "DROP VIEW v", "DROP TABLE k", made);
        assertThat(client.rows("SHOW CREATE TABLE k")).containsExactly(made);
        assertThat(client.rows("SELECT column_name, data_type, type_name, maximum_cardinality FROM information_schema.columns "
                + "WHERE table_schema = 'PUBLIC' AND table_name = 'K' ORDER BY ordinal_position")).containsExactly(
                        "ID|INTEGER|INTEGER|null", "N|ARRAY|INTEGER ARRAY|null", "T|ARRAY|TIMESTAMP ARRAY|null", "J|ARRAY|JSON ARRAY|2",
                        "MORE|ARRAY|VARCHAR ARRAY|null");
        assertThat(client.rows("SELECT c.column_name, e.data_type, e.character_maximum_length, e.datetime_precision, e.dtd_identifier "
                + "FROM information_schema.columns c JOIN information_schema.element_types e ON e.object_name = c.table_name AND "
                + "e.collection_type_identifier = c.dtd_identifier WHERE c.table_schema = 'PUBLIC' AND c.table_name = 'K' "
                + "ORDER BY c.ordinal_position")).containsExactly("N|INTEGER|null|null|2.e", "T|TIMESTAMP|null|0|3.e",
                        "J|JSON|1048576|null|4.e", "MORE|VARCHAR|5|null|5.e");
        client.execute("CREATE TABLE copied (PRIMARY KEY (id)) AS SELECT id, n, m, ARRAY['a'] AS c FROM t");
        assertThat(client.rows("SHOW CREATE TABLE copied").getFirst()).contains("N INTEGER ARRAY,", "M INTEGER ARRAY ARRAY,",
                "C VARCHAR ARRAY NOT NULL");
        client.execute("ANALYZE t");
    }

    @Test
    void filesHaveArrays() throws SQLException {
        Path file = directory.resolve("t.csv");
        List<String> before = client.rows("SELECT * FROM t ORDER BY id");

        client.execute("COPY t TO '" + file + "'", "DELETE FROM t", "COPY t FROM '" + file + "'");

        assertThat(file).content().contains("1,\"{1,2,NULL}\",\"{a,\"\"b c\"\"}\"");
        assertThat(client.rows("SELECT * FROM t ORDER BY id")).isEqualTo(before);
    }

    @Test
    void anyOfAParameterIsALookup() throws SQLException {
        assertThat(client.rows("EXPLAIN SELECT id FROM t WHERE id = ANY (ARRAY[3, 1])")).containsExactly(
                "MultiPointLookup(table=[PUBLIC.T], key=[ID = ANY (ARRAY[3, 1])], columns=[ID])");
        try (PreparedStatement query = client.connection().prepareStatement("SELECT id FROM t WHERE id = ANY (?) ORDER BY id")) {
            assertThat(query.getParameterMetaData().getParameterType(1)).isEqualTo(Types.ARRAY);
            assertThat(query.getParameterMetaData().getParameterTypeName(1)).isEqualTo("INTEGER ARRAY");
            query.setArray(1, client.connection().createArrayOf("INTEGER", new Object[] {3, null, 1, 3, 99}));
            assertThat(ids(query)).containsExactly(1, 3);
            query.setObject(1, List.of(2L));
            assertThat(ids(query)).containsExactly(2);
            query.setObject(1, new int[] {4, 1});
            assertThat(ids(query)).containsExactly(1, 4);
            query.setObject(1, new String[] {"4"}, Types.ARRAY);
            assertThat(ids(query)).containsExactly(4);
            query.setString(1, "{2,3}");
            assertThat(ids(query)).containsExactly(2, 3);
            query.setNull(1, Types.ARRAY);
            assertThat(ids(query)).isEmpty();
            query.setObject(1, List.of());
            assertThat(ids(query)).isEmpty();
            query.setInt(1, 7);
            assertThatThrownBy(() -> ids(query)).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                    .isEqualTo("42804"));
        }
        try (PreparedStatement query = client.connection().prepareStatement("SELECT id FROM t WHERE id <> ALL (?) AND ? = ANY (s)")) {
            query.setObject(1, List.of(3));
            query.setString(2, "b c");
            assertThat(ids(query)).containsExactly(1);
        }
    }

    private static List<Integer> ids(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            List<Integer> ids = new java.util.ArrayList<>();
            while (rows.next()) {
                ids.add(rows.getInt(1));
            }
            return ids;
        }
    }

    @Test
    void jdbcHandsOutArrays() throws SQLException {
        try (PreparedStatement query = client.connection().prepareStatement("SELECT n, s, d, m FROM t WHERE id = 1");
                ResultSet rows = query.executeQuery()) {
            ResultSetMetaData described = rows.getMetaData();
            assertThat(described.getColumnType(1)).isEqualTo(Types.ARRAY);
            assertThat(described.getColumnTypeName(1)).isEqualTo("INTEGER ARRAY");
            assertThat(described.getColumnTypeName(4)).isEqualTo("INTEGER ARRAY ARRAY");
            assertThat(described.getColumnClassName(1)).isEqualTo("java.sql.Array");
            assertThat(rows.next()).isTrue();
            Array numbers = rows.getArray(1);
            assertThat(numbers.getBaseType()).isEqualTo(Types.INTEGER);
            assertThat(numbers.getBaseTypeName()).isEqualTo("INTEGER");
            assertThat((Integer[]) numbers.getArray()).containsExactly(1, 2, null);
            assertThat((Integer[]) numbers.getArray(2, 2)).containsExactly(2, null);
            assertThat((Integer[]) numbers.getArray(4, 0)).isEmpty();
            assertThatThrownBy(() -> numbers.getArray(0, 1)).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure
                    .getSQLState()).isEqualTo("22023"));
            try (ResultSet elements = numbers.getResultSet(2, 2)) {
                assertThat(elements.next()).isTrue();
                assertThat(elements.getInt("INDEX")).isEqualTo(2);
                assertThat(elements.getInt("VALUE")).isEqualTo(2);
                assertThat(elements.next()).isTrue();
                assertThat(elements.getObject(2)).isNull();
                assertThat(elements.next()).isFalse();
            }
            assertThat(numbers).hasToString("{1,2,NULL}");
            assertThat((String[]) rows.getArray("S").getArray()).containsExactly("a", "b c");
            assertThat((BigDecimal[]) ((Array) rows.getObject(3)).getArray()).containsExactly(new BigDecimal("1.01"), new BigDecimal(
                    "2.00"));
            assertThat((Integer[][]) rows.getArray(4).getArray()).isDeepEqualTo(new Integer[][] {{1}, null, {2, 3}});
            assertThat(rows.getArray(4).getBaseType()).isEqualTo(Types.ARRAY);
            assertThat(rows.getObject(2, String[].class)).containsExactly("a", "b c");
            assertThat(rows.getObject(3, double[].class)).containsExactly(1.01, 2);
            assertThat((Object) rows.getObject(1, List.class)).isEqualTo(Arrays.asList(1, 2, null));
            assertThat(rows.getObject(1, Array.class).getBaseType()).isEqualTo(Types.INTEGER);
            assertThat(rows.getString(2)).isEqualTo("{a,\"b c\"}");
            assertThatThrownBy(() -> rows.getObject(1, int[].class)).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(
                    failure.getSQLState()).isEqualTo("22002"));
            assertThatThrownBy(() -> rows.getInt(1)).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure
                    .getSQLState()).isEqualTo("07006"));
            numbers.free();
            numbers.free();
            assertThatThrownBy(numbers::getArray).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                    .isEqualTo("24000"));
        }
        try (ResultSet columns = client.connection().getMetaData().getColumns(null, "PUBLIC", "T", "N")) {
            assertThat(columns.next()).isTrue();
            assertThat(columns.getInt("DATA_TYPE")).isEqualTo(Types.ARRAY);
            assertThat(columns.getString("TYPE_NAME")).isEqualTo("INTEGER ARRAY");
        }
        assertThatThrownBy(() -> client.connection().createArrayOf("NOTHING", new Object[0])).isInstanceOfSatisfying(SQLException.class,
                failure -> assertThat(failure.getSQLState()).isEqualTo("42704"));
        assertThatThrownBy(() -> client.connection().createArrayOf("INTEGER", new Object[] {"x"})).isInstanceOfSatisfying(
                SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("22018"));
    }

    @Test
    void jdbcTakesArrays() throws SQLException {
        try (PreparedStatement insert = client.connection().prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?, ?)")) {
            insert.setInt(1, 10);
            insert.setArray(2, client.connection().createArrayOf("INTEGER", new Integer[] {5, null}));
            insert.setObject(3, List.of("x", "y"));
            insert.setObject(4, new double[] {1.5, 2.25}, Types.ARRAY);
            insert.setArray(5, client.connection().createArrayOf("INTEGER ARRAY", new Object[] {new Integer[] {1}, List.of(2, 3), null}));
            insert.addBatch();
            insert.setInt(1, 11);
            insert.setString(2, "{1,2}");
            insert.setNull(3, Types.ARRAY);
            insert.setObject(4, null);
            insert.setObject(5, new int[][] {{1}, {}});
            insert.addBatch();
            assertThat(insert.executeBatch()).containsExactly(1, 1);
        }
        try (PreparedStatement update = client.connection().prepareStatement(
                "UPDATE t SET n = n || CAST(? AS INTEGER ARRAY) WHERE n = ?")) {
            update.setObject(1, new int[] {6});
            update.setObject(2, Arrays.asList(5, null));
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
        assertThat(client.rows("SELECT * FROM t WHERE id > 9 ORDER BY id")).containsExactly(
                "10|{5,NULL,6}|{x,y}|{1.50,2.25}|{{1},{2,3},NULL}", "11|{1,2}|null|null|{{1},{}}");
        try (PreparedStatement query = client.connection().prepareStatement(
                "SELECT ? = ANY (ARRAY[DATE '2026-01-31']), CARDINALITY(CAST(? AS DATE ARRAY))")) {
            query.setObject(1, LocalDate.of(2026, 1, 31));
            query.setObject(2, new Date[] {Date.valueOf("2026-01-31"), null});
            try (ResultSet rows = query.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getBoolean(1)).isTrue();
                assertThat(rows.getInt(2)).isEqualTo(2);
            }
        }
        try (PreparedStatement insert = client.connection().prepareStatement(
                "INSERT INTO t (id, s) SELECT * FROM UNNEST(CAST(? AS INTEGER ARRAY), ARRAY[ARRAY['p'], ARRAY['q', 'r']]) AS u (i, s)")) {
            insert.setObject(1, List.of(20, 21));
            assertThat(insert.executeUpdate()).isEqualTo(2);
        }
        assertThat(client.rows("SELECT id, s FROM t WHERE id >= 20 ORDER BY id")).containsExactly("20|{p}", "21|{q,r}");
    }
}
