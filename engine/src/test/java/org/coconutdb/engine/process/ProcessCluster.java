package org.coconutdb.engine.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.coconutdb.engine.FreePorts;
import org.coconutdb.engine.cluster.FaultyCarrier;
import org.jspecify.annotations.Nullable;

/// Hosts of a cluster, each a process of its own, over loopback or a network of their own. All end with it, and with this process. Any thread.
///
/// What a host writes is in `host-N.log` of the directory, over restarts.
final class ProcessCluster implements AutoCloseable {
    private static final String HEAP = "-Xmx192m";

    private static final class Host {
        // Guarded by this.
        @Nullable Process process;
        volatile int clientPort;
        // What it is told again when it restarts.
        String rate = "rate 1";
        String wall = "wall 0";
    }

    private final Path directory;
    private final FaultyCarrier.Missing missing;
    private final boolean isMixed;
    private final ClusterNetwork network;
    private final List<Host> hosts = new ArrayList<>();
    private final List<Integer> ports;
    private final Set<List<Integer>> cuts = new LinkedHashSet<>();
    private final Thread atExit = new Thread(this::end);
    private volatile boolean isClosed;

    /// @param isMixed whether there is a space whose entries are committed by majority, beside the default one, where all vote
    /// @param network closed with it
    ProcessCluster(Path directory, int hostCount, FaultyCarrier.Missing missing, boolean isMixed, ClusterNetwork network)
            throws IOException {
        this.network = network;
        this.directory = directory;
        this.missing = missing;
        this.isMixed = isMixed;
        this.ports = FreePorts.choose(hostCount);
        for (int host = 0; host < hostCount; host++) {
            hosts.add(new Host());
        }
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    int size() {
        return hosts.size();
    }

    Path log(int host) {
        return directory.resolve("host-" + host + ".log");
    }

    /// Where the host is reached.
    String address(int host) {
        return network.address(host);
    }

    /// The port at which the host answers requests; 0 where it does not yet.
    int clientPort(int host) {
        return hosts.get(host).clientPort;
    }

    // ---- processes

    /// Begins to start a host that is not up; [#awaitReady] waits for it.
    void start(int number) throws IOException {
        Host host = hosts.get(number);
        synchronized (host) {
            if (isClosed || (host.process != null && host.process.isAlive())) {
                return;
            }
            List<String> command = new ArrayList<>(network.prefix(number));
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("@" + Path.of("../jvm.flags").toAbsolutePath().normalize());
            // Quick to start, and light: several of them share the machine with their clients.
            command.addAll(List.of(HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-ea",
                    "-Dorg.slf4j.simpleLogger.log.org.coconutdb=info", "-Dorg.slf4j.simpleLogger.showDateTime=true",
                    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS", "-cp", System.getProperty("java.class.path"),
                    MemberProcess.class.getName(), Integer.toString(number), directory.resolve("host-" + number).toString(), missing
                            .name(), Boolean.toString(isMixed)));
            for (int each = 0; each < size(); each++) {
                command.add(address(each) + ":" + ports.get(each));
            }
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log(number).toFile()))
                    .start();
            host.process = process;
            Thread.ofPlatform().daemon().name("host-" + number).start(() -> listen(number, process));
            tell(host, host.rate);
            tell(host, host.wall);
            synchronized (cuts) {
                cuts.forEach(cut -> tell(host, text(cut)));
            }
        }
    }

    private void listen(int number, Process process) {
        Host host = hosts.get(number);
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("READY ")) {
                    host.clientPort = Integer.parseInt(line.substring("READY ".length()));
                } else {
                    Files.writeString(log(number), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            }
        } catch (IOException gone) {
            // It was killed.
        }
    }

    void startAll() throws IOException {
        for (int host = 0; host < size(); host++) {
            start(host);
        }
    }

    void awaitReady(long millisMax) throws InterruptedException, TimeoutException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        while (IntStream.range(0, size()).anyMatch(host -> clientPort(host) == 0)) {
            for (int host = 0; host < size(); host++) {
                if (!isUp(host)) {
                    throw new IllegalStateException("host " + host + " has ended by itself; see " + log(host));
                }
            }
            if (System.nanoTime() - until >= 0) {
                throw new TimeoutException("not all hosts are up; see " + directory);
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    boolean isUp(int number) {
        Host host = hosts.get(number);
        synchronized (host) {
            return host.process != null && host.process.isAlive();
        }
    }

    /// By `kill -9`. It is gone when this returns.
    void kill(int number) {
        Host host = hosts.get(number);
        synchronized (host) {
            Process process = host.process;
            host.clientPort = 0;
            if (process != null) {
                process.toHandle().destroyForcibly();
                process.onExit().join();
                host.process = null;
                // It may have said that it is ready just before.
                host.clientPort = 0;
            }
        }
    }

    /// Kills it and deletes all that it had. All hosts are in sync.
    void lose(int number) throws IOException {
        kill(number);
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory.resolve("host-" + number))) {
            all = files.toList();
        }
        for (Path file : all.reversed()) {
            Files.delete(file);
        }
    }

    private void end() {
        for (int host = 0; host < size(); host++) {
            kill(host);
        }
        network.close();
    }

    /// Stops it where it stands, and lets it go on after a while, whatever happens to this process.
    void pause(int number, long millis) throws IOException {
        Host host = hosts.get(number);
        synchronized (host) {
            if (host.process != null) {
                long pid = host.process.pid();
                new ProcessBuilder("sh", "-c", "kill -STOP %1$d; sleep %2$d.%3$03d; kill -CONT %1$d".formatted(pid, millis / 1_000, millis
                        % 1_000)).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            }
        }
    }

    /// Lets it go on.
    void resume(int number) throws IOException, InterruptedException {
        signal(number, "-CONT");
    }

    /// Has it write down what its threads do.
    void dumpThreads(int number) throws IOException, InterruptedException {
        signal(number, "-QUIT");
    }

    private void signal(int number, String signal) throws IOException, InterruptedException {
        Host host = hosts.get(number);
        synchronized (host) {
            if (host.process != null) {
                new ProcessBuilder("kill", signal, Long.toString(host.process.pid())).start().waitFor();
            }
        }
    }

    // ---- what befalls those that go on

    private static void tell(Host host, String line) {
        synchronized (host) {
            if (host.process != null) {
                try {
                    OutputStream out = host.process.getOutputStream();
                    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                } catch (IOException gone) {
                    // It was killed.
                }
            }
        }
    }

    private static String text(List<Integer> cut) {
        return "cut " + cut.get(0) + " " + cut.get(1);
    }

    /// What the one sends to the other gets lost, until [#healLinks].
    void cut(int from, int to) throws IOException, InterruptedException {
        if (network.cut(from, to)) {
            return;
        }
        List<Integer> cut = List.of(from, to);
        synchronized (cuts) {
            cuts.add(cut);
        }
        tell(hosts.get(from), text(cut));
        tell(hosts.get(to), text(cut));
    }

    void healLinks() throws IOException, InterruptedException {
        network.heal();
        synchronized (cuts) {
            cuts.clear();
        }
        hosts.forEach(host -> tell(host, "heal"));
    }

    /// Each sync of a log takes so much longer.
    void slowDisk(int host, long millis) {
        tell(hosts.get(host), "sync " + millis);
    }

    /// Each entry takes so much longer to apply.
    void slowApply(int host, long millis) {
        tell(hosts.get(host), "apply " + millis);
    }

    /// The clock that leases are measured by runs so much faster from now on.
    void clockRate(int host, double rate) {
        hosts.get(host).rate = "rate " + rate;
        tell(hosts.get(host), hosts.get(host).rate);
    }

    /// The clock that says the time of the day is so much ahead from now on.
    void wallClock(int host, long microsAhead) {
        hosts.get(host).wall = "wall " + microsAhead;
        tell(hosts.get(host), hosts.get(host).wall);
    }

    /// All are up, or being started, and nothing is wrong with any but its clocks.
    void heal() throws IOException, InterruptedException {
        healLinks();
        for (int host = 0; host < size(); host++) {
            resume(host);
            slowDisk(host, 0);
            slowApply(host, 0);
            start(host);
        }
    }

    /// What hosts wrote to their logs that a person would have to look at.
    List<String> complaints() throws IOException {
        List<String> found = new ArrayList<>();
        for (int host = 0; host < size(); host++) {
            if (Files.exists(log(host))) {
                int number = host;
                Files.readAllLines(log(host))
                        .stream()
                        .filter(line -> line.contains(" ERROR org.coconutdb") || line.contains("Exception in thread") || line.contains(
                                "AssertionError")
                                || line.contains("OutOfMemoryError"))
                        .forEach(line -> found.add("host " + number + ": " + line));
            }
        }
        return found;
    }

    @Override
    public void close() {
        isClosed = true;
        end();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
