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
import org.coconutdb.engine.version.Snapshots;
import org.coconutdb.engine.version.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Both kinds of index against a plain sorted map, and under readers.
class RecordIndexTest {
    private static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

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
        final Snapshots snapshots = new Snapshots(0);
        // Records that are in no index any more.
        final RetireQueue removed = new RetireQueue();
        final RecordIndex index;
        private int turn;

        Fixture(TableKind kind) {
            this(kind, key -> KeyHash.of(key, 42));
        }

        /// @param hash of a hash table's keys
        Fixture(TableKind kind, ToLongFunction<byte[]> hash) {
            index = kind == TableKind.HASH
                    ? new HashTable(memory, owner, heap, () -> lastTimestamp.get() + 1, hash)
                    : new SortedTable(memory, owner, heap);
        }

        /// Puts as a slice does: the place was looked for before, or not.
        long put(byte[] key, long record) {
            locate(key);
            return index.put(key, record);
        }

        boolean remove(byte[] key) {
            locate(key);
            return index.remove(key);
        }

        /// By turns not at all, once and twice.
        private void locate(byte[] key) {
            turn++;
            long found = turn % 3 == 0 ? index.find(key) : index.locate(key);
            if (turn % 3 == 1) {
                assertThat(index.locate(key)).isEqualTo(found);
            }
            assertThat(index.find(key)).isEqualTo(found);
        }

