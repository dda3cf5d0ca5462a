package org.coconutdb.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.cli.cluster.LocalCluster;
import org.coconutdb.cli.cluster.LocalHost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `coconut cluster`: a cluster of processes on this machine.
@Command(name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Makes and runs a cluster of processes on this machine.",
        synopsisSubcommandLabel = "COMMAND")
final class ClusterCommand implements Callable<Integer> {
    private static final String DIRECTORY = "coconut-cluster";
    private static final long START_SECONDS_MAX = 180;
    private static final long STOP_SECONDS_MAX = 60;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final Screen screen;

    ClusterCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    @Command(name = "create",
            mixinStandardHelpOptions = true,
            description = "Makes a cluster's directory, with ports and certificates, and starts it.")
    int create(
            @Option(names = "--local",
                    paramLabel = "HOSTS",
                    required = true,
                    description = "How many processes of this machine are its hosts.") int hosts,
            @Option(names = "--blocks",
                    paramLabel = "BLOCKS",
                    defaultValue = "5",
                    description = "Blocks that tables are spread over. Default: ${DEFAULT-VALUE}.") int blocks,
            @Option(names = "--port",
                    paramLabel = "PORT",
                    defaultValue = "0",
                    description = "Port of the first host for SQL, the others' behind it; 0, the default: ports that are free.") int port,
            @Option(names = "--no-start", description = "Makes it, and leaves it for: coconut cluster start.") boolean noStart,
            @Parameters(index = "0",
                    arity = "0..1",
                    paramLabel = "DIR",
                    defaultValue = DIRECTORY,
                    description = "Where it lies. Default: ${DEFAULT-VALUE}.") Path directory) throws IOException, InterruptedException {
        LocalCluster cluster = LocalCluster.create(directory, hosts, blocks, port);
        screen.println("A cluster of " + hosts + " hosts and " + blocks + " blocks lies in " + directory + ".");
        return noStart ? 0 : start(cluster);
    }

    @Command(name = "start", mixinStandardHelpOptions = true, description = "Starts the hosts that do not run.")
    int start(@Parameters(index = "0", arity = "0..1", paramLabel = "DIR", defaultValue = DIRECTORY) Path directory) throws IOException {
        return start(LocalCluster.open(directory));
    }

    private int start(LocalCluster cluster) throws IOException {
        for (LocalHost host : cluster.hosts()) {
            host.start();
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        for (LocalHost host : cluster.hosts()) {
            while (!host.listens()) {
                if (host.process().isEmpty()) {
                    throw new CommandException("host " + host.number() + " ended: " + host.log() + " says why");
                }
                if (System.nanoTime() - until > 0) {
                    throw new CommandException("host " + host.number() + " does not listen after " + START_SECONDS_MAX + " s: " + host.log()
                            + " says what it waits for");
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        screen.println("It runs. Without a log-in: every user of this machine may read and change everything.");
        screen.println("Connect with");
        screen.println("  " + screen.styled(Screen.Style.COMMAND, "./coconut sql " + cluster.url()));
        screen.println("  DriverManager.getConnection(\"" + cluster.url() + "\")");
        screen.println("Stop it with");
        screen.println("  " + screen.styled(Screen.Style.COMMAND, "./coconut cluster stop " + cluster.directory()));
        return 0;
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the hosts. What was committed stays.")
    int stop(@Parameters(index = "0", arity = "0..1", paramLabel = "DIR", defaultValue = DIRECTORY) Path directory) throws IOException {
        LocalCluster cluster = LocalCluster.open(directory);
        for (LocalHost host : cluster.hosts()) {
            host.stop(STOP_SECONDS_MAX);
        }
        screen.println("Stopped.");
        return 0;
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "Shows which hosts run, and who leads which blocks.")
    int status(@Parameters(index = "0", arity = "0..1", paramLabel = "DIR", defaultValue = DIRECTORY) Path directory)
            throws IOException, SQLException {
        LocalCluster cluster = LocalCluster.open(directory);
        boolean isWhole = true;
        for (LocalHost host : cluster.hosts()) {
            boolean runs = host.process().isPresent();
            isWhole &= runs;
            screen.println("host " + host.number() + "  " + (runs ? host.listens() ? "runs" : "is being started" : "does not run") + "  "
                    + host.url());
        }
        for (LocalHost host : cluster.hosts()) {
            if (host.listens()) {
                showBlocks(host);
                break;
            }
        }
        return isWhole ? 0 : Coconut.FAILED;
    }

    private void showBlocks(LocalHost host) throws SQLException {
        screen.println("");
        screen.println("block  primary  in sync          (as host " + host.number() + " knows)");
        try (Connection connection = DriverManager.getConnection(host.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT BLOCK_ID, HOST, ROLE, IN_SYNC FROM SYSTEM.BLOCK_SHARDS ORDER BY 1, 2")) {
            int block = -1;
            String primary = "-";
            StringBuilder inSync = new StringBuilder();
            while (rows.next()) {
                if (rows.getInt(1) != block) {
                    showBlock(block, primary, inSync);
                    block = rows.getInt(1);
                    primary = "-";
                    inSync.setLength(0);
                }
                if (rows.getString(3).equals("PRIMARY")) {
                    primary = rows.getString(2);
                }
                if (rows.getBoolean(4)) {
                    inSync.append(inSync.isEmpty() ? "" : ", ").append(rows.getString(2));
                }
            }
            showBlock(block, primary, inSync);
        }
    }

    private void showBlock(int block, String primary, StringBuilder inSync) {
        if (block >= 0) {
            screen.println("%5d  %7s  %s".formatted(block, primary, inSync));
        }
    }

    @Command(name = "destroy", mixinStandardHelpOptions = true, description = "Stops the hosts and deletes everything, data too.")
    int destroy(
            @Option(names = "--yes", description = "It is meant.") boolean isMeant,
            @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", defaultValue = DIRECTORY) Path directory) throws IOException {
        LocalCluster cluster = LocalCluster.open(directory);
        if (!isMeant) {
            throw new CommandException("this deletes " + directory + " and all data in it: say --yes where it is meant");
        }
        for (LocalHost host : cluster.hosts()) {
            host.stop(STOP_SECONDS_MAX);
        }
        cluster.delete();
        screen.println("Destroyed.");
        return 0;
    }
}
