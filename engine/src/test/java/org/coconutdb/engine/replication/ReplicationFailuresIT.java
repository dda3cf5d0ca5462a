package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hosts that are cut off, die and come back.
class ReplicationFailuresIT {
    @TempDir Path directory;

    @Test
    void aReplicaThatIsCutOffIsEvictedAndComesBack() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int replica = cluster.replica();
            TestCluster.until("a lease", () -> cluster.log(replica).mayRead());

            cluster.cutOff(replica);
            TestCluster.get(cluster.log(cluster.primary()).propose(RegisterState.write(1, 10)));

            assertThat(cluster.log(cluster.primary()).status().inSync()).hasSize(2).doesNotContain(replica);
            assertThat(cluster.log(replica).mayRead()).isFalse();
            assertThat(cluster.state(replica).read(1)).isZero();

            cluster.heal();
            TestCluster.until("the replica is admitted", () -> cluster.log(replica).mayRead());
            assertThat(cluster.state(replica).read(1)).isEqualTo(10);
            TestCluster.until("the primary has it in sync", () -> cluster.log(0).status().inSync().size() == 3);
        }
    }

    @Test
    void nothingIsLostWhenThePrimaryDiesBehindAnEviction() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.primary();
            int replica = cluster.replica();
            cluster.cutOff(replica);
            TestCluster.get(cluster.log(primary).propose(RegisterState.write(1, 10)));

            cluster.stop(primary);
            cluster.heal();

            for (int host : cluster.up()) {
                cluster.log(host).catchUp().exceptionallyCompose(_ -> cluster.log(host).catchUp()).get(60, TimeUnit.SECONDS);
                assertThat(cluster.state(host).read(1)).isEqualTo(10);
            }
            TestCluster.get(cluster.log(replica).propose(RegisterState.write(1, 11)));
        }
    }

    @Test
    void aReplicaThatIsFarBehindGetsASnapshot() throws Exception {
        ClusterConfig.SnapshotEvery often = new ClusterConfig.SnapshotEvery(20, 64 << 10, 5);
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(often)).startAll()) {
            int replica = cluster.replica();
            TestCluster.get(cluster.log(replica).propose(RegisterState.write(1, 1)));
            cluster.stop(replica);
            for (int i = 0; i < 120; i++) {
                TestCluster.get(cluster.log(cluster.primary()).propose(padded(i % 20, i, 4_000)));
            }

            cluster.start(replica);
            TestCluster.until("the replica is admitted", () -> cluster.log(replica).mayRead());

            assertThat(cluster.state(replica).restoredIndex).isGreaterThan(20);
            cluster.log(replica).catchUp().get(60, TimeUnit.SECONDS);
            assertThat(cluster.state(replica).written()).isEqualTo(cluster.state(cluster.primary()).written());

            // What it got is there after a restart, and who was evicted too.
            cluster.up().forEach(cluster::stop);
            cluster.startAll();
            cluster.log(replica).catchUp().get(60, TimeUnit.SECONDS);
            assertThat(cluster.state(replica).read(19)).isEqualTo(119);
        }
    }

    @Test
    void aReplicaWhoseAnswersGotLostComesBackWhileNobodyWrites() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.settled();
            int replica = cluster.replica();
            for (int round = 1; round <= 3; round++) {
                // It hears, and is not heard.
                cluster.cut(replica, primary);
                TestCluster.get(cluster.log(primary).propose(RegisterState.write(1, round)));
                assertThat(cluster.log(primary).status().inSync()).doesNotContain(replica);
                cluster.heal();

                TestCluster.until("the replica is admitted", () -> cluster.log(replica).mayRead());
                assertThat(cluster.state(replica).read(1)).isEqualTo(round);
            }
        }
    }

    @Test
    void aPrimaryWhoseHandOverDoesNotEndLetsAnotherLead() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.settled();
            TestCluster.get(cluster.log(primary).propose(RegisterState.write(1, 10)));
            long term = cluster.log(primary).status().term();

            HandOvers.neverEnd(cluster.host(primary));
            TestCluster.get(cluster.log(primary).propose(RegisterState.write(1, 11)));

            assertThat(cluster.log(primary).status().term()).isGreaterThan(term);
            for (int host : cluster.up()) {
                cluster.log(host).catchUp().get(60, TimeUnit.SECONDS);
                assertThat(cluster.state(host).read(1)).isEqualTo(11);
            }
        }
    }

    private static byte[] padded(int register, long value, int bytes) {
        return ByteBuffer.allocate(bytes).putInt(register).putLong(value).array();
    }

    private static final ClusterConfig.Patience SHORT = new ClusterConfig.Patience(Duration.ofMillis(700), Duration.ofSeconds(3));

    @Test
    void withoutAMajorityCommandsAreRefusedAndSurelyNotDone() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(SHORT))) {
            cluster.start(0);

            assertRefused(cluster.log(0).propose(RegisterState.write(1, 10)), ErrorCode.NOT_PRIMARY);
            assertRefused(cluster.log(0).catchUp(), ErrorCode.NOT_PRIMARY);
            assertThat(cluster.log(0).mayRead()).isFalse();
        }
    }

    @Test
    void theOutcomeIsUnknownWhenThePrimaryIsCutOffWithTheCommand() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(SHORT)).startAll()) {
            int primary = cluster.settled();
            TestCluster.get(cluster.log(primary).propose(RegisterState.write(1, 9)));
            cluster.cutOff(primary);

            assertRefused(cluster.log(primary).propose(RegisterState.write(1, 10)), ErrorCode.OUTCOME_UNKNOWN);
        }
    }

    @Test
    void whatWasAtAPrimaryThatDiesIsDoneOnceAndTold() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.settled();
            List<CompletableFuture<byte[]>> outcomes = new ArrayList<>();
            for (int i = 1; i <= 300; i++) {
                outcomes.add(cluster.log(1 + i % 2).propose(RegisterState.write(i, i)));
            }
            TestCluster.get(outcomes.getFirst());
            // Of the others some are committed, some in the log, and some nowhere.
            cluster.stop(primary);

            for (CompletableFuture<byte[]> outcome : outcomes) {
                assertThat(TestCluster.get(outcome)).as("what stood there before").containsOnly(0);
            }
            cluster.log(1).catchUp().get(60, TimeUnit.SECONDS);
            assertThat(cluster.state(1).written().values()).hasSize(300).allMatch(written -> written.size() == 1);
        }
    }

    @Test
    void aCommandWhoseAnswerWasLostIsNotDoneAgain() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.settled();
            TestCluster.get(cluster.log(1).propose(RegisterState.write(1, 10)));
            // What it asks gets there, what it is told does not.
            cluster.cut(primary, 1);
            CompletableFuture<byte[]> asked = cluster.log(1).propose(RegisterState.write(1, 11));
            TestCluster.until("it is applied at the third", () -> cluster.state(2).read(1) == 11);
            assertThat(asked).isNotDone();

            cluster.stop(primary);
            cluster.heal();

            assertThat(ByteBuffer.wrap(TestCluster.get(asked)).getLong()).as("what stood there before").isEqualTo(10);
            cluster.log(1).catchUp().get(60, TimeUnit.SECONDS);
            assertThat(cluster.state(1).written().get(1)).containsExactly(10L, 11L);
        }
    }

    @Test
    void fewerThanMinVotersAreNotDoneWithout() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.withMinVoters(3).with(SHORT)).startAll()) {
            int primary = cluster.settled();
            TestCluster.get(cluster.log(primary).propose(RegisterState.write(1, 9)));
            cluster.cutOff(cluster.replica());

            assertRefused(cluster.log(primary).propose(RegisterState.write(1, 10)), ErrorCode.OUTCOME_UNKNOWN);
            assertRefused(cluster.log(primary).propose(RegisterState.write(1, 11)), ErrorCode.REPLICAS_MISSING);

            cluster.heal();
            TestCluster.until("writes go on", () -> cluster.log(primary).propose(RegisterState.write(1, 12)).handle((_, failure) -> failure
                    == null).join());
            assertThat(cluster.state(primary).written().get(1)).doesNotContain(11L);
        }
    }

    @Test
    void aPrimaryThatHasNeverHadMinVotersRefuses() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.withMinVoters(3).with(SHORT))) {
            cluster.startAll().settled();
            cluster.up().forEach(cluster::stop);
            cluster.start(0);
            cluster.start(1);

            // It leads, its first entry is not committed, and from the vote timeout on it knows why.
            int primary = cluster.primary();
            TestCluster.until("refused for want of replicas", () -> cluster.log(primary).propose(RegisterState.write(1, 10)).handle((_,
                    failure) -> LinkAnswer.coconut(failure).code()).join() == ErrorCode.REPLICAS_MISSING);

            cluster.start(2);
            TestCluster.until("writes go on", () -> cluster.log(2).propose(RegisterState.write(1, 11)).handle((_, failure) -> failure
                    == null).join());
            cluster.log(2).catchUp().get(60, TimeUnit.SECONDS);
            assertThat(cluster.state(2).read(1)).isEqualTo(11);
        }
    }

    @Test
    void byMajorityNobodyIsEvictedAndThePrimaryReads() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(CommitPolicy.MAJORITY)).startAll()) {
            int primary = 0;
            TestCluster.until("the first host leads", () -> cluster.log(primary).isPrimaryHere());
            int replica = cluster.replica();
            cluster.cutOff(replica);

            TestCluster.get(cluster.log(primary).propose(RegisterState.write(1, 10)));

            TestCluster.until("the primary reads", () -> cluster.log(primary).mayRead());
            assertThat(cluster.log(primary).status().inSync()).hasSize(3);
            assertThat(List.of(1, 2)).noneMatch(host -> cluster.log(host).mayRead());
        }
    }

    @Test
    void aPrimaryThatCannotApplyLeavesTheLeadToOthers() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config.with(SHORT)).startAll()) {
            int broken = cluster.settled();
            int replica = cluster.replica();
            cluster.state(broken).isBroken = true;

            // The first may end as unknown.
            cluster.log(replica).propose(RegisterState.write(1, 10)).handle((_, _) -> null).get(60, TimeUnit.SECONDS);
            TestCluster.until("another leads", () -> cluster.log(replica).propose(RegisterState.write(1, 11)).handle((_, failure) -> failure
                    == null).join());

            assertThat(cluster.primary()).isNotEqualTo(broken);
            assertThat(cluster.log(broken).mayRead()).isFalse();
            assertThat(cluster.state(cluster.primary()).read(1)).isEqualTo(11);
        }
    }

    @Test
    void commandsOfFourMegabytesPassAndLargerOnesAreRefused() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int replica = cluster.replica();

            TestCluster.get(cluster.log(replica).propose(padded(1, 10, 4 << 20)));
            TestCluster.get(cluster.log(cluster.primary()).propose(padded(1, 11, 4 << 20)));

            assertThat(cluster.state(cluster.primary()).read(1)).isEqualTo(11);
            assertRefused(cluster.log(replica).propose(padded(1, 12, (4 << 20) + 1)), ErrorCode.TRANSACTION_TOO_LARGE);
        }
    }

    private static void assertRefused(CompletableFuture<?> outcome, ErrorCode code) {
        assertThatThrownBy(() -> outcome.get(60, TimeUnit.SECONDS)).cause()
                .isInstanceOfSatisfying(CoconutException.class, error -> assertThat(error.code()).as(error.getMessage()).isEqualTo(code));
    }
}
