package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three hosts over the machine's network.
class ReplicationHostIT {
    @TempDir Path directory;

    @Test
    void whatIsProposedAtAnyHostIsReadAtEveryReplica() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            for (int i = 0; i < 30; i++) {
                int host = i % 3;
                byte[] before = TestCluster.get(cluster.log(host).propose(RegisterState.write(7, i + 1)));
                assertThat(ByteBuffer.wrap(before).getLong()).isEqualTo(i);
                for (int reader : cluster.up()) {
                    read(cluster, reader, 7, i + 1);
                }
            }
        }
    }

    private static void read(TestCluster cluster, int reader, int register, long expected) throws Exception {
        if (!cluster.log(reader).mayRead() || cluster.state(reader).isInFlight(register)) {
            cluster.log(reader).catchUp().get(60, TimeUnit.SECONDS);
        }
        assertThat(cluster.state(reader).read(register)).isEqualTo(expected);
    }

    @Test
    void everyReplicaGetsALease() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            for (int host : cluster.up()) {
                TestCluster.until("a lease at " + host, () -> cluster.log(host).mayRead() && cluster.log(host).status().inSync().size()
                        == 3);
            }
        }
    }

    @Test
    void manyCommandsAtOnceShareEntries() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            int primary = cluster.primary();
            long before = cluster.log(primary).status().lastIndex();
            List<CompletableFuture<byte[]>> outcomes = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                outcomes.add(cluster.log(primary).propose(RegisterState.write(i % 10, i)));
            }
            for (CompletableFuture<byte[]> outcome : outcomes) {
                TestCluster.get(outcome);
            }
            assertThat(cluster.log(primary).status().lastIndex() - before).isLessThan(1_000);
        }
    }

    @Test
    void aRestartOfAllHostsLosesNothing() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            for (int i = 1; i <= 200; i++) {
                TestCluster.get(cluster.log(i % 3).propose(RegisterState.write(i % 5, i)));
            }
            cluster.up().forEach(cluster::stop);
            cluster.startAll();
            for (int host : cluster.up()) {
                cluster.log(host).catchUp().get(60, TimeUnit.SECONDS);
                assertThat(cluster.state(host).read(0)).isEqualTo(200);
                assertThat(cluster.state(host).read(4)).isEqualTo(199);
            }
        }
    }

    @Test
    void primariesAreSpreadByPriority() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3, 6, config -> config).startAll()) {
            for (int block = 0; block < 6; block++) {
                int number = block;
                TestCluster.until("block " + block + " is led where it belongs", () -> cluster.log(number % 3, number).isPrimaryHere());
                TestCluster.get(cluster.log(0, block).propose(RegisterState.write(1, block)));
                cluster.log(2, block).catchUp().get(60, TimeUnit.SECONDS);
                assertThat(cluster.state(2, block).read(1)).isEqualTo(block);
            }
        }
    }

    @Test
    void messagesBetweenHostsAreAnsweredOrFail() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            cluster.host(1).links().answer((byte) 5, (from, question) -> CompletableFuture.completedFuture(new byte[] {(byte) from,
                    question[0]}));

            assertThat(TestCluster.get(cluster.host(0).links().ask(1, (byte) 5, new byte[] {9}))).containsExactly(0, 9);
            assertThat(TestCluster.get(cluster.host(1).links().ask(1, (byte) 5, new byte[] {8}))).containsExactly(1, 8);
            assertFails(cluster.host(0).links().ask(2, (byte) 5, new byte[0]));
            cluster.stop(1);
            assertFails(cluster.host(0).links().ask(1, (byte) 5, new byte[0]));
        }
    }

    private static void assertFails(CompletableFuture<byte[]> answer) {
        assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS)).cause()
                .isInstanceOfSatisfying(CoconutException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.HOST_UNREACHABLE));
    }

    @Test
    void afterAHostIsClosedNothingWaitsForIt() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory)) {
            BlockLog log = cluster.log(1);
            cluster.stop(1);

            assertThatThrownBy(() -> log.propose(RegisterState.write(1, 1)).get(60, TimeUnit.SECONDS)).cause().isInstanceOf(
                    CoconutException.class);
            assertThatThrownBy(() -> log.catchUp().get(60, TimeUnit.SECONDS)).cause().isInstanceOf(CoconutException.class);
            assertThat(log.mayRead()).isFalse();
        }
    }
}
