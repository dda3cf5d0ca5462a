package org.coconutdb.cli.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.coconutdb.cli.CommandException;

/// One host of a [LocalCluster]: its files, and its process where it runs.
///
/// @param number in the cluster
/// @param home its directory
/// @param sqlPort what drivers connect to
public record LocalHost(int number, Path home, int sqlPort) {
    static final String MEMBER_FILE = "member.properties";
    private static final String PID_FILE = "host.pid";
    private static final String LOG_FILE = "host.log";
    private static final int CONNECT_MILLIS_MAX = 200;

    /// The process, where it runs.
    public Optional<ProcessHandle> process() throws IOException {
        Path file = home.resolve(PID_FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            // A number may be another process's by now: ours was started with this home.
            return ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).filter(ProcessHandle::isAlive).filter(this::isOurs);
        } catch (NumberFormatException damaged) {
            return Optional.empty();
        }
    }

    private boolean isOurs(ProcessHandle process) {
        return process.info().arguments().map(arguments -> List.of(arguments).contains(member())).orElse(true);
    }

    private String member() {
        return "member:" + home.resolve(MEMBER_FILE).toAbsolutePath().normalize();
    }

    /// Starts the process, in the background, without waiting until it takes part.
    public void start() throws IOException {
        if (process().isPresent()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        for (String option : java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            command.add(option);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.coconutdb.cli.Coconut", "server", member(), "--insecure",
                "--port",
                Integer.toString(sqlPort)));
        Path log = home.resolve(LOG_FILE);
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        Files.writeString(home.resolve(PID_FILE), Long.toString(process.pid()), StandardCharsets.UTF_8);
    }

    /// Whether somebody listens for drivers.
    public boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sqlPort), CONNECT_MILLIS_MAX);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    /// Tells the process to end and waits for it.
    public void stop(long secondsMax) throws IOException {
        Optional<ProcessHandle> running = process();
        if (running.isPresent()) {
            ProcessHandle process = running.get();
            process.destroy();
            try {
                process.onExit().get(secondsMax, TimeUnit.SECONDS);
            } catch (TimeoutException slow) {
                process.destroyForcibly();
                process.onExit().join();
            } catch (ExecutionException failure) {
                throw new IOException(failure);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CommandException("interrupted while host " + number + " ended");
            }
        }
        Files.deleteIfExists(home.resolve(PID_FILE));
    }

    public Path log() {
        return home.resolve(LOG_FILE);
    }

    /// What a driver connects to.
    public String url() {
        return "jdbc:coconut://127.0.0.1:" + sqlPort + "/";
    }
}
