package org.coconutdb.cli.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.coconutdb.cli.CommandException;
import org.coconutdb.cli.Screen;
import org.coconutdb.cli.Screen.Style;
import org.coconutdb.cli.shell.DatabaseUrl;

/// The quickstart from top to bottom. Everything goes through JDBC, as a user's program would.
public final class Quickstart {
    private final Screen screen;
    private final String version;
    private final Path directory;
    private final double scale;

    public Quickstart(Screen screen, String version, Path directory, double scale) {
        this.screen = screen;
        this.version = version;
        this.directory = directory;
        this.scale = scale;
    }

    public void run() throws IOException, SQLException {
        boolean existed = requireUsableDirectory();
        String url = DatabaseUrl.ofDirectory(directory);
        screen.println(screen.styled(Style.HEADING, "CoconutDB " + version + " quickstart"));
        heading("A database in the directory " + directory);
        screen.println("  " + url);
        try (Connection connection = DriverManager.getConnection(url)) {
            QuickstartMark mark = new QuickstartMark(connection);
            Set<String> tables = tableNames(connection);
            if (existed && !tables.isEmpty() && !tables.contains(QuickstartMark.TABLE)) {
                throw new CommandException("the database in " + directory + " is not the quickstart's: it holds " + tables
                        + "; choose another directory: ./coconut quickstart DIR");
            }
            if (existed && mark.isComplete(tables, scale)) {
                screen.println("  Found with all its rows from an earlier run: nothing to load. (To begin anew, delete the directory.)");
            } else {
                load(connection, mark, tables);
            }
            heading("Queries: the plan, the rows, and the time of the first and of a repeated execution");
            new QueryShow(screen, connection).run();
            heading("Where the rows lie");
            new MemoryShow(screen, connection).run();
        }
        heading("What to type next");
        next("A SQL shell on this database", "./coconut sql " + directory);
        next("One statement from a script", "./coconut sql " + directory + " -e 'SELECT COUNT(*) FROM lineitem' --format csv");
        next("From Java", "DriverManager.getConnection(\"" + url + "\")");
        screen.println("  README.md shows how to embed it; docs/sql.md lists the statements, types and functions.");
    }

    private void load(Connection connection, QuickstartMark mark, Set<String> tables) throws SQLException {
        heading("Tables");
        mark.begin(tables, scale);
        for (TpchTables table : TpchTables.values()) {
            if (tables.contains(table.sqlName())) {
                execute(connection, "DROP TABLE " + table.sqlName());
            }
            execute(connection, table.ddl());
            screen.println("  " + table.summary());
        }
        heading(String.format(Locale.ROOT, "Rows: TPC-H at scale factor %s, by prepared batches of %,d rows, each one commit",
                plain(scale), TpchLoader.BATCH_ROWS));
        new TpchLoader(screen, connection, scale).load();
        mark.complete();
    }

    /// Whether there is something already.
    private boolean requireUsableDirectory() throws IOException {
        if (!Files.exists(directory)) {
            return false;
        }
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory + " is not a directory");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isPresent();
        }
    }

    private static Set<String> tableNames(Connection connection) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (ResultSet tables = connection.getMetaData().getTables(null, connection.getSchema(), "%", new String[] {"TABLE"})) {
            while (tables.next()) {
                names.add(tables.getString("TABLE_NAME"));
            }
        }
        return names;
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String plain(double number) {
        return java.math.BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private void heading(String text) {
        screen.println();
        screen.println(screen.styled(Style.HEADING, text));
        screen.flush();
    }

    private void next(String what, String command) {
        screen.println("  " + what + ":");
        screen.println("    " + screen.styled(Style.COMMAND, command));
    }
}
