package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Statements over arrays answer what H2 and HSQLDB answer, where these have them and mean the same.
class ArraysAgainstPeersTest {
    private static final int ROWS = 40;
    private static final List<String> COMMON = List.of(
            "SELECT id, a FROM t ORDER BY id",
            "SELECT id, CARDINALITY(a) FROM t ORDER BY id",
            "SELECT id, CARDINALITY(s), s FROM t ORDER BY id",
            "SELECT COUNT(*) FROM t WHERE a IS NULL",
            "SELECT id, a || ARRAY[7, 8] FROM t ORDER BY id",
            "SELECT x FROM UNNEST(ARRAY[3, 1, 2]) AS u (x) ORDER BY x",
            "SELECT x, o FROM UNNEST(ARRAY['c', 'a']) WITH ORDINALITY AS u (x, o) ORDER BY o",
            "SELECT g, ARRAY_AGG(id ORDER BY id DESC) FROM t GROUP BY g ORDER BY g",
            "SELECT ARRAY_AGG(g ORDER BY id) FROM t",
            "SELECT ARRAY_AGG(id ORDER BY id) FROM t WHERE id < 0",
            "SELECT id FROM t WHERE a = ARRAY[1, 2] ORDER BY id",
            "SELECT id FROM t WHERE id IN (SELECT x FROM UNNEST(ARRAY[1, 5, 9]) AS u (x)) ORDER BY id");
    /// H2 has no columns of tables before it in UNNEST.
    private static final List<String> OF_HSQLDB = List.of(
            "SELECT t.id, u.x FROM t, UNNEST(t.a) AS u (x) ORDER BY t.id, u.x NULLS LAST",
            "SELECT t.id, u.x, u.o FROM t, UNNEST(t.s) WITH ORDINALITY AS u (x, o) ORDER BY t.id, u.o",
            "SELECT SUM(u.x), COUNT(u.x), COUNT(*) FROM t, UNNEST(t.a) AS u (x)",
            "SELECT u.x, COUNT(*) FROM t, UNNEST(t.a) AS u (x) WHERE u.x IS NOT NULL GROUP BY u.x ORDER BY u.x");
    private static final List<String> OF_H2 = List.of(
            "SELECT id, a[1], a[2] FROM t WHERE CARDINALITY(a) > 1 ORDER BY id",
            "SELECT id, ARRAY_CONTAINS(a, 1) FROM t ORDER BY id",
            "SELECT id, ARRAY_APPEND(a, 9) FROM t ORDER BY id",
            "SELECT id, CAST(a AS BIGINT ARRAY) FROM t ORDER BY id",
            "SELECT id FROM t WHERE a < ARRAY[2, 1] AND NOT ARRAY_CONTAINS(a, NULL) ORDER BY id",
            "SELECT a, COUNT(*) FROM t WHERE a IS NOT NULL GROUP BY a HAVING COUNT(*) > 1 ORDER BY MIN(id)",
            "SELECT COUNT(*) FROM (SELECT DISTINCT a FROM t) AS d",
            "SELECT id FROM t WHERE id = ANY (ARRAY[3, 5, 7]) ORDER BY id",
            "SELECT id FROM t WHERE id <> ALL (ARRAY[3, 5, 7]) ORDER BY id",
            "SELECT id, 1 = ANY (a), 1 <> ALL (a), 2 > ALL (a), 2 < ANY (a) FROM t ORDER BY id",
            "SELECT ARRAY(SELECT id FROM t WHERE g = 1 ORDER BY id DESC)",
            "SELECT x, y FROM UNNEST(ARRAY[1, 2, 3], ARRAY['a']) AS u (x, y) ORDER BY x");

    private static Connection own;
    private static Connection h2;
    private static Connection hsqldb;

    @BeforeAll
    static void fill() throws SQLException {
        own = DriverManager.getConnection("jdbc:coconut:mem:arrays-against-peers;memory.lock=off;blocks=2");
        h2 = DriverManager.getConnection("jdbc:h2:mem:arrays");
        hsqldb = DriverManager.getConnection("jdbc:hsqldb:mem:arrays");
        Random random = new Random(23);
        List<String> rows = new ArrayList<>();
        for (int id = 0; id < ROWS; id++) {
            rows.add("(" + id + ", " + random.nextInt(3) + ", " + array(random, () -> String.valueOf(1 + random.nextInt(3)), "INTEGER")
                    + ", "
                    + array(random, () -> "'" + "xyz".charAt(random.nextInt(3)) + "'", "VARCHAR(5)") + ")");
        }
        for (Connection connection : List.of(own, h2, hsqldb)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE t (id INT PRIMARY KEY, g INT, a INT ARRAY, s VARCHAR(5) ARRAY)");
                for (String row : rows) {
                    statement.execute("INSERT INTO t VALUES " + row);
                }
            }
        }
    }

    private static String array(Random random, java.util.function.Supplier<String> element, String type) {
        if (random.nextInt(6) == 0) {
            return "NULL";
        }
        // An empty array is of no type by itself, nor is one of NULLs.
        return "CAST(" + IntStream.range(0, random.nextInt(4)).mapToObj(_ -> random.nextInt(5) == 0 ? "NULL" : element.get())
                .collect(Collectors.joining(", ", "ARRAY[", "]")) + " AS " + type + " ARRAY)";
    }

    @AfterAll
    static void close() throws SQLException {
        own.close();
        h2.close();
        hsqldb.close();
    }

    static Stream<String> ofHsqldb() {
        return Stream.concat(COMMON.stream(), OF_HSQLDB.stream());
    }

    static Stream<String> ofH2() {
        return Stream.concat(COMMON.stream(), OF_H2.stream());
    }

    @ParameterizedTest
    @MethodSource("ofH2")
    void h2AnswersTheSame(String query) throws SQLException {
        assertThat(rows(own, query)).as(query).isEqualTo(rows(h2, query));
    }

    @ParameterizedTest
    @MethodSource("ofHsqldb")
    void hsqldbAnswersTheSame(String query) throws SQLException {
        assertThat(rows(own, query)).as(query).isEqualTo(rows(hsqldb, query));
    }

    private static List<String> rows(Connection connection, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(text(found.getObject(i)));
                }
                rows.add(String.join("|", row));
            }
        }
        return rows;
    }

    private static String text(@Nullable Object value) throws SQLException {
        return value instanceof Array array
                ? Arrays.stream((Object[]) array.getArray()).map(String::valueOf).collect(Collectors.joining(",", "{", "}"))
                : String.valueOf(value);
    }
}
