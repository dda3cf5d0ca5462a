package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The protocol of docs/decisions/0013 over a simulated network: it is linearizable, and not without any of its rules. `-Dreplication.runs` and
/// `-Dseed` for more, and others.
class ReplicationSimulationTest {
    private static final int RUNS = Integer.getInteger("replication.runs", 60);
    private static final int RUNS_TO_FIND_MAX = 3_000;

    @Test
    void readsAtEveryReplicaAreLinearizable() {
        long first = Long.getLong("seed", System.nanoTime());
        long writes = 0;
        long reads = 0;
        for (long seed = first; seed < first + RUNS; seed++) {
            SimulatedBlock block = new SimulatedBlock(seed, seed % 2 == 0 ? 3 : 5, Rule.NONE);
            assertThat(block.run()).as("-Dseed=" + seed + " -Dreplication.runs=1").isNull();
            writes += block.history.ended(true);
            reads += block.history.ended(false);
        }
        System.out.println("simulated runs: " + RUNS + ", from seed " + first + ", writes acknowledged: " + writes + ", reads: " + reads);
        assertThat(writes).isGreaterThan(100L * RUNS);
        assertThat(reads).isGreaterThan(500L * RUNS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void withoutARuleTheyAreNot(Rule rule) {
        String found = null;
        long seed = rule.firstSeed;
        while (found == null && seed < rule.firstSeed + RUNS_TO_FIND_MAX) {
            found = new SimulatedBlock(seed, seed % 2 == 0 ? 3 : 5, rule).run();
            seed++;
        }
        System.out.println("without " + rule + ": " + found + ", seed " + (seed - 1));
        assertThat(found).matches("(stale|lost|from the future):.*");
    }
}
