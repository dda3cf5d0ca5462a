package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServer;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hosts whose disks are gone: they must not vote as if they had never voted, and are filled again.
class LostHostIT {
    private static final ClusterConfig.Patience SHORT = new ClusterConfig.Patience(Duration.ofMillis(700), Duration.ofSeconds(3));

    @TempDir Path directory;

    private static void write(TestCluster cluster, int host, int register, long value) throws Exception {
        TestCluster.get(cluster.log(host).propose(RegisterState.write(register, value)));
    }

    private static void isWhole(TestCluster cluster, int host) throws Exception {
        TestCluster.until("host " + host + " is admitted", () -> cluster.log(host).mayRead());
        cluster.log(host).catchUp().get(60, TimeUnit.SECONDS);
        assertThat(cluster.state(host).written()).isEqualTo(cluster.state(cluster.primary()).written());
    }

    @Test
    void aHostWithAnEmptyDirectoryIsFilledWhileWritesGoOn() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.primary();
            int lost = cluster.replica();
            for (int i = 1; i <= 50; i++) {
                write(cluster, primary, i, i);
            }
            cluster.lose(lost);
            AtomicBoolean isOver = new AtomicBoolean();
            AtomicLong writes = new AtomicLong();
            Thread writer = Thread.ofPlatform().start(() -> {
                while (!isOver.get()) {
                    cluster.log(primary).propose(RegisterState.write(100, writes.get() + 1)).orTimeout(60, TimeUnit.SECONDS).join();
                    writes.incrementAndGet();
                }
            });
            cluster.start(lost);

            TestCluster.until("the host is admitted", () -> cluster.log(lost).mayRead());
            isOver.set(true);
            writer.join();
            isWhole(cluster, lost);
            assertThat(cluster.state(lost).read(100)).isEqualTo(writes.get());
            assertThat(writes.get()).as("writes meanwhile").isGreaterThan(10);
            assertThat(cluster.log(primary).votes()).filteredOn(votes -> votes.host() == lost).allSatisfy(votes -> assertThat(votes
                    .isInSync())
                            .isTrue());

