package org.coconutdb.engine.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.row.KeyRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeldRangesTest {
    static LongStream seeds() {
        return Seeds.of(50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void holdsTheKeysThatOneOfItsRangesHas(long seed) {
        Random random = Seeds.random(seed);
        HeldRanges held = new HeldRanges();
        List<KeyRange> ranges = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            KeyRange range = new KeyRange(random.nextInt(20) == 0 ? null : bound(random), random.nextInt(20) == 0 ? null : bound(random));
            held.add(1, range);
            ranges.add(range);

            for (int key = 0; key < 256; key++) {
                byte[] bytes = {(byte) key};
                assertThat(held.contains(1, bytes)).as("seed %s, range %s, key %s", seed, i, key)
                        .isEqualTo(ranges.stream().anyMatch(each -> each.contains(bytes)));
                assertThat(held.contains(2, bytes)).isFalse();
            }
        }
    }

    private static byte[] bound(Random random) {
        return new byte[] {(byte) random.nextInt(256)};
    }
}
