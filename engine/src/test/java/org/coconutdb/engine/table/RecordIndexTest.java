package org.coconutdb.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.row.KeyHash;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Both kinds of index against a plain sorted map, and under readers.
class RecordIndexTest {
    private static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

    private static final HashTable.Sizes LARGE_AT_ONCE = new HashTable.Sizes(0, 2000);

    static Stream<Arguments> kindsAndSeeds() {
        return Stream.of(TableKind.values()).flatMap(kind -> Seeds.of(12).mapToObj(seed -> Arguments.of(kind, seed)));
    }

    static LongStream loadSeeds() {
        return Seeds.of(6);
    }

    static LongStream seeds() {
        return Seeds.of(4);
    }

    private static final class Fixture implements AutoCloseable {
        final MemoryManager memory = new MemoryManager(LockPolicy.OFF, 4L << 30);
        final MemoryOwner owner = new MemoryOwner(1, 1);
        final RecordHeap heap = new RecordHeap(memory.reserve(owner, "records", 8L << 30));
        final AtomicLong lastTimestamp = new AtomicLong();
        final RecordIndex index;
        private int turn;

        Fixture(TableKind kind) {
            this(kind, key -> KeyHash.of(key, 42), HashTable.Sizes.USUAL);
        }

        /// @param hash under which keys collide
        /// @param sizes from which on a hash table's maps have hints and parts
        Fixture(TableKind kind, ToLongFunction<byte[]> hash, HashTable.Sizes sizes) {
            index = kind == TableKind.HASH
                    ? new HashTable(memory, owner, heap, () -> lastTimestamp.get() + 1, hash, sizes)
                    : new SortedTable(memory, owner, heap);
        }

        /// Puts as a slice does: the place was looked for before, or not, and what is replaced has the mark.
        long put(byte[] key, long record) {
            locate(key);
            long old = index.put(key, record);
            if (old != 0) {
                heap.markReplaced(old);
            }
            return old;
        }

        boolean remove(byte[] key) {
            locate(key);
            return index.remove(key);
        }

        /// By turns not at all, for a key that is probably new, for one that is not, and twice.
        private void locate(byte[] key) {
            turn++;
            long found = (turn & 3) == 0 ? index.find(key) : index.locate(key, (turn & 1) == 0);
            if ((turn & 3) == 1) {
                assertThat(index.locate(key, true)).isEqualTo(found);
            }
            assertThat(index.find(key)).isEqualTo(found);
        }

        long record(byte[] key) {
            return heap.allocate(key, new byte[8], new Stamp(1, 1), 0, 1, 0, (byte) 0);
        }

        @Override
        public void close() {
            index.close();
            heap.close();
            memory.close();
        }
    }

    /// How keys of a run look: which of them break a tree depends on that.
    private static byte[] key(Random random, int shape, int step) {
        return switch (shape) {
            case 0 -> number(step);
            case 1 -> number(1_000_000 - step);
            case 2 -> number(random.nextInt(4000));
            case 3 -> {
                // One head for all: the heap decides every comparison.
                byte[] key = Arrays.copyOf("same-prefix-of-all-keys".getBytes(java.nio.charset.StandardCharsets.UTF_8), 27);
                System.arraycopy(number(random.nextInt(3000)), 4, key, 23, 4);
                yield key;
            }
            case 4 -> {
                // Keys that are prefixes of others, and zeros.
                byte[] key = new byte[random.nextInt(14)];
                for (int i = 0; i < key.length; i++) {
                    key[i] = (byte) random.nextInt(2);
                }
                yield key;
            }
            default -> {
                byte[] key = new byte[random.nextInt(60)];
                random.nextBytes(key);
                yield key;
            }
        };
    }

