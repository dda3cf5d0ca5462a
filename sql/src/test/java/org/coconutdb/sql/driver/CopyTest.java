package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// COPY FROM and COPY TO.
class CopyTest {
    private static final String URL = "jdbc:coconut:mem:copy-test;memory.lock=off;blocks=2;transaction.bytes.max=2MB";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path directory;

    private Connection connection;
    private Connection other;

    @BeforeEach
    void connect() throws SQLException {
        connection = DriverManager.getConnection(URL);
        other = DriverManager.getConnection(URL);
        execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20), n INT DEFAULT 7, CHECK (n < 100))");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
        other.close();
    }

    private long execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return statement.getLargeUpdateCount();
        }
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    text.append(i == 1 ? "" : "|").append(rows.getString(i));
                }
                texts.add(text.toString());
            }
            return texts;
        }
    }

    private List<String> t() throws SQLException {
        return rows(connection, "SELECT * FROM t ORDER BY id");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("rows.csv"), text);
    }

    /// With the file's path in place of a question mark.
    private long copy(String sql, String text) throws SQLException, IOException {
        return execute(sql.replace("?", "'" + file(text) + "'"));
    }

    private SQLException refused(String sql, String text) {
        SQLException failure = catchThrowableOfType(SQLException.class, () -> copy(sql, text));
        assertThat((Throwable) failure).as("a failure").isNotNull();
        return failure;
    }

    private static long countLines(String text) {
        return text.lines().count();
    }

    // ---- there and back

    @Test
    void everyTypeComesBackAsItWas() throws SQLException {
        String columns = """
                (id INT PRIMARY KEY, b BOOLEAN, ti TINYINT, si SMALLINT, bi BIGINT, de DECIMAL(20, 5), re REAL, dou DOUBLE, ch CHAR(5),
                vc VARCHAR(100), bin BINARY(3), vb VARBINARY(20), da DATE, tm TIME(3), ts TIMESTAMP(3),
                tz TIMESTAMP(3) WITH LOCAL TIME ZONE, u UUID)""";
        execute("CREATE TABLE source " + columns);
        execute("CREATE TABLE target " + columns);
        execute("""
                INSERT INTO source VALUES
                (1, TRUE, -128, 32767, 9223372036854775807, 123456789012345.67891, 1.1, 1e300, 'ab', 'a, "b"', X'00FF01', X'',
                 DATE '0001-01-01', TIME '00:00:00', TIMESTAMP '9999-12-31 23:59:59.999', '2026-03-01 10:00:00.5', '123e4567-e89b-12d3-a456-426614174000'),
                (2, FALSE, 127, -32768, -9223372036854775808, -0.00001, -3.4028235e38, 4.9e-324, '', '', X'010203', X'FFFE',
                 DATE '2024-02-29', TIME '23:59:59.123', TIMESTAMP '1969-12-31 23:59:00', '1900-01-01 00:00:00', '00000000-0000-0000-0000-000000000000'),
                (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                (4, TRUE, 0, 0, 0, 0, 0, 0, ' x', ' lead and trail ', X'000000', X'5C78', DATE '1582-10-15', TIME '12:00:00',
                 TIMESTAMP '2026-01-01 00:00:00', '2026-10-25 02:30:00', 'ffffffff-ffff-ffff-ffff-ffffffffffff')""");
        String path = "'" + directory.resolve("all.csv") + "'";
        assertThat(execute("COPY source TO " + path + " WITH (FORMAT CSV, HEADER true)")).isEqualTo(4);
        assertThat(execute("COPY target FROM " + path + " WITH (FORMAT CSV, HEADER MATCH)")).isEqualTo(4);
        assertThat(rows(connection, "SELECT * FROM target ORDER BY id")).isEqualTo(rows(connection, "SELECT * FROM source ORDER BY id"));
        assertThat(rows(connection,
                "SELECT COUNT(*) FROM source s JOIN target t ON s.id = t.id WHERE s.vb = t.vb AND s.vc = t.vc AND s.ts = t.ts "
                        + "AND s.tz = t.tz AND s.dou = t.dou AND s.re = t.re AND s.ch = t.ch AND s.de = t.de")).containsExactly("3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " WITH (NULL '\\N')", " (DELIMITER ';', QUOTE '''', NULL 'none')"})
    void nullAndTheEmptyStringAndHardTextsComeBack(String options) throws SQLException {
        execute("INSERT INTO t VALUES (1, NULL, 1), (2, '', 2), (3, '\\N', 3), (4, 'none', 4), (5, 'a\nb', 5), (6, 'a\r\n\"b\",', 6), "
                + "(7, ' '';', 7), (8, '\uD83C\uDF34 é', 8), (9, '#x', 9)");
        List<String> before = t();
        String path = "'" + directory.resolve("out.csv") + "'";
        execute("COPY t TO " + path + options);
        execute("DELETE FROM t");
        assertThat(execute("COPY t FROM " + path + options)).isEqualTo(9);
        assertThat(t()).isEqualTo(before);
        assertThat(rows(connection, "SELECT id FROM t WHERE v IS NULL")).containsExactly("1");
        assertThat(rows(connection, "SELECT id FROM t WHERE v = ''")).containsExactly("2");
    }

    @Test
    void aColumnOfNullsComesBack() throws Exception {
        execute("CREATE TABLE lone (id INT PRIMARY KEY, v VARCHAR(10))");
        execute("INSERT INTO lone VALUES (1, NULL), (2, ''), (3, 'x')");
        Path out = directory.resolve("lone.csv");
        execute("COPY (SELECT v FROM lone ORDER BY id) TO '" + out + "'");
        assertThat(Files.readString(out)).isEqualTo("\n\"\"\nx\n");
    }

    @Test
    void aQuerysRowsAreWrittenInItsOrderAndReplaceTheFile() throws Exception {
        execute("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
        Path out = file("old");
        assertThat(execute("COPY (SELECT v AS name, n * 2 AS twice FROM t WHERE id > 1 ORDER BY id DESC) TO '" + out + "' (HEADER)"))
                .isEqualTo(2);
        assertThat(Files.readString(out)).isEqualTo("NAME,TWICE\nc,6\nb,4\n");
        assertThat(execute("COPY t (n, id) TO '" + out + "'")).isEqualTo(3);
        assertThat(countLines(Files.readString(out))).isEqualTo(3);
        assertThat(directory.toFile().list()).as("no part is left").containsExactly("rows.csv");
    }

    @Test
    void aFileIsAsItWasWhereCopyToFails() throws Exception {
        execute("INSERT INTO t VALUES (1, 'a', 1)");
        Path out = file("old");
        SQLException failure = catchThrowableOfType(SQLException.class,
                () -> execute("COPY (SELECT 1 / (n - 1) FROM t) TO '" + out + "'"));
        assertThat(failure.getSQLState()).isEqualTo("22012");
        assertThat(Files.readString(out)).isEqualTo("old");
        assertThat(directory.toFile().list()).containsExactly("rows.csv");
        failure = catchThrowableOfType(SQLException.class, () -> execute("COPY t TO '" + directory.resolve("no/such/out.csv") + "'"));
        assertThat(failure.getSQLState()).isEqualTo("58030");
    }

    // ---- headers and columns

    @Test
    void namesInTheHeaderSayWhereValuesGo() throws Exception {
        assertThat(copy("COPY t FROM ? WITH (HEADER true)", "V,id\na,1\n\"\",2\n,3\n")).isEqualTo(3);
        assertThat(t()).containsExactly("1|a|7", "2||7", "3|null|7");
        assertThat(copy("COPY t (n, id) FROM ? WITH (HEADER true)", "id,n\n4,40\n")).isEqualTo(1);
        assertThat(copy("COPY t (v, id) FROM ?", "b,5")).isEqualTo(1);
        assertThat(rows(connection, "SELECT * FROM t WHERE id > 3 ORDER BY id")).containsExactly("4|null|40", "5|b|7");
    }

    @Test
    void identityColumnsMakeTheirValuesWhereTheFileHasNone() throws Exception {
        execute("CREATE TABLE made (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v VARCHAR(5))");
        assertThat(copy("COPY made FROM ? (HEADER)", "v\na\nb\n")).isEqualTo(2);
        assertThat(copy("COPY made FROM ? (HEADER)", "id,v\n70,c\n")).isEqualTo(1);
        assertThat(rows(connection, "SELECT * FROM made ORDER BY id")).containsExactly("1|a", "2|b", "70|c");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstName() throws Exception {
        assertThat(copy("COPY t FROM ? (HEADER)", "\uFEFFid,v\r\n1,a\r\n\r\n")).isEqualTo(1);
        assertThat(t()).containsExactly("1|a|7");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            COPY t FROM ? (HEADER true)     | id,vv          | 22P04 | Did you mean V?
            COPY t FROM ? (HEADER true)     | id,price       | 22P04 | The columns are ID, V, N.
            COPY t FROM ? (HEADER true)     | id,v,ID        | 22P04 | once
            COPY t FROM ? (HEADER true)     | v,n            | 23502 | ID
            COPY t (id, v) FROM ? (HEADER)  | id             | 22P04 | missing
            COPY t FROM ? (HEADER MATCH)    | id,n,v         | 22P04 | expected=V
            COPY t FROM ? (HEADER MATCH)    | id,v           | 22P04 | expected=N
            COPY t (v) FROM ?               | x              | 23502 | ID
            COPY t (id, w) FROM ?           | x              | 42703 | W
            COPY u FROM ?                   | x              | 42P01 | U
            COPY "SYSTEM"."SETTINGS" FROM ? | x              | 42809 | read
            """)
    void aHeaderThatDoesNotFitIsRefused(String sql, String header, String state, String text) throws SQLException {
        SQLException failure = refused(sql, header + "\n1,2,3\n");
        assertThat(failure.getSQLState()).isEqualTo(state);
        assertThat(failure.getMessage()).contains(text);
        assertThat(t()).isEmpty();
    }

    // ---- rows that are refused

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            1,a,1\\n2,b,x\\n           | 22018 | line=2 | column=N | value='x'
            1,a,1\\n2,b,99999999999\\n | 22003 | line=2 | column=N | value='99999999999'
            1,a,1\\n\\n\\n2,b\\n       | 22P04 | line=4 | fields=2 | columns=3
            1,a,1,1\\n                 | 22P04 | line=1 | fields=4 | columns=3
            1,a,1\\n2,"b\\nb",\\n2,c,\\n | 23505 | line=4 | ID=2   | twice
            1,a,1\\n2,b,100\\n         | 23514 | line=2 | n < 100  | rows.csv
            1,a,1\\n,b,1\\n            | 23502 | line=2 | column=ID | rows.csv
            1,a,1\\n2,aaaaaaaaaabbbbbbbbbbc,1\\n | 22001 | line=2 | column=V | characters=21
            1,a,1\\n2,"b" c,1\\n       | 22P04 | line=2 | detail=  | quotes
            1,a,1\\n2,"b,1\\n          | 22P04 | line=2 | detail=  | quotes
            """)
    void aRowThatIsRefusedIsNamedAndNothingOfItsPieceStays(String text, String state, String line, String first, String second)
            throws SQLException {
        SQLException failure = refused("COPY t FROM ?", text.replace("\\n", "\n"));
        assertThat(failure.getMessage()).contains(line, first, second, "rows.csv", "rowsCommitted=0", "No row was copied.");
        assertThat(failure.getSQLState()).isEqualTo(state);
        assertThat(t()).isEmpty();
    }

    @Test
    void aKeyThatTheTableHasIsNamedWithItsLine() throws SQLException {
        execute("INSERT INTO t VALUES (2, 'there', 2)");
        SQLException failure = refused("COPY t (v, id) FROM ?", "a,1\nb,2\n");
        assertThat(failure.getSQLState()).isEqualTo("23505");
        assertThat(failure.getMessage()).contains("line=2", "key=ID=2", "rowsCommitted=0");
        assertThat(t()).containsExactly("2|there|2");
    }

    @Test
    void anEmptyFileHasNoRowsAndNoHeader() throws Exception {
        assertThat(copy("COPY t FROM ?", "")).isZero();
        assertThat(refused("COPY t FROM ? (HEADER)", "").getSQLState()).isEqualTo("22P04");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() throws Exception {
        Path bad = Files.write(directory.resolve("bad.csv"), new byte[] {'1', ',', (byte) 0xE9, ',', '1'});
        SQLException failure = catchThrowableOfType(SQLException.class, () -> execute("COPY t FROM '" + bad + "'"));
        assertThat(failure.getSQLState()).isEqualTo("22P04");
        assertThat(failure.getMessage()).contains("UTF-8", "bad.csv");
    }

    @Test
    void aFileThatIsNotThereOrNoneIsRefused() {
        SQLException failure = catchThrowableOfType(SQLException.class, () -> execute("COPY t FROM '" + directory.resolve("no.csv") + "'"));
        assertThat(failure.getSQLState()).isEqualTo("58P01");
        assertThat(failure.getMessage()).contains("no.csv");
        failure = catchThrowableOfType(SQLException.class, () -> execute("COPY t FROM '" + directory + "'"));
        assertThat(failure.getSQLState()).isEqualTo("58030");
    }

    // ---- statements

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            COPY t FROM STDIN                               | 0A000 | Name a file
            COPY t TO STDOUT WITH (FORMAT CSV)              | 0A000 | Name a file
            COPY t FROM PROGRAM 'ls'                        | 0A000 | Name a file
            COPY t FROM ? (ON_ERROR ignore)                 | 0A000 | mend it in the file
            COPY t FROM ? (FORMAT binary)                   | 0A000 | FORMAT CSV
            COPY t FROM ? (ESCAPE '\\')                     | 0A000 | ESCAPE
            COPY t FROM ? (ENCODING 'LATIN1')               | 0A000 | UTF-8
            COPY t TO ? (FORCE_QUOTE *)                     | 0A000 | quotes
            COPY t FROM ? WHERE id > 1                      | 0A000 | SELECT
            COPY t FROM ? (FORMAT parquet)                  | 0A000 | FORMAT CSV
            COPY t FROM ? (FORMAT orc)                      | 42000 | FORMAT CSV
            COPY t FROM ? (HEADERS true)                    | 42000 | Did you mean HEADER?
            COPY t FROM ? (HEADER perhaps)                  | 42000 | MATCH
            COPY t TO ? (HEADER MATCH)                      | 42000 | COPY FROM
            COPY t FROM ? (HEADER, HEADER)                  | 42000 | once
            COPY t FROM ? (DELIMITER ',,')                  | 42000 | one character
            COPY t FROM ? (DELIMITER '"')                   | 42000 | differ
            COPY t FROM ? (NULL ',')                        | 42000 | NULL
            COPY t FROM ? (ROWS_PER_COMMIT 0)               | 42000 | from 1
            COPY t TO ? (ROWS_PER_COMMIT 5)                 | 42000 | COPY FROM
            COPY (SELECT * FROM t) FROM ?                   | 42601 | TO
            COPY t FROM                                     | 42601 | found
            """)
    void whatCopyDoesNotDoIsRefusedWithAMend(String sql, String state, String text) {
        SQLException failure = refused(sql, "1,a,1\n");
        assertThat(failure.getMessage()).contains(text);
        assertThat(failure.getSQLState()).isEqualTo(state);
    }

    @Test
    void itsWordsAreNotReserved() throws SQLException {
        execute("CREATE TABLE copy (copy INT PRIMARY KEY, header INT, delimiter INT)");
        assertThat(rows(connection, "SELECT copy, header FROM copy")).isEmpty();
    }

    // ---- pieces and transactions

    @Test
    void itCommitsInPiecesAndAnErrorSaysHowManyRowsAreThere() throws SQLException {
        SQLException failure = refused("COPY t FROM ? (ROWS_PER_COMMIT 2)", "1,a,1\n2,a,1\n3,a,1\n4,a,1\n5,a,1\n6,a,oops\n");
        assertThat(failure.getSQLState()).isEqualTo("22018");
        assertThat(failure.getMessage()).contains("line=6", "rowsCommitted=4", "The first 4 rows");
        assertThat(rows(other, "SELECT id FROM t ORDER BY id")).containsExactly("1", "2", "3", "4");
    }

    @Test
    void moreThanATransactionHoldsIsCopied() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int id = 0; id < 60_000; id++) {
            text.append(id).append(",,\n");
        }
        assertThat(copy("COPY t FROM ? WITH (ROWS_PER_COMMIT 1000000)", text.toString())).isEqualTo(60_000);
        assertThat(rows(connection, "SELECT COUNT(*), MIN(id), MAX(id) FROM t")).containsExactly("60000|0|59999");
    }

    @Test
    void inATransactionItIsAPartOfThatAndAtomic() throws Exception {
        connection.setAutoCommit(false);
        execute("INSERT INTO t VALUES (0, 'before', 1)");
        assertThat(copy("COPY t FROM ? (ROWS_PER_COMMIT 1)", "1,a,1\n2,b,2\n")).isEqualTo(2);
        assertThat(rows(other, "SELECT id FROM t")).isEmpty();
        SQLException failure = refused("COPY t FROM ? (ROWS_PER_COMMIT 1)", "3,a,1\n4,b,oops\n");
        assertThat(failure.getMessage()).contains("line=2").doesNotContain("rowsCommitted");
        assertThat(rows(connection, "SELECT id FROM t ORDER BY id")).containsExactly("0", "1", "2");
        execute("COPY t TO '" + directory.resolve("own.csv") + "'");
        assertThat(countLines(Files.readString(directory.resolve("own.csv")))).as("it sees its own writes").isEqualTo(3);
        connection.rollback();
        assertThat(rows(connection, "SELECT id FROM t")).isEmpty();
        copy("COPY t FROM ?", "5,a,1\n");
        connection.commit();
        assertThat(rows(other, "SELECT id FROM t")).containsExactly("5");
    }

    @Test
    void aTransactionThatMayOnlyReadIsNotWritten() throws Exception {
        connection.setReadOnly(true);
        assertThat(refused("COPY t FROM ?", "1,a,1\n").getSQLState()).isEqualTo("25006");
        assertThat(execute("COPY t TO '" + directory.resolve("out.csv") + "'")).isZero();
    }

    @Test
    void tablesThatChangeInBetweenLoseNoRowAndDoubleNone() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        try (ExecutorService copying = Executors.newSingleThreadExecutor()) {
            Future<Long> copied = copying.submit(() -> execute("COPY t FROM '" + pipe + "' (HEADER, ROWS_PER_COMMIT 2)"));
            try (OutputStream out = Files.newOutputStream(pipe)) {
                write(out, "id,v\n1,a\n2,a\n3,a\n");
                await("SELECT COUNT(*) FROM t", "2");
                assertThat(rows(other, "SELECT command, source_name, rows_committed FROM \"SYSTEM\".COPY_PROGRESS"))
                        .containsExactly("COPY FROM|PUBLIC.T|2");
                try (Statement statement = other.createStatement()) {
                    statement.execute("CREATE TABLE beside (id INT PRIMARY KEY)");
                    write(out, "4,b\n5,b\n");
                    await("SELECT COUNT(*) FROM t", "4");
                    statement.execute("DROP TABLE t");
                    statement.execute("CREATE TABLE t (more INT DEFAULT 5, v VARCHAR(20), id BIGINT PRIMARY KEY)");
                    write(out, "6,c\n7,c\n");
                }
            }
            assertThat(copied.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(7);
        }
        assertThat(t()).as("of the file's rows those behind the new table").containsExactly("5|b|5", "5|c|6", "5|c|7");
        assertThat(rows(other, "SELECT * FROM \"SYSTEM\".COPY_PROGRESS")).isEmpty();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void await(String sql, String answer) throws SQLException {
        Instant end = Instant.now().plus(PATIENCE);
        while (!rows(other, sql).equals(List.of(answer))) {
            assertThat(Instant.now()).as(sql).isBefore(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void piecesThatMeetOthersRunAgain() throws Exception {
        execute("CREATE TABLE counted (id INT PRIMARY KEY, v INT)");
        StringBuilder text = new StringBuilder();
        for (int id = 0; id < 3000; id++) {
            text.append(id).append(",0\n");
        }
        Path path = file(text.toString());
        try (ExecutorService writing = Executors.newSingleThreadExecutor()) {
            Future<Integer> others = writing.submit(() -> {
                int changed = 0;
                try (Statement statement = other.createStatement()) {
                    for (int i = 0; i < 200; i++) {
                        changed += statement.executeUpdate("INSERT INTO counted VALUES (" + (10_000 + i) + ", 0)");
                    }
                }
                return changed;
            });
            assertThat(execute("COPY counted FROM '" + path + "' (ROWS_PER_COMMIT 10)")).isEqualTo(3000);
            assertThat(others.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(200);
        }
        assertThat(rows(connection, "SELECT COUNT(*) FROM counted")).containsExactly("3200");
    }
}
