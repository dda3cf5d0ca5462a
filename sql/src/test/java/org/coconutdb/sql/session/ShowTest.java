package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// SHOW TABLES, SHOW COLUMNS and DESCRIBE.
class ShowTest {
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:show-test;memory.lock=off;blocks=2");
        client.execute(
                "CREATE TABLE t (id INT GENERATED ALWAYS AS IDENTITY, v VARCHAR(20) DEFAULT 'x' NOT NULL, n DECIMAL(10, 2), PRIMARY KEY (v, id))"
                        + " USING SORTED",
                "CREATE TABLE \"Odd\" (id INT PRIMARY KEY, tables INT, columns TEXT)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @Test
    void tablesAreThoseOfASchemaInTheOrderOfTheirNames() throws SQLException {
        assertThat(client.rows("SHOW TABLES")).containsExactly("Odd|BASE TABLE|HASH", "T|BASE TABLE|SORTED");
        assertThat(client.rows("SHOW TABLES IN meta_space")).containsExactly("Odd|SYSTEM VIEW|null", "T|SYSTEM VIEW|null");
        assertThat(client.rows("SHOW TABLES FROM information_schema")).contains("COLUMNS|SYSTEM VIEW|null").isSorted();

        client.connection().setSchema("SYSTEM");

        assertThat(client.rows("SHOW TABLES")).contains("SETTINGS|SYSTEM VIEW|null");
        client.refused("SHOW TABLES FROM nowhere", "3F000", "schema=NOWHERE", "PUBLIC");
    }

    @Test
    void columnsHaveTypeKeyAndDefault() throws SQLException {
        String[] expected = {"ID|INTEGER|NO|2|GENERATED ALWAYS AS IDENTITY", "V|VARCHAR(20)|NO|1|'x'", "N|DECIMAL(10, 2)|YES|null|null"};

        assertThat(client.rows("SHOW COLUMNS FROM t")).containsExactly(expected);
        assertThat(client.rows("DESCRIBE t")).containsExactly(expected);
        assertThat(client.rows("DESCRIBE TABLE public.t")).containsExactly(expected);
        assertThat(client.rows("DESCRIBE \"Odd\"")).hasSize(3);
        assertThat(client.rows("SHOW COLUMNS IN meta_space.t")).contains("STORAGE|VARCHAR|NO|null|null");
        assertThat(client.rows("DESCRIBE information_schema.schemata")).containsExactly(
                "CATALOG_NAME|VARCHAR|YES|null|null", "SCHEMA_NAME|VARCHAR|YES|null|null", "REMARKS|VARCHAR|YES|null|null",
                "SCHEMA_OWNER|VARCHAR|YES|null|null");
        client.refused("DESCRIBE nope", "42P01", "table=NOPE");
    }

    @Test
    void aPreparedOneShowsWhatIsThereWhenItRuns() throws SQLException {
        try (PreparedStatement show = client.connection().prepareStatement("SHOW COLUMNS FROM t")) {
            client.execute("ALTER TABLE t ADD COLUMN late INT");

            try (ResultSet columns = show.executeQuery()) {
                int count = 0;
                while (columns.next()) {
                    count++;
                }
                assertThat(count).isEqualTo(4);
            }
        }
    }

    @Test
    void tablesAndColumnsAreNoReservedWords() throws SQLException {
        client.execute("INSERT INTO \"Odd\" (id, tables, columns) VALUES (1, 2, 'c')");

        assertThat(client.rows("SELECT tables, columns FROM \"Odd\"")).containsExactly("2|c");
    }
}
