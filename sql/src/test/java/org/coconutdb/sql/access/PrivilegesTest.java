package org.coconutdb.sql.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Users, roles and what they may do, in a database in this process.
class PrivilegesTest {
    private static final String URL = "jdbc:coconut:mem:privileges-test;memory.lock=off;blocks=2";

    @TempDir private Path directory;
    private SqlClient owner;
    private SqlClient joe;
    private SqlClient eve;

    @BeforeEach
    void connect() throws SQLException {
        owner = SqlClient.open(URL);
        owner.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20), price INT, secret VARCHAR(20))",
                "INSERT INTO item VALUES (1, 'tea', 3, 'a'), (2, 'cup', 12, 'b')",
                "CREATE TABLE part (id INT PRIMARY KEY, item INT, name VARCHAR(20))", "INSERT INTO part VALUES (1, 1, 'leaf'), (2, 2, 'b')",
                "CREATE SEQUENCE numbers", "CREATE USER joe PASSWORD 'joe''s'", "CREATE USER eve WITH PASSWORD 'eves'");
        joe = as("joe", "joe's");
        eve = as("eve", "eves");
    }

    @AfterEach
    void disconnect() throws SQLException {
        joe.close();
        eve.close();
        owner.close();
    }

    private static SqlClient as(String user, String password) throws SQLException {
        return new SqlClient(DriverManager.getConnection(URL, user, password));
    }

    private static void denied(SqlClient client, String sql, String... parts) {
        client.refused(sql, "42501", parts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT * FROM item", "SELECT name FROM item WHERE id = 1", "SELECT COUNT(*) FROM item", "SELECT 1 FROM item",
            "TABLE item", "SELECT * FROM part, (SELECT name FROM item) AS i",
            "SELECT 1 FROM (VALUES 1) AS v (x) WHERE EXISTS (SELECT 1 FROM item)",
            "WITH i AS (SELECT id FROM item) SELECT * FROM i", "VALUES ((SELECT MAX(price) FROM item))",
            "INSERT INTO item VALUES (3, 'x', 1, 'x')", "INSERT INTO item (id) SELECT 9", "UPSERT INTO item VALUES (1, 'x', 1, 'x')",
            "INSERT INTO item (id) VALUES (1) ON CONFLICT DO NOTHING", "UPDATE item SET price = 1",
            "UPDATE item SET price = 1 WHERE id = 1",
            "DELETE FROM item", "DELETE FROM item WHERE id = 1", "TRUNCATE item", "DROP TABLE item", "DROP TABLE item CASCADE",
            "ALTER TABLE item ADD COLUMN more INT", "ALTER TABLE item DROP COLUMN name", "CREATE INDEX by_name ON item (name)",
            "COMMENT ON TABLE item IS 'mine'", "COMMENT ON COLUMN item.name IS 'mine'", "ANALYZE item", "ANALYZE",
            "ALTER BLOCK SPACE DEFAULT SET MIN_VOTERS = 1",
            "EXPLAIN SELECT * FROM item", "EXPLAIN ANALYZE SELECT * FROM item", "SHOW CREATE TABLE item", "DESCRIBE item",
            "COPY item TO '/tmp/x.csv'", "COPY item FROM '/tmp/x.csv'", "COPY (VALUES (1)) TO '/tmp/x.csv'",
            "CREATE TABLE mine (id INT PRIMARY KEY)",
            "CREATE TABLE mine (PRIMARY KEY (id)) AS SELECT 1 AS id", "CREATE VIEW mine AS SELECT 1 AS x", "CREATE SEQUENCE mine",
            "VALUES (NEXT VALUE FOR numbers)", "DROP SEQUENCE numbers", "ALTER SEQUENCE numbers RESTART", "CREATE SCHEMA mine",
            "CREATE USER mine PASSWORD 'x'", "CREATE ROLE mine", "DROP USER eve", "ALTER USER eve PASSWORD 'x'", "GRANT ADMIN TO joe",
            "GRANT SELECT ON item TO joe", "REVOKE SELECT ON item FROM eve", "ALTER TABLE item OWNER TO joe",
            "SELECT * FROM META_SPACE.item", "SELECT * FROM SYSTEM.SLOW_STATEMENTS", "SELECT * FROM SYSTEM.CACHED_PLANS",
            "SELECT * FROM SYSTEM.AUDIT", "SELECT * FROM SYSTEM.USERS", "SELECT COUNT(*) FROM SYSTEM.SETTINGS"})
    void whoHasNothingMayDoNothing(String sql) throws SQLException {
        denied(joe, sql);

        assertThat(owner.rows("SELECT id, name FROM item ORDER BY id")).containsExactly("1|tea", "2|cup");
    }

    @Test
    void theErrorSaysWhatIsMissingAndWhatGivesIt() {
        denied(joe, "SELECT name, secret FROM item", "user=JOE", "object=PUBLIC.ITEM", "missing=SELECT (NAME, SECRET)",
                "GRANT SELECT (NAME, SECRET) ON PUBLIC.ITEM TO JOE");
        denied(joe, "DROP TABLE item", "missing=ownership");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"SELECT name FROM item; SELECT secret FROM item", "SELECT id, price FROM item; SELECT * FROM item",
            "SELECT COUNT(*) FROM item; SELECT COUNT(secret) FROM item",
            "SELECT name FROM item WHERE price > 1; SELECT name FROM item WHERE secret > ''",
            "SELECT name FROM item ORDER BY price; SELECT name FROM item ORDER BY secret",
            "SELECT price, COUNT(*) FROM item GROUP BY price; SELECT COUNT(*) FROM item GROUP BY secret",
            "SELECT MAX(price) FROM item HAVING MAX(price) > 1; SELECT MAX(price) FROM item HAVING MAX(secret) > ''",
            "SELECT i.name FROM item AS i; SELECT i.secret FROM item AS i",
            "SELECT a FROM item AS i (a, b, c, d) WHERE b <> ''; SELECT a FROM item AS i (a, b, c, d) WHERE d <> ''",
            "SELECT a.name FROM item a JOIN item b ON a.id = b.price; SELECT a.name FROM item a JOIN item b ON a.secret = b.secret",
            "SELECT a.id FROM item a JOIN item b USING (id); SELECT a.id FROM item a JOIN item b USING (secret)",
            "SELECT id FROM (SELECT id FROM item) NATURAL JOIN (SELECT id, price FROM item) AS b; SELECT a.id FROM item a NATURAL JOIN item b",
            "SELECT SUM(price) OVER (ORDER BY id) FROM item; SELECT SUM(price) OVER (ORDER BY secret) FROM item",
            "SELECT (SELECT MAX(price) FROM item) AS m FROM item; SELECT (SELECT MAX(secret) FROM item) AS m FROM item",
            "SELECT name FROM item WHERE id IN (SELECT price FROM item); SELECT name FROM item WHERE 'b' IN (SELECT secret FROM item)",
            "SELECT name FROM item i WHERE EXISTS (SELECT 1 FROM item j WHERE j.id = i.price); SELECT name FROM item i WHERE EXISTS (SELECT 1 FROM item j WHERE j.id = 1 AND i.secret = 'a')",
            "SELECT id FROM item UNION SELECT price FROM item; SELECT name FROM item UNION SELECT secret FROM item",
            "WITH w AS (SELECT id FROM item) SELECT id FROM w; WITH w AS (SELECT secret FROM item) SELECT 1 FROM w",
            "SELECT CASE WHEN price > 3 THEN name END FROM item; SELECT CASE WHEN secret = 'a' THEN name END FROM item",
            "SELECT DISTINCT name FROM item; SELECT DISTINCT secret FROM item",
            "SELECT name FROM item WHERE id = 1; SELECT secret FROM item WHERE id = 1",
            "SELECT name FROM item WHERE id = 1 FOR UPDATE; SELECT secret FROM item WHERE id = 1 FOR UPDATE",
            "SELECT name FROM item QUALIFY ROW_NUMBER() OVER (ORDER BY price) = 1; SELECT name FROM item QUALIFY ROW_NUMBER() OVER (ORDER BY secret) = 1",
            "SELECT x FROM item, UNNEST(ARRAY[item.price]) AS u (x); SELECT x FROM item, UNNEST(ARRAY[item.secret]) AS u (x)",
            "SELECT l.p FROM item i, LATERAL (SELECT i.price AS p) AS l; SELECT l.p FROM item i, LATERAL (SELECT i.secret AS p) AS l",
            "SELECT COUNT(*) FILTER (WHERE price > 1) FROM item; SELECT COUNT(*) FILTER (WHERE secret > '') FROM item"})
    void ofColumnsThoseAreReadThatAreGranted(String allowed, String refused) throws SQLException {
        owner.execute("GRANT SELECT (id, name, price) ON item TO joe");

        assertThat(joe.rows(allowed)).hasSizeLessThan(10);
        denied(joe, refused, "missing=SELECT (SECRET)");
        denied(eve, allowed);
    }

    @Test
    void writesNeedWhatTheyWriteAndWhatTheyRead() throws SQLException {
        owner.execute("GRANT INSERT (id, name), UPDATE (price) ON item TO joe");

        assertThat(joe.update("INSERT INTO item (id, name) VALUES (3, 'ink')")).isEqualTo(1);
        assertThat(joe.update("UPDATE item SET price = 7")).isEqualTo(3);
        denied(joe, "INSERT INTO item (id, secret) VALUES (4, 'x')", "missing=INSERT (SECRET)");
        denied(joe, "INSERT INTO item VALUES (4, 'x', 1, 'x')", "missing=INSERT (PRICE, SECRET)");
        denied(joe, "UPDATE item SET price = 1 WHERE id = 1", "missing=SELECT (ID)");
        denied(joe, "UPDATE item SET price = price + 1", "missing=SELECT (PRICE)");
        denied(joe, "UPDATE item SET name = 'x'", "missing=UPDATE (NAME)");
        denied(joe, "UPDATE item SET price = 1 RETURNING name", "missing=SELECT (NAME)");
        denied(joe, "INSERT INTO item (id, name) VALUES (5, 'x') RETURNING *", "missing=SELECT");
        denied(joe, "INSERT INTO item (id, name) VALUES (3, 'x') ON CONFLICT (id) DO NOTHING", "missing=SELECT (ID)");
        denied(joe, "INSERT INTO item (id, name) VALUES (3, 'x') ON CONFLICT DO UPDATE SET name = 'y'", "missing=UPDATE (NAME)");
        denied(joe, "UPDATE item SET price = (SELECT MAX(id) FROM part)", "object=PUBLIC.PART");
        denied(joe, "UPDATE item SET price = (SELECT COUNT(*) FROM item)", "missing=SELECT");
        denied(joe, "UPSERT INTO item (id, name) VALUES (3, 'x')", "missing=UPDATE");
        denied(joe, "UPDATE item SET price = 1 WHERE EXISTS (SELECT 1 FROM item)", "missing=SELECT");
        denied(joe, "UPDATE item SET price = 1 WHERE 1 IN (SELECT COUNT(*) FROM item AS item)", "missing=SELECT");

        owner.execute("GRANT SELECT (id) ON item TO joe", "GRANT DELETE ON item TO joe");
        assertThat(joe.update("UPDATE item SET price = 1 WHERE id = 1")).isEqualTo(1);
        assertThat(joe.rows("INSERT INTO item (id, name) VALUES (3, 'x') ON CONFLICT (id) DO UPDATE SET price = EXCLUDED.id RETURNING id"))
                .containsExactly("3");
        assertThat(joe.update("DELETE FROM item WHERE id = 3")).isEqualTo(1);
        denied(joe, "DELETE FROM item WHERE name = 'x'", "missing=SELECT (NAME)");
    }

    @Test
    void preparedStatementsEndWithWhatTheyNeed() throws SQLException {
        owner.execute("GRANT ALL PRIVILEGES ON item TO joe");
        try (PreparedStatement read = joe.connection().prepareStatement("SELECT name FROM item WHERE id = ?");
                PreparedStatement write = joe.connection().prepareStatement("INSERT INTO item (id, name) VALUES (?, 'x')")) {
            read.setInt(1, 1);
            write.setInt(1, 10);
            try (ResultSet found = read.executeQuery()) {
                assertThat(found.next()).isTrue();
            }
            assertThat(write.executeUpdate()).isEqualTo(1);

            owner.execute("REVOKE SELECT, INSERT ON item FROM joe");

            assertThatThrownBy(read::executeQuery).isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(
                    "42501"));
            write.setInt(1, 11);
            write.addBatch();
            assertThatThrownBy(write::executeBatch).isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(
                    "42501"));
        }
        assertThat(owner.rows("SELECT COUNT(*) FROM item")).containsExactly("3");
    }

    @Test
    void plansAreSharedAndRightsAreNot() throws SQLException {
        owner.execute("GRANT SELECT ON item TO eve");

        assertThat(eve.rows("SELECT name FROM item WHERE id = 1")).containsExactly("tea");
        denied(joe, "SELECT name FROM item WHERE id = 1");
        denied(joe, "SELECT name FROM item WHERE id = 2");
        assertThat(eve.rows("SELECT name FROM item WHERE id = 2")).containsExactly("cup");
    }

    @Test
    void viewsReadWithTheirOwnersRights() throws SQLException {
        owner.execute("CREATE VIEW cheap AS SELECT name, price FROM item WHERE price < 5", "GRANT SELECT ON cheap TO joe",
                "CREATE SCHEMA joes AUTHORIZATION joe");
        joe.execute("CREATE VIEW joes.again AS SELECT name FROM cheap", "GRANT SELECT ON joes.again TO eve",
                "GRANT USAGE ON SCHEMA joes TO eve");

        assertThat(joe.rows("SELECT * FROM cheap")).containsExactly("tea|3");
        denied(joe, "SELECT * FROM item");
        assertThat(eve.rows("SELECT * FROM joes.again")).containsExactly("tea");
        denied(eve, "SELECT * FROM cheap");
        denied(joe, "CREATE OR REPLACE VIEW cheap AS SELECT name, price FROM item");
        denied(joe, "DROP VIEW cheap");

        owner.execute("REVOKE SELECT ON cheap FROM joe");
        denied(eve, "SELECT * FROM joes.again", "user=JOE", "PUBLIC.CHEAP");

        joe.execute("CREATE VIEW joes.stolen AS SELECT secret FROM item");
        denied(joe, "SELECT * FROM joes.stolen", "missing=SELECT (SECRET)");
        denied(eve, "SELECT * FROM joes.stolen");
    }

    @Test
    void whoMakesSomethingOwnsIt() throws SQLException {
        owner.execute("CREATE SCHEMA shop", "GRANT USAGE, CREATE ON SCHEMA shop TO joe", "GRANT USAGE ON SCHEMA shop TO eve");
        joe.execute("CREATE TABLE shop.t (id INT PRIMARY KEY, v INT GENERATED BY DEFAULT AS IDENTITY)",
                "INSERT INTO shop.t (id) VALUES (1)",
                "CREATE SEQUENCE shop.s", "CREATE INDEX i ON shop.t (v)",
                "CREATE TABLE shop.copy (PRIMARY KEY (id)) AS SELECT id FROM shop.t");

        assertThat(joe.rows("SELECT * FROM shop.copy")).containsExactly("1");
        denied(eve, "SELECT * FROM shop.t");
        denied(eve, "DROP TABLE shop.t");
        joe.execute("GRANT SELECT ON shop.t TO eve WITH GRANT OPTION", "GRANT USAGE ON SEQUENCE shop.s TO eve");
        assertThat(eve.rows("SELECT * FROM shop.t")).containsExactly("1|1");
        assertThat(eve.rows("VALUES (NEXT VALUE FOR shop.s)")).containsExactly("1");
        eve.execute("GRANT SELECT ON shop.t TO PUBLIC");
        denied(eve, "GRANT DELETE ON shop.t TO PUBLIC", "DELETE WITH GRANT OPTION");
        owner.refused("DROP USER joe", "2BP01", "SHOP.T", "OWNER TO");

        joe.execute("DROP TABLE shop.t");
        joe.execute("DROP TABLE shop.copy", "DROP SEQUENCE shop.s", "CREATE TABLE shop.t (id INT PRIMARY KEY)");
        denied(eve, "SELECT * FROM shop.t");
        owner.execute("ALTER TABLE shop.t OWNER TO eve");
        denied(joe, "SELECT * FROM shop.t");
        eve.execute("INSERT INTO shop.t VALUES (5)", "TRUNCATE shop.t");
        assertThat(eve.rows("SELECT COUNT(*) FROM shop.t")).containsExactly("0");
    }

    @Test
    void foreignKeysNeedReferencesOfTheirParents() throws SQLException {
        owner.execute("GRANT CREATE ON SCHEMA PUBLIC TO joe");

        denied(joe, "CREATE TABLE child (id INT PRIMARY KEY, item INT REFERENCES item)", "missing=REFERENCES (ID)");
        owner.execute("GRANT REFERENCES (id) ON item TO joe");
        joe.execute("CREATE TABLE child (id INT PRIMARY KEY, item INT REFERENCES item)", "INSERT INTO child VALUES (1, 2)");
        joe.refused("INSERT INTO child VALUES (2, 99)", "23503");
        denied(joe, "ALTER TABLE child ADD FOREIGN KEY (id) REFERENCES part", "missing=REFERENCES (ID)");
        owner.refused("DELETE FROM item WHERE id = 2", "23503");
    }

    @Test
    void rolesHandOnWhatTheyHave() throws SQLException {
        owner.execute("CREATE ROLE reader", "CREATE ROLE boss", "GRANT SELECT ON ALL TABLES IN SCHEMA PUBLIC TO reader",
                "GRANT reader TO boss",
                "GRANT boss TO joe WITH ADMIN OPTION");

        assertThat(joe.rows("SELECT name FROM item WHERE id = 1")).containsExactly("tea");
        assertThat(joe.rows("SELECT name FROM part WHERE id = 1")).containsExactly("leaf");
        denied(eve, "SELECT name FROM item");
        joe.execute("GRANT boss TO eve");
        assertThat(eve.rows("SELECT name FROM item WHERE id = 1")).containsExactly("tea");
        denied(joe, "GRANT reader TO eve", "ADMIN OPTION");
        owner.refused("GRANT joe TO boss", "0LP01");
        owner.execute("REVOKE boss FROM joe");
        denied(joe, "SELECT name FROM item");
        owner.execute("DROP ROLE reader");
        denied(eve, "SELECT name FROM item");
        owner.execute("CREATE ROLE reader", "GRANT reader TO eve");
        denied(eve, "SELECT name FROM item");
    }

    @Test
    void membersOfAdminMayDoEverything() throws SQLException {
        owner.execute("GRANT ADMIN TO joe");

        assertThat(joe.rows("SELECT secret FROM item WHERE id = 1")).containsExactly("a");
        joe.execute("CREATE TABLE mine (id INT PRIMARY KEY)", "CREATE USER zoe PASSWORD 'zoes'", "GRANT SELECT ON mine TO zoe");
        assertThat(joe.rows("SELECT USER_NAME, IS_ADMIN FROM SYSTEM.USERS ORDER BY 1")).containsExactly("EVE|false", "JOE|true",
                "ZOE|false");
        assertThat(joe.rows("SELECT OBJECT_NAME, OWNER FROM SYSTEM.OWNERS WHERE OBJECT_NAME = 'MINE'")).containsExactly("MINE|JOE");
        joe.refused("DROP USER joe", "2BP01");
        assertThat(joe.rows("SELECT EVENT, USER_NAME, DETAIL FROM SYSTEM.AUDIT WHERE DETAIL LIKE '%ZOE%' ORDER BY DETAIL")).containsExactly(
                "access changed|JOE|CREATE USER ZOE", "access changed|JOE|GRANT SELECT ON MINE TO ZOE");
        joe.execute("DROP USER zoe");
    }

    @Test
    void metadataShowsWhatOneMaySee() throws SQLException {
        owner.execute("CREATE VIEW v AS SELECT id FROM item", "GRANT SELECT ON v TO joe", "GRANT SELECT (id, name) ON item TO joe",
                "CREATE SCHEMA hidden", "CREATE TABLE hidden.t (id INT PRIMARY KEY)", "CREATE INDEX by_name ON part (name)", "ANALYZE");

        String tables =
                "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA IN ('PUBLIC', 'HIDDEN', 'META_SPACE') ORDER BY 1";
        assertThat(joe.rows(tables)).containsExactly("ITEM", "ITEM", "V");
        assertThat(eve.rows(tables)).isEmpty();
        assertThat(joe.rows("SELECT TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC' ORDER BY 1, 2"))
                .containsExactly("ITEM|ID", "ITEM|NAME", "V|ID");
        assertThat(joe.rows("SELECT VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS")).containsExactly("null");
        assertThat(joe.rows("SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME LIKE '%HIDDEN%'")).isEmpty();
        assertThat(joe.rows("SHOW TABLES")).containsExactly("ITEM|BASE TABLE|HASH", "V|VIEW|null");
        assertThat(joe.rows("SELECT * FROM SYSTEM.INDEXES")).isEmpty();
        assertThat(joe.rows("SELECT COLUMN_NAME FROM SYSTEM.COLUMN_STATISTICS ORDER BY 1")).containsExactly("ID", "NAME");
        assertThat(joe.rows("SELECT GRANTOR, GRANTEE, TABLE_NAME, PRIVILEGE_TYPE, IS_GRANTABLE FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES"))
                .containsExactly("_SYSTEM|JOE|V|SELECT|NO");
        assertThat(joe.rows("SELECT TABLE_NAME, COLUMN_NAME, PRIVILEGE_TYPE FROM INFORMATION_SCHEMA.COLUMN_PRIVILEGES ORDER BY 1, 2"))
                .containsExactly("ITEM|ID|SELECT", "ITEM|NAME|SELECT", "V|ID|SELECT");
        assertThat(joe.rows("SELECT * FROM INFORMATION_SCHEMA.ENABLED_ROLES")).containsExactly("JOE");
        List<String> granted = new ArrayList<>();
        try (ResultSet found = joe.connection().getMetaData().getColumnPrivileges(null, null, "ITEM", "%")) {
            while (found.next()) {
                granted.add(found.getString("COLUMN_NAME") + " " + found.getString("GRANTEE") + " " + found.getString("PRIVILEGE"));
            }
        }
        assertThat(granted).containsExactly("ID JOE SELECT", "NAME JOE SELECT");
        try (ResultSet found = joe.connection().getMetaData().getTablePrivileges(null, null, "%")) {
            assertThat(found.next()).isTrue();
            assertThat(found.getString("TABLE_NAME")).isEqualTo("V");
            assertThat(found.next()).isFalse();
        }
    }

    @Test
    void whoIsAskedIsToldByName() throws SQLException {
        assertThat(joe.rows("VALUES (CURRENT_USER, SESSION_USER, USER)")).containsExactly("JOE|JOE|JOE");
        assertThat(eve.rows("VALUES (CURRENT_USER, SESSION_USER, USER)")).containsExactly("EVE|EVE|EVE");
        owner.execute("CREATE TABLE log (id INT PRIMARY KEY, who VARCHAR(20) DEFAULT CURRENT_USER)", "GRANT INSERT ON log TO joe");
        joe.execute("INSERT INTO log (id) VALUES (1)");
        assertThat(owner.rows("SELECT who FROM log")).containsExactly("JOE");
    }

    @Test
    void wrongPasswordsAreRefusedAlike() {
        for (String user : List.of("joe", "nobody", "\"joe\"")) {
            assertThatThrownBy(() -> as(user, "wrong")).isInstanceOfSatisfying(SQLException.class, failure -> {
                assertThat(failure.getSQLState()).isEqualTo("28P01");
                assertThat(failure.getMessage()).startsWith("user name or password are wrong").doesNotContain("joe");
            });
        }
    }

    @Test
    void sessionsEndWithTheirUserAndItsPassword() throws SQLException {
        joe.rows("VALUES 1");
        joe.execute("ALTER USER joe PASSWORD 'other'");
        joe.refused("VALUES 1", "28000");
        try (SqlClient again = as("JOE", "other"); PreparedStatement prepared = again.connection().prepareStatement("VALUES 1")) {
            owner.execute("DROP USER joe");
            assertThatThrownBy(prepared::executeQuery).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure
                    .getSQLState())
                            .isEqualTo("28000"));
        }
        owner.execute("CREATE USER joe PASSWORD 'other'");
        joe.refused("VALUES 1", "28000");
        owner.execute("ALTER USER joe PASSWORD NULL");
        assertThatThrownBy(() -> as("joe", "other")).hasMessageContaining("wrong");
    }

    @Test
    void passwordsStandNowhere() throws SQLException {
        owner.close();
        joe.close();
        eve.close();
        try (SqlClient slow = SqlClient.open("jdbc:coconut:mem:passwords-test;memory.lock=off;slow.statement.millis=1")) {
            slow.execute("CREATE USER u PASSWORD 'pa55word'", "ALTER USER u SET PASSWORD 'pa55word'");
            slow.refused("CREATE USER u PASSWORD 'pa55word'", "42710");
            for (String spoilt : List.of("CREATE USER v PASSWORD 'pa55word' 'pa55word2'", "CREATE USER v PASSWORD pa55word",
                    "ALTER USER u PASSWORD \"pa55word\"", "CREATE USER v PASSWORD 'pa55word", "CREATE ROLE v PASSWORD 'pa55word'",
                    "EXPLAIN CREATE USER v PASSWORD 'pa55word'", "CREATE USER 'pa55word'", "CREATE OR REPLACE USER v PASSWORD 'pa55word'",
                    "CREATE USER v PASSWORD 'pa55word' MORE", "CREATE USER v PASSWORD U&'pa55word' UESCAPE 'pa55word'")) {
                assertThatThrownBy(() -> slow.execute(spoilt)).as(spoilt).isInstanceOfSatisfying(SQLException.class, failure -> {
                    assertThat(failure.getMessage()).doesNotContain("pa55word");
                    assertThat(failure.getSQLState()).matches("42...|0A000");
                });
            }
            List<String> told = new ArrayList<>(slow.rows("SELECT STATEMENT FROM SYSTEM.SLOW_STATEMENTS"));
            assertThat(told).anyMatch(text -> text.startsWith("CREATE USER u PASSWORD '***'"));
            told.addAll(slow.rows("SELECT STATEMENT FROM SYSTEM.CACHED_PLANS"));
            told.addAll(slow.rows("SELECT DETAIL FROM SYSTEM.AUDIT"));
            assertThat(told).noneMatch(text -> text.contains("pa55word"));
        }
        connect();
    }

    @Test
    void usersAndGrantsOutliveARestart() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("data") + ";memory.lock=off;blocks=2";
        try (SqlClient first = SqlClient.open(url)) {
            first.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 2)", "CREATE USER u PASSWORD 'us'",
                    "GRANT SELECT (id) ON t TO u");
        }
        try (SqlClient again = new SqlClient(DriverManager.getConnection(url, "u", "us"))) {
            assertThat(again.rows("SELECT id FROM t")).containsExactly("1");
            denied(again, "SELECT v FROM t");
        }
    }

    @Test
    void columnsAndObjectsTakeWhatWasGrantedWithThem() throws SQLException {
        owner.execute("GRANT SELECT (name) ON item TO joe", "ALTER TABLE item DROP COLUMN name",
                "ALTER TABLE item ADD COLUMN name VARCHAR(5)");
        denied(joe, "SELECT name FROM item");
        owner.execute("GRANT USAGE ON SEQUENCE numbers TO joe", "DROP SEQUENCE numbers", "CREATE SEQUENCE numbers");
        denied(joe, "VALUES (NEXT VALUE FOR numbers)");
        owner.execute("GRANT SELECT ON item TO joe", "TRUNCATE item");
        assertThat(joe.rows("SELECT * FROM item")).isEmpty();
        owner.execute("CREATE SCHEMA s", "GRANT USAGE ON SCHEMA s TO joe", "DROP SCHEMA s CASCADE", "CREATE SCHEMA s",
                "CREATE TABLE s.t (id INT PRIMARY KEY)",
                "GRANT SELECT ON s.t TO joe");
        denied(joe, "SELECT * FROM s.t", "USAGE", "SCHEMA S");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"GRANT SELECT ON nothing TO joe; 42P01", "GRANT SELECT ON item TO nobody; 42704",
            "GRANT SELECT (nothing) ON item TO joe; 42703", "GRANT USAGE ON item TO joe; 0LP01",
            "GRANT SELECT ON SEQUENCE numbers TO joe; 0LP01",
            "GRANT DELETE (id) ON item TO joe; 0LP01", "GRANT nothing TO joe; 42704", "GRANT SELECT TO joe; 42601",
            "GRANT reader ON item TO joe; 0LP01",
            "GRANT SELECT ON item TO PUBLIC WITH GRANT OPTION; 0LP01", "GRANT SELECT ON INFORMATION_SCHEMA.TABLES TO joe; 0LP01",
            "REVOKE SELECT ON item FROM joe CASCADE; 0A000", "CREATE USER joe; 42710", "CREATE ROLE ADMIN; 42710",
            "CREATE USER PUBLIC; 42710",
            "DROP USER nobody; 42704", "DROP ROLE joe; 42704", "DROP ROLE ADMIN; 42704", "ALTER USER nobody PASSWORD 'x'; 42704",
            "ALTER USER joe PASSWORD ''; 22023", "ALTER USER joe RENAME TO jim; 0A000", "SET ROLE joe; 0A000", "CREATE USER \"a:b\"; 22023",
            "GRANT SELECT ON item TO joe WITH ADMIN OPTION; 0A000", "ALTER VIEW item OWNER TO joe; 42P01",
            "CREATE SCHEMA x AUTHORIZATION nobody; 42704",
            "GRANT CREATE ON SCHEMA SYSTEM TO joe; 0LP01", "ALTER ROLE joe LOGIN; 0A000"})
    void whatCannotBeIsRefusedByName(String sql, String sqlState) {
        owner.refused(sql, sqlState);
    }

    @Test
    void whatIsThereAlreadyMayBeAskedFor() throws SQLException {
        owner.execute("CREATE USER IF NOT EXISTS joe PASSWORD 'other'", "DROP USER IF EXISTS nobody", "DROP ROLE IF EXISTS nobody",
                "GRANT SELECT ON item TO joe", "GRANT SELECT ON item TO joe", "REVOKE GRANT OPTION FOR SELECT ON item FROM joe",
                "REVOKE SELECT (id) ON item FROM joe", "GRANT SELECT ON TABLE item, part TO USER joe, ROLE eve");
        try (SqlClient still = as("joe", "joe's")) {
            assertThat(still.rows("SELECT COUNT(*) FROM item")).containsExactly("2");
        }
        owner.execute("REVOKE ALL ON item FROM joe, eve");
        denied(eve, "SELECT * FROM item");
    }

    @Test
    void wordsOfThisAreStillNames() throws SQLException {
        owner.execute(
                "CREATE TABLE words (owner INT PRIMARY KEY, password VARCHAR(5), role INT, usage INT, sequences INT, granted INT, admin INT)",
                "INSERT INTO words VALUES (1, 'x', 2, 3, 4, 5, 6)");

        assertThat(owner.rows(
                "SELECT owner, password, role, usage, sequences, granted, admin FROM words AS sequences WHERE password = 'x'"))
                        .containsExactly("1|x|2|3|4|5|6");
    }

    @Test
    void withoutUsersNamesMeanNothing() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:coconut:mem:nobody-test;memory.lock=off", "sa", "")) {
            new SqlClient(connection).execute("CREATE TABLE t (id INT PRIMARY KEY)");
        }
    }
}
