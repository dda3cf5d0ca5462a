package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A primary of three replicas, itself being 0, that has evicted replica 2 with entry 11, and has nothing more to append.
class LeadingTest {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final ClusterConfig CONFIG = ClusterConfig.of("test", 0, List.of(new HostAddress(0, "127.0.0.1", 1), new HostAddress(1,
            "127.0.0.1", 2), new HostAddress(2, "127.0.0.1", 3)), Path.of("nowhere"));

    private final InSyncLog inSync = new InSyncLog(ReplicaSet.first(3));
    private long now = 1_000;
    private final Leading leading = new Leading(0, 7, CONFIG, CONFIG::rule, () -> now, inSync, 10, 10);

    private void evict(long voted) {
        now += TimeUnit.SECONDS.toNanos(5);
        inSync.append(new InSyncLog.Change(11, 2, false));
        leading.primary.onAppended(11);
        for (int replica : new int[] {0, 1}) {
            leading.primary.onVote(replica, 11);
        }
        leading.primary.onVote(2, voted);
        leading.primary.onChosen(11);
        assertThat(leading.commitIndex()).isEqualTo(11);
    }

    /// After how many milliseconds of hearing replica 2 an entry is asked for; -1 where it is not.
    private long nudgedAfterMillis(long lastIndex, long millisMax) {
        for (long passed = 0; passed <= millisMax; passed += 100) {
            leading.primary.onAcknowledged(2, now);
            BlockEntry.@Nullable Nothing entry = leading.nudge(lastIndex);
            if (entry != null) {
                assertThat(entry.commitIndex()).isEqualTo(11);
                return passed;
            }
            now += STEP_NANOS;
        }
        return -1;
    }

    @Test
    void whoseAnswersGotLostIsAskedAgainAndMoreSeldomWhileThatIsOfNoUse() {
        evict(9);

        assertThat(nudgedAfterMillis(11, 60_000)).isEqualTo(2_000);
        assertThat(nudgedAfterMillis(12, 60_000)).isEqualTo(4_000);
        assertThat(nudgedAfterMillis(13, 60_000)).isEqualTo(8_000);
        for (int i = 14; i < 20; i++) {
            nudgedAfterMillis(i, 120_000);
        }
        assertThat(nudgedAfterMillis(20, 120_000)).isEqualTo(60_000);

        // It has voted for all there is: the next time it is asked soon again.
        leading.primary.onVote(2, 21);
        assertThat(nudgedAfterMillis(21, 10_000)).isEqualTo(-1);
        assertThat(nudgedAfterMillis(22, 10_000)).isEqualTo(2_000);
    }

    @Test
    void whoVotesOrIsNotHeardOrHasAllIsNotAsked() {
        evict(9);
        for (int voted = 10; voted < 60; voted++) {
            leading.primary.onVote(2, voted);
            assertThat(nudgedAfterMillis(100, 1_000)).as("it gets on").isEqualTo(-1);
        }

        now += TimeUnit.SECONDS.toNanos(1);
        for (int i = 0; i < 100; i++) {
            assertThat(leading.nudge(100)).as("it is away").isNull();
            now += STEP_NANOS;
        }

        leading.primary.onVote(2, 100);
        assertThat(nudgedAfterMillis(100, 10_000)).isEqualTo(-1);
    }

    @Test
    void whoIsInSyncIsNotAsked() {
        leading.primary.onVote(2, 3);

        assertThat(nudgedAfterMillis(10, 10_000)).isEqualTo(-1);
    }

    @Test
    void anEntryThatChangesNothingIsReadAsItWasWritten() {
        BlockEntry entry = new BlockEntry.Nothing(1L << 40);

        assertThat(BlockEntry.decode(ByteBuffer.wrap(entry.encode()))).isEqualTo(entry);
    }

    /// Raft may not know of anything that is chosen when its process has just begun.
    @Test
    void whoIsElectedIsNotStuckAtOnce() {
        assertThat(leading.isStuck(10, -1)).isFalse();
        now += TimeUnit.MILLISECONDS.toNanos(2_900);
        assertThat(leading.isStuck(11, -1)).isFalse();
        now += TimeUnit.MILLISECONDS.toNanos(200);
        assertThat(leading.isStuck(11, -1)).isTrue();

        assertThat(leading.isStuck(11, 10)).isFalse();
        now += TimeUnit.SECONDS.toNanos(4);
        assertThat(leading.isStuck(11, 10)).isTrue();
        assertThat(leading.isStuck(11, 11)).isFalse();
        now += TimeUnit.SECONDS.toNanos(4);
        assertThat(leading.isStuck(11, 11)).as("all is chosen").isFalse();
        assertThat(leading.isStuck(12, 11)).isFalse();
    }
}
