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
            cluster.settled();
            TestCluster.get(cluster.log(0).propose(RegisterState.write(1, 10)));
            long committed = cluster.log(0).status().commitIndex();
            assertThat(known(cluster, 0, 2).votedIndex()).isGreaterThanOrEqualTo(committed);
            // Votes come with entries, and what is heard with beats: of a primary that was just elected a bit later.
            TestCluster.until("the primary hears it", () -> known(cluster, 0, 2).heardMillisAgo() >= 0);
            // Between two beats of a busy machine a lease may just have run out.
            TestCluster.until("the primary tells the lease", () -> known(cluster, 0, 2).leaseMillisLeft() > 0);
            assertThat(votes(cluster, 1, 2).atPrimary()).as("a replica does not know").isNull();
            long evictions = votes(cluster, 0, 2).evictions();

            cluster.cutOff(2);
            TestCluster.get(cluster.log(0).propose(RegisterState.write(1, 11)));

            assertThat(votes(cluster, 0, 2).isInSync()).isFalse();
            assertThat(known(cluster, 0, 2).evictedFor()).isIn(BlockLog.VOTE_LATE, BlockLog.SILENT);
            assertThat(known(cluster, 0, 2).leaseMillisLeft()).isZero();
            // The command is applied, and told, before the entry behind it that evicts.
            TestCluster.until("it is counted", () -> votes(cluster, 0, 2).evictions() > evictions);
            assertThat(votes(cluster, 0, 2).changedAtMillis()).isPositive();
            TestCluster.until("the other replica tells it, too", () -> votes(cluster, 1, 2).evictions() > evictions);

            cluster.heal();
            TestCluster.until("it is admitted", () -> votes(cluster, 0, 2).isInSync() && votes(cluster, 0, 2).admissions() > evictions);
            TestCluster.until("and nobody says why it is away", () -> known(cluster, 0, 2).evictedFor() == null);
        }
    }
}