        /// Ends a commit as a block does: what readers let go of is used again.
        void commit() {
            snapshots.publish(lastTimestamp.incrementAndGet());
            long readers = snapshots.marks().readers();
            while (removed.isDue(readers)) {
                heap.free(removed.remove());
            }
            index.reclaim(readers);
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
        try (Fixture fixture = new Fixture(kind, key -> KeyHash.of(key, seed))) {
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
                assertThat(loader.put(key, record)).isEqualTo(expected == null ? 0 : expected);
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

    /// A good hash spreads keys; here are bad ones, which leave so few bits that pages cannot be parted any more, are parted by the last
    /// bits that count, or not at all.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keysThatCollideAreToldApart(long seed) {
        Random random = Seeds.random(seed);
        int hashes = List.of(1, 3, 12, 64).get((int) (seed & 3));
        int shift = random.nextBoolean() ? Long.SIZE - 6 : random.nextInt(30, 50);
        try (Fixture fixture = new Fixture(TableKind.HASH, key -> (long) Math.floorMod(Arrays.hashCode(key), hashes) << shift)) {
            NavigableMap<byte[], Long> model = new TreeMap<>(ORDER);
            int[] removalsInTen = {1, 4, 9, 2};
            for (int removals : removalsInTen) {
                for (int step = 0; step < 3000; step++) {
                    byte[] key = number(random.nextInt(6000));
                    if (random.nextInt(10) < removals && !model.isEmpty()) {
                        byte[] there = near(model, key);
                        model.remove(there);
                        assertThat(fixture.remove(there)).isTrue();
                    } else {
                        long record = fixture.record(key);
                        Long expected = model.put(key, record);
                        assertThat(fixture.put(key, record)).isEqualTo(expected == null ? 0 : expected);
                    }
                    if (step % 1000 == 0) {
                        fixture.lastTimestamp.incrementAndGet();
                        fixture.index.reclaim(fixture.lastTimestamp.get());
                        assertSame(fixture, model, random, TableKind.HASH, seed);
                    }
                }
                assertSame(fixture, model, random, TableKind.HASH, seed);
            }
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
        for (int i = 0; i < 20; i++) {
            byte[][] keys = new byte[random.nextInt(1, 100)][];
            Arrays.setAll(keys, _ -> key(random, (int) (seed % 6), random.nextInt(20_000)));
            int count = random.nextInt(keys.length + 1);
            long[] found = new long[keys.length];
            fixture.index.findAll(keys, count, found);
            assertThat(Arrays.copyOf(found, count)).as(rerun)
                    .isEqualTo(Arrays.stream(keys).limit(count).mapToLong(key -> model.getOrDefault(key, 0L)).toArray());
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
    /// merges, grows and uses again what readers have let go of.
    @ParameterizedTest(name = "{0}")
    @EnumSource(TableKind.class)
    void readersMissNothingWhileTheWriterChangesEverything(TableKind kind) throws Exception {
        int lasting = 4000;
        try (Fixture fixture = new Fixture(kind); ExecutorService readers = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < lasting; i++) {
                byte[] key = number(2L * i);
                fixture.put(key, fixture.record(key));
            }
            AtomicBoolean stop = new AtomicBoolean();
            List<Future<Long>> results = List.of(
                    readers.submit(() -> lookUp(fixture, stop, lasting)),
                    readers.submit(() -> lookManyUp(fixture, stop, lasting)),
                    readers.submit(() -> scan(fixture, stop, lasting, kind, false)),
                    readers.submit(() -> scan(fixture, stop, lasting, kind, true)));
            try {
                Random random = Seeds.random(7);
                long end = System.nanoTime() + 2_000_000_000L;
                while (System.nanoTime() < end && results.stream().noneMatch(Future::isDone)) {
                    int from = random.nextInt(lasting);
                    int count = random.nextInt(2000);
                    // Some times as many as are there, so that pages and directories come and go.
                    for (int i = 0; i < 10 * count; i++) {
                        byte[] key = number(2L * (from + i) + 1);
                        fixture.put(key, fixture.record(key));
                        fixture.commit();
                    }
                    for (int i = 0; i < 10 * count; i++) {
                        byte[] key = number(2L * (from + i) + 1);
                        long record = fixture.index.find(key);
                        fixture.index.remove(key);
                        fixture.removed.add(fixture.lastTimestamp.get() + 1, record);
                        fixture.commit();
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
        do {
            int snapshot = fixture.snapshots.open();
            for (int i = random.nextInt(50); i >= 0; i--) {
                byte[] key = number(2L * random.nextInt(lasting));
                long record = fixture.index.find(key);
                assertThat(record).isNotZero();
                assertThat(fixture.heap.key(record)).isEqualTo(key);
            }
            fixture.snapshots.close(snapshot);
            rounds++;
        } while (!stop.get());
        return rounds;
    }

    private static Long lookManyUp(Fixture fixture, AtomicBoolean stop, int lasting) {
        Random random = Seeds.random(13);
        long rounds = 0;
        do {
            byte[][] keys = new byte[random.nextInt(1, 64)][];
            Arrays.setAll(keys, _ -> number(2L * random.nextInt(lasting)));
            long[] found = new long[keys.length];
            int snapshot = fixture.snapshots.open();
            fixture.index.findAll(keys, keys.length, found);
            for (int i = 0; i < keys.length; i++) {
                assertThat(found[i]).isNotZero();
                assertThat(fixture.heap.key(found[i])).isEqualTo(keys[i]);
            }
            fixture.snapshots.close(snapshot);
            rounds++;
        } while (!stop.get());
        return rounds;
    }

    private static Long scan(Fixture fixture, AtomicBoolean stop, int lasting, TableKind kind, boolean reverse) {
        long rounds = 0;
        do {
            Set<Long> seen = new HashSet<>();
            byte[] previous = null;
            int snapshot = fixture.snapshots.open();
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
            fixture.snapshots.close(snapshot);
            assertThat(seen).hasSize(lasting);
            rounds++;
        } while (!stop.get());
        return rounds;
    }

    /// What a hash table is made for is what it comes to hold, more, or much less.
    @ParameterizedTest(name = "{0} keys expected")
    @ValueSource(longs = {1, 400, 5_000, 100_000})
    void aHashTableMadeForManyKeysTakesAnyNumber(long expected) {
        try (Fixture fixture = new Fixture(TableKind.HASH)) {
            fixture.index.expect(expected);

            NavigableMap<byte[], Long> model = new TreeMap<>(ORDER);
            for (int i = 0; i < 20_000; i++) {
                byte[] key = number(i);
                model.put(key, fixture.record(key));
                fixture.put(key, model.get(key));
            }
            assertSame(fixture, model, Seeds.random(expected), TableKind.HASH, 2);

            for (int i = 0; i < 19_900; i++) {
                assertThat(fixture.remove(number(i))).isTrue();
                model.remove(number(i));
            }
            assertSame(fixture, model, Seeds.random(expected), TableKind.HASH, 2);
        }
    }

    /// A row's record takes 49 bytes beyond key and row in the usual case.
    @Test
    void aLargeHashTableTakesNoMoreThan23BytesOfIndexForAKeyAlsoWhileItGrows() {
        try (Fixture fixture = new Fixture(TableKind.HASH)) {
            for (int i = 0; i < 900_000; i++) {
                byte[] key = number(i);
                fixture.index.put(key, fixture.record(key));
                if (i % 100 == 0) {
                    fixture.lastTimestamp.incrementAndGet();
                    fixture.index.reclaim(fixture.lastTimestamp.get());
                }
                if (i >= 100_000 && i % 5000 == 0) {
                    assertThat(indexBytes(fixture) / (i + 1.0)).as("bytes a key, of %d", i + 1).isLessThanOrEqualTo(23);
                }
            }

            fixture.index.verify();
        }
    }

    @Test
    void aHashTableGivesBackWhatRemovedKeysTook() {
        try (Fixture fixture = new Fixture(TableKind.HASH)) {
            int keys = 200_000;
            for (int i = 0; i < keys; i++) {
                byte[] key = number(i);
                fixture.index.put(key, fixture.record(key));
            }
            fixture.index.reclaim(Long.MAX_VALUE);
            long full = indexBytes(fixture);

            for (int i = 0; i < keys; i++) {
                assertThat(fixture.index.remove(number(i))).isTrue();
            }
            fixture.index.reclaim(Long.MAX_VALUE);

            assertThat(indexBytes(fixture)).isLessThan(full / 20);
            fixture.index.verify();
        }
    }

    /// Keys come and go, and the table stays as large as it is: places of removed keys are used again, or pages are rid of them.
    @Test
    void aHashTableWhoseKeysComeAndGoStaysAsItIs() {
        try (Fixture fixture = new Fixture(TableKind.HASH)) {
            int held = 20_000;
            long most = 0;
            for (int i = 0; i < 500_000; i++) {
                byte[] key = number(i);
                fixture.index.put(key, fixture.heap.allocate(key, new byte[8], new Stamp(1, 1), 0, 1, 0, (byte) 0));
                if (i >= held) {
                    byte[] oldest = number(i - held);
                    long record = fixture.index.find(oldest);
                    assertThat(fixture.index.remove(oldest)).isTrue();
                    fixture.heap.free(record);
                }
                fixture.index.reclaim(Long.MAX_VALUE);
                most = Math.max(most, i < 2 * held ? 0 : indexBytes(fixture));
            }

            assertThat(most).isLessThan(32L * held);
            fixture.index.verify();
        }
    }

    @Test
    void aHashTableGrowsWithinWhatItSetAside() {
        try (Fixture fixture = new Fixture(TableKind.HASH)) {
            for (int i = 0; i < 400_000; i++) {
                byte[] key = number(i);
                long record = fixture.record(key);
                long granted = fixture.memory.usedBytes();
                fixture.index.put(key, record);
                long usedThen = fixture.memory.usedBytes() - fixture.memory.setAsideBytes();
                assertThat(usedThen).as("of %d keys", i + 1).isLessThanOrEqualTo(granted);
            }
        }
    }

    private static long indexBytes(Fixture fixture) {
        return fixture.memory.usedBytes() - fixture.memory.setAsideBytes() - fixture.heap.bytesInUse();
    }
}
