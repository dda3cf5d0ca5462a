package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
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

/// REFERENCES and FOREIGN KEY: what is declared, what is refused, and what is done to rows that refer to others.
class ForeignKeysTest {
    private static final String URL = "jdbc:coconut:mem:foreign-keys-test;memory.lock=off;blocks=3";

    @TempDir private Path directory;

    private SqlClient sql;
    private Connection connection;
    private Statement statement;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
        connection = sql.connection();
        statement = connection.createStatement();
    }

    @AfterEach
    void close() throws SQLException {
        IndexEntries.verify(URL);
        connection.close();
    }

    @ParameterizedTest
    @CsvSource({"HASH, HASH", "HASH, SORTED", "SORTED, HASH", "SORTED, SORTED"})
    void aRowRefersToARowThatIsThere(String parentKind, String childKind) throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY, n INT) USING " + parentKind,
                "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p) USING " + childKind,
                "INSERT INTO p VALUES (1, 0), (2, 0)", "INSERT INTO c VALUES (10, 1), (11, NULL)");
        sql.refused("INSERT INTO c VALUES (12, 3)", "23503", "C_P_FKEY", "key=P=3", "PUBLIC.P has no row with ID=3");
        assertThatThrownBy(() -> statement.execute("UPDATE c SET p = 4 WHERE id = 11"))
                .isInstanceOf(SQLIntegrityConstraintViolationException.class);
        sql.refused("UPSERT INTO c VALUES (10, 5)", "23503", "P=5");
        sql.refused("INSERT INTO c VALUES (10, 1) ON CONFLICT (id) DO UPDATE SET p = 6", "23503", "P=6");
        sql.refused("INSERT INTO c SELECT id + 20, 7 FROM p", "23503", "P=7");
        sql.refused("DELETE FROM p WHERE id = 1", "23503", "C_P_FKEY", "P=1", "still refer");
        sql.refused("DELETE FROM p", "23503");
        sql.refused("UPDATE p SET id = 9 WHERE id = 1", "23503", "still refer");
        sql.execute("UPDATE p SET n = 1", "UPSERT INTO p VALUES (1, 2)", "DELETE FROM p WHERE id = 2",
                "INSERT INTO p VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = 5", "UPDATE c SET p = NULL WHERE id = 10",
                "DELETE FROM p WHERE id = 1");
        assertThat(sql.rows("SELECT * FROM p")).isEmpty();
        assertThat(sql.rows("SELECT * FROM c ORDER BY id")).containsExactly("10|null", "11|null");
    }

    @Test
    void aStatementAndATransactionAreJudgedByWhatTheyLeave() throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE c (id INT PRIMARY KEY, p INT NOT NULL REFERENCES p (id))");
        connection.setAutoCommit(false);
        sql.execute("INSERT INTO c VALUES (1, 1), (2, 2)", "INSERT INTO p VALUES (1), (2)");
        connection.commit();
        // Keys that pass from row to row: 2 and 3 are there behind it, 1 is not.
        sql.execute("UPDATE p SET id = id + 1", "UPDATE c SET p = p + 1");
        connection.commit();
        sql.execute("DELETE FROM p", "DELETE FROM c WHERE id = 1");
        assertThatThrownBy(connection::commit).isInstanceOfSatisfying(SQLIntegrityConstraintViolationException.class,
                failure -> assertThat(failure.getMessage()).contains("C_P_FKEY", "P=3"));
        // It is over, and the session goes on.
        assertThat(sql.rows("SELECT * FROM c ORDER BY id")).containsExactly("1|2", "2|3");
        sql.execute("SAVEPOINT s", "INSERT INTO c VALUES (3, 99)", "ROLLBACK TO s", "DELETE FROM c WHERE id = 2",
                "DELETE FROM p WHERE id = 3");
        connection.commit();
        sql.execute("INSERT INTO c VALUES (5, 50)");
        assertThatThrownBy(() -> statement.execute("COMMIT")).isInstanceOf(SQLIntegrityConstraintViolationException.class);
        connection.setAutoCommit(true);
        assertThat(sql.rows("SELECT * FROM p")).containsExactly("2");
        assertThat(sql.rows("SELECT * FROM c")).containsExactly("1|2");
        statement.addBatch("INSERT INTO c VALUES (6, 60)");
        statement.addBatch("INSERT INTO p VALUES (60)");
        statement.executeBatch();
        statement.addBatch("INSERT INTO c VALUES (7, 70)");
        statement.addBatch("INSERT INTO p VALUES (71)");
        assertThatThrownBy(statement::executeBatch).hasMessageContaining("P=70");
        statement.clearBatch();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO c VALUES (?, ?)")) {
            for (int id = 100; id < 120; id++) {
                insert.setInt(1, id);
                insert.setInt(2, id == 119 ? 61 : 60);
                insert.addBatch();
            }
            assertThatThrownBy(insert::executeBatch).hasMessageContaining("P=61");
        }
        assertThat(sql.rows("SELECT COUNT(*) FROM c")).containsExactly("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void rowsThatReferToADeletedOneAreDeletedOrChanged(String kind) throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY, u INT UNIQUE) USING " + kind,
                "CREATE TABLE gone (id INT PRIMARY KEY, p INT REFERENCES p ON DELETE CASCADE) USING " + kind,
                "CREATE TABLE below (id INT PRIMARY KEY, g INT REFERENCES gone ON DELETE CASCADE) USING " + kind,
                "CREATE TABLE nulled (id INT PRIMARY KEY, p INT REFERENCES p (u) ON DELETE SET NULL) USING " + kind,
                "CREATE TABLE again (id INT PRIMARY KEY, p INT DEFAULT 7 REFERENCES p ON DELETE SET DEFAULT) USING " + kind,
                "INSERT INTO p VALUES (1, 10), (2, 20), (7, 70)", "INSERT INTO gone VALUES (1, 1), (2, 2), (3, 1)",
                "INSERT INTO below VALUES (1, 1), (2, 2), (3, 3), (4, 3)", "INSERT INTO nulled VALUES (1, 10), (2, 20), (3, 10)",
                "INSERT INTO again VALUES (1, 1), (2, 2), (3, 7)");
        assertThat(statement.executeUpdate("DELETE FROM p WHERE id = 1")).isEqualTo(1);
        assertThat(sql.rows("SELECT * FROM gone ORDER BY id")).containsExactly("2|2");
        assertThat(sql.rows("SELECT * FROM below ORDER BY id")).containsExactly("2|2");
        assertThat(sql.rows("SELECT * FROM nulled ORDER BY id")).containsExactly("1|null", "2|20", "3|null");
        assertThat(sql.rows("SELECT * FROM again ORDER BY id")).containsExactly("1|7", "2|2", "3|7");
        // The default is there no more.
        sql.refused("DELETE FROM p WHERE id = 7", "23503", "AGAIN_P_FKEY");
        // It is a part of its statement, and undone with that.
        connection.setAutoCommit(false);
        sql.execute("SAVEPOINT s", "DELETE FROM p WHERE id = 2");
        assertThat(sql.rows("SELECT COUNT(*) FROM below")).containsExactly("0");
        sql.execute("ROLLBACK TO s");
        assertThat(sql.rows("SELECT COUNT(*) FROM below")).containsExactly("1");
        connection.rollback();
        connection.setAutoCommit(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void rowsThatReferToAChangedOneFollowIt(String kind) throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY, u INT UNIQUE, w INT) USING " + kind,
                "CREATE TABLE follow (id INT PRIMARY KEY, p INT REFERENCES p ON UPDATE CASCADE) USING " + kind,
                "CREATE TABLE nulled (id INT PRIMARY KEY, p INT REFERENCES p ON UPDATE SET NULL) USING " + kind,
                "CREATE TABLE byu (u INT PRIMARY KEY REFERENCES p (u) ON UPDATE CASCADE, x INT) USING " + kind,
                "CREATE TABLE below (id INT PRIMARY KEY, u INT REFERENCES byu ON UPDATE CASCADE) USING " + kind,
                "INSERT INTO p VALUES (1, 10, 0), (2, 20, 0), (3, 30, 0), (4, NULL, 0)", "INSERT INTO follow VALUES (1, 1), (2, 2), (3, 3)",
                "INSERT INTO nulled VALUES (1, 1), (2, NULL)", "INSERT INTO byu VALUES (10, 1), (20, 2)",
                "INSERT INTO below VALUES (1, 10), (2, 20), (3, 10)");
        sql.execute("UPDATE p SET w = 1", "UPDATE p SET id = id + 1 WHERE id < 4 AND id > 5", "UPDATE p SET id = id");
        assertThat(sql.rows("SELECT p FROM nulled ORDER BY id")).containsExactly("1", "null");
        sql.execute("UPDATE p SET id = id + 1");
        assertThat(sql.rows("SELECT * FROM follow ORDER BY id")).containsExactly("1|2", "2|3", "3|4");
        assertThat(sql.rows("SELECT * FROM nulled ORDER BY id")).containsExactly("1|null", "2|null");
        sql.execute("UPDATE p SET id = 7 - id WHERE id IN (3, 4)", "UPSERT INTO p VALUES (2, 11, 5)");
        assertThat(sql.rows("SELECT * FROM follow ORDER BY id")).containsExactly("1|2", "2|4", "3|3");
        assertThat(sql.rows("SELECT * FROM byu ORDER BY u")).containsExactly("11|1", "20|2");
        assertThat(sql.rows("SELECT * FROM below ORDER BY id")).containsExactly("1|11", "2|20", "3|11");
        sql.execute("UPSERT INTO p VALUES (2, 12, 5), (2, 13, 6)");
        assertThat(sql.rows("SELECT u FROM below ORDER BY id")).containsExactly("13", "20", "13");
        sql.execute("UPSERT INTO p VALUES (2, 14, 5), (2, 13, 6)");
        assertThat(sql.rows("SELECT u FROM below ORDER BY id")).containsExactly("13", "20", "13");
        sql.refused("UPDATE p SET u = NULL WHERE id = 2", "23502", "BYU", "U");
    }

    @Test
    void whatIsRestrictedIsRefusedAtOnce() throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY)",
                "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p ON DELETE RESTRICT ON UPDATE RESTRICT)",
                "INSERT INTO p VALUES (1), (2)", "INSERT INTO c VALUES (1, 1)");
        connection.setAutoCommit(false);
        sql.refused("DELETE FROM p WHERE id = 1", "23503", "RESTRICT", "P=1");
        sql.refused("UPDATE p SET id = 5", "23505");
        sql.refused("UPDATE p SET id = id + 10", "23503", "RESTRICT");
        sql.execute("DELETE FROM p WHERE id = 2", "DELETE FROM c", "DELETE FROM p");
        connection.commit();
        connection.setAutoCommit(true);
        assertThat(sql.rows("SELECT * FROM p")).isEmpty();
    }

    @Test
    void tablesMayReferToThemselves() throws SQLException {
        sql.execute("CREATE TABLE part (id INT PRIMARY KEY, whole INT REFERENCES part ON DELETE CASCADE ON UPDATE CASCADE)",
                "INSERT INTO part VALUES (1, 1), (2, 1), (3, 2), (4, 3), (5, 6), (6, 5), (7, NULL)");
        sql.refused("INSERT INTO part VALUES (8, 9)", "23503", "WHOLE=9");
        sql.execute("UPDATE part SET id = id + 10");
        assertThat(sql.rows("SELECT * FROM part ORDER BY id"))
                .containsExactly("11|11", "12|11", "13|12", "14|13", "15|16", "16|15", "17|null");
        sql.execute("DELETE FROM part WHERE id = 12");
        assertThat(sql.rows("SELECT * FROM part ORDER BY id")).containsExactly("11|11", "15|16", "16|15", "17|null");
        sql.execute("DELETE FROM part WHERE id = 16");
        assertThat(sql.rows("SELECT id FROM part ORDER BY id")).containsExactly("11", "17");
        sql.execute("DELETE FROM part");
        // A chain that is longer than a stack is deep.
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO part VALUES (?, ?)")) {
            for (int id = 0; id < 5000; id++) {
                insert.setInt(1, id);
                insert.setObject(2, id == 0 ? null : id - 1);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        sql.execute("DELETE FROM part WHERE id = 0");
        assertThat(sql.rows("SELECT COUNT(*) FROM part")).containsExactly("0");
    }

    @Test
    void aKeyOfSeveralColumnsIsReferencedInAnyOrder() throws SQLException {
        sql.execute("CREATE TABLE p (a INT, b VARCHAR(5), x DECIMAL(5, 2), y INT, PRIMARY KEY (a, b)) USING SORTED",
                "CREATE UNIQUE INDEX p_u ON p (x DESC, y)",
                "CREATE TABLE c (id INT PRIMARY KEY, pb VARCHAR(5), pa INT, x DECIMAL(5, 2), y INT, "
                        + "CONSTRAINT by_key FOREIGN KEY (pb, pa) REFERENCES p (b, a) MATCH SIMPLE ON UPDATE CASCADE, "
                        + "FOREIGN KEY (y, x) REFERENCES p (y, x) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED)",
                "CREATE TABLE line (a INT, b VARCHAR(5), n INT, PRIMARY KEY (b, a, n), FOREIGN KEY (a, b) REFERENCES p ON DELETE CASCADE) "
                        + "USING SORTED",
                "INSERT INTO p VALUES (1, 'k', 1.50, 9), (2, 'm', 2.50, 8)",
                "INSERT INTO line VALUES (1, 'k', 1), (1, 'k', 2), (2, 'm', 1)");
        sql.execute("INSERT INTO c VALUES (1, 'k', 1, 2.5, 8), (2, NULL, 77, NULL, 5), (3, 'm', NULL, 1.5, NULL)");
        sql.refused("INSERT INTO c VALUES (4, 'k', 2, NULL, NULL)", "23503", "BY_KEY", "PA=2, PB='k'");
        sql.refused("INSERT INTO c VALUES (4, NULL, NULL, 1.5, 8)", "23503", "C_Y_X_FKEY", "X=1.50, Y=8");
        sql.refused("INSERT INTO line VALUES (1, 'm', 1)", "23503", "LINE_A_B_FKEY");
        sql.execute("DELETE FROM p WHERE a = 2");
        assertThat(sql.rows("SELECT * FROM c ORDER BY id")).containsExactly("1|k|1|null|null", "2|null|77|null|5", "3|m|null|1.50|null");
        assertThat(sql.rows("SELECT * FROM line ORDER BY n")).containsExactly("1|k|1", "1|k|2");
        sql.refused("UPDATE p SET b = 'z'", "23503", "LINE_A_B_FKEY");
        sql.execute("DELETE FROM line", "UPDATE p SET a = 5, b = 'z'");
        assertThat(sql.rows("SELECT pb, pa FROM c WHERE id = 1")).containsExactly("z|5");
        // The sorted table finds its rows by its key, the other one by indexes that were made.
        assertThat(sql.rows("SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM SYSTEM.INDEXES ORDER BY INDEX_NAME, ORDINAL_POSITION"))
                .containsExactly("C|C_PB_PA_FKEY_IDX|PA", "C|C_PB_PA_FKEY_IDX|PB", "C|C_Y_X_FKEY_IDX|X", "C|C_Y_X_FKEY_IDX|Y",
                        "P|P_U|X", "P|P_U|Y");
    }

    @Test
    void valuesThatSwapInACircleOfTablesComeToRest() throws SQLException {
        sql.execute("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY REFERENCES a ON UPDATE CASCADE)",
                "CREATE TABLE c (id INT PRIMARY KEY REFERENCES b ON UPDATE CASCADE, n INT)", "INSERT INTO a VALUES (1), (2)",
                "INSERT INTO b VALUES (1), (2)", "INSERT INTO c VALUES (1, 1), (2, 2)", "UPDATE a SET id = 3 - id");
        assertThat(sql.rows("SELECT * FROM c ORDER BY id")).containsExactly("1|2", "2|1");
    }

    @Test
    void whatCannotBeReferencedIsRefused() throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY, u BIGINT UNIQUE, n INT, d DECIMAL(5, 2) UNIQUE, s VARCHAR(9) UNIQUE)",
                "CREATE TABLE expires (id INT PRIMARY KEY) WITH (ttl = 60)");
        String head = "CREATE TABLE c (id INT PRIMARY KEY, x INT, s CHAR(9), ";
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p (n))", "42830", "C_X_FKEY", "(ID) or (U) or (D) or (S)", "line=1");
        sql.refused(head + "FOREIGN KEY (x, id) REFERENCES p)", "42830", "columns=2", "(ID) of P");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p (u))", "42804", "BIGINT");
        sql.refused(head + "FOREIGN KEY (s) REFERENCES p (s))", "42804", "CHAR(9)", "VARCHAR(9)");
        sql.refused("CREATE TABLE c (id INT PRIMARY KEY, d DECIMAL(6, 2) REFERENCES p (d))", "42804", "DECIMAL(5, 2)");
        sql.refused(head + "FOREIGN KEY (y) REFERENCES p)", "42703", "Did you mean");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p (y))", "42703");
        sql.refused(head + "FOREIGN KEY (x, x) REFERENCES p (id, u))", "42701");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES nothing)", "42P01", "NOTHING");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES SYSTEM.BLOCKS (block_id))", "42809");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES expires)", "42P16", "expire");
        sql.refused(head + "CONSTRAINT a FOREIGN KEY (x) REFERENCES p, CONSTRAINT a FOREIGN KEY (id) REFERENCES p)", "42P16",
                "constraint=A");
        sql.refused(head + "CONSTRAINT a CHECK (x > 1), CONSTRAINT a FOREIGN KEY (x) REFERENCES p)", "42P16", "constraint=A");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p MATCH FULL)", "0A000", "MATCH FULL");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p NOT DEFERRABLE)", "0A000", "NOT DEFERRABLE", "when a transaction commits");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p DEFERRABLE)", "0A000");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p INITIALLY IMMEDIATE)", "0A000");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p ON DELETE CASCADE ON DELETE CASCADE)", "42601", "once");
        sql.refused(head + "FOREIGN KEY (x) REFERENCES p ON DELETE NOTHING)", "42601");
        sql.execute(
                "CREATE TABLE c (id INT PRIMARY KEY REFERENCES p NOT NULL, x INT CONSTRAINT mine REFERENCES p INITIALLY DEFERRED DEFAULT 5, "
                        + "y INT REFERENCES p ON UPDATE NO ACTION NULL)");
        assertThat(sql.rows("SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_NAME = 'C' ORDER BY 1"))
                .containsExactly("C_ID_FKEY", "C_PK", "C_Y_FKEY", "MINE");
    }

    @Test
    void whatIsNeededStays() throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY, u INT)", "CREATE UNIQUE INDEX p_u ON p (u)",
                "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p, u INT REFERENCES p (u), x INT, CONSTRAINT c_p UNIQUE (p, x))",
                "INSERT INTO p VALUES (1, 1)", "INSERT INTO c VALUES (1, 1, 1, 1)");
        assertThat(sql.rows("SELECT DISTINCT INDEX_NAME FROM SYSTEM.INDEXES ORDER BY 1")).containsExactly("C_P", "C_U_FKEY_IDX", "P_U");
        sql.refused("DROP TABLE p", "2BP01", "PUBLIC.C", "C_P_FKEY", "CASCADE");
        sql.refused("DROP TABLE p RESTRICT", "2BP01");
        sql.refused("DROP INDEX p_u", "2BP01", "C_U_FKEY");
        sql.refused("DROP INDEX c_u_fkey_idx", "2BP01", "C_U_FKEY");
        sql.refused("TRUNCATE p", "2BP01", "C_P_FKEY", "both");
        sql.execute("TRUNCATE c", "INSERT INTO c VALUES (1, 1, NULL, NULL)");
        sql.refused("INSERT INTO c VALUES (2, 2, NULL, NULL)", "23503");
        sql.execute("TRUNCATE p, c", "INSERT INTO p VALUES (2, 2)", "INSERT INTO c VALUES (1, 2, 2, 2)");
        sql.refused("DELETE FROM p", "23503");
        sql.execute("DROP TABLE p CASCADE", "INSERT INTO c VALUES (2, 99, 99, 99)");
        assertThat(sql.rows("SELECT DISTINCT INDEX_NAME FROM SYSTEM.INDEXES ORDER BY 1")).containsExactly("C_P");
        sql.execute("CREATE TABLE self (id INT PRIMARY KEY, s INT REFERENCES self)", "DROP TABLE self");
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE d (id INT REFERENCES p PRIMARY KEY)", "DROP TABLE d",
                "DROP TABLE p");
    }

    @Test
    void referencedRowsDoNotExpire() throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY)", "INSERT INTO p VALUES (1) WITH (ttl = 600)",
                "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p) WITH (ttl = 600)");
        sql.refused("INSERT INTO c VALUES (1, 1)", "23503", "expires", "ttl = 0");
        sql.refused("INSERT INTO p VALUES (2) WITH (ttl = 5)", "0A000", "time to live", "C_P_FKEY");
        sql.refused("UPSERT INTO p VALUES (2) WITH (ttl = 5)", "0A000");
        sql.refused("UPDATE p SET id = 2 WITH (ttl = 5)", "0A000");
        sql.execute("UPDATE p SET id = 2 WITH (ttl = 0)", "INSERT INTO c VALUES (1, 2)", "INSERT INTO c VALUES (2, 2) WITH (ttl = 1)");
        long start = System.nanoTime();
        sql.execute("DELETE FROM c WHERE id = 1");
        // The row that is left goes by itself.
        while (!sql.rows("SELECT id FROM c").isEmpty()) {
            assertThat(System.nanoTime() - start).isLessThan(120_000_000_000L);
            Thread.onSpinWait();
        }
        sql.execute("DELETE FROM p");
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
    void whoRefersToARowAndWhoChangesItDoNotMeet(String level) throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY, n INT)", "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p)",
                "INSERT INTO p VALUES (1, 0), (2, 0), (3, 0)");
        try (Connection other = DriverManager.getConnection(URL); Statement second = other.createStatement()) {
            sql.execute("BEGIN ISOLATION LEVEL " + level, "INSERT INTO c VALUES (1, 1)");
            second.execute("UPDATE p SET n = n + 1 WHERE id = 1");
            sql.execute("COMMIT", "BEGIN ISOLATION LEVEL " + level, "UPDATE p SET n = n + 1 WHERE id = 1");
            second.execute("INSERT INTO c VALUES (2, 1)");
            sql.execute("COMMIT");
            assertThat(sql.rows("SELECT n FROM p WHERE id = 1")).containsExactly("2");

            // A look at a new snapshot finds it out; one at the transaction's own leaves it to the commit.
            String told = level.equals("READ COMMITTED") ? "23503" : "40001";
            sql.execute("BEGIN ISOLATION LEVEL " + level, "INSERT INTO c VALUES (3, 2)");
            second.execute("DELETE FROM p WHERE id = 2");
            sql.refused("COMMIT", told);
            sql.execute("BEGIN ISOLATION LEVEL " + level, "DELETE FROM p WHERE id = 3");
            second.execute("INSERT INTO c VALUES (4, 3)");
            sql.refused("COMMIT", told);
        }
        assertThat(sql.rows("SELECT * FROM c ORDER BY id")).containsExactly("1|1", "2|1", "4|3");
    }

    @Test
    void whatAnActionMissedIsRunAgain() throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p ON DELETE CASCADE)",
                "INSERT INTO p VALUES (1)", "INSERT INTO c VALUES (1, 1)");
        try (Connection other = DriverManager.getConnection(URL); Statement second = other.createStatement()) {
            sql.execute("BEGIN ISOLATION LEVEL READ COMMITTED", "DELETE FROM p");
            second.execute("INSERT INTO c VALUES (2, 1)");
            sql.refused("COMMIT", "40001");
        }
        sql.execute("DELETE FROM p");
        assertThat(sql.rows("SELECT * FROM c")).isEmpty();
    }

    @Test
    void actionsCountToTheSizeOfATransaction() throws SQLException {
        String url = "jdbc:coconut:mem:foreign-keys-size;memory.lock=off;blocks=2;transaction.bytes.max=2MB";
        try (Connection small = DriverManager.getConnection(url); Statement write = small.createStatement()) {
            write.execute("CREATE TABLE p (id INT PRIMARY KEY)");
            write.execute("CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p ON DELETE SET NULL, s VARCHAR(2000))");
            write.execute("INSERT INTO p VALUES (1)");
            try (PreparedStatement insert = small.prepareStatement("INSERT INTO c VALUES (?, 1, ?)")) {
                for (int id = 0; id < 2000; id++) {
                    insert.setInt(1, id);
                    insert.setString(2, "x".repeat(1000));
                    insert.addBatch();
                    if (id % 500 == 499) {
                        insert.executeBatch();
                    }
                }
            }
            assertThatThrownBy(() -> write.execute("DELETE FROM p")).isInstanceOfSatisfying(SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("54000"));
            assertThat(new SqlClient(small).rows("SELECT COUNT(*) FROM c WHERE p = 1")).containsExactly("2000");
            write.execute("DELETE FROM c WHERE id >= 200");
            write.execute("DELETE FROM p");
            assertThat(new SqlClient(small).rows("SELECT COUNT(*) FROM c WHERE p IS NULL")).containsExactly("200");
        }
    }

    @Test
    void aFileIsCheckedPieceByPiece() throws Exception {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY)", "INSERT INTO p VALUES (1), (2)",
                "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p)");
        Path file = directory.resolve("c.csv");
        Files.writeString(file, "1,1\n2,2\n3,\n4,2\n5,9\n6,1\n");
        assertThatThrownBy(() -> statement.execute("COPY c FROM '" + file + "' WITH (ROWS_PER_COMMIT 2)"))
                .isInstanceOfSatisfying(SQLException.class, failure -> {
                    assertThat(failure.getSQLState()).isEqualTo("23503");
                    assertThat(failure.getMessage()).contains("P=9", "rowsCommitted=4");
                });
        assertThat(sql.rows("SELECT COUNT(*) FROM c")).containsExactly("4");
    }

    private static List<String> keys(ResultSet found) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (found) {
            while (found.next()) {
                rows.add(found.getString("FK_NAME") + " " + found.getString("FKTABLE_NAME") + "." + found.getString("FKCOLUMN_NAME") + "→"
                        + found.getString("PKTABLE_NAME") + "." + found.getString("PKCOLUMN_NAME") + " " + found.getInt("KEY_SEQ") + " "
                        + found.getString("PK_NAME") + " " + found.getInt("DELETE_RULE") + found.getInt("UPDATE_RULE")
                        + found.getInt("DEFERRABILITY"));
            }
        }
        return rows;
    }

    @Test
    void theyAreShown() throws SQLException {
        sql.execute("CREATE TABLE p (a INT, b INT, u INT UNIQUE, PRIMARY KEY (a, b))",
                "CREATE TABLE c (id INT PRIMARY KEY, x INT, y INT, u INT REFERENCES p (u) ON DELETE SET NULL ON UPDATE RESTRICT, "
                        + "FOREIGN KEY (y, x) REFERENCES p (b, a) ON DELETE CASCADE)",
                "CREATE TABLE d (id INT PRIMARY KEY REFERENCES c ON UPDATE SET DEFAULT)");
        assertThat(sql.rows("SELECT CONSTRAINT_NAME, TABLE_NAME, UNIQUE_CONSTRAINT_NAME, REFERENCED_TABLE_NAME, MATCH_OPTION, UPDATE_RULE, "
                + "DELETE_RULE FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS ORDER BY 1"))
                        .containsExactly("C_U_FKEY|C|P_U_KEY|P|NONE|RESTRICT|SET NULL", "C_Y_X_FKEY|C|P_PK|P|NONE|NO ACTION|CASCADE",
                                "D_ID_FKEY|D|C_PK|C|NONE|SET DEFAULT|NO ACTION");
        assertThat(sql.rows("SELECT CONSTRAINT_NAME, COLUMN_NAME, ORDINAL_POSITION, POSITION_IN_UNIQUE_CONSTRAINT, REFERENCED_COLUMN_NAME "
                + "FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE TABLE_NAME = 'C' ORDER BY 1, 3"))
                        .containsExactly("C_PK|ID|1|null|null", "C_U_FKEY|U|1|1|U", "C_Y_X_FKEY|X|1|1|A", "C_Y_X_FKEY|Y|2|2|B");
        var metaData = connection.getMetaData();
        String byU = "C_U_FKEY C.U→P.U 1 P_U_KEY 215";
        List<String> byKey = List.of("C_Y_X_FKEY C.X→P.A 1 P_PK 035", "C_Y_X_FKEY C.Y→P.B 2 P_PK 035");
        String ofD = "D_ID_FKEY D.ID→C.ID 1 C_PK 345";
        assertThat(keys(metaData.getImportedKeys(null, "PUBLIC", "C"))).containsExactlyInAnyOrder(byU, byKey.get(0), byKey.get(1));
        assertThat(keys(metaData.getExportedKeys("COCONUT", null, "P"))).containsExactlyInAnyOrder(byU, byKey.get(0), byKey.get(1));
        assertThat(keys(metaData.getExportedKeys(null, null, "C"))).containsExactly(ofD);
        assertThat(keys(metaData.getExportedKeys("", null, "C"))).isEmpty();
        assertThat(keys(metaData.getCrossReference(null, null, "C", null, null, "D"))).containsExactly(ofD);
        assertThat(keys(metaData.getCrossReference(null, null, "P", null, null, "D"))).isEmpty();
    }

    @Test
    void foreignKeysAreThereWhenTheDatabaseIsOpenedAgain() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=3";
        try (Connection file = DriverManager.getConnection(url); Statement write = file.createStatement()) {
            write.execute("CREATE TABLE p (id INT PRIMARY KEY) USING SORTED");
            write.execute("CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p ON DELETE CASCADE)");
            write.execute("INSERT INTO p VALUES (1), (2)");
            write.execute("INSERT INTO c VALUES (1, 1), (2, 2)");
            write.execute("DELETE FROM p WHERE id = 1");
        }
        try (Connection file = DriverManager.getConnection(url); Statement write = file.createStatement()) {
            assertThat(new SqlClient(file).rows("SELECT * FROM c")).containsExactly("2|2");
            assertThatThrownBy(() -> write.execute("INSERT INTO c VALUES (3, 3)")).hasMessageContaining("C_P_FKEY");
            write.execute("DELETE FROM p");
            assertThat(new SqlClient(file).rows("SELECT * FROM c")).isEmpty();
        }
    }
}