            // Its vote counts again: another may go.
            int other = 3 - primary - lost;
            cluster.stop(other);
            write(cluster, primary, 1, 1_000);
            assertThat(cluster.log(primary).status().inSync()).containsExactlyInAnyOrder(primary, lost);
        }
    }

    @Test
    void aHostThatMissesTheLogOfOneBlockDoesNotStart() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3, 2, config -> config).startAll()) {
            int lost = cluster.replica();
            write(cluster, lost, 1, 10);
            TestCluster.until("the host reads both", () -> cluster.log(lost, 0).mayRead() && cluster.log(lost, 1).mayRead());
            cluster.stop(lost);
            Path log;
            try (Stream<Path> logs = Files.list(directory.resolve("host" + lost).resolve("log"))) {
                log = logs.findFirst().orElseThrow();
            }
            FileDigest.delete(log);

            assertThatThrownBy(() -> cluster.start(lost)).isInstanceOfSatisfying(CoconutException.class, failure -> {
                assertThat(failure.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
                assertThat(failure.getMessage()).contains(log.toString()).contains("Empty this host's directory");
            });

            cluster.lose(lost);
            cluster.start(lost);
            isWhole(cluster, lost);
            // Taken back in all, it is held to that again.
            TestCluster.until("the host reads both", () -> cluster.log(lost, 0).mayRead() && cluster.log(lost, 1).mayRead());
            cluster.stop(lost);
            FileDigest.delete(log);
            assertThatThrownBy(() -> cluster.start(lost)).isInstanceOf(CoconutException.class);
        }
    }

    @Test
    void whoHasLostItsVotesElectsNobodyWithoutThem() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(SHORT)).startAll()) {
            int primary = cluster.settled();
            int witness = 1;
            int behind = 2;
            cluster.cutOff(behind);
            TestCluster.until("the write is acknowledged by two", () -> cluster.log(primary).propose(RegisterState.write(1, 10)).handle((_,
                    failure) -> failure == null).join());
            cluster.stop(primary);
            cluster.lose(witness);
            cluster.heal();
            cluster.start(witness);

            // The two of them are more than half, and neither has the entry.
            for (int i = 0; i < 8; i++) {
                assertThatThrownBy(() -> cluster.log(behind).propose(RegisterState.write(2, 20)).get(60, TimeUnit.SECONDS)).isInstanceOf(
                        ExecutionException.class);
                assertThat(cluster.log(behind).isPrimaryHere() || cluster.log(witness).isPrimaryHere()).isFalse();
                TimeUnit.MILLISECONDS.sleep(100);
            }

            cluster.start(primary);
            for (int host : cluster.up()) {
                isWhole(cluster, host);
                assertThat(cluster.state(host).read(1)).isEqualTo(10);
            }
        }
    }

    @Test
    void aLostPrimaryIsFilledFromASnapshotAndLeadsAgain() throws Exception {
        ClusterConfig.SnapshotEvery often = new ClusterConfig.SnapshotEvery(20, 64 << 10, 5);
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(often)).startAll()) {
            int home = cluster.settled();
            for (int i = 0; i < 120; i++) {
                write(cluster, home, i % 20, i + 1);
            }
            cluster.lose(home);
            write(cluster, 1, 30, 30);
            cluster.start(home);

            isWhole(cluster, home);
            assertThat(cluster.state(home).restoredIndex).isGreaterThan(20);
            TestCluster.until("it leads again", () -> cluster.log(home).isPrimaryHere());

            // What it got is there after a restart of all.
            cluster.up().forEach(cluster::stop);
            cluster.startAll();
            isWhole(cluster, home);
            assertThat(cluster.state(home).read(30)).isEqualTo(30);
        }
    }

    @Test
    void aHostThatDiesOnItsWayBackComesBack() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.primary();
            int lost = cluster.replica();
            for (int i = 1; i <= 20; i++) {
                write(cluster, primary, i, i);
            }
            cluster.lose(lost);
            for (int i = 0; i < 8; i++) {
                cluster.start(lost);
                TimeUnit.MILLISECONDS.sleep(150L * i);
                if (i == 5) {
                    cluster.lose(lost);
                } else {
                    cluster.stop(lost);
                }
                write(cluster, primary, 1, i);
            }
            cluster.start(lost);
            isWhole(cluster, lost);
        }
    }

    /// As it does where a host calls an election that is no member.
    @Test
    void aHostWhoseLogRaftClosesOnItsWayBackComesBack() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.primary();
            int lost = 2;
            for (int i = 1; i <= 50; i++) {
                write(cluster, primary, i, i);
            }
            cluster.lose(lost);
            cluster.cutRaft(primary, lost);
            cluster.cutRaft(1, lost);
            cluster.start(lost);
            division(cluster, lost);
            letItAskToBeTakenIn();
            closeDivision(cluster, lost);
            letItAskToBeTakenIn();

            // From now on nobody tells it that it is a member.
            cluster.cutLinks(lost, primary);
            cluster.cutLinks(lost, 1);
            cluster.healRaft(primary, lost);
            TestCluster.until("it has applied something", () -> cluster.state(lost).read(50) == 50);
            long applied = cluster.log(lost).status().appliedIndex();
            closeDivision(cluster, lost);
            assertThat(cluster.log(lost).status().appliedIndex()).isGreaterThanOrEqualTo(applied);

            cluster.heal();
            write(cluster, primary, 1, 1_000);
            isWhole(cluster, lost);
        }
    }

    private static RaftServer.Division division(TestCluster cluster, int host) throws InterruptedException {
        TestCluster.until("the log is open", () -> Divisions.of(cluster.host(host)).size() == 1);
        return Divisions.of(cluster.host(host)).getFirst();
    }

    private static void closeDivision(TestCluster cluster, int host) throws InterruptedException {
        RaftServer.Division opened = division(cluster, host);
        opened.close();
        TestCluster.until("it is opened again", () -> Divisions.of(cluster.host(host)).stream().anyMatch(now -> now != opened && now
                .getInfo()
                .isAlive()));
    }

    private static void letItAskToBeTakenIn() throws InterruptedException {
        // It asks ten times a second, once its log is open.
        TimeUnit.SECONDS.sleep(1);
    }

    /// With a priority above theirs it would vote for neither of them, and who does not know the entry that takes it in votes for it as little.
    @Test
    void theHostThatIsToLeadIsTakenInByAPrimaryThatLeadsNoMoreBeforeTheOthersKnow() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int home = cluster.primary();
            write(cluster, home, 1, 10);
            cluster.lose(home);
            cluster.cutRaft(1, home);
            cluster.cutRaft(2, home);
            cluster.start(home);
            division(cluster, home);
            letItAskToBeTakenIn();

            int primary = cluster.primary();
            int other = 3 - primary;
            for (int i = 0; !Divisions.hasMember(division(cluster, home), home); i++) {
                assertThat(i).as("times that a primary was tried").isLessThan(5);
                cluster.healRaft(primary, other);
                primary = cluster.primary();
                other = 3 - primary;
                cluster.cutRaft(primary, other);
                cluster.healRaft(primary, home);
                RaftServer.Division leader = division(cluster, primary);
                RaftServer.Division taken = division(cluster, home);
                TestCluster.until("it leads no more", () -> !leader.getInfo().isLeader() || Divisions.hasMember(taken, home));
            }
            assertThat(Divisions.hasMember(division(cluster, other), home)).isFalse();
            RaftServer.Division leader = division(cluster, primary);
            TestCluster.until("it leads no more", () -> !leader.getInfo().isLeader());

            cluster.heal();
            isWhole(cluster, home);
            assertThat(cluster.state(home).read(1)).isEqualTo(10);
            TestCluster.until("it leads again", () -> cluster.log(home).isPrimaryHere());
        }
    }

    @Test
    void aNewClusterWaitsForAllOfItsHosts() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(SHORT))) {
            cluster.start(0);
            cluster.start(1);
            TimeUnit.SECONDS.sleep(2);
            assertThat(cluster.log(0).isPrimaryHere() || cluster.log(1).isPrimaryHere()).as("two that know nothing of the third").isFalse();

            cluster.start(2);
            cluster.settled();
            // From now on two are enough.
            cluster.up().forEach(cluster::stop);
            cluster.start(0);
            cluster.start(2);
            TestCluster.until("a write", () -> cluster.log(0).propose(RegisterState.write(1, 1)).handle((_, failure) -> failure == null)
                    .join());
        }
    }

    @Test
    void aHostIsAddedWhileWritesGoOn() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            for (int i = 1; i <= 30; i++) {
                write(cluster, 0, i, i);
            }
            AtomicBoolean isOver = new AtomicBoolean();
            AtomicLong writes = new AtomicLong();
            Thread writer = Thread.ofPlatform().start(() -> {
                while (!isOver.get()) {
                    boolean isDone = cluster.log(0).propose(RegisterState.write(100, writes.get() + 1)).orTimeout(60, TimeUnit.SECONDS)
                            .handle((
                                    _, failure) -> failure == null).join();
                    writes.addAndGet(isDone ? 1 : 0);
                }
            });
            int added = cluster.addHost();
            cluster.start(added);
            TimeUnit.SECONDS.sleep(1);
            assertThat(cluster.log(added).status().lastIndex()).as("of one that the others do not know").isEqualTo(-1);
            for (int host = 2; host > 0; host--) {
                cluster.stop(host);
                cluster.start(host);
                int restarted = host;
                TestCluster.until("host " + host + " is back", () -> cluster.log(restarted).mayRead());
            }
            isOver.set(true);
            writer.join();
            cluster.stop(0);
            cluster.start(0);

            isWhole(cluster, added);
            assertThat(cluster.state(added).read(100)).isEqualTo(writes.get());
            assertThat(writes.get()).as("writes meanwhile").isGreaterThan(10);
            TestCluster.until("four are in sync", () -> cluster.log(cluster.up().getFirst()).status().inSync().size() == 4);

            // It counts: with it three of four are left, and it has all there is after a restart.
            cluster.stop(2);
            write(cluster, added, 1, 1_000);
            cluster.stop(added);
            cluster.start(2);
            cluster.start(added);
            isWhole(cluster, added);
            assertThat(cluster.state(added).read(1)).isEqualTo(1_000);
            // And may be lost as others may.
            TestCluster.until("all are in sync", () -> cluster.up().stream().allMatch(host -> cluster.log(host).mayRead()));
            cluster.lose(added);
            cluster.start(added);
            isWhole(cluster, added);
        }
    }

    @Test
    void whoDoesNotKnowAMemberDoesNotLead() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(SHORT)).startAll()) {
            cluster.settled();
            int added = cluster.addHost();
            cluster.up().forEach(cluster::stop);
            cluster.startAll();
            isWhole(cluster, added);

            // Host 0 is the first to lead, and comes back with the file of before.
            cluster.stop(0);
            cluster.forget(added, 0);
            cluster.start(0);
            for (int i = 0; i < 20; i++) {
                assertThat(cluster.log(0).isPrimaryHere()).isFalse();
                assertThat(cluster.log(0).mayRead()).isFalse();
                TimeUnit.MILLISECONDS.sleep(200);
            }
            TestCluster.until("writes go on", () -> cluster.log(added).propose(RegisterState.write(2, 2)).handle((_, failure) -> failure
                    == null).join());
        }
    }

    @Test
    void aDirectoryFromBeforeFormationsWereKeptIsAMembers() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            write(cluster, 0, 1, 10);
            cluster.up().forEach(cluster::stop);
            for (int host = 0; host < 3; host++) {
                Files.delete(directory.resolve("host" + host).resolve("formation"));
            }
            cluster.startAll();
            for (int host = 0; host < 3; host++) {
                isWhole(cluster, host);
            }
            cluster.lose(2);
            cluster.start(2);
            isWhole(cluster, 2);
        }
    }
}
