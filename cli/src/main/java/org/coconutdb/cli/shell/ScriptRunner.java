package org.coconutdb.cli.shell;

import java.io.IOException;
import java.io.Reader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.coconutdb.cli.Screen;
import org.coconutdb.cli.shell.StatementReader.ScriptStatement;

/// Runs scripts over one connection, statement by statement; the first error ends the run, with what was done before it committed,
/// but for a transaction that the script had begun, which is rolled back.
///
/// This is not sqlline's own script mode, because that one leaves out, without a word, what its parser takes for unfinished
/// (a `\` before a quote, an odd bracket), and a script must be able to rely on its exit code.
public final class ScriptRunner {
    /// A statement of a script failed.
    public static final class ScriptFailure extends SQLException {
        private static final long serialVersionUID = 1L;

        ScriptFailure(String source, int line, SQLException cause) {
            super(cause.getMessage() + " (" + source + ", line " + line + ")", cause.getSQLState(), cause.getErrorCode(), cause);
        }
    }

    private static final String INVALID_TRANSACTION_STATE = "25000";

    private final Connection connection;
    private final Screen screen;
    private final OutputFormat format;
    private final ResultPrinter printer;

    public ScriptRunner(Connection connection, Screen screen, OutputFormat format) {
        this.connection = connection;
        this.screen = screen;
        this.format = format;
        this.printer = new ResultPrinter(screen.out());
    }

    /// Runs all statements of a script.
    ///
    /// @param source what errors call the script
    public void run(Reader script, String source) throws IOException, SQLException {
        StatementReader statements = new StatementReader(script);
        for (Optional<ScriptStatement> next = statements.next(); next.isPresent(); next = statements.next()) {
            ScriptStatement statement = next.get();
            try {
                execute(statement.text());
            } catch (SQLException failure) {
                throw new ScriptFailure(source, statement.line(), failure);
            }
        }
    }

    /// Ends the run behind the last script: with an error, where a transaction is still open. It is rolled back, and nobody shall take
    /// what it did for done.
    public void finish() throws SQLException {
        try {
            connection.rollback();
        } catch (SQLException none) {
            // What JDBC says while each statement commits by itself.
            if (INVALID_TRANSACTION_STATE.equals(none.getSQLState())) {
                return;
            }
            throw none;
        }
        throw new SQLException("the script ends in an open transaction, which was rolled back. End it with COMMIT or ROLLBACK.",
                INVALID_TRANSACTION_STATE);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean answersRows = statement.execute(sql);
            if (answersRows) {
                try (var rows = statement.getResultSet()) {
                    printer.print(rows, format);
                }
            } else if (screen.facts().terminal()) {
                long changed = statement.getLargeUpdateCount();
                screen.println(screen.styled(Screen.Style.QUIET, changed == 1 ? "1 row changed" : changed + " rows changed"));
            }
            screen.flush();
        }
    }
}
