package org.coconutdb.engine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.coconutdb.engine.row.KeyRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PendingWritesTest {
    private static final long SEED = System.getProperty("seed") == null ? System.nanoTime() : Long.parseLong(System.getProperty("seed"),
            16);
    private static final int TABLE = 7;
    private static final byte[] KEY = {5};
    private static final KeyRange AROUND = new KeyRange(new byte[] {4}, new byte[] {6});
    private static final KeyRange BESIDE = new KeyRange(new byte[] {6}, null);

    private final PendingWrites pending = new PendingWrites();

    @Test
    void aMarkTouchesItsKeyFromItsTimestampOnUntilItIsTakenAway() {
        pending.add(TABLE, KEY, 10);

        assertThat(pending.touches(TABLE, KEY, 9)).isFalse();
        assertThat(pending.touches(TABLE, KEY, 10)).isTrue();
        assertThat(pending.touches(TABLE, AROUND, 11)).isTrue();
        assertThat(pending.touches(TABLE, BESIDE, 11)).isFalse();
        assertThat(pending.touches(TABLE, new byte[] {6}, 11)).isFalse();
        assertThat(pending.touches(TABLE + 1, KEY, 11)).isFalse();

        pending.remove(TABLE, KEY, 9);
        assertThat(pending.touches(TABLE, KEY, 10)).isTrue();
        pending.remove(TABLE, KEY, 10);
        assertThat(pending.touches(TABLE, KEY, 10)).isFalse();
        pending.remove(TABLE, KEY, 10);
        pending.add(TABLE, KEY, 12);
        assertThat(pending.touches(TABLE, KEY, 12)).isTrue();
    }

    @Test
    void aTableThatIsMadeIsTouchedWhole() {
        pending.addTable(TABLE, 10);
        pending.add(TABLE, KEY, 20);

        assertThat(pending.touches(TABLE, BESIDE, 10)).isTrue();
        assertThat(pending.touches(TABLE, KeyRange.ALL, 9)).isFalse();
        pending.removeTable(TABLE, 10);
        assertThat(pending.touches(TABLE, BESIDE, 30)).isFalse();
        assertThat(pending.touches(TABLE, KEY, 20)).isTrue();
    }

    /// In any order, and some of them twice.
    @Test
    void theLeastOfManyMarksIsKnown() {
        System.out.println("seed: " + Long.toHexString(SEED));
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            List<Long> held = new ArrayList<>();
            long next = 1;
            for (int i = 0; i < 300; i++) {
                if (held.isEmpty() || random.nextInt(5) < 3) {
                    next += random.nextInt(2);
                    long timestamp = random.nextInt(10) == 0 ? random.nextLong(next + 1) : next;
                    held.add(timestamp);
                    pending.add(TABLE, KEY, timestamp);
                } else {
                    // Mostly the oldest.
                    Collections.sort(held);
                    long timestamp = held.remove(random.nextInt(3) == 0 ? random.nextInt(held.size()) : 0);
                    pending.remove(TABLE, KEY, timestamp);
                }
                long least = held.stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
                assertThat(pending.touches(TABLE, KEY, least)).isEqualTo(!held.isEmpty());
                assertThat(pending.touches(TABLE, KEY, least - 1)).isFalse();
            }
            held.forEach(timestamp -> pending.remove(TABLE, KEY, timestamp));
            assertThat(pending.touches(TABLE, KEY, Long.MAX_VALUE - 1)).isFalse();
        }
    }

    /// A host that was just started has all entries of its log in flight, and they may be all of one row.
    @Test
    void aRowMayHaveAsManyMarksAsALogHasEntries() {
        int entries = 300_000;
        for (long i = 1; i <= entries; i++) {
            pending.add(TABLE, KEY, i);
        }
        // One is prepared, and waits.
        for (long i = 2; i <= entries; i++) {
            pending.remove(TABLE, KEY, i);
            pending.add(TABLE, KEY, entries + i);
        }

        assertThat(pending.touches(TABLE, KEY, 1)).isTrue();
        pending.remove(TABLE, KEY, 1);
        assertThat(pending.touches(TABLE, KEY, entries + 1)).isFalse();
        assertThat(pending.touches(TABLE, KEY, entries + 2)).isTrue();
    }

    @Test
    void noMarkIsLostWhereThreadsSetAndTakeAwayTheLastOnes() {
        AtomicInteger lost = new AtomicInteger();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            long timestamp = thread + 1;
            threads.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 200_000; i++) {
                    pending.add(TABLE, KEY, timestamp);
                    if (!pending.touches(TABLE, KEY, timestamp)) {
                        lost.incrementAndGet();
                    }
                    pending.remove(TABLE, KEY, timestamp);
                }
            }, task -> Thread.ofPlatform().daemon().start(task)));
        }
        threads.forEach(CompletableFuture::join);

        assertThat(lost).hasValue(0);
        assertThat(pending.touches(TABLE, KEY, Long.MAX_VALUE - 1)).isFalse();
    }
}
