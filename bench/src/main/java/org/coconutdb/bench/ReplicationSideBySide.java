package org.coconutdb.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.replication.ReplicatedBlockPlan;
import org.coconutdb.engine.replication.ReplicatedState;
import org.coconutdb.engine.replication.ReplicationHost;

/// Commits and reads of a replicated block, by every replica and by a majority, beside Ratis by itself: three hosts each, all in this process over loopback. A round makes
/// them anew and goes through all sizes and counts of clients, at each of which they take turns, in another order each round; figures are of all commits of all turns, and beside the
/// medians' ratio stand the quartiles of the rounds' own. Arguments: seconds a turn, rounds.
/// ```
/// java @jvm.flags -Xmx2g -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.ReplicationSideBySide 2 12
/// ```
public final class ReplicationSideBySide {
    private static final int HOSTS = 3;
    private static final int[] CLIENTS = {1, 16, 128};
    private static final List<String> NAMES = List.of("unanimous", "majority", "bare Ratis");
    private static final int ROW_BYTES = 100;
    private static final int ROWS = 100;
    /// Not counted. It takes minutes until the JVM has compiled what Ratis and gRPC do; until then all is up to twice as slow.
    private static final int WARM_UP_ROUNDS = 4;

    private ReplicationSideBySide() {}

    /// Something that commits.
    private interface Writer {
        CompletableFuture<?> write(byte[] command) throws IOException;
    }

    /// @param sortedNanos how long each commit took
    private record Turn(double seconds, long[] sortedNanos) {
        double perSecond() {
            return sortedNanos.length / seconds;
        }

        double millis(double quantile) {
            return sortedNanos.length == 0 ? Double.NaN : sortedNanos[(int) (sortedNanos.length * quantile)] / 1e6;
        }

        static Turn all(List<Turn> turns) {
            return new Turn(turns.stream().mapToDouble(Turn::seconds).sum(), turns.stream()
                    .flatMapToLong(turn -> Arrays.stream(turn.sortedNanos()))
                    .sorted()
                    .toArray());
        }
    }

    /// Holds the last command of each of 1,000 keys.
    private static final class Values implements ReplicatedState {
        private final ConcurrentMap<Integer, byte[]> values = new ConcurrentHashMap<>();
        private final byte[] head = new byte[8];

        byte[] get(int key) {
            return values.getOrDefault(key, head);
        }

        @Override
        public CompletionStage<byte[]> head(int commandCount) {
            return CompletableFuture.completedFuture(head);
        }

        @Override
        public void onHeadUnused(byte[] head) {}

        @Override
        public void onAppended(long index, Entry entry) {}

        @Override
        public void onTruncated(long fromIndex) {}

        @Override
        public List<byte[]> apply(long index, Entry entry) {
            List<byte[]> results = new ArrayList<>(entry.commands().size());
            for (byte[] command : entry.commands()) {
                values.put(ByteBuffer.wrap(command).getInt(), command);
                results.add(head);
            }
            return results;
        }

