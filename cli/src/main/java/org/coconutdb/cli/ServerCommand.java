package org.coconutdb.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.coconutdb.avatica.CoconutServer;
import org.coconutdb.avatica.FirstAdmin;
import org.coconutdb.avatica.ServerConfig;
import org.coconutdb.avatica.ServerConfigException;
import org.coconutdb.avatica.ServerConfigFile;
import org.coconutdb.cli.shell.DatabaseUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `coconut server`: serves a database until it is told to stop.
@Command(name = "server",
        mixinStandardHelpOptions = true,
        description = "Serves a database over JDBC (Avatica's protocol) until SIGTERM or Ctrl-C.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped cleanly",
                "1:could not start, or could not stop cleanly: statements were cancelled, or the database could not be closed",
                "2:wrongly called, or a wrong setting"})
final class ServerCommand implements Callable<Integer> {
    private static final String DIRECTORY = "coconut-data";

    @Parameters(index = "0",
            arity = "0..1",
            paramLabel = "DIR",
            description = "Directory of the database, made where it is not there; or mem:NAME for one in memory. Default: "
                    + DIRECTORY + ".") private String database = DIRECTORY;

    @Option(names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Settings, lines of key = value: see docs/server.md.") private @Nullable Path file;

    @Option(names = {"--host"},
            paramLabel = "HOST",
            description = "Address to listen on, before that of the file.") private @Nullable String host;

    @Option(names = {"--port"},
            paramLabel = "PORT",
            description = "Port to listen on, before that of the file; 0: one that is free. Default: 8765.") private @Nullable Integer port;

    @Option(names = {"--insecure"},
            description = "Without a log-in: whoever can connect may do everything. Listens on loopback only.") private boolean insecure;

    private final Screen screen;
    private final CountDownLatch stopped = new CountDownLatch(1);

    ServerCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        CoconutServer server;
        try {
            server = CoconutServer.start(config());
        } catch (ServerConfigException wrong) {
            screen.error(new CommandException(wrong.getMessage() == null ? "a wrong setting" : wrong.getMessage()));
            return Coconut.USAGE;
        }
        Thread hook = Thread.ofPlatform().name("coconut-stop").unstarted(() -> stop(server));
        Runtime.getRuntime().addShutdownHook(hook);
        say(server);
        stopped.await();
        return 0;
    }

    private ServerConfig config() throws IOException {
        if (database.equals("mem") || database.equals("mem:")) {
            throw new ServerConfigException("a database in memory needs a name to be served: mem:NAME");
        }
        String url = DatabaseUrl.of(database);
        if (file != null && !Files.isReadable(file)) {
            throw new ServerConfigException("cannot read the configuration " + file);
        }
        ServerConfig config = file == null ? ServerConfig.of(url) : ServerConfigFile.read(file, url);
        if (port != null && (port < 0 || port > 65_535)) {
            throw new ServerConfigException("--port is " + port + ": give a number from 0 (one that is free) to 65535");
        }
        return config.withInsecure(insecure).withAddress(host == null ? config.host() : host, port == null ? config.port() : port);
    }

    private void say(CoconutServer server) {
        String url = server.url();
        screen.println("CoconutDB " + VersionCommand.version() + " serves " + database + " at " + url);
        if (insecure) {
            screen.println(screen.styled(Screen.Style.WARNING,
                    "Without a log-in: every user of this machine may read and change everything."));
        }
        String user = server.firstAdmin().map(FirstAdmin::user).orElse("USER");
        server.firstAdmin().ifPresent(this::sayFirst);
        screen.println("Connect with");
        screen.println("  " + screen.styled(Screen.Style.COMMAND, "./coconut sql \"" + url + "\"" + (insecure ? "" : " --user " + user)));
        screen.println("  DriverManager.getConnection(\"" + url + "\"" + (insecure ? "" : ", \"" + user + "\", password") + ")");
        screen.println("Stop with Ctrl-C, or SIGTERM to process " + ProcessHandle.current().pid() + ".");
        screen.flush();
    }

    /// Once: it is kept nowhere but as its hash.
    private void sayFirst(FirstAdmin admin) {
        String secret = admin.secret();
        screen.println("The database had no users: " + admin.user() + " was made, who may do everything.");
        if (secret != null) {
            screen.println("Its password, told this once: " + screen.styled(Screen.Style.COMMAND, secret));
            screen.println("Another one: ALTER USER " + admin.user() + " PASSWORD '…'");
        }
    }

    /// On the JVM's way out, which a signal began. It ends here: the JVM's own exit code would be the signal's.
    private void stop(CoconutServer server) {
        screen.println("Stopping: statements under way may end.");
        screen.flush();
        boolean clean = server.stop();
        screen.println(clean ? "Stopped." : "Stopped; some statements were cancelled, or the log says what went wrong.");
        screen.flush();
        stopped.countDown();
        Runtime.getRuntime().halt(clean ? 0 : Coconut.FAILED);
    }
}