    private static byte[] number(long value) {
        return java.nio.ByteBuffer.allocate(8).putLong(value).array();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("kindsAndSeeds")
    void agreesWithASortedMap(TableKind kind, long seed) {
        Random random = Seeds.random(seed);
        int shape = (int) (seed % 6);
        try (Fixture fixture = new Fixture(kind, key -> KeyHash.of(key, seed), sizes(seed))) {
            NavigableMap<byte[], Long> model = new TreeMap<>(ORDER);
            // Growing, shrinking and growing again, so that pages split, merge and are used again.
            int[] removalsInTen = {1, 4, 8, 9, 2};
            int step = 0;
            for (int removals : removalsInTen) {
                for (int i = 0; i < 4000; i++, step++) {
                    if (random.nextInt(10) < removals && !model.isEmpty()) {
                        byte[] key = random.nextInt(4) == 0 ? key(random, shape, step) : near(model, key(random, shape, random.nextInt(step
                                + 1)));
                        Long expected = model.remove(key);
                        assertThat(fixture.remove(key)).isEqualTo(expected != null);
                    } else {
                        byte[] key = key(random, shape, step);
                        long record = fixture.record(key);
                        Long expected = model.put(key, record);
                        assertThat(fixture.put(key, record)).isEqualTo(expected == null ? 0 : expected);
                    }
                    if (i % 1000 == 0) {
                        fixture.lastTimestamp.incrementAndGet();
                        fixture.index.reclaim(fixture.lastTimestamp.get());
                        assertSame(fixture, model, random, kind, seed);
                    }
                }
                assertSame(fixture, model, random, kind, seed);
            }
            for (byte[] key : List.copyOf(model.keySet())) {
                model.remove(key);
                assertThat(fixture.index.remove(key)).isTrue();
            }
            assertSame(fixture, model, random, kind, seed);
        }
    }

    /// Of two seeds one has hints beside all of its maps, and parts soon.
    private static HashTable.Sizes sizes(long seed) {
        return seed % 2 == 0 ? LARGE_AT_ONCE : HashTable.Sizes.USUAL;
    }

    /// One of 64 hashes, spread over all parts: runs of slots that begin before the last slot of a part where the base is just below 0.
    private static long colliding(long base, byte[] key) {
        long spread = Arrays.hashCode(key) & 0x3F;
        return (base + 40 * (spread >>> SlotHints.PART_BITS)) ^ (spread << -SlotHints.PART_BITS);
    }

    /// Checkpoints are loaded so: keys ascend, but for some that are shown twice or late.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("loadSeeds")
    void whatWasLoadedGoesOnAsAnyOther(long seed) {
        Random random = Seeds.random(seed);
        int shape = (int) (seed % 6);
        try (Fixture fixture = new Fixture(TableKind.SORTED)) {
            NavigableMap<byte[], Long> model = new TreeMap<>(ORDER);
            // Some are there before, as after an end and another beginning.
            for (int step = 0; step < (seed % 3 == 0 ? 700 : 0); step++) {
                byte[] key = key(random, shape, step);
                model.put(key, fixture.record(key));
                fixture.put(key, model.get(key));
            }
            TreeMap<byte[], Boolean> keys = new TreeMap<>(ORDER);
            for (int step = 0; step < 100_000; step++) {
                keys.put(shape == 2 || shape == 3 ? number(random.nextInt()) : key(random, shape, step), true);
            }
            IndexLoader loader = fixture.index.loader();
            for (byte[] ascending : keys.keySet()) {
                // At first in order only, so that full pages are made whatever the seed.
                boolean strays = model.size() > 60_000 && random.nextInt(50) == 0;
                byte[] key = strays ? near(model, key(random, shape, random.nextInt(20_000))) : ascending;
                long record = fixture.record(key);
                Long expected = model.put(key, record);
                long old = loader.put(key, record);
                assertThat(old).isEqualTo(expected == null ? 0 : expected);
                if (old != 0) {
                    fixture.heap.markReplaced(old);
                }
            }
            assertSame(fixture, model, random, TableKind.SORTED, seed);
            for (int step = 0; step < 20_000; step++) {
                byte[] key = random.nextInt(3) == 0 ? near(model, key(random, shape, random.nextInt(20_000))) : key(random, shape, step);
                if (random.nextInt(10) < (step < 10_000 ? 4 : 9)) {
                    assertThat(fixture.remove(key)).isEqualTo(model.remove(key) != null);
                } else {
                    long record = fixture.record(key);
                    Long expected = model.put(key, record);
                    assertThat(fixture.put(key, record)).isEqualTo(expected == null ? 0 : expected);
                }
            }
            assertSame(fixture, model, random, TableKind.SORTED, seed);
        }
    }

    /// A good hash has no two keys of one slot in any test; so here is a bad one. A key whose slot others need stays, and must be found.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keysThatCollideAreToldApart(long seed) {
        Random random = Seeds.random(seed);
        long base = random.nextBoolean() ? -3 : random.nextLong();
        try (Fixture fixture = new Fixture(TableKind.HASH, key -> colliding(base, key), sizes(seed))) {
            NavigableMap<byte[], Long> model = new TreeMap<>(ORDER);
            int kept = 0;
            int gone = 0;
            for (int step = 0; step < 6000; step++) {
                byte[] key = number(random.nextInt(2500));
                if (random.nextInt(3) == 0 && model.containsKey(key)) {
                    if (fixture.remove(key)) {
                        model.remove(key);
                        gone++;
                    } else {
                        kept++;
                    }
                } else {
                    long record = fixture.record(key);
                    Long expected = model.put(key, record);
                    assertThat(fixture.put(key, record)).isEqualTo(expected == null ? 0 : expected);
                }
                if (step % 500 == 0) {
                    assertSame(fixture, model, random, TableKind.HASH, seed);
                }
            }
            assertSame(fixture, model, random, TableKind.HASH, seed);
            assertThat(kept).isPositive();
            assertThat(gone).isPositive();
        }
    }

