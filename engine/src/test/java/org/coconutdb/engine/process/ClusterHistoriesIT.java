package org.coconutdb.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.cluster.FaultyCarrier.Missing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Three processes, clients at all of them, and a nemesis that kills, pauses, restarts, cuts off and slows down: what clients see is linearizable by register and strictly
/// serializable by transaction, every host goes on when all is healed, and nothing that was acknowledged is lost.
///
/// `-Dcluster.runs=200 -Dseed=1` for more of it, `-Dcluster.mutations=true` to see that the same runs find a missing rule.
class ClusterHistoriesIT {
    private static final int RUNS = Integer.getInteger("cluster.runs", 2);
    private static final long FAULT_MILLIS = Long.getLong("cluster.millis", 6_000);
    private static final int MUTATED_RUNS_MAX = 20;
    private static final long FIRST_SEED = Long.getLong("seed", System.nanoTime() % 1_000_000_000);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS) private Path directory;

    @Test
    void historiesAreStrictlySerializable() throws Exception {
        run(false, ClusterNetwork.LOOPBACK, RUNS);
    }

    /// Tables whose commits all replicas vote for, and tables whose commits are a majority's, in the same transactions.
    @Test
    void historiesOverSpacesOfBothPoliciesAreStrictlySerializable() throws Exception {
        run(true, ClusterNetwork.LOOPBACK, RUNS);
    }

    /// There packets get lost, and connections do not end.
    @Test
    void historiesOverNetworksOfTheirOwnAreStrictlySerializable() throws Exception {
        run(false, NamespaceNetwork.create(ClusterRun.HOSTS), Math.max(1, RUNS / 2));
    }

    private void run(boolean isMixed, ClusterNetwork network, int runs) throws Exception {
        System.out.println("histories: -Dseed=" + FIRST_SEED + " -Dcluster.runs=" + runs);
        List<Long> failed = new ArrayList<>();
        try (ClusterRun cluster = new ClusterRun(directory, Missing.NOTHING, isMixed, network)) {
            // Behind one that failed nothing is sure.
            for (long seed = FIRST_SEED; seed < FIRST_SEED + runs && failed.isEmpty(); seed++) {
                if (!cluster.run(seed, FAULT_MILLIS).isRight()) {
                    failed.add(seed);
                }
            }
        }
        assertThat(failed).as("seeds with violations; what hosts and clients say is in " + directory).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void aMissingRuleIsFound(Missing rule) throws Exception {
        assumeTrue(Boolean.getBoolean("cluster.mutations"), "-Dcluster.mutations=true");
        System.out.println("histories without " + rule + ": -Dseed=" + FIRST_SEED);
        List<String> anomalies = List.of();
        try (ClusterRun cluster = new ClusterRun(directory, rule)) {
            for (long seed = FIRST_SEED; seed < FIRST_SEED + MUTATED_RUNS_MAX && anomalies.isEmpty(); seed++) {
                anomalies = cluster.run(seed, FAULT_MILLIS).anomalies();
            }
        }
        assertThat(anomalies).as("what " + MUTATED_RUNS_MAX + " runs without " + rule + " show").isNotEmpty();
    }
}
