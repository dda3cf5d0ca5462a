package org.coconutdb.cli.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.coconutdb.cli.Screen;
import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.reader.impl.DefaultParser;
import org.jspecify.annotations.Nullable;
import sqlline.SqlLine;
import sqlline.SqlLineOpts;

/// The interactive shell: sqlline with CoconutDB's prompt, banner and defaults. History and settings live in `~/.coconut`.
public final class Shell {
    private final Screen screen;

    public Shell(Screen screen) {
        this.screen = screen;
    }

    /// Runs until the user quits; answers an exit code.
    public int run(String url, Login login) throws IOException, SQLException {
        return run(url, login, null);
    }

    /// @param in what the user types; null: the terminal
    int run(String url, Login login, @Nullable InputStream in) throws IOException, SQLException {
        Path home = Path.of(System.getProperty("user.home"), ".coconut");
        Files.createDirectories(home);
        // Read by sqlline when its classes are loaded: where it keeps its own settings.
        System.setProperty(SqlLine.SQLLINE_BASE_DIR, home.toString());
        // Opened here first: sqlline would print a failure's stack trace. A file: database is then read once for both connections;
        // a mem: database without a name belongs to its connection, so this one is given up.
        Connection first = DriverManager.getConnection(url, login.properties());
        try {
            String isolation = isolationName(first.getTransactionIsolation());
            if (url.equals(DatabaseUrl.IN_MEMORY)) {
                first.close();
            }
            CoconutSqlLine shell = new CoconutSqlLine(settings(isolation, home));
            List<String> arguments = new ArrayList<>(List.of("-ac", CoconutApplication.class.getName(), "-u", url));
            if (!login.user().isEmpty()) {
                arguments.addAll(List.of("-n", login.user(), "-p", login.password()));
            }
            SqlLine.Status status = shell.begin(arguments.toArray(String[]::new), in, in == null);
            return status == SqlLine.Status.OK ? 0 : 1;
        } finally {
            first.close();
        }
    }

    private Map<String, String> settings(String isolation, Path home) {
        return Map.of(
                "historyFile", home.resolve("history").toString(),
                "connectInteractionMode", "notAskCredentials",
                "isolation", isolation,
                "incremental", "true",
                "fastConnect", "false",
                "maxColumnWidth", "-1",
                "csvQuoteCharacter", "\"",
                "nullValue", "NULL",
                "color", Boolean.toString(screen.colours()));
    }

    private static String isolationName(int isolation) {
        return switch (isolation) {
            case Connection.TRANSACTION_READ_UNCOMMITTED -> "TRANSACTION_READ_UNCOMMITTED";
            case Connection.TRANSACTION_READ_COMMITTED -> "TRANSACTION_READ_COMMITTED";
            case Connection.TRANSACTION_REPEATABLE_READ -> "TRANSACTION_REPEATABLE_READ";
            case Connection.TRANSACTION_SERIALIZABLE -> "TRANSACTION_SERIALIZABLE";
            default -> "TRANSACTION_NONE";
        };
    }

    /// sqlline with our settings. They are no arguments: sqlline makes anew what those have set when it reads who its application is.
    static final class CoconutSqlLine extends SqlLine {
        private final Map<String, String> settings;

        CoconutSqlLine(Map<String, String> settings) {
            this.settings = settings;
        }

        SqlLineOpts with(SqlLineOpts options) {
            settings.forEach((name, value) -> options.set(name, value, true));
            return options;
        }

        /// SQL has no escape character: a backslash in a string is a backslash, and must not hide the quote behind it.
        @Override
        public LineReader getConsoleReader(@Nullable InputStream in, History history) throws IOException {
            LineReader reader = super.getConsoleReader(in, history);
            if (reader.getParser() instanceof DefaultParser parser) {
                parser.setEscapeChars(null);
            }
            return reader;
        }
    }
}
