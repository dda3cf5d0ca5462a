package org.coconutdb.engine.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyHashTest {
    /// Rows of a database on disk lie where the hash says.
    @Test
    void theHashOfAKeyNeverChanges() {
        assertThat(KeyHash.of(new byte[0], 0)).isEqualTo(0x79E6412C99FBA43AL);
        assertThat(KeyHash.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 42)).isEqualTo(0xE92E423992EA9288L);
    }

    @Test
    void keysThatDifferLittleSpreadOverAllBits() {
        int keys = 200_000;
        Set<Long> whole = new HashSet<>();
        int[] high = new int[256];
        int[] low = new int[256];
        for (int i = 0; i < keys; i++) {
            long hash = KeyHash.of(ByteBuffer.allocate(12).putInt(7).putLong(i).array(), 5);
            whole.add(hash);
            high[(int) (hash >>> 56)]++;
            low[(int) hash & 0xFF]++;
        }
        assertThat(whole).hasSize(keys);
        double expected = keys / 256.0;
        for (int[] counts : new int[][] {high, low}) {
            // Chi squared with 255 degrees of freedom: 330 is passed once in a thousand by chance, and the keys are fixed.
            assertThat(Arrays.stream(counts).mapToDouble(count -> (count - expected) * (count - expected) / expected).sum()).isLessThan(
                    330);
        }
    }

    @Test
    void lengthAndSeedCount() {
        Set<Long> hashes = new HashSet<>();
        for (int length = 0; length < 40; length++) {
            for (long seed = 0; seed < 10; seed++) {
                hashes.add(KeyHash.of(new byte[length], seed));
            }
        }
        assertThat(hashes).hasSize(400);
    }
}