        @Override
        public Image image() {
            return new Image() {
                @Override
                public void write(Path directory) throws IOException {
                    Files.write(directory.resolve("empty"), head);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void restore(Path directory, long appliedIndex) {}
    }

    private record Cluster(List<ReplicationHost> hosts, List<Values> states) implements AutoCloseable {
        static Cluster open(Path directory, List<Integer> ports, CommitPolicy policy) {
            List<HostAddress> addresses = new ArrayList<>();
            List<ReplicatedBlockPlan.Member> members = new ArrayList<>();
            for (int i = 0; i < HOSTS; i++) {
                addresses.add(new HostAddress(i, "127.0.0.1", ports.get(i)));
                members.add(new ReplicatedBlockPlan.Member(i, i == 0 ? 1 : 0));
            }
            List<ReplicationHost> hosts = new ArrayList<>();
            List<Values> states = new ArrayList<>();
            for (int i = 0; i < HOSTS; i++) {
                Values state = new Values();
                ClusterConfig config = ClusterConfig.of("bench" + policy, i, addresses, directory.resolve(policy + "" + i)).with(policy);
                hosts.add(ReplicationHost.open(config, List.of(new ReplicatedBlockPlan(0, members)), _ -> state));
                states.add(state);
            }
            return new Cluster(hosts, states);
        }

        BlockLog primary() {
            return hosts.stream().map(host -> host.log(0)).filter(BlockLog::isPrimaryHere).findFirst().orElse(hosts.getFirst().log(0));
        }

        int replica() {
            return hosts.getFirst().log(0).isPrimaryHere() ? 1 : 0;
        }

        @Override
        public void close() {
            hosts.forEach(ReplicationHost::close);
        }
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        List<Row> rows = new ArrayList<>();
        for (int bytes : new int[] {ROW_BYTES, ROW_BYTES * ROWS}) {
            for (int clients : CLIENTS) {
                rows.add(new Row(bytes, clients, NAMES.stream().<List<Turn>> map(_ -> new ArrayList<>()).toList()));
            }
        }
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            round(round, round == rounds - 1, rows, seconds);
        }
        System.out.println("| command | clients | " + String.join(" | ", NAMES)
                + " | medians, unanimous to majority (quartiles of rounds) |");
        rows.forEach(Row::print);
    }

    /// With clusters of its own: which of their connections share a thread is chance, and makes a difference for as long as they live.
    private static void round(int number, boolean isLast, List<Row> rows, int seconds) throws Exception {
        Path directory = Files.createTempDirectory("replication");
        List<Integer> ports = freePorts(3 * HOSTS);
        try (Cluster unanimous = Cluster.open(directory, ports.subList(0, HOSTS), CommitPolicy.UNANIMOUS);
                Cluster majority = Cluster.open(directory, ports.subList(HOSTS, 2 * HOSTS), CommitPolicy.MAJORITY);
                BareRatis bare = new BareRatis(directory, ports.subList(2 * HOSTS, 3 * HOSTS))) {
            until(() -> unanimous.primary().mayRead() && majority.primary().mayRead() && bare.isReady() && unanimous.hosts().get(unanimous
                    .replica()).log(0).mayRead());
            List<Writer> writers = List.of(command -> unanimous.primary().propose(command), command -> majority.primary().propose(command),
                    bare::write);
            for (Row row : rows) {
                row.round(writers, seconds, number);
            }
            if (isLast) {
                reads(unanimous, bare, seconds);
            }
        } finally {
            delete(directory);
        }
    }

    /// Of a size and a number of clients, the turns of each writer.
    private record Row(int bytes, int clients, List<List<Turn>> turns) {
        /// @param number below 0: to warm up, not counted
        void round(List<Writer> writers, int seconds, int number) throws Exception {
            for (int i = 0; i < writers.size(); i++) {
                // Each is as often first, and as often behind each other.
                boolean isBackward = Math.floorDiv(number, writers.size()) % 2 != 0;
                int next = Math.floorMod(isBackward ? number - i : number + i, writers.size());
                Turn turn = turn(writers.get(next), clients, bytes, seconds);
                if (number >= 0) {
                    turns.get(next).add(turn);
                }
            }
        }

        void print() {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "| %,d bytes | %d", bytes, clients));
            for (List<Turn> each : turns) {
                Turn all = Turn.all(each);
                line.append(String.format(Locale.ROOT, " | %,.0f/s, %.2f / %.2f ms", all.perSecond(), all.millis(0.5), all.millis(0.99)));
            }
            List<Turn> unanimous = turns.get(0);
            List<Turn> majority = turns.get(1);
            double[] ratios = IntStream.range(0, unanimous.size())
                    .mapToDouble(i -> unanimous.get(i).millis(0.5) / majority.get(i).millis(0.5))
                    .sorted()
                    .toArray();
            double ofAll = Turn.all(unanimous).millis(0.5) / Turn.all(majority).millis(0.5);
            line.append(String.format(Locale.ROOT, " | %.2f × (%.2f to %.2f) |", ofAll, ratios[ratios.length / 4], ratios[ratios.length * 3
                    / 4]));
            System.out.println(line);
        }
    }

