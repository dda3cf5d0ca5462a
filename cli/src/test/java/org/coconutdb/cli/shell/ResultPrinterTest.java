package org.coconutdb.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/// Against H2: what is printed depends on JDBC alone.
class ResultPrinterTest {
    private static final String ROWS = """
            SELECT * FROM (VALUES (1, 'plain', TRUE, 1.50), (22, 'a "b", c', FALSE, CAST(NULL AS DECIMAL(5, 2))),
                                  (3, U&'line\\000aend\\0009\\001b[31m', NULL, -0.25)) AS t (ID, NAME, OK, AMOUNT)""";

    @Test
    void tablesAlignNumbersAndNeverBreakTheirLines() throws Exception {
        assertThat(print(ROWS, OutputFormat.TABLE)).isEqualTo("""
                +----+---------------------+-------+--------+
                | ID | NAME                | OK    | AMOUNT |
                +----+---------------------+-------+--------+
                |  1 | plain               | true  |   1.50 |
                | 22 | a "b", c            | false |   NULL |
                |  3 | line\\nend\\t\\x1b[31m | NULL  |  -0.25 |
                +----+---------------------+-------+--------+
                """);
    }

    @Test
    void csvQuotesWhereItMust() throws Exception {
        assertThat(print(ROWS, OutputFormat.CSV)).isEqualTo("""
                ID,NAME,OK,AMOUNT
                1,plain,true,1.50
                22,"a ""b"", c",false,
                3,"line
                end\t\u001b[31m",,-0.25
                """);
    }

    @Test
    void tsvEscapesItsSeparators() throws Exception {
        assertThat(print(ROWS, OutputFormat.TSV)).isEqualTo("""
                ID\tNAME\tOK\tAMOUNT
                1\tplain\ttrue\t1.50
                22\ta "b", c\tfalse\t\\N
                3\tline\\nend\\t\u001b[31m\t\\N\t-0.25
                """);
    }

    @Test
    void pointsOnTheTimeLineAreWrittenAsSqlWritesThem() throws Exception {
        String moment = "SELECT TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00+02:00' AS m";

        assertThat(print(moment, OutputFormat.CSV)).isEqualTo("M\n2026-07-01 12:00:00+02\n");
        assertThat(print(moment, OutputFormat.JSON)).isEqualTo("{\"M\":\"2026-07-01 12:00:00+02\"}\n");
    }

    @Test
    void jsonIsOneObjectALine() throws Exception {
        assertThat(print(ROWS, OutputFormat.JSON)).isEqualTo("""
                {"ID":1,"NAME":"plain","OK":true,"AMOUNT":1.50}
                {"ID":22,"NAME":"a \\"b\\", c","OK":false,"AMOUNT":null}
                {"ID":3,"NAME":"line\\nend\\t\\u001b[31m","OK":null,"AMOUNT":-0.25}
                """);
    }

    @Test
    void arraysAreJsonsOwn() throws Exception {
        String query =
                "SELECT ARRAY[1, NULL] AS A, ARRAY['a b'] AS B, ARRAY[ARRAY[DATE '2026-01-31']] AS C, CAST(ARRAY[] AS INT ARRAY) AS D, "
                        + "ARRAY[X'0aff'] AS E";

        assertThat(print(query, OutputFormat.JSON)).isEqualTo("""
                {"A":[1,null],"B":["a b"],"C":[["2026-01-31"]],"D":[],"E":["0AFF"]}
                """);
    }

    @Test
    void verticalIsOneLineAColumn() throws Exception {
        assertThat(print("SELECT 1 AS A, 'x' AS LONGER", OutputFormat.VERTICAL)).isEqualTo("""
                -[ 1 ]-
                A      | 1
                LONGER | x
                """);
    }

    @Test
    void anEmptyAnswerStillNamesItsColumns() throws Exception {
        assertThat(print("SELECT 1 AS A WHERE FALSE", OutputFormat.CSV)).isEqualTo("A\n");
        assertThat(print("SELECT 1 AS A WHERE FALSE", OutputFormat.TABLE)).isEqualTo("+---+\n| A |\n+---+\n+---+\n");
    }

    @Test
    void tablesLongerThanWhatIsMeasuredArePrintedWhole() throws Exception {
        assertThat(print("SELECT x FROM SYSTEM_RANGE(1, 2500)", OutputFormat.TABLE).lines()).hasSize(2504);
    }

    private static String print(String sql, OutputFormat format) throws SQLException {
        var bytes = new ByteArrayOutputStream();
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:");
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            new ResultPrinter(new PrintStream(bytes, true, StandardCharsets.UTF_8)).print(rows, format);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
