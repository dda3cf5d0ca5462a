package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Texts that are compared with a subquery's compare as `=` does: blanks at the end of CHAR do not count, whatever way the subquery is planned.
class PaddedSubqueriesTest {
    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open("jdbc:coconut:mem:padded-subqueries-test;memory.lock=off;blocks=3");
        sql.execute("CREATE TABLE a (id INT PRIMARY KEY, c CHAR(6), d CHAR(3), v VARCHAR(6))",
                "INSERT INTO a VALUES (1, 'x', 'x', 'x'), (2, 'y ', 'y', 'y '), (3, 'abc', 'abc', 'abc'), (4, NULL, NULL, NULL), (5, 'q', 'q', 'q'), "
                        + "(6, '', '', '')",
                "CREATE TABLE b (id INT PRIMARY KEY, c CHAR(6), d CHAR(3), v VARCHAR(6))",
                "INSERT INTO b VALUES (1, 'x', 'x', 'x'), (2, 'y', 'y', 'y'), (3, 'abc', 'abc', 'abc'), (4, 'zz', 'z', 'zz ')");
    }

    @AfterEach
    void close() throws SQLException {
        sql.close();
    }

    @ParameterizedTest
    @CsvSource({"c, v", "v, c", "c, d", "d, c", "d, v", "v, d", "c, c", "v, v"})
    void aSubqueryComparesAsEqualsDoes(String left, String right) throws SQLException {
        for (String nulls : List.of("", " WITH NULL")) {
            if (!nulls.isEmpty()) {
                sql.execute("INSERT INTO b VALUES (9, NULL, NULL, NULL)");
            }
            String equal = "SELECT DISTINCT a.id FROM a JOIN b ON a." + left + " = b." + right + " ORDER BY 1";
            List<String> expected = sql.rows(equal);
            assertThat(expected).as(equal).contains("1", "3");
            String in = "a." + left + " IN (SELECT " + right + " FROM b)";
            assertThat(sql.rows("SELECT id FROM a WHERE " + in + " ORDER BY 1")).as(in).isEqualTo(expected);
            assertThat(sql.rows("SELECT id FROM a WHERE " + in + " OR id < 0 ORDER BY 1")).as(in + " OR").isEqualTo(expected);
            assertThat(sql.rows("SELECT id FROM a WHERE (" + in + ") IS TRUE ORDER BY 1")).as(in + " IS TRUE").isEqualTo(expected);
            assertThat(sql.rows("SELECT id FROM a WHERE a." + left + " = SOME (SELECT " + right + " FROM b) OR id < 0 ORDER BY 1"))
                    .as(in + " as SOME").isEqualTo(expected);
            List<String> others = List.of("1", "2", "3", "5", "6").stream().filter(id -> !expected.contains(id)).toList();
            assertThat(sql.rows("SELECT id FROM a WHERE a." + left + " NOT IN (SELECT " + right + " FROM b) ORDER BY 1")).as("NOT " + in
                    + nulls).isEqualTo(nulls.isEmpty() ? others : List.of());
            assertThat(sql.rows("SELECT id FROM a WHERE a." + left + " NOT IN (SELECT " + right + " FROM b WHERE " + right
                    + " IS NOT NULL) OR id < 0 ORDER BY 1")).as("NOT " + in + " OR").isEqualTo(others);
        }
    }
}
