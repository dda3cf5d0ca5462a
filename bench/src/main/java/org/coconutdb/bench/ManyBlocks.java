package org.coconutdb.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.cluster.RatisCarrier;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.HostAddress;

/// What many blocks cost a cluster of three hosts, all in this process: how long until each block has a primary and answers reads everywhere, what the process needs while
/// nobody asks for anything, whether primaries change meanwhile, and how long it takes when a host goes. Arguments: blocks, seconds of idleness.
/// ```
/// java @jvm.flags -Xmx2g -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.ManyBlocks 64 20
/// ```
public final class ManyBlocks {
    private static final int HOSTS = 3;
    private static final long SECONDS_MAX = 300;

    private ManyBlocks() {}

    public static void main(String[] arguments) throws Exception {
        int blocks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 64;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        Path directory = Files.createTempDirectory("many-blocks");
        CoconutEngine[] hosts = new CoconutEngine[HOSTS];
        try {
            long began = System.nanoTime();
            open(hosts, directory, blocks);
            System.out.printf(Locale.ROOT, "| %d | open | %.1f s |%n", blocks, since(began));
            await(hosts, HOSTS);
            System.out.printf(Locale.ROOT, "| %d | all read everywhere | %.1f s |%n", blocks, since(began));
            long terms = terms(hosts[0]);
            idle(blocks, seconds);
            System.out.printf(Locale.ROOT, "| %d | elections meanwhile | %d |%n", blocks, terms(hosts[0]) - terms);
            long gone = System.nanoTime();
            hosts[HOSTS - 1].close();
            await(hosts, HOSTS - 1);
            System.out.printf(Locale.ROOT, "| %d | a host goes, all read at the others | %.1f s |%n", blocks, since(gone));
        } finally {
            for (CoconutEngine host : hosts) {
                if (host != null) {
                    host.close();
                }
            }
            delete(directory);
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static void open(CoconutEngine[] hosts, Path directory, int blocks) throws Exception {
        List<HostAddress> addresses = new ArrayList<>();
        for (int port : FreePorts.choose(HOSTS)) {
            addresses.add(new HostAddress(addresses.size(), "127.0.0.1", port));
        }
        EngineConfig config = EngineConfig.inMemory().withMemoryLimitBytes(4L << 30);
        try (ExecutorService opening = Executors.newCachedThreadPool()) {
            List<Future<CoconutEngine>> opened = new ArrayList<>();
            for (int host = 0; host < HOSTS; host++) {
                ClusterConfig cluster = ClusterConfig.of("many", host, addresses, directory.resolve("host-" + host)).with(
                        new ClusterConfig.Patience(Duration.ofMinutes(5), Duration.ofMinutes(5)));
                opened.add(opening.submit(() -> CoconutEngine.openMember(config, new RatisCarrier(cluster, blocks))));
            }
            for (int host = 0; host < HOSTS; host++) {
                hosts[host] = opened.get(host).get();
            }
        }
    }

    /// Until all blocks have a primary among the first hosts, and each of these answers reads of each.
    private static void await(CoconutEngine[] hosts, int count) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (true) {
            int missing = 0;
            for (int host = 0; host < count; host++) {
                for (BlockLog.Status block : hosts[host].replicas()) {
                    missing += block.mayRead() && block.primary() >= 0 && block.primary() < count ? 0 : 1;
                }
            }
            if (missing == 0) {
                return;
            }
            if (System.nanoTime() - until >= 0) {
                throw new IllegalStateException("replicas that do not answer reads: " + missing);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static long terms(CoconutEngine host) {
        return host.replicas().stream().mapToLong(BlockLog.Status::term).sum();
    }

    private static void idle(int blocks, int seconds) throws InterruptedException {
        // Primaries go home.
        TimeUnit.SECONDS.sleep(5);
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long began = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        System.out.printf(Locale.ROOT, "| %d | cores while idle | %.2f |%n", blocks, (system.getProcessCpuTime() - cpu) / 1e9 / since(
                began));
        System.out.printf(Locale.ROOT, "| %d | threads | %d |%n", blocks, ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.toList();
        }
        for (Path path : all.reversed()) {
            Files.deleteIfExists(path);
        }
    }
}