    private static Turn turn(Writer writer, int clients, int bytes, int seconds) throws Exception {
        long began = System.nanoTime();
        long end = began + TimeUnit.SECONDS.toNanos(seconds);
        ConcurrentMap<Integer, List<Long>> latencies = new ConcurrentHashMap<>();
        CountDownLatch done = new CountDownLatch(clients);
        AtomicInteger failures = new AtomicInteger();
        for (int client = 0; client < clients; client++) {
            int number = client;
            latencies.put(number, new ArrayList<>());
            // A thread each: in an application it is one that waits.
            Thread.ofPlatform().start(() -> {
                List<Long> own = latencies.get(number);
                while (System.nanoTime() - end < 0) {
                    long asked = System.nanoTime();
                    try {
                        writer.write(ByteBuffer.allocate(bytes).putInt(number).array()).get(30, TimeUnit.SECONDS);
                        own.add(System.nanoTime() - asked);
                    } catch (Exception e) {
                        failures.incrementAndGet();
                    }
                }
                done.countDown();
            });
        }
        done.await();
        double took = (System.nanoTime() - began) / 1e9;
        if (failures.get() > 0) {
            System.out.println("failed: " + failures.get());
        }
        return new Turn(took, latencies.values().stream().flatMap(List::stream).mapToLong(Long::longValue).sorted().toArray());
    }

    private static void reads(Cluster unanimous, BareRatis bare, int seconds) throws Exception {
        BlockLog log = unanimous.hosts().get(unanimous.replica()).log(0);
        Values state = unanimous.states().get(unanimous.replica());
        System.out.printf(Locale.ROOT, "local read at a replica: %.0f ns%n", nanosOf(seconds, () -> {
            if (!log.mayRead()) {
                log.catchUp().join();
            }
            state.get(1);
        }));
        System.out.printf(Locale.ROOT, "until a replica shows what was written at the primary: %.0f ns%n", nanosUntilShown(seconds,
                unanimous
                        .primary(), state));
        System.out.printf(Locale.ROOT, "until a replica shows what was written over its host: %.0f ns%n", nanosUntilShown(seconds, log,
                state));
        System.out.printf(Locale.ROOT, "read that asks the primary: %.0f ns%n", nanosOf(seconds, () -> log.catchUp().join()));
        System.out.printf(Locale.ROOT, "Ratis's linearizable read at a follower: %.0f ns%n", nanosOf(seconds, () -> bare.readAtFollower()
                .join()));
    }

    /// The median time from a write's acknowledgement, behind which nothing else is written, until a replica has applied it.
    private static double nanosUntilShown(int seconds, BlockLog at, Values state) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Long> took = new ArrayList<>();
        while (System.nanoTime() - end < 0) {
            byte[] command = ByteBuffer.allocate(ROW_BYTES).putInt(1).putLong(System.nanoTime()).array();
            at.propose(command).get(30, TimeUnit.SECONDS);
            long acknowledged = System.nanoTime();
            while (!Arrays.equals(state.get(1), command)) {
                Thread.onSpinWait();
            }
            took.add(System.nanoTime() - acknowledged);
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return took.stream().sorted().toList().get(took.size() / 2);
    }

    private interface Operation {
        void run() throws IOException;
    }

    /// The median of batches.
    private static double nanosOf(int seconds, Operation operation) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Double> batches = new ArrayList<>();
        while (System.nanoTime() - end < 0) {
            long began = System.nanoTime();
            int operations = 0;
            while (operations < 1_000 && System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(50)) {
                operation.run();
                operations++;
            }
            batches.add((System.nanoTime() - began) / (double) operations);
        }
        double[] sorted = batches.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                throw new IllegalStateException("the hosts do not come up");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        ServerSocket[] open = new ServerSocket[count];
        for (int i = 0; i < count; i++) {
            open[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        }
        List<Integer> ports = Arrays.stream(open).map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : open) {
            socket.close();
        }
        return ports;
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
