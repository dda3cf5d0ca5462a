package org.coconutdb.cli;

import java.util.concurrent.Callable;
import org.coconutdb.sql.session.Openings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `coconut` command.
@Command(name = "coconut",
        description = "CoconutDB: a SQL database for Java, in locked off-heap memory.",
        subcommands = {QuickstartCommand.class, SqlCommand.class, ServerCommand.class, ClusterCommand.class, VersionCommand.class,
                CommandLine.HelpCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        footer = {"", "Begin with:  ./coconut quickstart"})
public final class Coconut implements Callable<Integer> {
    /// Exit code of a command that could not do its work.
    public static final int FAILED = 1;
    /// Exit code of a command that was wrongly called.
    public static final int USAGE = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Coconut() {}

    public static void main(String[] arguments) {
        System.exit(run(Screen.ofProcess(), arguments));
    }

    /// Runs one command line and answers its exit code.
    static int run(Screen screen, String... arguments) {
        Ansi ansi = screen.colours() ? Ansi.ON : Ansi.OFF;
        CommandLine line = new CommandLine(new Coconut(), new Factory(screen));
        line.setOut(screen.outWriter());
        line.setErr(screen.errWriter());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(Math.clamp(screen.columns(), 60, 120));
        line.setExecutionExceptionHandler((failure, _, _) -> {
            screen.error(failure);
            return FAILED;
        });
        try (Openings.Listening _ = OpeningBar.show(screen)) {
            return line.execute(arguments);
        } finally {
            screen.flush();
        }
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /// Gives commands their screen.
    private record Factory(Screen screen) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> kind) throws Exception {
            if (kind == QuickstartCommand.class) {
                return kind.cast(new QuickstartCommand(screen));
            }
            if (kind == SqlCommand.class) {
                return kind.cast(new SqlCommand(screen));
            }
            if (kind == ServerCommand.class) {
                return kind.cast(new ServerCommand(screen));
            }
            if (kind == ClusterCommand.class) {
                return kind.cast(new ClusterCommand(screen));
            }
            if (kind == VersionCommand.class) {
                return kind.cast(new VersionCommand(screen));
            }
            return CommandLine.defaultFactory().create(kind);
        }
    }
}