    private static byte[] near(NavigableMap<byte[], Long> model, byte[] key) {
        byte[] found = model.ceilingKey(key);
        return found == null ? model.lastKey() : found;
    }

    private static void assertSame(Fixture fixture, NavigableMap<byte[], Long> model, Random random, TableKind kind, long seed) {
        fixture.index.verify();
        assertThat(fixture.index.size()).isEqualTo(model.size());
        String rerun = Seeds.rerun(RecordIndexTest.class, "agreesWithASortedMap", seed);
        for (int i = 0; i < 300; i++) {
            byte[] key = key(random, (int) (seed % 6), random.nextInt(20_000));
            assertThat(fixture.index.find(key)).as(rerun).isEqualTo(model.getOrDefault(key, 0L));
        }
        List<Long> all = read(fixture.index.cursor(KeyRange.ALL, false));
        if (kind == TableKind.HASH) {
            assertThat(all).as(rerun).containsExactlyInAnyOrderElementsOf(model.values());
            return;
        }
        assertThat(all).as(rerun).isEqualTo(List.copyOf(model.values()));
        assertThat(read(fixture.index.cursor(KeyRange.ALL, true))).as(rerun).isEqualTo(all.reversed());
        for (int i = 0; i < 20; i++) {
            byte[] from = key(random, (int) (seed % 6), random.nextInt(20_000));
            byte[] to = key(random, (int) (seed % 6), random.nextInt(20_000));
            KeyRange range = new KeyRange(random.nextInt(5) == 0 ? null : from, random.nextInt(5) == 0 ? null : to);
            List<Long> expected = range.isEmpty() ? List.of() : List.copyOf(within(model, range).values());
            assertThat(read(fixture.index.cursor(range, false))).as(rerun).isEqualTo(expected);
            assertThat(read(fixture.index.cursor(range, true))).as(rerun).isEqualTo(expected.reversed());
        }
    }

    private static NavigableMap<byte[], Long> within(NavigableMap<byte[], Long> model, KeyRange range) {
        NavigableMap<byte[], Long> rows = range.from() == null ? model : model.tailMap(range.from(), true);
        return range.to() == null ? rows : rows.headMap(range.to(), false);
    }

    private static List<Long> read(RecordCursor cursor) {
        List<Long> records = new ArrayList<>();
        long[] batch = new long[256];
        for (int count = cursor.nextBatch(batch); count > 0; count = cursor.nextBatch(batch)) {
            for (int i = 0; i < count; i++) {
                records.add(batch[i]);
            }
        }
        return records;
    }

    /// Half of the keys are never removed: every reader must find all of them at any time, once each, in order, while the writer splits,
    /// merges and grows around them. Records are not freed here; that is the slice's business.
    @ParameterizedTest(name = "{0}")
    @EnumSource(TableKind.class)
    void readersMissNothingWhileTheWriterChangesEverything(TableKind kind) throws Exception {
        int lasting = 4000;
        try (Fixture fixture = new Fixture(kind, key -> KeyHash.of(key, 7), LARGE_AT_ONCE); ExecutorService readers = Executors
                .newFixedThreadPool(3)) {
            for (int i = 0; i < lasting; i++) {
                byte[] key = number(2L * i);
                fixture.put(key, fixture.record(key));
            }
            AtomicBoolean stop = new AtomicBoolean();
            List<Future<Long>> results = List.of(
                    readers.submit(() -> lookUp(fixture, stop, lasting)),
                    readers.submit(() -> scan(fixture, stop, lasting, kind, false)),
                    readers.submit(() -> scan(fixture, stop, lasting, kind, true)));
            try {
                Random random = Seeds.random(7);
                long end = System.nanoTime() + 2_000_000_000L;
                while (System.nanoTime() < end && results.stream().noneMatch(Future::isDone)) {
                    int from = random.nextInt(lasting);
                    int count = random.nextInt(2000);
                    for (int i = from; i < Math.min(lasting, from + count); i++) {
                        byte[] key = number(2L * i + 1);
                        fixture.put(key, fixture.record(key));
                    }
                    for (int i = from; i < Math.min(lasting, from + count); i++) {
                        fixture.index.remove(number(2L * i + 1));
                    }
                }
            } finally {
                stop.set(true);
            }
            for (Future<Long> result : results) {
                assertThat(result.get()).as("rounds").isPositive();
            }
            fixture.index.verify();
            assertThat(fixture.index.size()).isEqualTo(lasting);
        }
    }

