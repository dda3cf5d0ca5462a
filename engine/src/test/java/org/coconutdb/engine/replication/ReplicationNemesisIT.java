package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients write and read at all replicas while links are cut, one way too, hosts restart and replicas are slow: what they saw is linearizable, and nothing that
/// was acknowledged is lost. `-Dreplication.seconds` for longer, `-Dseed` for others.
class ReplicationNemesisIT {
    private static final int HOSTS = 3;
    private static final int REGISTERS = 4;
    private static final int CLIENTS = 6;
    private static final long SECONDS = Long.getLong("replication.seconds", 12);

    // On a busy machine it goes on until so much was done.
    private static final int WRITES_MIN = 50;
    private static final int READS_MIN = 100;
    private static final long NANOS_MORE_MAX = TimeUnit.MINUTES.toNanos(3);
    // What gets lost is not waited for: the clients are few.
    private static final ClusterConfig.Patience PATIENCE = new ClusterConfig.Patience(Duration.ofSeconds(1), Duration.ofSeconds(3));

    @TempDir Path directory;

    private final RegisterHistory history = new RegisterHistory();
    private final AtomicLong values = new AtomicLong();
    private int lost;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final List<String> broken = new ArrayList<>();

    @Test
    void readsAtEveryReplicaAreLinearizable() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("nemesis: -Dseed=" + seed + " -Dreplication.seconds=" + SECONDS);
        SplittableRandom seeds = new SplittableRandom(seed);
        ClusterConfig.SnapshotEvery often = new ClusterConfig.SnapshotEvery(200, 64 << 10, 20);
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(often).with(PATIENCE)).startAll()) {
            cluster.primary();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                RandomGenerator own = seeds.split();
                threads.add(Thread.ofPlatform().name("client-" + i).start(() -> client(cluster, own)));
            }
            nemesis(cluster, seeds.split());
            isOver.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            judge(cluster, "-Dseed=" + seed);
        }
    }

    private void nemesis(TestCluster cluster, RandomGenerator random) throws InterruptedException, IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() - end < 0 || (!hasEnough() && System.nanoTime() - end < NANOS_MORE_MAX)) {
            int host = random.nextInt(HOSTS);
            switch (random.nextInt(7)) {
                case 0 -> cluster.cut(host, (host + 1 + random.nextInt(HOSTS - 1)) % HOSTS);
                case 1 -> cluster.cutOff(host);
                case 2 -> cluster.cutOff(cluster.up().stream().filter(each -> cluster.log(each).isPrimaryHere()).findFirst().orElse(host));
                case 3 -> {
                    if (cluster.isUp(host)) {
                        cluster.stop(host);
                        cluster.start(host);
                    }
                }
                case 5 -> {
                    // All have all there is: what is lost here is there.
                    if (cluster.up().size() == HOSTS && cluster.up().stream().allMatch(each -> cluster.log(each).mayRead())) {
                        cluster.lose(host);
                        cluster.start(host);
                        lost++;
                    }
                }
                case 4 -> cluster.state(host).applyPauseMillis = random.nextInt(300);
                default -> {
                }
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
            cluster.heal();
            cluster.state(host).applyPauseMillis = 0;
            TimeUnit.MILLISECONDS.sleep(random.nextInt(800));
        }
    }

    private boolean hasEnough() {
        synchronized (history) {
            return history.ended(true) >= WRITES_MIN && history.ended(false) >= READS_MIN;
        }
    }

    private void client(TestCluster cluster, RandomGenerator random) {
        while (!isOver.get()) {
            int host = random.nextInt(HOSTS);
            int register = random.nextInt(REGISTERS);
            try {
                if (random.nextInt(3) == 0) {
                    write(cluster, host, register);
                } else {
                    read(cluster, host, register, random);
                }
            } catch (NullPointerException | TimeoutException e) {
                // The host is not up.
            } catch (ExecutionException e) {
                note(e.getCause());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// What hosts that are stopped and cut off may answer.
    private void note(Throwable failure) {
        ErrorCode code = failure instanceof CoconutException error ? error.code() : null;
        if (code != ErrorCode.NOT_PRIMARY && code != ErrorCode.OUTCOME_UNKNOWN && code != ErrorCode.REPLICAS_MISSING && code
                != ErrorCode.HOST_UNREACHABLE && code != ErrorCode.REPLICATION_BUSY) {
            synchronized (broken) {
                broken.add(String.valueOf(failure));
            }
        }
    }

    private void write(TestCluster cluster, int host, int register) throws ExecutionException, InterruptedException, TimeoutException {
        BlockLog log = cluster.log(host);
        RegisterHistory.Operation operation = begin(register, true, host);
        operation.value = values.incrementAndGet();
        CompletableFuture<byte[]> outcome = log.propose(RegisterState.write(register, operation.value));
        outcome.get(60, TimeUnit.SECONDS);
        end(operation, operation.value);
    }

    private void read(TestCluster cluster, int host, int register, RandomGenerator random) throws ExecutionException, InterruptedException,
            TimeoutException {
        RegisterState state = cluster.state(host);
        BlockLog log = cluster.log(host);
        RegisterHistory.Operation operation = begin(register, false, host);
        boolean isLocal = random.nextInt(8) > 0 && log.mayRead() && !state.isInFlight(register);
        if (!isLocal) {
            log.catchUp().get(60, TimeUnit.SECONDS);
        }
        end(operation, state.read(register));
    }

    private RegisterHistory.Operation begin(int register, boolean isWrite, int host) {
        synchronized (history) {
            return history.begin(register, isWrite, host, System.nanoTime());
        }
    }

    private void end(RegisterHistory.Operation operation, long value) {
        synchronized (history) {
            operation.value = value;
            operation.endedNanos = System.nanoTime();
        }
    }

    private void judge(TestCluster cluster, String repeat) throws Exception {
        cluster.heal();
        cluster.startAll();
        TestCluster.until("writes go on, " + repeat, () -> cluster.log(0).propose(RegisterState.write(REGISTERS, 1)).handle((_,
                failure) -> failure == null).join());
        @Nullable Object same = null;
        for (int host : cluster.up()) {
            TestCluster.until("host " + host + " is in sync, " + repeat, () -> cluster.log(host).mayRead());
            TestCluster.until("host " + host + " has caught up, " + repeat, () -> cluster.log(host).catchUp().handle((_, failure) -> failure
                    == null).join());
            Object written = cluster.state(host).written();
            assertThat(written).as("host " + host + ", " + repeat).isEqualTo(same == null ? written : same);
            same = written;
        }
        synchronized (history) {
            System.out.println("writes acknowledged: " + history.ended(true) + ", reads: " + history.ended(false) + ", disks lost: "
                    + lost);
            assertThat(history.violation(cluster.state(0).written())).as(repeat).isNull();
            assertThat(history.ended(true)).isGreaterThanOrEqualTo(WRITES_MIN);
            assertThat(history.ended(false)).isGreaterThanOrEqualTo(READS_MIN);
        }
        synchronized (broken) {
            assertThat(broken).as(repeat).isEmpty();
        }
    }
}
