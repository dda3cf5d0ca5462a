package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the columns of an answer are called.
class ColumnLabelsTest {
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:column-labels-test;memory.lock=off;blocks=2");
        client.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))", "INSERT INTO t VALUES (1, 'a')");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "SELECT count(*), Max(id) AS m, id+1 FROM t GROUP BY id # COUNT(*);M;ID+1",
            "SELECT (id + 1) * 2, -id, ((id)) FROM t # (ID + 1) * 2;-ID;ID",
            "SELECT (select max(id) from t), case when id = 1 then 'x' end FROM t # (SELECT MAX(ID) FROM T);CASE WHEN ID = 1 THEN 'x' END",
            "SELECT id || 'x', t.* FROM t # ID || 'x';ID;V",
            "SELECT *, coalesce(v, 'q', 'z'), t.* FROM t # ID;V;COALESCE(V, 'q', 'z');ID0;V0",
            "SELECT DISTINCT upper(v) FROM t # UPPER(V)",
            "SELECT v IS DISTINCT FROM 'a', extract(year FROM DATE '2026-01-01') FROM t # V IS DISTINCT FROM 'a';EXTRACT(YEAR FROM DATE '2026-01-01')",
            "SELECT count ( * )  /* all */  FILTER (WHERE id = 1) FROM t # COUNT ( * ) FILTER (WHERE ID = 1)",
            "SELECT sum(id) OVER (ORDER BY id) FROM t # SUM(ID) OVER (ORDER BY ID)",
            "SELECT listagg(v, ',') WITHIN GROUP (ORDER BY id) FROM t # LISTAGG(V, ',') WITHIN GROUP (ORDER BY ID)",
            "SELECT \"v\" || 'it''s' FROM (SELECT v AS \"v\" FROM t) # \"v\" || 'it''s'",
            "SELECT id + 1 FROM t UNION ALL SELECT 2 ORDER BY 1 # ID + 1",
            "(SELECT id + 1 FROM t) ORDER BY 1 LIMIT 1 # ID + 1",
            "WITH q AS (SELECT id FROM t) SELECT max(id) FROM q # MAX(ID)",
            "SELECT id + 1 FROM t LIMIT 1 FOR UPDATE # ID + 1",
            "VALUES (1, 2), (3, 4) # COLUMN1;COLUMN2",
            "VALUES 1, 2 ORDER BY 1 # COLUMN1",
            "SELECT 1 # 1",
            "SELECT id, id, v other FROM t # ID;ID;OTHER",
    })
    void columnsWithoutANameAreCalledAsTheyAreWritten(String query, String labels) throws SQLException {
        assertThat(labels(query)).containsExactly(labels.split(";"));
    }

    private List<String> labels(String query) throws SQLException {
        List<String> labels = new ArrayList<>();
        try (PreparedStatement statement = client.connection().prepareStatement(query)) {
            ResultSetMetaData columns = statement.getMetaData();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                labels.add(columns.getColumnLabel(i));
            }
        }
        return labels;
    }

    @Test
    void valuesAreFoundByTheLabel() throws SQLException {
        try (Statement statement = client.connection().createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*), upper(v) FROM t GROUP BY v")) {
            rows.next();

            assertThat(rows.getInt("COUNT(*)")).isOne();
            assertThat(rows.getString("upper(v)")).isEqualTo("A");
        }
    }

    @Test
    void aLabelIsNoLongerThanAName() throws SQLException {
        assertThat(labels("SELECT '" + "x".repeat(500) + "'")).singleElement().satisfies(label -> {
            assertThat(label).hasSize(128).endsWith("x…");
        });
    }

    @Test
    void columnsOfSubqueriesWithoutANameAreEachAnother() throws SQLException {
        assertThat(labels("SELECT * FROM (SELECT COUNT(*), COUNT(*) FROM t)")).doesNotHaveDuplicates();
    }
}
