package org.coconutdb.bench.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void quantilesAreThoseOfTheSortedTimesToAThirtySecond(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] nanos = random.longs(10_000).map(bits -> (bits & Long.MAX_VALUE) >>> (bits & 63)).toArray();

        Times times = new Times();
        Arrays.stream(nanos).forEach(times::add);

        Arrays.sort(nanos);
        for (double part : new double[] {0.0001, 0.1, 0.5, 0.9, 0.999, 0.9999, 1}) {
            long exact = nanos[(int) Math.ceil(part * nanos.length) - 1];
            assertThat(times.quantile(part)).as("%s of all", part).isBetween(exact - exact / 32, exact);
        }
        assertThat(times.longest()).isEqualTo(nanos[nanos.length - 1]);
        assertThat(times.count()).isEqualTo(nanos.length);
    }
}
