package org.coconutdb.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.coconutdb.cli.shell.DatabaseUrl;
import org.coconutdb.cli.shell.Login;
import org.coconutdb.cli.shell.OutputFormat;
import org.coconutdb.cli.shell.ScriptRunner;
import org.coconutdb.cli.shell.Shell;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `coconut sql`.
@Command(name = "sql",
        mixinStandardHelpOptions = true,
        description = "A SQL shell, or a runner for scripts where -e, -f or a pipe gives it some.",
        footer = {"",
                "Scripts: -e statements run first, then -f files, both in the order given; without either, a pipe or a file on "
                        + "standard input is the script. The first error ends the run: exit code 1, with SQLSTATE and message on "
                        + "standard error."})
final class SqlCommand implements Callable<Integer> {
    @Parameters(index = "0",
            arity = "0..1",
            paramLabel = "URL",
            description = "jdbc:coconut:mem:NAME, jdbc:coconut:file:DIR, or just a directory; jdbc:coconut://HOST:PORT/ or HOST:PORT of a "
                    + "server. Default: a database in memory that ends with the shell.") private @Nullable String url;

    @Option(names = {"-e", "--execute"}, paramLabel = "SQL", description = "Runs these statements and ends. May be repeated.") private List<
            String> statements = List.of();

    @Option(names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Runs a script and ends; - is standard input. May be repeated.") private List<Path> files = List.of();

    @Option(names = {"--format"},
            paramLabel = "FORMAT",
            description = "How scripts write answers: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.") private OutputFormat format =
                    OutputFormat.TABLE;

    @Option(names = {"-u", "--user"},
            paramLabel = "USER",
            description = "Who logs in; the password is asked for, or comes from --password-file.") private @Nullable String user;

    @Option(names = {"--password-file"},
            paramLabel = "FILE",
            description = "The user's password is its first line.") private @Nullable Path passwordFile;

    private final Screen screen;

    SqlCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException, SQLException {
        String database = DatabaseUrl.of(url == null ? DatabaseUrl.IN_MEMORY : url);
        Login login = login();
        boolean script = !statements.isEmpty() || !files.isEmpty() || !screen.facts().interactive();
        return script ? runScripts(database, login) : new Shell(screen).run(database, login);
    }

    private Login login() throws IOException {
        if (user == null) {
            if (passwordFile != null) {
                throw new CommandException("--password-file is of --user: say whose it is");
            }
            return Login.NONE;
        }
        if (passwordFile != null) {
            if (!Files.isReadable(passwordFile)) {
                throw new CommandException("cannot read the password file " + passwordFile);
            }
            return new Login(user, Files.readString(passwordFile, StandardCharsets.UTF_8).lines().findFirst().orElse(""));
        }
        // There is one since Java 22, whether it is a terminal or not.
        Console console = Objects.requireNonNull(System.console());
        char[] typed = console.isTerminal() ? console.readPassword("Password of %s: ", user) : null;
        if (typed == null) {
            throw new CommandException("there is no terminal to ask for the password: give it in a file, --password-file");
        }
        return new Login(user, new String(typed));
    }

    private int runScripts(String database, Login login) throws IOException, SQLException {
        for (Path file : files) {
            if (!isStandardInput(file) && !Files.isReadable(file)) {
                throw new CommandException("cannot read the script " + file);
            }
        }
        try (Connection connection = DriverManager.getConnection(database, login.properties())) {
            ScriptRunner runner = new ScriptRunner(connection, screen, format);
            for (String statement : statements) {
                runner.run(new StringReader(statement), "-e");
            }
            for (Path file : files) {
                try (Reader script = isStandardInput(file) ? standardInput() : Files.newBufferedReader(file)) {
                    runner.run(script, isStandardInput(file) ? "standard input" : file.toString());
                }
            }
            if (statements.isEmpty() && files.isEmpty()) {
                runner.run(standardInput(), "standard input");
            }
            runner.finish();
        }
        return 0;
    }

    private static boolean isStandardInput(Path file) {
        return file.toString().equals("-");
    }

    private Reader standardInput() {
        return new InputStreamReader(screen.in(), StandardCharsets.UTF_8);
    }
}
