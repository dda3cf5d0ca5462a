package org.coconutdb.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.cli.shell.StatementReader.ScriptStatement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementReaderTest {
    @Test
    void cutsAtSemicolonsOutsideOfStringsNamesAndComments() throws Exception {
        String script = """
                SELECT ';', "a;b", 'it''s;' -- no; end
                  /* nor; here */ FROM t;
                -- a comment alone;
                ;;
                INSERT INTO t VALUES ('\\');
                SELECT 1""";

        List<ScriptStatement> statements = read(script);

        assertThat(statements).hasSize(3);
        assertThat(statements.get(0).text()).startsWith("SELECT ';'").endsWith("FROM t");
        assertThat(statements.get(1).text()).endsWith("INSERT INTO t VALUES ('\\')");
        assertThat(statements.get(2).text()).isEqualTo("SELECT 1");
    }

    @Test
    void knowsTheLineOfEachStatementsFirstWord() throws Exception {
        List<ScriptStatement> statements = read("\n\nSELECT 1;\n-- a\n/* b\n */ SELECT\n2; -1;\n/\n;");

        assertThat(statements.stream().map(ScriptStatement::line)).containsExactly(3, 6, 7, 8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            quoteCharacter = '`',
            textBlock = """
                    SELECT 'abc        | a string
                    SELECT "abc        | a quoted name
                    SELECT 1 /* abc    | a comment
                    SELECT 1 /*/       | a comment
                    """)
    void whatIsOpenAtTheEndIsAnError(String script, String what) {
        assertThatThrownBy(() -> read("SELECT 1;\n" + script))
                .isInstanceOf(SQLException.class)
                .hasMessage("the script ends inside " + what + " that begins in line 2")
                .extracting(failure -> ((SQLException) failure).getSQLState())
                .isEqualTo("42601");
    }

    @Test
    void minusAndDivisionAreNoComments() throws Exception {
        List<ScriptStatement> statements = read("SELECT 1 - - 2 / 3 * 4;SELECT 2*/**/3");

        assertThat(statements).containsExactly(new ScriptStatement("SELECT 1 - - 2 / 3 * 4", 1), new ScriptStatement("SELECT 2*/**/3", 1));
    }

    @Test
    void anEmptyScriptHasNoStatements() throws Exception {
        assertThat(read(" \n -- nothing\n/* at all */ ;")).isEmpty();
    }

    private static List<ScriptStatement> read(String script) throws IOException, SQLException {
        StatementReader reader = new StatementReader(new StringReader(script));
        List<ScriptStatement> statements = new ArrayList<>();
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            statements.add(next.get());
        }
        return statements;
    }
}
