package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Schemas beside PUBLIC, and what is in them.
class SchemasTest {
    private static final String URL = "jdbc:coconut:mem:schemas-test;memory.lock=off;blocks=2";

    @TempDir private Path directory;
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open(URL);
        client.execute("CREATE SCHEMA shop", "CREATE TABLE shop.item (id INT PRIMARY KEY, name VARCHAR(20) UNIQUE, price DECIMAL(8, 2))",
                "INSERT INTO shop.item VALUES (1, 'tea', 3), (2, 'cup', 12)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @Test
    void allStatementsTakeWholeNames() throws SQLException {
        client.execute("CREATE INDEX by_price ON shop.item (price DESC)", "CREATE SEQUENCE shop.numbers",
                "CREATE VIEW shop.cheap AS SELECT id, name FROM shop.item WHERE price < 5",
                "ALTER TABLE shop.item ADD COLUMN stock INT DEFAULT 7",
                "UPSERT INTO shop.item (id, name, price) VALUES (NEXT VALUE FOR shop.numbers + 10, 'ink', 7.95)");

        assertThat(client.rows("SELECT shop.item.name, item.price FROM shop.item WHERE shop.item.id = 11")).containsExactly("ink|7.95");
        assertThat(client.rows("SELECT a.name, b.name FROM shop.item a JOIN shop.item AS b ON a.id + 1 = b.id")).containsExactly("tea|cup");
        assertThat(client.rows("SELECT name FROM shop.cheap")).containsExactly("tea");
        assertThat(client.rows("UPDATE shop.item SET price = 4 WHERE shop.item.id = 2 RETURNING shop.item.name, stock")).containsExactly(
                "cup|7");
        assertThat(client.rows(
                "INSERT INTO shop.item (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name || item.name "
                        + "RETURNING *")).containsExactly("1|xtea|3.00|7");
        assertThat(client.rows("DELETE FROM shop.item WHERE id = 1 RETURNING name")).containsExactly("xtea");
        assertThat(client.rows("DESCRIBE shop.item").getFirst()).isEqualTo("ID|INTEGER|NO|1|null");
        assertThat(client.rows("SHOW TABLES FROM shop")).containsExactly("CHEAP|VIEW|null", "ITEM|BASE TABLE|HASH");
        assertThat(client.rows("EXPLAIN SELECT name FROM shop.item WHERE id = 2")).containsExactly(
                "PointLookup(table=[SHOP.ITEM], key=[ID = 2], columns=[NAME])");
        client.execute("TRUNCATE shop.item", "DROP INDEX shop.by_price", "DROP VIEW shop.cheap", "DROP SEQUENCE shop.numbers",
                "CREATE TABLE shop.copy (PRIMARY KEY (id)) AS SELECT * FROM shop.item", "DROP TABLE shop.copy");
        assertThat(client.rows("SELECT * FROM shop.item")).isEmpty();
    }

    @Test
    void sameNamesInTwoSchemasAreTwoThings() throws SQLException {
        client.execute("CREATE TABLE item (id INT PRIMARY KEY)", "INSERT INTO item VALUES (100)", "CREATE INDEX i ON item (id)",
                "CREATE INDEX i ON shop.item (price)", "CREATE SEQUENCE q START WITH 5", "CREATE SEQUENCE shop.q START WITH 50");

        assertThat(client.rows("SELECT id FROM item")).containsExactly("100");
        assertThat(client.rows("SELECT id FROM shop.item ORDER BY id")).containsExactly("1", "2");
        assertThat(client.rows("SELECT NEXT VALUE FOR q, NEXT VALUE FOR shop.q")).containsExactly("5|50");
        client.execute("SET SCHEMA shop");
        assertThat(client.rows("SELECT id FROM item ORDER BY id")).containsExactly("1", "2");
        assertThat(client.rows("SELECT NEXT VALUE FOR q, CURRENT_SCHEMA")).containsExactly("51|SHOP");
        client.refused("SELECT * FROM nothing", "42P01");
        client.execute("CREATE TABLE here (id INT DEFAULT NEXT VALUE FOR q PRIMARY KEY)", "SET SCHEMA 'PUBLIC'",
                "INSERT INTO shop.here DEFAULT VALUES");
        assertThat(client.rows("SELECT id FROM shop.here")).as("names in a definition are the table's schema's").containsExactly("52");
    }

    @Test
    void theSchemaOfASessionIsSaidInThreeWays() throws SQLException {
        Connection connection = client.connection();
        assertThat(connection.getSchema()).isEqualTo("PUBLIC");
        connection.setSchema("SHOP");
        assertThat(connection.getSchema()).isEqualTo("SHOP");
        try (PreparedStatement prepared = connection.prepareStatement("SELECT COUNT(*) FROM item")) {
            client.execute("SET SCHEMA public");
            assertThat(connection.getSchema()).isEqualTo("PUBLIC");
            try (ResultSet found = prepared.executeQuery()) {
                found.next();
                assertThat(found.getInt(1)).as("it means what it was prepared for").isEqualTo(2);
            }
        }
        try (SqlClient other = SqlClient.open(URL + ";schema=SHOP")) {
            assertThat(other.rows("SELECT name FROM item WHERE id = 1")).containsExactly("tea");
        }
        client.refused("SET SCHEMA nowhere", "3F000", "NOWHERE");
        assertThatThrownBy(() -> connection.setSchema("NOWHERE")).isInstanceOfSatisfying(SQLException.class,
                failure -> assertThat(failure.getSQLState()).isEqualTo("3F000"));
        assertThatThrownBy(() -> SqlClient.open(URL + ";schema=NOWHERE")).isInstanceOf(SQLException.class).hasMessageContaining("NOWHERE");
        try (Statement batch = connection.createStatement()) {
            batch.addBatch("CREATE SCHEMA made");
            batch.addBatch("SET SCHEMA made");
            batch.addBatch("CREATE TABLE t (id INT PRIMARY KEY)");
            assertThat(batch.executeBatch()).containsExactly(0, 0, 0);
        }
        assertThat(client.rows("SHOW TABLES FROM made")).containsExactly("T|BASE TABLE|HASH");
    }

    @Test
    void foreignKeysAndViewsGoAcrossSchemas() throws SQLException {
        client.execute("CREATE SCHEMA sales",
                "CREATE TABLE sales.sold (id INT PRIMARY KEY, item INT REFERENCES shop.item ON DELETE CASCADE)",
                "CREATE VIEW sold_names AS SELECT s.id, i.name FROM sales.sold s JOIN shop.item i ON i.id = s.item",
                "INSERT INTO sales.sold VALUES (1, 1), (2, 2)");

        client.refused("INSERT INTO sales.sold VALUES (3, 9)", "23503");
        client.execute("DELETE FROM shop.item WHERE id = 1");
        assertThat(client.rows("SELECT * FROM sold_names")).containsExactly("2|cup");
        try (ResultSet keys = client.connection().getMetaData().getImportedKeys(null, "SALES", "SOLD")) {
            assertThat(keys.next()).isTrue();
            assertThat(keys.getString("PKTABLE_SCHEM") + "." + keys.getString("PKTABLE_NAME")).isEqualTo("SHOP.ITEM");
        }
        client.refused("DROP SCHEMA shop", "2BP01", "SHOP.ITEM", "CASCADE");
        client.execute("DROP SCHEMA shop CASCADE");
        client.refused("SELECT * FROM sold_names", "42P01");
        client.execute("INSERT INTO sales.sold VALUES (4, 99)");
        assertThat(client.rows("SELECT id FROM sales.sold ORDER BY id")).containsExactly("2", "4");
        client.execute("DROP TABLE sales.sold", "DROP SCHEMA sales RESTRICT");
        assertThat(client.rows("SELECT schema_name FROM information_schema.schemata ORDER BY 1")).containsExactly("INFORMATION_SCHEMA",
                "META_SPACE", "PUBLIC", "SYSTEM");
        assertThat(client.rows("SELECT COUNT(*) FROM \"SYSTEM\".indexes WHERE table_schema <> 'PUBLIC'")).containsExactly("0");
    }

    @Test
    void metaSpacesOfOtherSchemasHaveTheirOwnSchema() throws SQLException {
        assertThat(client.rows("SELECT id, object_type, storage FROM meta_space_shop.item WHERE id = 1")).containsExactly("1|ROW|HOT");
        client.refused("SELECT * FROM meta_space.item", "42P01");
        client.refused("UPDATE meta_space_shop.item SET storage = 'COLD'", "42809");
        client.execute("CREATE VIEW ages AS SELECT id, created_at FROM meta_space_shop.item");
        client.refused("DROP TABLE shop.item", "2BP01", "AGES");
        assertThat(client.rows("SHOW TABLES FROM meta_space_shop")).containsExactly("ITEM|SYSTEM VIEW|null");
    }

    @Test
    void metadataKnowsSchemas() throws SQLException {
        List<String> found = new ArrayList<>();
        try (ResultSet tables = client.connection().getMetaData().getTables(null, "SH%", "%", new String[] {"TABLE"})) {
            while (tables.next()) {
                found.add(tables.getString("TABLE_SCHEM") + "." + tables.getString("TABLE_NAME"));
            }
        }
        assertThat(found).containsExactly("SHOP.ITEM");
        found.clear();
        try (ResultSet schemas = client.connection().getMetaData().getSchemas(null, "%SHOP")) {
            while (schemas.next()) {
                found.add(schemas.getString("TABLE_SCHEM"));
            }
        }
        assertThat(found).containsExactly("META_SPACE_SHOP", "SHOP");
        try (PreparedStatement query = client.connection().prepareStatement("SELECT name FROM shop.item")) {
            assertThat(query.getMetaData().getSchemaName(1)).isEqualTo("SHOP");
        }
    }

    @Test
    void saysWhatIsWrong() throws SQLException {
        client.refused("CREATE SCHEMA shop", "42P06", "SHOP", "IF NOT EXISTS");
        client.execute("CREATE SCHEMA IF NOT EXISTS shop", "CREATE SCHEMA IF NOT EXISTS public", "DROP SCHEMA IF EXISTS gone");
        client.refused("DROP SCHEMA gone", "3F000");
        client.refused("DROP SCHEMA public CASCADE", "42P15");
        client.refused("CREATE SCHEMA information_schema", "42P15");
        client.refused("CREATE SCHEMA meta_space_of_mine", "42P15");
        client.refused("CREATE SCHEMA \"a.b\"", "42P15", "full stop");
        client.refused("CREATE SCHEMA \"" + "x".repeat(118) + "\"", "42P15", "charactersMax=117");
        client.execute("CREATE SCHEMA \"" + "x".repeat(117) + "\"");
        client.refused("CREATE SCHEMA a AUTHORIZATION b", "42704", "no such user or role");
        client.refused("CREATE TABLE gone.t (id INT PRIMARY KEY)", "3F000", "GONE");
        client.refused("CREATE TABLE gone.t (PRIMARY KEY (id)) AS SELECT id FROM shop.item", "3F000");
        client.refused("CREATE VIEW gone.v AS SELECT 1 AS a", "3F000");
        client.refused("CREATE SEQUENCE gone.q", "3F000");
        client.refused("CREATE TABLE \"SYSTEM\".t (id INT PRIMARY KEY)", "3F000", "own");
        client.refused("SELECT * FROM gone.t", "42P01");
        client.refused("CREATE INDEX public.i ON shop.item (id)", "42000");
        client.execute("CREATE SEQUENCE shop.q", "CREATE TABLE t (id INT DEFAULT NEXT VALUE FOR shop.q PRIMARY KEY)");
        client.refused("DROP SCHEMA shop CASCADE", "2BP01", "PUBLIC.T");
        client.execute("BEGIN");
        client.refused("CREATE SCHEMA later", "25001");
        client.execute("ROLLBACK");
    }

    @Test
    void theSchemaThatWasDroppedIsStillTheSessions() throws SQLException {
        client.execute("SET SCHEMA shop", "DROP SCHEMA shop CASCADE");

        assertThat(client.rows("SELECT CURRENT_SCHEMA")).containsExactly("SHOP");
        client.refused("CREATE TABLE t (id INT PRIMARY KEY)", "3F000");
        client.execute("CREATE SCHEMA shop", "CREATE TABLE t (id INT PRIMARY KEY)");
        assertThat(client.rows("SHOW TABLES")).containsExactly("T|BASE TABLE|HASH");
    }

    @Test
    void areThereAfterARestart() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("schemas") + ";memory.lock=off;blocks=2";
        try (SqlClient file = SqlClient.open(url)) {
            file.execute("CREATE SCHEMA hollow", "CREATE SCHEMA \"Mixed\"", "CREATE TABLE \"Mixed\".t (id INT PRIMARY KEY, n INT UNIQUE)",
                    "INSERT INTO \"Mixed\".t VALUES (1, 10)", "CREATE SCHEMA gone", "CREATE TABLE gone.t (id INT PRIMARY KEY)",
                    "CREATE VIEW v AS SELECT n FROM \"Mixed\".t", "DROP SCHEMA gone CASCADE");
        }
        try (SqlClient file = SqlClient.open(url + ";schema=Mixed")) {
            assertThat(file.rows("SELECT * FROM t")).containsExactly("1|10");
            assertThat(file.rows("SELECT * FROM public.v")).containsExactly("10");
            assertThat(file.rows("SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT LIKE 'META%' ORDER BY 1"))
                    .containsExactly("HOLLOW", "INFORMATION_SCHEMA", "Mixed", "PUBLIC", "SYSTEM");
            file.refused("INSERT INTO t VALUES (2, 10)", "23505");
            file.execute("DROP SCHEMA hollow");
        }
    }
}
