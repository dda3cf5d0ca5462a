package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.sql.SqlClient;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.CheckDefinition;
import org.coconutdb.sql.catalog.TableAlteration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// ALTER TABLE: rows that were written before a column came or went are read as ones of today.
class AlterTableTest {
    private static final String URL = "jdbc:coconut:mem:alter-test;memory.lock=off;blocks=3";

    @TempDir private Path directory;

    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
    }

    @AfterEach
    void close() throws SQLException {
        IndexEntries.verify(URL);
        sql.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void rowsThatAreThereHaveTheDefaultOfAColumnThatComes(String kind) throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(10)) USING " + kind, "INSERT INTO t VALUES (1, 'a'), (2, NULL)");
        sql.execute("ALTER TABLE t ADD COLUMN stock INT DEFAULT 2 * 21 NOT NULL", "ALTER TABLE t ADD note VARCHAR(20)",
                "INSERT INTO t VALUES (3, 'c', 7, 'new')", "INSERT INTO t (id) VALUES (4)");
        sql.execute("ALTER TABLE t ADD COLUMN IF NOT EXISTS price DECIMAL(6, 2) DEFAULT 1.5, ADD tag CHAR(3) DEFAULT 'x'");

        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|a|42|null|1.50|x  ", "2|null|42|null|1.50|x  ",
                "3|c|7|new|1.50|x  ", "4|null|42|null|1.50|x  ");
        // Conditions that are looked at in place, keys, aggregates, joins and changes see the same.
        assertThat(sql.rows("SELECT id FROM t WHERE tag LIKE 'x%' AND note IS NULL AND stock > 41 AND price IN (1.5, 2) ORDER BY id"))
                .containsExactly("1", "2", "4");
        assertThat(sql.rows("SELECT price, stock FROM t WHERE id = 1")).containsExactly("1.50|42");
        assertThat(sql.rows("SELECT SUM(stock), COUNT(note) FROM t")).containsExactly("133|1");
        assertThat(sql.rows("SELECT a.id FROM t a JOIN t b ON a.stock = b.stock WHERE b.id = 1 ORDER BY 1")).containsExactly("1", "2", "4");
        assertThat(sql.update("UPDATE t SET stock = stock + 1 WHERE note IS NULL AND id < 3")).isEqualTo(2);
        assertThat(sql.update("INSERT INTO t (id) VALUES (1), (2) ON CONFLICT DO UPDATE SET name = t.tag || t.stock")).isEqualTo(2);
        assertThat(sql.update("DELETE FROM t WHERE stock = 42")).isEqualTo(1);
        assertThat(sql.rows("SELECT id, name, stock FROM t ORDER BY id")).containsExactly("1|x  43|43", "2|x  43|43", "3|c|7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void aColumnThatGoesTakesItsValuesWithIt(String kind) throws SQLException {
        sql.execute("CREATE TABLE t (a INT, id INT PRIMARY KEY, b VARCHAR(10), c INT UNIQUE) USING " + kind,
                "CREATE INDEX by_c ON t (c DESC, b)",
                "INSERT INTO t VALUES (1, 10, 'x', 100), (2, 20, 'y', 200)");
        sql.execute("ALTER TABLE t DROP COLUMN a", "INSERT INTO t VALUES (30, 'z', 300)");
        sql.execute("ALTER TABLE t ADD a VARCHAR(5) DEFAULT 'again'");

        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("10|x|100|again", "20|y|200|again", "30|z|300|again");
        sql.refused("INSERT INTO t VALUES (40, 'w', 100, 'd')", "23505", "T_C_KEY", "C=100");
        sql.execute("UPDATE t SET c = c + 1", "UPSERT INTO t VALUES (10, 'v', 7, NULL)", "DELETE FROM t WHERE id = 20");
        assertThat(sql.rows("SELECT c, b FROM t ORDER BY id")).containsExactly("7|v", "301|z");
        assertThat(IndexEntries.verify(URL)).isEqualTo(4);
        assertThat(sql.rows(
                "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC' AND TABLE_NAME = 'T' ORDER BY ORDINAL_POSITION"))
                        .containsExactly("ID", "B", "C", "A");
    }

    @Test
    void whatNeedsTheColumnAloneGoesWithItAndTheRestByCascade() throws SQLException {
        sql.execute(
                "CREATE TABLE t (id INT PRIMARY KEY, a INT UNIQUE CHECK (a > 0), b INT, c INT, CONSTRAINT ab CHECK (a < b), UNIQUE (b, c))",
                "CREATE INDEX by_c ON t (c)", "INSERT INTO t VALUES (1, 1, 2, 3)");

        sql.refused("ALTER TABLE t DROP COLUMN a", "2BP01", "AB", "CASCADE");
        sql.refused("ALTER TABLE t DROP c RESTRICT", "2BP01", "T_B_C_KEY");
        sql.refused("ALTER TABLE t DROP id CASCADE", "42P16", "primary key");
        sql.refused("ALTER TABLE t DROP COLUMN x", "42703", "Did you mean A?");
        sql.execute("ALTER TABLE t DROP COLUMN IF EXISTS x", "ALTER TABLE t DROP COLUMN a CASCADE, DROP c CASCADE");

        assertThat(sql.rows("SELECT * FROM t")).containsExactly("1|2");
        assertThat(sql.rows("SELECT INDEX_NAME FROM SYSTEM.INDEXES")).isEmpty();
        assertThat(sql.rows("SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS")).containsExactly("T_PK");
    }

    @Test
    void aColumnWhoseRowsNeedValuesOfTheirOwnComesToAnEmptyTableOnly() throws SQLException {
        sql.execute("CREATE SEQUENCE s", "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE e (id INT PRIMARY KEY)",
                "INSERT INTO t VALUES (1)");
        record Case(String column, String sqlState, String part) {}
        for (Case one : List.of(new Case("a INT NOT NULL", "23502", "DEFAULT"), new Case("b INT DEFAULT NEXT VALUE FOR s", "0A000",
                "SET DEFAULT"),
                new Case("c INT GENERATED ALWAYS AS IDENTITY", "0A000", "empty"), new Case("d DOUBLE DEFAULT RAND()", "0A000", "UPDATE"),
                new Case("e INT DEFAULT 1 UNIQUE", "23505", "T_E_KEY"), new Case("f INT DEFAULT 1 CHECK (f > 1)", "23514", "f > 1"),
                new Case("g INT CHECK (g IS NOT NULL)", "23514", "T_G_CHECK"))) {
            sql.refused("ALTER TABLE t ADD " + one.column, one.sqlState, one.part);
            sql.execute("ALTER TABLE e ADD " + one.column);
        }
        assertThat(sql.rows("SELECT * FROM t")).containsExactly("1");
        sql.execute("INSERT INTO e (id, a, f, g) VALUES (2, 1, 2, 3)");
        assertThat(sql.rows("SELECT id, a, b, c, d >= 0, e, f, g FROM e")).containsExactly("2|1|1|1|true|1|2|3");
        sql.refused("INSERT INTO e (id, a, f, g) VALUES (3, 1, 2, 3)", "23505", "E_E_KEY");
        sql.execute("ALTER TABLE t DROP IF EXISTS c, ADD IF NOT EXISTS id INT, ADD h INT DEFAULT 3");
        assertThat(sql.rows("SELECT * FROM t")).containsExactly("1|3");
    }

    @Test
    void theSequenceOfAnIdentityColumnGoesWithIt() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT GENERATED ALWAYS AS IDENTITY)", "INSERT INTO t (id) VALUES (1), (2)",
                "ALTER TABLE t DROP n", "DELETE FROM t", "ALTER TABLE t ADD n INT GENERATED BY DEFAULT AS IDENTITY (START WITH 5)",
                "INSERT INTO t (id) VALUES (1)");

        assertThat(sql.rows("SELECT * FROM t")).containsExactly("1|5");
    }

    @Test
    void aDefaultIsComputedOnceForAllRowsThatAreThere() throws Exception {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
        sql.execute("ALTER TABLE t ADD made TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL");
        String first = sql.rows("SELECT MIN(made) FROM t").getFirst();
        while (sql.rows("SELECT CURRENT_TIMESTAMP").getFirst().equals(first)) {
            Thread.onSpinWait();
        }
        sql.execute("INSERT INTO t (id) VALUES (3)");

        assertThat(sql.rows("SELECT id FROM t WHERE made = TIMESTAMP '" + first + "' ORDER BY 1")).containsExactly("1", "2");
        assertThat(sql.rows("SELECT id FROM t WHERE made > TIMESTAMP '" + first + "'")).containsExactly("3");
    }

    @Test
    void constraintsComeAndGo() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT) USING SORTED",
                "INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, NULL, NULL)");

        sql.refused("ALTER TABLE t ADD CONSTRAINT c CHECK (b < 2)", "23514", "C", "ID=2");
        sql.refused("ALTER TABLE t ADD UNIQUE (a)", "23505", "T_A_KEY", "A=1");
        sql.refused("ALTER TABLE t ADD PRIMARY KEY (a)", "42P16");
        sql.refused("ALTER TABLE t ADD CHECK (x > 1)", "42703", "X");
        sql.refused("ALTER TABLE t ADD CHECK (a + 1)", "42804");
        sql.refused("ALTER TABLE t ADD CHECK (a > (SELECT 1))", "0A000");
        assertThat(sql.rows("SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS")).containsExactly("T_PK");
        sql.execute("ALTER TABLE t ADD CONSTRAINT c CHECK (b < 3), ADD CONSTRAINT u UNIQUE (a, b), ADD d INT DEFAULT 5 CHECK (d + b < 9)");
        sql.refused("INSERT INTO t VALUES (4, 1, 3, 1)", "23514", "C");
        sql.refused("INSERT INTO t VALUES (4, 1, 1, 1)", "23505", "U");
        sql.refused("INSERT INTO t VALUES (4, 2, 1, 8)", "23514", "T_D_CHECK");
        sql.refused("ALTER TABLE t ADD CONSTRAINT c UNIQUE (a)", "42P16", "C");
        sql.refused("CREATE INDEX c ON t (a)", "42P07");
        sql.refused("DROP INDEX u", "2BP01", "DROP CONSTRAINT");
        sql.refused("ALTER TABLE t DROP CONSTRAINT t_pk", "42P16", "primary key");
        sql.refused("ALTER TABLE t DROP CONSTRAINT nothing", "42704", "C, T_D_CHECK, U");
        sql.execute("ALTER TABLE t DROP CONSTRAINT IF EXISTS nothing, DROP CONSTRAINT c", "ALTER TABLE t DROP CONSTRAINT u RESTRICT",
                "INSERT INTO t VALUES (4, 1, 3, 1), (5, 1, 3, 1)");
        assertThat(sql.rows("SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY 1")).containsExactly("T_D_CHECK",
                "T_PK");
    }

    @Test
    void aDefaultIsChangedForRowsThatCome() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT 1, b INT GENERATED ALWAYS AS IDENTITY)",
                "INSERT INTO t (id) VALUES (1)");
        sql.execute("ALTER TABLE t ALTER COLUMN a SET DEFAULT 1 + 1", "INSERT INTO t (id) VALUES (2)", "ALTER TABLE t ALTER a DROP DEFAULT",
                "INSERT INTO t (id) VALUES (3)");

        assertThat(sql.rows("SELECT id, a FROM t ORDER BY id")).containsExactly("1|1", "2|2", "3|null");
        sql.refused("ALTER TABLE t ALTER a SET DEFAULT 'x'", "22018");
        sql.refused("ALTER TABLE t ALTER x SET DEFAULT 1", "42703");
        sql.refused("ALTER TABLE t ALTER a SET DEFAULT 1, ALTER a DROP DEFAULT", "42P16", "once");
        sql.refused("ALTER TABLE t ALTER b SET DEFAULT 1", "42P16", "identity");
        for (String change : List.of("ALTER a SET NOT NULL", "ALTER a DROP NOT NULL", "ALTER a TYPE BIGINT",
                "ALTER COLUMN a SET DATA TYPE BIGINT",
                "RENAME TO u", "RENAME COLUMN a TO c", "SET SCHEMA x")) {
            sql.refused("ALTER TABLE t " + change, "0A000");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void foreignKeysComeAndGo(String kind) throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY, code VARCHAR(5) UNIQUE) USING " + kind, "INSERT INTO p VALUES (1, 'a'), (2, 'b')",
                "CREATE TABLE c (id INT PRIMARY KEY, p INT, code VARCHAR(5)) USING " + kind,
                "INSERT INTO c VALUES (1, 1, 'a'), (2, NULL, 'x')");

        sql.refused("ALTER TABLE c ADD FOREIGN KEY (code) REFERENCES p (code)", "23503", "C_CODE_FKEY", "CODE='x'");
        sql.refused("ALTER TABLE c ADD d INT DEFAULT 7 REFERENCES p, ADD CONSTRAINT k CHECK (id < 9)", "23503", "D=7");
        sql.refused("ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p (code)", "42804");
        sql.refused("ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES missing", "42P01");
        assertThat(sql.rows("SELECT * FROM c ORDER BY id")).containsExactly("1|1|a", "2|null|x");
        assertThat(sql.rows("SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_NAME = 'C'")).containsExactly(
                "C_PK");
        assertThat(sql.rows("SELECT INDEX_NAME FROM SYSTEM.INDEXES WHERE TABLE_NAME = 'C'")).isEmpty();
        sql.execute(
                "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE, ADD q INT DEFAULT 2 REFERENCES p ON UPDATE CASCADE, DROP code",
                "ALTER TABLE p ADD parent INT, ADD CONSTRAINT self FOREIGN KEY (parent) REFERENCES p", "UPDATE p SET parent = 1");
        sql.refused("INSERT INTO c VALUES (3, 9, NULL)", "23503", "C_P_FKEY");
        sql.refused("INSERT INTO c VALUES (3, 1, 9)", "23503", "C_Q_FKEY");
        sql.refused("UPDATE p SET parent = 5 WHERE id = 2", "23503", "SELF");
        sql.refused("DROP INDEX c_p_fkey_idx", "2BP01", "DROP CONSTRAINT C_P_FKEY");
        sql.refused("ALTER TABLE p DROP id CASCADE", "42P16");
        // A column of the foreign key takes it along, and its index.
        sql.execute("UPDATE p SET id = 3 WHERE id = 2", "ALTER TABLE c DROP p", "DELETE FROM p WHERE id = 4",
                "ALTER TABLE p DROP CONSTRAINT self", "DELETE FROM p WHERE id = 1");
        assertThat(sql.rows("SELECT * FROM c ORDER BY id")).containsExactly("1|3", "2|3");
        sql.refused("DELETE FROM p WHERE id = 3", "23503", "C_Q_FKEY");
        sql.execute("ALTER TABLE c DROP CONSTRAINT c_q_fkey", "DELETE FROM p");
        assertThat(sql.rows("SELECT INDEX_NAME FROM SYSTEM.INDEXES WHERE TABLE_NAME = 'C'")).isEmpty();
    }

    @Test
    void whatAForeignKeyNeedsStays() throws SQLException {
        sql.execute("CREATE TABLE p (id INT PRIMARY KEY, a INT, b INT, CONSTRAINT ab UNIQUE (a, b))",
                "CREATE TABLE c (id INT PRIMARY KEY, x INT, y INT, z INT)", "CREATE INDEX by_xyz ON c (x, y, z)",
                "ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (x, y) REFERENCES p (a, b)");

        sql.refused("ALTER TABLE p DROP CONSTRAINT ab", "2BP01", "K", "ALTER TABLE C DROP CONSTRAINT K");
        sql.refused("ALTER TABLE p DROP a CASCADE", "2BP01", "K");
        sql.refused("ALTER TABLE c DROP z CASCADE", "2BP01", "BY_XYZ", "K");
        sql.refused("ALTER TABLE c DROP x", "2BP01", "K", "CASCADE");
        sql.execute("ALTER TABLE c DROP x CASCADE", "ALTER TABLE p DROP a CASCADE", "INSERT INTO c VALUES (1, 2, 3)");
        assertThat(sql.rows("SELECT * FROM c")).containsExactly("1|2|3");
        assertThat(sql.rows("SELECT INDEX_NAME FROM SYSTEM.INDEXES")).isEmpty();
    }

    /// Positions of a foreign key's columns move when a column before them goes.
    @Test
    void aForeignKeyKeepsItsColumnsWhenOthersGo() throws SQLException {
        sql.execute("CREATE TABLE p (x INT, id INT PRIMARY KEY)",
                "CREATE TABLE c (gone INT, id INT PRIMARY KEY, p INT REFERENCES p ON DELETE SET NULL)",
                "INSERT INTO p VALUES (1, 10)", "INSERT INTO c VALUES (1, 1, 10)", "ALTER TABLE c DROP gone", "ALTER TABLE p DROP x");

        sql.refused("INSERT INTO c VALUES (2, 11)", "23503", "P=11");
        sql.execute("INSERT INTO p VALUES (11)", "INSERT INTO c VALUES (2, 11)", "DELETE FROM p WHERE id = 10");
        assertThat(sql.rows("SELECT * FROM c ORDER BY id")).containsExactly("1|null", "2|11");
    }

    @Test
    void whatCannotBeIsRefused() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, 1)");

        sql.refused("ALTER TABLE missing ADD b INT", "42P01");
        sql.refused("ALTER TABLE SYSTEM.BLOCKS ADD b INT", "42809");
        sql.refused("ALTER TABLE META_SPACE.t ADD b INT", "42809");
        sql.refused("ALTER TABLE IF EXISTS SYSTEM.BLOCKS ADD b INT", "42809");
        sql.refused("ALTER TABLE t ADD a INT", "42701", "A");
        sql.refused("ALTER TABLE t ADD b INT, ADD b INT", "42701", "B");
        sql.refused("ALTER TABLE t DROP a, ADD a INT", "42701", "statement of its own");
        sql.refused("ALTER TABLE t ADD b INT, DROP b", "42P16", "B");
        sql.refused("ALTER TABLE t ADD b INT PRIMARY KEY", "42P16");
        sql.refused("ALTER TABLE t ADD b NONSENSE", "0A000");
        sql.refused("ALTER TABLE t ADD b INT DEFAULT ?", "42P16");
        sql.refused("ALTER TABLE t ADD b INT DEFAULT 1 / 0", "22012");
        sql.refused("ALTER TABLE t ADD b VARCHAR(2) DEFAULT 'long'", "22001", "B");
        sql.refused("ALTER TABLE t ADD", "42601");
        sql.refused("ALTER TABLE t", "42601");
        sql.refused("EXPLAIN ALTER TABLE t ADD b INT", "42601");
        sql.connection().setAutoCommit(false);
        sql.execute("UPDATE t SET a = 2");
        sql.refused("ALTER TABLE t ADD b INT", "25001", "COMMIT");
        sql.connection().rollback();
        sql.connection().setAutoCommit(true);
        sql.execute("ALTER TABLE IF EXISTS missing ADD b INT");
        assertThat(sql.rows("SELECT * FROM t")).containsExactly("1|1");
    }

    @Test
    void columnsChangeAsOftenAsTheLimitSays() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (0)");
        for (int change = 1; change <= 255; change++) {
            sql.execute(change % 2 == 1 ? "ALTER TABLE t ADD c INT DEFAULT " + change : "ALTER TABLE t DROP c");
        }

        sql.refused("ALTER TABLE t ADD d INT", "42P16", "255");
        sql.refused("ALTER TABLE t DROP c", "42P16", "255");
        assertThat(sql.rows("SELECT * FROM t")).containsExactly("0|255");
        // Without rows the count begins again.
        sql.execute("TRUNCATE t", "ALTER TABLE t ADD d INT", "INSERT INTO t VALUES (1, 2, 3)");
        assertThat(sql.rows("SELECT * FROM t")).containsExactly("1|2|3");
    }

    @Test
    void anOpenTransactionThatWroteBeforeIsRefusedAndOneThatReadGoesOn() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, 1), (2, 2)");
        try (SqlClient writer = SqlClient.open(URL); SqlClient reader = SqlClient.open(URL)) {
            writer.connection().setAutoCommit(false);
            reader.connection().setAutoCommit(false);
            writer.execute("UPDATE t SET a = 9 WHERE id = 1");
            assertThat(reader.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|1", "2|2");

            sql.execute("ALTER TABLE t ADD b INT DEFAULT 5", "UPDATE t SET b = 6 WHERE id = 2");

            // The reader's snapshot is of before; the column is there all the same.
            assertThat(reader.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|1|5", "2|2|5");
            // The writer sees its own row, and what it wrote is judged when it commits.
            assertThat(writer.rows("SELECT * FROM t WHERE id = 1")).containsExactly("1|9|5");
            assertThatThrownBy(() -> writer.connection().commit()).isInstanceOfSatisfying(SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("40001"));
            reader.connection().commit();
        }
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|1|5", "2|2|6");
    }

    @Test
    void anOpenResultSetAndPreparedStatementsGoOn() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT) USING SORTED", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        Connection connection = sql.connection();
        try (PreparedStatement query = connection.prepareStatement("SELECT * FROM t ORDER BY id");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, a) VALUES (?, ?)");
                SqlClient other = SqlClient.open(URL)) {
            connection.setAutoCommit(false);
            ResultSet open = query.executeQuery();
            assertThat(open.next()).isTrue();

            other.execute("ALTER TABLE t DROP a, ADD b INT DEFAULT 8", "INSERT INTO t VALUES (0, 0), (4, 4)");

            assertThat(open.next()).isTrue();
            assertThat(open.getInt(2)).isEqualTo(2);
            assertThat(open.next()).isTrue();
            assertThat(open.next()).isFalse();
            connection.commit();
            connection.setAutoCommit(true);
            insert.setInt(1, 5);
            insert.setInt(2, 5);
            assertThatThrownBy(insert::executeUpdate).hasMessageContaining("A");
            try (ResultSet again = query.executeQuery()) {
                assertThat(again.getMetaData().getColumnName(2)).isEqualTo("B");
            }
        }
        assertThat(sql.rows("SELECT * FROM t ORDER BY id")).containsExactly("0|0", "1|8", "2|8", "3|8", "4|4");
    }

    @Test
    void changesOutliveTheProcess() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=3";
        try (SqlClient file = SqlClient.open(url)) {
            file.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(10))", "INSERT INTO t VALUES (1, 1, 'x')");
            file.execute("ALTER TABLE t DROP a, ADD c DECIMAL(5, 1) DEFAULT 2.5, ADD d UUID, ADD e VARBINARY(3) DEFAULT X'0102'",
                    "INSERT INTO t (id, d) VALUES (2, '00000000-0000-0000-0000-000000000001')");
            // As a crash leaves it while a constraint is looked at.
            try (Databases.Share share = Databases.instance().open(ConnectionUrl.parse(url, new Properties()))) {
                Catalog catalog = share.database().catalog();
                CatalogTable table = catalog.snapshot().table("PUBLIC", "T").orElseThrow();
                TableAlteration half = new TableAlteration(List.of(), List.of(new CheckDefinition("HALF", "b <> 'x'", false)), List.of(),
                        List.of(), List.of());
                catalog.alter(table, half.begun(table.definition(), List.of()), false);
            }
            file.refused("INSERT INTO t (id, b) VALUES (3, 'x')", "23514", "HALF");
        }
        try (SqlClient file = SqlClient.open(url)) {
            assertThat(file.rows("SELECT * FROM t ORDER BY id"))
                    .containsExactly("1|x|2.5|null|0102", "2|null|2.5|00000000-0000-0000-0000-000000000001|0102");
            file.execute("INSERT INTO t (id, b) VALUES (3, 'x')", "ALTER TABLE t DROP c");
        }
        try (SqlClient file = SqlClient.open(url)) {
            assertThat(file.rows("SELECT id, b, e FROM t ORDER BY id")).containsExactly("1|x|0102", "2|null|0102", "3|x|0102");
        }
    }

    @Test
    void coldRowsHaveTheDefaultToo() throws Exception {
        String url = "jdbc:coconut:file:" + directory.resolve("cold") + ";memory.lock=off;blocks=2";
        try (SqlClient file = SqlClient.open(url)) {
            file.execute("CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR(2000)) USING SORTED WITH (hot_memory = '1MB')");
            for (int id = 0; id < 3000; id++) {
                file.execute("INSERT INTO t VALUES (" + id + ", '" + ("row " + id + " ").repeat(100) + "')");
            }
            long start = System.nanoTime();
            while (file.rows("SELECT ID FROM META_SPACE.t WHERE STORAGE = 'COLD'").isEmpty()) {
                assertThat(System.nanoTime() - start).isLessThan(120_000_000_000L);
                Thread.sleep(10);
            }
            file.execute("ALTER TABLE t ADD n INT DEFAULT 4", "ALTER TABLE t ADD m VARCHAR(10) DEFAULT 'more'");

            assertThat(file.rows("SELECT COUNT(*), SUM(n), MIN(m), MAX(m) FROM t WHERE text LIKE 'row%'")).containsExactly(
                    "3000|12000|more|more");
            assertThat(file.rows("SELECT n, m FROM t WHERE id = 1")).containsExactly("4|more");
        }
    }

    /// Rows change while columns come and go: no change of a column that stays is lost, columns that come together are seen together, with
    /// values of their own time.
    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void columnsComeAndGoWhileOthersReadAndWrite(String kind) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + seed);
        int ids = 200;
        int rounds = 20;
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, gone VARCHAR(5), b INT UNIQUE) USING " + kind);
        for (int id = 0; id < ids; id++) {
            sql.execute("INSERT INTO t VALUES (" + id + ", " + id + ", 'x', " + id + ")");
        }
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong steps = new AtomicLong();
        AtomicLong increments = new AtomicLong();
        AtomicLong seen = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> others = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                Random random = new Random(seed + thread);
                others.add(threads.submit(() -> loop(over, steps, own -> {
                    // Values of b stay unique: they rise by the number of rows.
                    if (own.update("UPDATE t SET a = a + " + ids + ", b = b + " + ids + " WHERE id = " + random.nextInt(ids)) == 1) {
                        increments.incrementAndGet();
                    }
                    own.update("UPDATE t SET x = x + 1, y = 'v' || CAST(x + 1 AS VARCHAR(9)) WHERE id = " + random.nextInt(ids));
                })));
            }
            others.add(threads.submit(() -> loop(over, steps, own -> {
                assertThat(own.rows("SELECT id FROM t WHERE a <> b OR MOD(a, " + ids + ") <> id")).isEmpty();
                List<String> rows = own.rows("SELECT x, y FROM t");
                assertThat(rows).hasSize(ids).allMatch(row -> row.split("\\|")[1].equals("v" + row.split("\\|")[0]));
                assertThat(rows.stream().map(row -> Integer.parseInt(row.split("\\|")[0]) / 10_000).distinct()).hasSize(1);
                seen.incrementAndGet();
            })));
            try {
                for (int round = 1; round <= rounds; round++) {
                    int first = round * 10_000;
                    sql.execute("ALTER TABLE t ADD x INT DEFAULT " + first + " NOT NULL, ADD y VARCHAR(9) DEFAULT 'v" + first + "'");
                    await(steps, 15, others);
                    // On a slow machine writers take all the steps while the reader's query is still planned.
                    await(seen, 1, others);
                    sql.execute("ALTER TABLE t DROP x, DROP y");
                    await(steps, 5, others);
                    if (round == rounds / 2) {
                        sql.execute("ALTER TABLE t DROP COLUMN gone");
                    }
                }
            } finally {
                over.set(true);
            }
            for (Future<?> other : others) {
                other.get();
            }
        }
        System.out.println("increments: " + increments + ", snapshots with the columns: " + seen);
        assertThat(sql.rows("SELECT CAST(SUM(CAST(a AS BIGINT) - id) / " + ids + " AS BIGINT), COUNT(*) FROM t")).containsExactly(increments
                + "|" + ids);
        assertThat(seen.get()).isGreaterThanOrEqualTo(rounds);
        assertThat(IndexEntries.verify(URL)).isEqualTo(ids);
    }

    private interface Work {
        void run(SqlClient own) throws SQLException;
    }

    /// Runs it again and again; it may meet that the columns are not there, or be refused as often as others change what it does.
    private static Void loop(AtomicBoolean over, AtomicLong steps, Work work) throws SQLException {
        try (SqlClient own = SqlClient.open(URL)) {
            while (!over.get()) {
                try {
                    work.run(own);
                } catch (SQLException refused) {
                    assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("42703", "40001");
                }
                steps.incrementAndGet();
            }
        }
        return null;
    }

    private static void await(AtomicLong steps, int more, List<Future<?>> others) throws InterruptedException {
        long before = steps.get();
        while (steps.get() < before + more && others.stream().noneMatch(Future::isDone)) {
            Thread.sleep(1);
        }
    }
}
