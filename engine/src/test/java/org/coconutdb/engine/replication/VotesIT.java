package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a host tells of the votes in its blocks.
@Timeout(180)
class VotesIT {
    @TempDir private Path directory;

    private static BlockLog.Votes votes(TestCluster cluster, int asked, int of) {
        return cluster.log(asked).votes().stream().filter(votes -> votes.host() == of).findFirst().orElseThrow();
    }

    private static BlockLog.AtPrimary known(TestCluster cluster, int asked, int of) {
        return Objects.requireNonNull(votes(cluster, asked, of).atPrimary(), "what the primary knows");
    }

    @Test
    void anEvictionAndTheReturnAreTold() throws Exception {
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> config).startAll()) {
            TestCluster.until("the first one leads", () -> cluster.log(0).isPrimaryHere());
            TestCluster.get(cluster.log(0).propose(RegisterState.write(1, 10)));
            TestCluster.until("leases", () -> cluster.log(1).mayRead() && cluster.log(2).mayRead());
            assertThat(known(cluster, 0, 2).votedIndex()).isGreaterThanOrEqualTo(cluster.log(0).status().commitIndex());
            assertThat(known(cluster, 0, 2).heardMillisAgo()).isNotNegative();
            // Between two beats of a busy machine a lease may just have run out.
            TestCluster.until("the primary tells the lease", () -> known(cluster, 0, 2).leaseMillisLeft() > 0);
            assertThat(votes(cluster, 1, 2).atPrimary()).as("a replica does not know").isNull();
            long evictions = votes(cluster, 0, 2).evictions();

            cluster.cutOff(2);
            TestCluster.get(cluster.log(0).propose(RegisterState.write(1, 11)));

            BlockLog.Votes evicted = votes(cluster, 0, 2);
            assertThat(evicted.isInSync()).isFalse();
            assertThat(evicted.changedAtMillis()).isPositive();
            assertThat(known(cluster, 0, 2).evictedFor()).isIn(BlockLog.VOTE_LATE, BlockLog.SILENT);
            assertThat(known(cluster, 0, 2).leaseMillisLeft()).isZero();
            assertThat(evicted.evictions()).isGreaterThan(evictions);
            TestCluster.until("the other replica tells it, too", () -> votes(cluster, 1, 2).evictions() > evictions);

            cluster.heal();
            TestCluster.until("it is admitted", () -> votes(cluster, 0, 2).isInSync() && votes(cluster, 0, 2).admissions() > evictions);
            assertThat(known(cluster, 0, 2).evictedFor()).isNull();
        }
    }
}
