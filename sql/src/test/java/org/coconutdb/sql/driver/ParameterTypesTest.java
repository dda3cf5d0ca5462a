package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What type a question mark has where it stands, and that its value is taken as that.
class ParameterTypesTest {
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:parameter-types-test;memory.lock=off;blocks=2");
        client.execute(
                "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20), n DECIMAL(10, 2), d DATE, ts TIMESTAMP, b BOOLEAN, f DOUBLE)",
                "INSERT INTO t VALUES (1, 'abc', 1.50, DATE '2026-01-31', TIMESTAMP '2026-01-31 12:34:56', TRUE, 2.5)",
                "INSERT INTO t (id, v) VALUES (2, 'Xyz')");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            // statement # values # types # rows, sorted
            "SELECT v || ? FROM t WHERE id = 1 # x # VARCHAR # abcx",
            "SELECT ? || v FROM t WHERE id = 1 # x # VARCHAR # xabc",
            "SELECT ? || ' ' || ? # x,y # VARCHAR,VARCHAR # x y",
            "SELECT ? || id FROM t # x # VARCHAR # x1,x2",
            "SELECT ? # x # VARCHAR # x",
            "SELECT id + ? FROM t # 1 # INTEGER # 2,3",
            "SELECT ? + ? # 1.5,2.0 # DECIMAL,DECIMAL # 3.5",
            "SELECT -? # 1.5 # DECIMAL # -1.5",
            "SELECT n * ? FROM t WHERE id = 1 # 2.0 # DECIMAL # 3.000",
            "SELECT id FROM t WHERE ? = v # abc # VARCHAR # 1",
            "SELECT id FROM t WHERE ? = ? # q,q # VARCHAR,VARCHAR # 1,2",
            "SELECT id FROM t WHERE id + ? = ? # 1,2 # INTEGER,INTEGER # 1",
            "SELECT id FROM t WHERE ? + 1 = id # 1 # INTEGER # 2",
            "SELECT id FROM t WHERE ? < n # 1 # DECIMAL # 1",
            "SELECT id FROM t WHERE 'abc' = ? # abcd # VARCHAR # ``",
            "SELECT id FROM t WHERE id IN (?, ?) # 1,5 # INTEGER,INTEGER # 1",
            "SELECT id FROM t WHERE ? IN (id, 7) # 2 # INTEGER # 2",
            "SELECT id FROM t WHERE ? IN (1, 2.5) # 2.5 # DECIMAL # 1,2",
            "SELECT id FROM t WHERE ? IN (SELECT id FROM t) # 5 # INTEGER # ``",
            "SELECT id FROM t WHERE (id, v) IN ((?, ?), (?, ?)) # 1,abc,2,no # INTEGER,VARCHAR,INTEGER,VARCHAR # 1",
            "SELECT id FROM t WHERE id = ANY (VALUES ?, 2) # 1 # INTEGER # 1,2",
            "SELECT id FROM t WHERE ? BETWEEN id AND 3 # 1 # INTEGER # 1",
            "SELECT id FROM t WHERE ts BETWEEN ? AND ? # 2026-01-01 00:00:00,2026-12-31 00:00:00 # TIMESTAMP,TIMESTAMP # 1",
            "SELECT id FROM t WHERE d IS DISTINCT FROM ? # 2026-01-31 # DATE # 2",
            "SELECT id FROM t WHERE v LIKE ? ESCAPE ? # a%,x # VARCHAR,VARCHAR # 1",
            "SELECT id FROM t WHERE ? LIKE ? # abc,a% # VARCHAR,VARCHAR # 1,2",
            "SELECT id FROM t WHERE v LIKE '%' || ? || '%' # b # VARCHAR # 1",
            "SELECT id FROM t WHERE UPPER(v) LIKE UPPER(?) # ab% # VARCHAR # 1",
            "SELECT id FROM t WHERE ? # true # BOOLEAN # 1,2",
            "SELECT id FROM t WHERE b AND ? IS TRUE # true # BOOLEAN # 1",
            "SELECT id FROM t WHERE ? IS NULL OR v = ? # x,abc # VARCHAR,VARCHAR # 1",
            "SELECT COALESCE(?, v) FROM t # x # VARCHAR # x,x",
            "SELECT COALESCE(n, ?) FROM t # 7.25 # DECIMAL # 1.50,7.25",
            "SELECT NULLIF(?, v) FROM t # abc # VARCHAR # abc,null",
            "SELECT GREATEST(?, id) FROM t # 2 # INTEGER # 2,2",
            "SELECT CASE WHEN id = ? THEN ? ELSE ? END FROM t # 1,x,y # INTEGER,VARCHAR,VARCHAR # x,y",
            "SELECT CASE WHEN id = 1 THEN ? ELSE n END FROM t # 2.5 # DECIMAL # 2.5,null",
            "SELECT CASE ? WHEN id THEN 'is' ELSE 'no' END FROM t # 1 # INTEGER # is,no",
            "SELECT UPPER(?) # x # VARCHAR # X",
            "SELECT SUBSTRING(? FROM ? FOR ?) # coconut,1,4 # VARCHAR,INTEGER,INTEGER # coco",
            "SELECT SUBSTRING(v, ?) FROM t # 2 # INTEGER # bc,yz",
            "SELECT POSITION(? IN v) FROM t # b # VARCHAR # 0,2",
            "SELECT REPLACE(v, ?, ?) FROM t WHERE id = 1 # a,q # VARCHAR,VARCHAR # qbc",
            "SELECT ABS(?) # -2.5 # DECIMAL # 2.5",
            "SELECT ROUND(?, 1) # 2.55 # DECIMAL # 2.6",
            "SELECT MOD(id, ?) FROM t # 2 # INTEGER # 0,1",
            "SELECT EXTRACT(YEAR FROM ?) # 2026-01-31 00:00:00 # TIMESTAMP # 2026",
            "SELECT d + ? * INTERVAL '1' DAY FROM t WHERE id = 1 # 2 # INTEGER # 2026-02-02",
            "SELECT SUM(id + ?), COUNT(*) FILTER (WHERE id = ?) FROM t # 1,1 # INTEGER,INTEGER # 5;1",
            "SELECT COUNT(*) FROM t HAVING COUNT(*) > ? # 1 # BIGINT # 2",
            "SELECT id FROM t ORDER BY CASE WHEN id = ? THEN 0 ELSE 1 END LIMIT 1 # 2 # INTEGER # 2",
            "SELECT * FROM (VALUES (?, 1), (2, ?)) AS q (a, b) # 4,5 # INTEGER,INTEGER # 2;5,4;1",
            "SELECT t.id FROM t JOIN t AS q ON q.id = t.id + ? # 1 # INTEGER # 1",
            "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM t AS q WHERE q.id = t.id + ?) # 1 # INTEGER # 1",
            "WITH q AS (SELECT ? AS a) SELECT a || 'x' FROM q # z # VARCHAR # zx",
    })
    void questionMarksHaveTheTypeOfWhatStandsBesideThem(String query, String values, String types, String expected) throws SQLException {
        try (PreparedStatement statement = client.connection().prepareStatement(query)) {
            String[] texts = values.split(",");
            for (int i = 0; i < texts.length; i++) {
                // A decimal keeps its digits; everything else is read as the parameter's type.
                Object value = texts[i].matches("-?\\d+\\.\\d+") ? new BigDecimal(texts[i]) : texts[i];
                statement.setObject(i + 1, value);
            }

            List<String> rows = rows(statement);

            assertThat(types(statement.getParameterMetaData())).containsExactly(types.split(","));
            assertThat(rows).containsExactly(expected.isEmpty() ? new String[0] : expected.split(","));
        }
    }

    private static List<String> types(ParameterMetaData parameters) throws SQLException {
        List<String> types = new ArrayList<>();
        for (int i = 1; i <= parameters.getParameterCount(); i++) {
            types.add(parameters.getParameterTypeName(i));
        }
        return types;
    }

    private static List<String> rows(PreparedStatement statement) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(found.getString(i)));
                }
                rows.add(String.join(";", row));
            }
        }
        return rows.stream().sorted().toList();
    }

    @Test
    void writesTakeThemInExpressions() throws SQLException {
        try (PreparedStatement insert = client.connection().prepareStatement(
                "INSERT INTO t (id, v) VALUES (?, UPPER(?)) ON CONFLICT (id) DO UPDATE SET v = EXCLUDED.v || ?");
                PreparedStatement update = client.connection().prepareStatement(
                        "UPDATE t SET v = v || ?, n = ? + ? WHERE id = ?")) {
            for (int i = 0; i < 2; i++) {
                insert.setInt(1, 3);
                insert.setString(2, "a");
                insert.setString(3, "b");
                insert.executeUpdate();
            }
            update.setString(1, "c");
            update.setBigDecimal(2, new BigDecimal("1.25"));
            update.setInt(3, 2);
            update.setInt(4, 3);
            update.executeUpdate();
        }

        assertThat(client.rows("SELECT v, n FROM t WHERE id = 3")).containsExactly("Abc|3.25");
    }

    @Test
    void aValueThatDoesNotFitTheTypeIsRefused() throws SQLException {
        try (PreparedStatement statement = client.connection().prepareStatement("SELECT id FROM t WHERE ? + 1 = id")) {
            statement.setBigDecimal(1, new BigDecimal("1.5"));

            assertThatThrownBy(statement::executeQuery).isInstanceOfSatisfying(SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("22003"));
        }
    }

    @Test
    void aDateTakesNoQuestionMarkWithoutAUnit() {
        client.refused("SELECT d + ? FROM t", "42804", "DATETIME_INTERVAL");
    }
}
