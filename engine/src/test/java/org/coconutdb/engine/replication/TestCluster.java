package org.coconutdb.engine.replication;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.coconutdb.engine.FreePorts;

/// Hosts of a cluster in this process, over the network of the machine, with one block or more of registers.
final class TestCluster implements AutoCloseable, HostFaults {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    // Longer than usual: the machine of tests may be busy.
    private static final ClusterConfig.Patience PATIENCE = new ClusterConfig.Patience(Duration.ofSeconds(25), Duration.ofSeconds(40));

    private final Path directory;
    private final List<HostAddress> addresses = new ArrayList<>();
    private final List<ReplicatedBlockPlan> plans = new ArrayList<>();
    private final UnaryOperator<ClusterConfig> configure;
    private final Map<Integer, ReplicationHost> hosts = new ConcurrentHashMap<>();
    private final Map<Integer, Map<Integer, RegisterState>> states = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> forgetful = new ConcurrentHashMap<>();
    private final Set<List<Integer>> cuts = ConcurrentHashMap.newKeySet();
    private final Set<List<Integer>> raftCuts = ConcurrentHashMap.newKeySet();
    private final Set<List<Integer>> linkCuts = ConcurrentHashMap.newKeySet();

    TestCluster(Path directory, int hostCount, int blockCount, UnaryOperator<ClusterConfig> configure) throws IOException {
        this.directory = directory;
        this.configure = configure;
        for (int port : FreePorts.choose(hostCount)) {
            addresses.add(new HostAddress(addresses.size(), "127.0.0.1", port));
        }
        for (int block = 0; block < blockCount; block++) {
            List<ReplicatedBlockPlan.Member> members = new ArrayList<>();
            for (int host = 0; host < hostCount; host++) {
                members.add(new ReplicatedBlockPlan.Member(host, host == block % hostCount ? 1 : 0));
            }
            plans.add(new ReplicatedBlockPlan(block, members));
        }
    }

    static TestCluster ofThree(Path directory) throws IOException, InterruptedException {
        TestCluster cluster = ofThree(directory, config -> config).startAll();
        cluster.settled();
        return cluster;
    }

    /// From their next start on hosts know of one more, which is not started yet. Those that are up do not.
    int addHost() throws IOException {
        int host = addresses.size();
        addresses.add(new HostAddress(host, "127.0.0.1", FreePorts.choose(1).getFirst()));
        plans.replaceAll(plan -> {
            List<ReplicatedBlockPlan.Member> members = new ArrayList<>(plan.members());
            members.add(new ReplicatedBlockPlan.Member(host, 0));
            return new ReplicatedBlockPlan(plan.block(), members);
        });
        return host;
    }

    /// From its next start on a host knows nothing of another.
    void forget(int other, int by) {
        forgetful.put(by, other);
    }

    /// Not started yet.
    static TestCluster ofThree(Path directory, UnaryOperator<ClusterConfig> configure) throws IOException {
        return new TestCluster(directory, 3, 1, configure);
    }

    /// Those that are not up.
    TestCluster startAll() {
        List<CompletableFuture<Void>> starts = addresses.stream().filter(address -> !isUp(address.number())).map(
                address -> CompletableFuture.runAsync(() -> start(address.number())))
                .toList();
        starts.forEach(CompletableFuture::join);
        return this;
    }

    ClusterConfig config(int host) {
        List<HostAddress> known = addresses.stream().filter(address -> !Integer.valueOf(address.number()).equals(forgetful.get(host)))
                .toList();
        ClusterConfig usual = ClusterConfig.of("test", host, known, directory.resolve("host" + host));
        return configure.apply(usual.with(PATIENCE));
    }

    void start(int host) {
        Map<Integer, RegisterState> own = new TreeMap<>();
        plans.forEach(plan -> own.put(plan.block(), new RegisterState()));
        states.put(host, own);
        List<ReplicatedBlockPlan> known = plans.stream().map(plan -> new ReplicatedBlockPlan(plan.block(), plan.members().stream().filter(
                member -> !Integer.valueOf(member.host()).equals(forgetful.get(host))).toList())).toList();
        hosts.put(host, ReplicationHost.open(config(host), known, own::get, this));
    }

    void stop(int host) {
        ReplicationHost stopped = hosts.remove(host);
        if (stopped != null) {
            stopped.close();
        }
    }

    /// Its disk is gone, with all that it had.
    void lose(int host) throws IOException {
        stop(host);
        FileDigest.delete(directory.resolve("host" + host));
    }

    boolean isUp(int host) {
        return hosts.containsKey(host);
    }

    ReplicationHost host(int host) {
        return hosts.get(host);
    }

    BlockLog log(int host) {
        return log(host, 0);
    }

    BlockLog log(int host, int block) {
        return hosts.get(host).log(block);
    }

    RegisterState state(int host) {
        return state(host, 0);
    }

    RegisterState state(int host, int block) {
        return states.get(host).get(block);
    }

    List<Integer> up() {
        return hosts.keySet().stream().sorted().toList();
    }

    /// The host that leads the block; waits until there is one.
    int primary() throws InterruptedException {
        return primary(0);
    }

    int primary(int block) throws InterruptedException {
        until("a primary", () -> up().stream().anyMatch(host -> log(host, block).isPrimaryHere()));
        return up().stream().filter(host -> log(host, block).isPrimaryHere()).findFirst().orElseThrow();
    }

    /// Waits until the first block is led where it belongs and every replica answers reads: nothing moves any more that a test has not moved.
    int settled() throws InterruptedException {
        until("the first host leads", () -> log(0).isPrimaryHere());
        until("every replica answers reads", () -> up().stream().allMatch(host -> log(host).mayRead()));
        return 0;
    }

    int replica() throws InterruptedException {
        int primary = primary();
        return up().stream().filter(host -> host != primary).findFirst().orElseThrow();
    }

    static byte[] get(CompletableFuture<byte[]> outcome) throws Exception {
        return outcome.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS);
    }

    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + WAIT_MAX.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                throw new AssertionError("not within " + WAIT_MAX + ": " + what);
            }
            Thread.sleep(2);
        }
    }

    void cut(int from, int to) {
        cuts.add(List.of(from, to));
    }

    void cutOff(int host) {
        for (HostAddress other : addresses) {
            if (other.number() != host) {
                cut(host, other.number());
                cut(other.number(), host);
            }
        }
    }

    /// Of Raft's messages alone.
    void cutRaft(int from, int to) {
        raftCuts.add(List.of(from, to));
    }

    void healRaft(int from, int to) {
        raftCuts.remove(List.of(from, to));
    }

    /// Of what is not Raft's.
    void cutLinks(int from, int to) {
        linkCuts.add(List.of(from, to));
    }

    void heal() {
        cuts.clear();
        raftCuts.clear();
        linkCuts.clear();
    }

    @Override
    public boolean cuts(int from, int to) {
        return cuts.contains(List.of(from, to)) || linkCuts.contains(List.of(from, to));
    }

    @Override
    public ServerInterceptor raft(int self) {
        return new LosingRaft(self, (from, to) -> cuts.contains(List.of(from, to)) || raftCuts.contains(List.of(from, to)));
    }

    @Override
    public void close() {
        heal();
        up().forEach(this::stop);
    }
}
