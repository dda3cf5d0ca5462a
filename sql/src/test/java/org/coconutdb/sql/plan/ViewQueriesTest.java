package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a view keeps of a query is planned as the query is: for the queries of `plans.txt`, and others whose text is easily spoiled.
class ViewQueriesTest {
    private static PlannedDatabase database;

    @BeforeAll
    static void fill() {
        database = new PlannedDatabase();
        database.create("USERS", TableKind.HASH, List.of(0), PlannedDatabase.column("ID", SqlTypeName.BIGINT),
                PlannedDatabase.column("NAME", SqlTypeName.VARCHAR, 40, 0), PlannedDatabase.column("CITY", SqlTypeName.CHAR, 8, 0),
                PlannedDatabase.column("AGE", SqlTypeName.INTEGER));
        database.create("ORDERS", TableKind.SORTED, List.of(0, 1), PlannedDatabase.column("USER_ID", SqlTypeName.BIGINT),
                PlannedDatabase.column("NUMBER", SqlTypeName.INTEGER), PlannedDatabase.column("TOTAL", SqlTypeName.DECIMAL, 12, 2),
                PlannedDatabase.column("DAY", SqlTypeName.DATE));
        database.create("EVENTS", TableKind.SORTED, List.of(0), PlannedDatabase.column("NAME", SqlTypeName.VARCHAR, 40, 0),
                PlannedDatabase.column("HITS", SqlTypeName.INTEGER));
        database.create("kinds", TableKind.HASH, List.of(0), PlannedDatabase.column("a b", SqlTypeName.UUID),
                PlannedDatabase.column("T", SqlTypeName.TIMESTAMP, 3, 0),
                PlannedDatabase.column("L", SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, 3, 0),
                PlannedDatabase.column("D", SqlTypeName.DOUBLE), PlannedDatabase.column("B", SqlTypeName.VARBINARY),
                PlannedDatabase.column("O", SqlTypeName.BOOLEAN), PlannedDatabase.column("select", SqlTypeName.TIME, 3, 0));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    static Stream<String> queries() throws IOException {
        return Stream.concat(PlanFilesTest.entries().map(PlanFilesTest.Entry::query).filter(query -> !query.contains("?")), Stream.of(
                "SELECT a - (b - c), a - b - c, (a + b) * c, -(-a), NOT (a = 1 OR b = 2 AND c = 3), a / (b / c) FROM (VALUES (1, 2, 3)) AS v (a, b, c)",
                "SELECT 'it''s', U&'\\00e9\\+01F600', X'0AFF', DATE '2024-02-29', TIME '12:34:56.789', TIMESTAMP '2024-02-29 00:00:00.5', 1e3, 1.50, "
                        + "INTERVAL '1' DAY + DATE '2024-01-01' FROM users",
                "SELECT \"a b\", \"select\" FROM \"kinds\" WHERE \"a b\" = UUID '00000000-0000-0000-0000-000000000001' AND T < CURRENT_TIMESTAMP",
                "SELECT CAST(D AS DECIMAL(10, 3)), CAST(L AS TIMESTAMP(3)), CAST(T AS TIMESTAMP WITH LOCAL TIME ZONE), CAST(B AS VARCHAR(10)) FROM \"kinds\"",
                "SELECT T + INTERVAL '1:30' HOUR TO MINUTE, EXTRACT(YEAR FROM T), FLOOR(T TO MONTH), TIMESTAMPADD(DAY, 2, T), TIMESTAMPDIFF(HOUR, T, T) "
                        + "FROM \"kinds\"",
                "SELECT COALESCE(age, 1, id), NULLIF(age, 2), CASE age WHEN 1 THEN 'a' WHEN 2 THEN 'b' END, CASE WHEN age > 1 THEN 1 ELSE 2 END FROM users",
                "SELECT TRIM(BOTH ' ' FROM name), SUBSTRING(name FROM 2 FOR 3), POSITION('a' IN name), OVERLAY(name PLACING 'x' FROM 1), name || city, "
                        + "name LIKE 'a!%' ESCAPE '!', name SIMILAR TO 'a+', name ILIKE 'B%', CHAR_LENGTH(name), UPPER(name), INITCAP(name) FROM users",
                "SELECT to_char(\"DAY\", 'YYYY'), FLOOR(\"DAY\" TO MONTH), concat_ws(',', 'a', 'b'), split_part('a.b', '.', 1), string_agg(name, ',') "
                        + "FROM orders, users GROUP BY \"DAY\"",
                "SELECT id, ROW_NUMBER() OVER (PARTITION BY city ORDER BY age DESC NULLS LAST) AS n, "
                        + "SUM(age) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM users",
                "SELECT COUNT(DISTINCT name), SUM(age) FILTER (WHERE age > 3), LISTAGG(name, ';') WITHIN GROUP (ORDER BY name) FROM users",
                "SELECT city, age, GROUPING(city) FROM users GROUP BY GROUPING SETS ((city), (age), ())",
                "SELECT city, COUNT(*) AS n FROM users GROUP BY ROLLUP (city, age) HAVING COUNT(*) > 1",
                "SELECT city AS c, COUNT(*) FROM users GROUP BY 1 ORDER BY 2 DESC, c LIMIT 3 OFFSET 1",
                "WITH a AS (SELECT id FROM users), users AS (SELECT 1 AS id) SELECT a.id FROM a JOIN users ON a.id = users.id",
                "WITH RECURSIVE r(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
                "SELECT id FROM users UNION SELECT user_id FROM orders UNION ALL (SELECT id FROM users EXCEPT SELECT number FROM orders) ORDER BY 1 LIMIT 2",
                "(SELECT id FROM users ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM users ORDER BY id DESC LIMIT 1)",
                "SELECT name FROM users AS u WHERE EXISTS (SELECT * FROM orders WHERE user_id = u.id AND total > (SELECT AVG(total) FROM orders))",
                "SELECT u.name, o.t FROM users AS u, LATERAL (SELECT MAX(total) AS t FROM orders WHERE user_id = u.id) AS o",
                "SELECT id, (id, age) IN (SELECT user_id, number FROM orders), id > ALL (SELECT number FROM orders), id = SOME (SELECT 1 FROM users) FROM users",
                "SELECT * FROM users NATURAL JOIN events", "SELECT * FROM users NATURAL LEFT JOIN events",
                "SELECT * FROM orders NATURAL JOIN events",
                "SELECT * FROM orders NATURAL FULL JOIN events",
                "SELECT * FROM users JOIN events USING (name)", "SELECT name, users.age FROM users FULL JOIN events USING (name)",
                "SELECT t.* FROM (SELECT u.*, 1 AS uno FROM users AS u) AS t (a, b, c, d, e)", "TABLE users", "VALUES (1, 'a'), (2, NULL)",
                "SELECT x, \"X\".* FROM (VALUES (1, TRUE)) AS x (x, y)", "SELECT DISTINCT city, age FROM users ORDER BY age, city",
                "SELECT name IS NOT DISTINCT FROM city, O IS NOT TRUE, age BETWEEN SYMMETRIC 3 AND 1, id NOT IN (1, 2) FROM users, \"kinds\"",
                "SELECT id FROM users WHERE age = (SELECT MAX(hits) FROM events) OR name IN ('a', 'b') FETCH FIRST 3 ROWS ONLY",
                "SELECT CURRENT_DATE, CURRENT_TIME, LOCALTIMESTAMP, USER FROM users",
                "SELECT id FROM users WHERE city = name AND age = '3'"));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void whatIsKeptIsPlannedAsItWasWritten(String query) {
        ViewQuery kept = database.viewQuery(query);

        assertThat(kept.text()).as(query).doesNotContain("*\n", "\"*\"");
        if (!query.contains("NATURAL") && !query.contains("USING")) {
            assertThat(database.explain(kept.text())).as(kept.text()).isEqualTo(database.explain(query));
        }
        assertThat(database.plan(kept.text()).rowType().getFieldNames()).isEqualTo(database.plan(query).rowType().getFieldNames());
        assertThat(database.viewQuery(kept.text()).text()).as("kept again, it stays as it is").isEqualTo(kept.text());
    }
}
