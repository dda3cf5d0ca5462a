package org.coconutdb.engine.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.coconutdb.engine.cluster.FaultyCarrier;
import org.coconutdb.engine.history.HistoryChecker;

/// Runs on one cluster, one after the other: clients and a nemesis from a seed, then everything is healed, each host is to go on, and what clients saw is judged.
final class ClusterRun implements AutoCloseable {
    static final int HOSTS = 3;
    private static final int CLIENTS = 18;
    private static final long START_MILLIS_MAX = 90_000;
    private static final long HEALED_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final Path directory;
    private final ProcessCluster cluster;
    private int runs;

    ClusterRun(Path directory, FaultyCarrier.Missing missing) throws IOException, InterruptedException, TimeoutException {
        this(directory, missing, false, ClusterNetwork.LOOPBACK);
    }

    /// @param isMixed whether some of the tables lie in a space whose entries are committed by majority
    /// @param network closed with it
    ClusterRun(Path directory, FaultyCarrier.Missing missing, boolean isMixed, ClusterNetwork network) throws IOException,
            InterruptedException,
            TimeoutException {
        this.directory = Files.createDirectories(directory);
        this.cluster = new ProcessCluster(directory, HOSTS, missing, isMixed, network);
        try {
            cluster.startAll();
            cluster.awaitReady(START_MILLIS_MAX);
            create();
        } catch (IOException | InterruptedException | TimeoutException | RuntimeException failure) {
            cluster.close();
            throw failure;
        }
    }

    private void create() throws IOException, InterruptedException {
        try (HostClient client = new HostClient(cluster, 0)) {
            for (String answer = ""; !answer.equals("ok");) {
                answer = client.ask("create", (int) START_MILLIS_MAX);
                if (!answer.equals("ok") && !answer.startsWith("aborted")) {
                    throw new IllegalStateException(answer);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /// What came of a run.
    ///
    /// @param anomalies what clients saw and should not have, one line each
    /// @param failures what else was wrong, one line each
    record Result(List<String> anomalies, List<String> failures) {
        boolean isRight() {
            return anomalies.isEmpty() && failures.isEmpty();
        }
    }

    Result run(long seed, long faultMillis) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        Load load = new Load(cluster, ++runs);
        Nemesis nemesis = new Nemesis(cluster, random.split());
        load.start(CLIENTS, random.split());
        try {
            nemesis.run(faultMillis);
            cluster.heal();
        } finally {
            load.stop();
        }
        long healed = System.nanoTime();
        List<String> failures = new ArrayList<>();
        try {
            cluster.awaitReady(START_MILLIS_MAX);
            goesOn(load, failures);
        } catch (TimeoutException | IllegalStateException failure) {
            failures.add("host away: " + failure.getMessage());
            for (int host = 0; host < HOSTS; host++) {
                cluster.dumpThreads(host);
            }
        }
        long wentOn = System.nanoTime();
        failures.addAll(load.broken());
        failures.addAll(cluster.complaints());
        List<String> anomalies = new ArrayList<>(load.registers().check());
        anomalies.addAll(HistoryChecker.check(load.history()));
        System.out.println("run " + runs + ", seed " + seed + ": " + load.summary() + ", went on after " + TimeUnit.NANOSECONDS.toMillis(
                wentOn
                        - healed) + " ms; " + String.join(", ", nemesis.done()));
        anomalies.forEach(line -> System.out.println("  " + line));
        failures.forEach(line -> System.out.println("  " + line));
        if (!anomalies.isEmpty() || !failures.isEmpty()) {
            Files.write(directory.resolve("history-" + seed + ".txt"), load.lines());
        }
        return new Result(anomalies, failures);
    }

    private void goesOn(Load load, List<String> wrong) throws InterruptedException, IOException {
        long until = System.nanoTime() + HEALED_NANOS_MAX;
        for (int host = 0; host < HOSTS; host++) {
            if (!load.finish(host, until)) {
                // First: it may not even answer.
                cluster.dumpThreads(host);
                wrong.add("host " + host + " does not go on: " + ask(host, "status"));
            }
            awaitNobodyWaits(host, until, wrong);
            awaitInSync(host, until, wrong);
            String verified = ask(host, "verify");
            if (!verified.equals("ok")) {
                wrong.add("host " + host + ": " + verified);
            }
        }
    }

    private String ask(int host, String request) throws IOException {
        try (HostClient client = new HostClient(cluster, host)) {
            return client.ask(request, 20_000);
        }
    }

    private void awaitNobodyWaits(int host, long until, List<String> wrong) throws IOException, InterruptedException {
        String answer = ask(host, "waiting");
        while (!answer.equals("ok 0")) {
            if (System.nanoTime() - until >= 0) {
                wrong.add("host " + host + " hangs: requests that wait " + answer);
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
            answer = ask(host, "waiting");
        }
    }

    /// All replicas of all blocks are back in sync, and this host's answer reads, where they are to.
    private void awaitInSync(int host, long until, List<String> wrong) throws IOException, InterruptedException {
        String answer = ask(host, "status");
        while (answer.contains(":false") || answer.contains("-1:") || answer.contains(":1:") || answer.contains(":2:")) {
            if (System.nanoTime() - until >= 0) {
                wrong.add("host " + host + " is not in sync: " + answer);
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
            answer = ask(host, "status");
        }
    }

    @Override
    public void close() {
        cluster.close();
    }
}