    private static Long lookUp(Fixture fixture, AtomicBoolean stop, int lasting) {
        Random random = Seeds.random(11);
        long rounds = 0;
        while (!stop.get()) {
            byte[] key = number(2L * random.nextInt(lasting));
            long record = fixture.index.find(key);
            assertThat(record).isNotZero();
            assertThat(fixture.heap.key(record)).isEqualTo(key);
            rounds++;
        }
        return rounds;
    }

    private static Long scan(Fixture fixture, AtomicBoolean stop, int lasting, TableKind kind, boolean reverse) {
        long rounds = 0;
        while (!stop.get()) {
            Set<Long> seen = new HashSet<>();
            byte[] previous = null;
            for (long record : read(fixture.index.cursor(KeyRange.ALL, reverse))) {
                byte[] key = fixture.heap.key(record);
                long number = java.nio.ByteBuffer.wrap(key).getLong();
                if (kind == TableKind.SORTED && previous != null) {
                    assertThat(Integer.signum(ORDER.compare(previous, key))).as("order").isEqualTo(reverse ? 1 : -1);
                }
                previous = key;
                if (number % 2 == 0) {
                    assertThat(seen.add(number)).as("key %s is read once", number).isTrue();
                }
            }
            assertThat(seen).hasSize(lasting);
            rounds++;
        }
        return rounds;
    }

    @Test
    void aHashTableThatOutgrowsItsPromiseManyTimesLosesNothing() {
        try (Fixture fixture = new Fixture(TableKind.HASH)) {
            int keys = 120_000;
            for (int i = 0; i < keys; i++) {
                // Longer and longer, so that what was promised for keys' lengths is never true.
                byte[] key = Arrays.copyOf(number(i * 0x9E3779B97F4A7C15L), 8 + i / 1500);
                fixture.put(key, fixture.record(key));
                if (i % 5000 == 0) {
                    fixture.lastTimestamp.incrementAndGet();
                    fixture.index.reclaim(fixture.lastTimestamp.get());
                }
            }

            fixture.index.verify();
            assertThat(fixture.index.size()).isEqualTo(keys);
        }
    }

    /// A record of a row takes 49 bytes beyond key and row in the usual case: so much is left of 96.
    @Test
    void aLargeHashTableTakesNoMoreThan47BytesOfIndexForAKeyAlsoWhileItGrows() {
        try (Fixture fixture = new Fixture(TableKind.HASH)) {
            for (int i = 0; i < 900_000; i++) {
                byte[] key = number(i);
                fixture.index.put(key, fixture.record(key));
                if (i % 1000 == 0) {
                    fixture.lastTimestamp.incrementAndGet();
                    fixture.index.reclaim(fixture.lastTimestamp.get());
                }
                if (i >= 300_000 && i % 5000 == 0) {
                    assertThat(indexBytesOnceMapsAreClosed(fixture, 47L * (i + 1)) / (i + 1.0)).as("bytes a key, of %d", i + 1)
                            .isLessThanOrEqualTo(47);
                }
            }

            fixture.index.verify();
        }
    }

    @Test
    void aHashTableGrowsWithinWhatItSetAside() {
        try (Fixture fixture = new Fixture(TableKind.HASH)) {
            for (int i = 0; i < 400_000; i++) {
                byte[] key = number(i);
                long record = fixture.record(key);
                // Another thread may make a map at any time from here on.
                long granted = fixture.memory.usedBytes();
                fixture.index.put(key, record);
                long usedThen = fixture.memory.usedBytes() - fixture.memory.setAsideBytes();
                assertThat(usedThen).as("of %d keys", i + 1).isLessThanOrEqualTo(granted);
            }
        }
    }

    /// Another thread closes maps that were left: waits a while for it where there is more than expected.
    private static long indexBytesOnceMapsAreClosed(Fixture fixture, long expected) {
        long end = System.nanoTime() + 10_000_000_000L;
        long bytes = fixture.memory.usedBytes() - fixture.memory.setAsideBytes() - fixture.heap.bytesInUse();
        while (bytes > expected && System.nanoTime() < end) {
            Thread.onSpinWait();
            bytes = fixture.memory.usedBytes() - fixture.memory.setAsideBytes() - fixture.heap.bytesInUse();
        }
        return bytes;
    }
}
