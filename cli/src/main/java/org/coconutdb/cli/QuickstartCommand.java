package org.coconutdb.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.coconutdb.cli.quickstart.Quickstart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `coconut quickstart`.
@Command(name = "quickstart",
        mixinStandardHelpOptions = true,
        description = "Makes a database in a directory, loads TPC-H's tables, runs a few queries, and shows plans, times and memory.")
final class QuickstartCommand implements Callable<Integer> {
    private static final double SCALE_MAX = 10;

    @Parameters(index = "0",
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = "coconut-quickstart",
            description = "Where the database lies. Default: ${DEFAULT-VALUE}. May be one of an earlier run.") private Path directory = Path
                    .of("coconut-quickstart");

    @Option(names = "--scale",
            paramLabel = "FACTOR",
            defaultValue = "0.01",
            description = "TPC-H's scale factor: 1 is 8.7 million rows. Default: ${DEFAULT-VALUE}.") private double scale = 0.01;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final Screen screen;

    QuickstartCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException, SQLException {
        if (!(scale > 0 && scale <= SCALE_MAX)) {
            throw new ParameterException(spec.commandLine(), "--scale must be above 0 and at most " + SCALE_MAX + ", was " + scale);
        }
        new Quickstart(screen, VersionCommand.version(), directory, scale).run();
        return 0;
    }
}
