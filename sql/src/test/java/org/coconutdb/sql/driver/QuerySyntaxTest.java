package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clauses of queries and what they answer: the standard's, and PostgreSQL's where they do not clash with it.
class QuerySyntaxTest {
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:query-syntax-test;memory.lock=off;blocks=2");
        client.execute(
                "CREATE TABLE t (id INT PRIMARY KEY, v TEXT, n DECIMAL(10, 2), b BOOL)",
                "CREATE TABLE u (id INT PRIMARY KEY, w TEXT, tid INT)",
                "INSERT INTO t VALUES (1, 'abc', 1.50, TRUE), (2, 'Xyz', NULL, NULL), (3, 'aBd', 2, FALSE)",
                "INSERT INTO u VALUES (1, 'one', 1), (2, 'two', 1), (4, 'four', 3)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            // query # rows in their order
            "SELECT '12'::INT + 1, '2026-01-31'::DATE, id::TEXT || v FROM t WHERE id = 1 # 13|2026-01-31|1abc",
            "SELECT -'1'::INT, 2 * '3'::INT::INT8, (id + 1)::VARCHAR(1) FROM t WHERE id = 1 # -1|6|2",
            "SELECT CAST('x' AS TEXT), CAST('7' AS INT4), CAST('true' AS BOOL), CAST('1.5' AS FLOAT8) # x|7|true|1.5",
            "SELECT text FROM (VALUES 1) AS q (text) # 1",
            "SELECT id FROM t WHERE v ILIKE 'AB%' ORDER BY id # 1,3",
            "SELECT id FROM t WHERE v NOT ILIKE 'AB%' # 2",
            "SELECT id FROM t WHERE id != 1 ORDER BY id # 2,3",
            "SELECT id FROM t WHERE v ~ '^a.c' # 1",
            "SELECT id FROM t WHERE v ~* '^AB' ORDER BY id # 1,3",
            "SELECT id FROM t WHERE v !~ '^a' # 2",
            "SELECT id FROM t WHERE v !~* 'B' # 2",
            "SELECT NULL ~ 'a', 'a' ~ NULL # null|null",
            "SELECT id FROM t ORDER BY id LIMIT ALL # 1,2,3",
            "SELECT id FROM t ORDER BY id LIMIT 1 OFFSET 1 # 2",
            "SELECT id FROM t ORDER BY id OFFSET 1 # 2,3",
            "SELECT id FROM t ORDER BY id OFFSET 1 LIMIT 1 # 2",
            "SELECT id FROM t ORDER BY id LIMIT 1, 2 # 2,3",
            "SELECT id FROM t ORDER BY id FETCH FIRST 2 ROWS ONLY # 1,2",
            "SELECT id FROM t ORDER BY id OFFSET 1 ROW FETCH NEXT 1 ROW ONLY # 2",
            "SELECT id FROM t WHERE n IS DISTINCT FROM 2 ORDER BY id # 1,2",
            "SELECT id FROM t WHERE n IS NOT DISTINCT FROM NULL # 2",
            "SELECT b IS TRUE, b IS NOT TRUE, b IS FALSE, b IS NOT FALSE, b IS UNKNOWN, b IS NOT UNKNOWN FROM t ORDER BY id"
                    + " # true|false|false|true|false|true,false|true|false|true|true|false,false|true|true|false|false|true",
            "SELECT a, c FROM (VALUES (1, 'x'), (2, 'y')) AS q (a, c) ORDER BY a DESC # 2|y,1|x",
            "SELECT SUBSTRING(v FROM 1 FOR 1) AS k, COUNT(*) FROM t GROUP BY 1 ORDER BY 1 # X|1,a|2",
            "SELECT SUBSTRING(v FROM 1 FOR 1) AS k, COUNT(*) FROM t GROUP BY k ORDER BY k DESC # a|2,X|1",
            "SELECT id FROM t ORDER BY n NULLS FIRST # 2,1,3",
            "SELECT id FROM t ORDER BY n DESC NULLS LAST # 3,1,2",
            "SELECT id FROM t ORDER BY n DESC # 2,3,1",
            "SELECT id AS x FROM t ORDER BY x * -1 # 3,2,1",
            "SELECT id, v, w FROM t JOIN u USING (id) ORDER BY id # 1|abc|one,2|Xyz|two",
            "SELECT id, v, w FROM t NATURAL LEFT JOIN u ORDER BY id # 1|abc|one,2|Xyz|two,3|aBd|null",
            "SELECT id, v, w FROM t FULL JOIN u USING (id) ORDER BY id # 1|abc|one,2|Xyz|two,3|aBd|null,4|null|four",
            "SELECT t.id, q.w FROM t, LATERAL (SELECT w FROM u WHERE u.tid = t.id) AS q ORDER BY 1, 2 # 1|one,1|two,3|four",
            "SELECT t.id, q.w FROM t LEFT JOIN LATERAL (SELECT w FROM u WHERE u.tid = t.id ORDER BY w LIMIT 1) AS q ON TRUE ORDER BY 1"
                    + " # 1|one,2|null,3|four",
            "WITH RECURSIVE n (i) AS (VALUES 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT SUM(i), COUNT(*) FROM n # 15|5",
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT MOD(i + 1, 3) FROM n) SELECT i FROM n ORDER BY i # 0,1,2",
            "SELECT COUNT(*) FILTER (WHERE id > 1), SUM(id) FILTER (WHERE v LIKE 'a%') FROM t # 2|4",
            "SELECT id FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY id DESC) = 1 # 3",
            "SELECT id, RANK() OVER (ORDER BY id) AS r FROM t QUALIFY r > 1 ORDER BY id # 2|2,3|3",
            "SELECT tid, w, COUNT(*) FROM u GROUP BY GROUPING SETS ((tid), (w), ()) ORDER BY 1, 2"
                    + " # 1|null|2,3|null|1,null|four|1,null|one|1,null|two|1,null|null|3",
            "SELECT tid, COUNT(*), GROUPING(tid) FROM u GROUP BY ROLLUP (tid) ORDER BY 1 # 1|2|0,3|1|0,null|3|1",
            "SELECT COUNT(*) FROM (SELECT tid, w FROM u GROUP BY CUBE (tid, w)) # 9",
            "SELECT w FROM (TABLE u) WHERE id = 1 # one",
            "TABLE u ORDER BY id DESC LIMIT 2 # 4|four|3,2|two|1",
            "(TABLE u) ORDER BY w OFFSET 2 # 2|two|1",
            "WITH q AS (SELECT id FROM u) TABLE q ORDER BY id # 1,2,4",
            "SELECT COUNT(*) FROM (TABLE u ORDER BY id LIMIT 2) # 2",
            "SELECT CAST('1.005' AS DECIMAL(5, 2)), CAST(-1.005 AS DECIMAL(5, 2)), CAST(1.45 AS DECIMAL(3, 1)) # 1.01|-1.01|1.5",
            "SELECT CAST(2.5 AS INT), CAST(-2.5 AS INT), CAST(2.5e0 AS INT), CAST(-2.5e0 AS BIGINT), CAST(0.49e0 AS SMALLINT) # 3|-3|3|-3|0",
            "SELECT CAST(n AS INT), CAST(n * 1e0 AS INT), n::DECIMAL(10, 1) FROM t WHERE id = 1 # 2|2|1.5",
            "SELECT id FROM t WHERE id = ANY (ARRAY[1, 3]) ORDER BY id # 1,3",
            "SELECT id FROM t WHERE (id, v) IN ((1, 'abc'), (2, 'no')) # 1",
            "SELECT id FROM t INTERSECT ALL SELECT id FROM u ORDER BY id # 1,2",
            "SELECT id FROM t EXCEPT SELECT id FROM u # 3",
    })
    void queriesAnswer(String query, String expected) throws SQLException {
        assertThat(client.rows(query)).containsExactly(expected.split(","));
    }

    @Test
    void castsThatFailSayWhat() {
        client.rowsRefused("SELECT 'x'::INT", "22018", "x");
        client.rowsRefused("SELECT CAST(99.995 AS DECIMAL(4, 2))", "22003");
        client.rowsRefused("SELECT CAST(3e9 AS INT)", "22003");
        client.rowsRefused("SELECT CAST(CAST('NaN' AS DOUBLE) AS INT)", "22018");
        client.rowsRefused("SELECT 1 FROM t WHERE v ~ '('", "22023", "pattern=(");
    }

    @Test
    void clausesThatAreNotThereSayWhatTakesTheirPlace() {
        client.refused("SELECT DISTINCT ON (tid) tid, w FROM u ORDER BY tid, w", "0A000", "what=DISTINCT ON", "line=1", "column=8",
                "QUALIFY");
        client.refused("SELECT id FROM t ORDER BY n FETCH FIRST 1 ROWS WITH TIES", "0A000", "what=WITH TIES", "RANK()");
        client.refused("SELECT id FROM t ORDER BY n FETCH FIRST ROW ONLY", "42601", "a number");
        client.refused("SET LOCAL TIME ZONE 'Europe/Berlin'", "0A000", "what=SET LOCAL TIME ZONE", "Leave LOCAL out");
        client.refused("CREATE TABLE a (id INT PRIMARY KEY, n TIME WITH TIME ZONE)", "0A000", "what=TIME WITH TIME ZONE",
                "use TIMESTAMP WITH TIME ZONE");
        client.refused("CREATE TABLE a (id INT PRIMARY KEY, n INT MULTISET)", "0A000", "type=MULTISET", "ARRAY");
        client.refused("ALTER SCHEMA public RENAME TO p", "0A000", "what=ALTER SCHEMA");
    }

    @Test
    void wholeNumbersCountDaysFromDates() throws SQLException {
        client.execute("CREATE TABLE dates (id INT PRIMARY KEY, d DATE, n BIGINT)",
                "INSERT INTO dates VALUES (1, DATE '2026-01-31', 99999999999), "
                        + "(2, DATE '2024-02-28', 2), (3, NULL, 1), (4, DATE '2026-01-31', 2147483647)");
        assertThat(client.rows("SELECT d + n, n + d, d - n, d + 1 FROM dates WHERE id IN (2, 3) ORDER BY id")).containsExactly(
                "2024-03-01|2024-03-01|2024-02-26|2024-02-29", "null|null|null|null");
        assertThat(client.rows("SELECT id FROM dates WHERE d > DATE '2025-12-30' + 2 ORDER BY id")).containsExactly("1", "4");
        client.rowsRefused("SELECT d + n FROM dates WHERE id = 1", "22003");
        client.rowsRefused("SELECT d - n FROM dates WHERE id = 4", "22003");
        client.rowsRefused("SELECT d + 99999999999 FROM dates", "22003");
        client.refused("SELECT d + 1.5 FROM dates", "42804");
    }

    @Test
    void placesOfArraysAreWholeNumbersOfAnyType() throws SQLException {
        assertThat(client.rows("SELECT a[n], a[n + 1] FROM (VALUES (ARRAY[7, 8], CAST(2 AS BIGINT))) AS v (a, n)")).containsExactly(
                "8|null");
        client.rowsRefused("SELECT a[99999999999] FROM (VALUES (ARRAY[7, 8], 1)) AS v (a, n)", "22003");
        client.refused("SELECT * FROM UNNEST(NULL)", "42P18", "CAST(NULL AS INTEGER ARRAY)");
        assertThat(client.rows("SELECT * FROM UNNEST(CAST(NULL AS INTEGER ARRAY))")).isEmpty();
    }
}
