package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Elections that hosts call since another one is silent.
@Timeout(180)
class HostSilenceIT {
    @TempDir private Path directory;

    private static long called(TestCluster cluster) {
        return cluster.up().stream().mapToLong(host -> cluster.host(host).electionsCalled()).sum();
    }

    @Test
    void whoIsSilentForAllOthersLeadsNoMore() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config).startAll()) {
            int primary = cluster.settled();
            TestCluster.get(cluster.log(primary).propose(RegisterState.write(1, 10)));

            cluster.stop(primary);
            TestCluster.until("an election is called, not just held", () -> called(cluster) > 0);

            TestCluster.get(cluster.log(cluster.primary()).propose(RegisterState.write(1, 11)));
            assertThat(cluster.primary()).isNotEqualTo(primary);
        }
    }

    @Test
    void whoIsSilentForOneOnlyGoesOnLeading() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config).startAll()) {
            cluster.settled();
            TestCluster.get(cluster.log(0).propose(RegisterState.write(1, 10)));
            long term = cluster.log(0).status().term();

            cluster.cut(0, 1);
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
            for (int i = 0; System.nanoTime() - until < 0; i++) {
                TestCluster.get(cluster.log(2).propose(RegisterState.write(2, i)));
            }

            assertThat(called(cluster)).isZero();
            assertThat(cluster.log(0).isPrimaryHere()).isTrue();
            assertThat(cluster.log(0).status().term()).isEqualTo(term);
        }
    }

    /// Its connections are open and nothing is said over them, as of a process that was stopped.
    @Test
    void aCommandAtOneThatLeadsNoMoreIsNotWaitedFor() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config).startAll()) {
            int primary = cluster.settled();
            int replica = cluster.replica();
            TestCluster.get(cluster.log(replica).propose(RegisterState.write(1, 10)));

            cluster.cutOff(primary);
            CompletableFuture<byte[]> asked = cluster.log(replica).propose(RegisterState.write(1, 11));

            // Patience with an outcome is 40 s in these tests.
            asked.get(25, TimeUnit.SECONDS);
            cluster.log(replica).catchUp().get(25, TimeUnit.SECONDS);
            assertThat(cluster.state(replica).written().get(1)).containsExactly(10L, 11L);
        }
    }
}
