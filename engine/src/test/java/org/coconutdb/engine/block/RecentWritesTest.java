package org.coconutdb.engine.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.row.KeyRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecentWritesTest {
    private record Written(int table, byte[] key, long timestamp) {}

    static LongStream seeds() {
        return Seeds.of(5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void saysWhatAListOfAllWritesSays(long seed) {
        Random random = Seeds.random(seed);
        RecentWrites recent = new RecentWrites();
        List<Written> all = new ArrayList<>();
        long timestamp = 0;
        int asked = 0;
        for (int i = 0; i < 3 * RecentWrites.COUNT_MAX; i++) {
            timestamp += random.nextInt(2);
            // Decisions of transactions over several blocks may come late.
            long stamp = Math.max(1, timestamp - (random.nextInt(10) == 0 ? random.nextInt(20) : 0));
            Written written = new Written(random.nextInt(3), new byte[] {(byte) random.nextInt(256)}, stamp);
            recent.add(written.table(), written.key(), stamp);
            all.add(written);
            if (i % 100 == 0) {
                long since = Math.max(0, timestamp - random.nextInt(random.nextBoolean() ? 30 : 20_000));
                KeyRange range = new KeyRange(new byte[] {(byte) random.nextInt(256)}, new byte[] {(byte) random.nextInt(256)});
                if (recent.isCompleteAbove(since)) {
                    asked++;
                    assertThat(recent.keysAbove(1, since).stream().anyMatch(range::contains)).as("seed %s, write %s", seed, i)
                            .isEqualTo(recent.touches(1, range, since));
                    assertThat(recent.touches(1, range, since)).as("seed %s, write %s", seed, i)
                            .isEqualTo(all.stream()
                                    .anyMatch(each -> each.table() == 1 && each.timestamp() > since && range.contains(each.key())));
                }
            }
        }
        assertThat(asked).isGreaterThan(200);
    }

    @Test
    void doesNotAnswerForWhatItForgot() {
        RecentWrites recent = new RecentWrites();
        for (int i = 1; i <= RecentWrites.COUNT_MAX + 10; i++) {
            recent.add(1, new byte[] {1}, i);
        }

        assertThat(recent.isCompleteAbove(9)).isFalse();
        assertThat(recent.isCompleteAbove(10)).isTrue();

        recent.restart(1 << 20);

        assertThat(recent.isCompleteAbove((1 << 20) - 1)).isFalse();
        assertThat(recent.isCompleteAbove(1 << 20)).isTrue();
        assertThat(recent.touches(1, KeyRange.ALL, 1 << 20)).isFalse();
    }
}
