package org.coconutdb.engine.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// What the prepared transactions of a block hold until they are decided: the keys that they will write, from everybody, and what they
/// have read, from writers. A row of which one rests on its being there ([Read.Exists]) is held from those who delete it alone, and held by
/// those who make or delete it alone: a row that is changed is there before and after.
///
/// Threads: the block's writer alone.
final class Holds {
    private final Map<Long, BlockCommand.Prepare> prepared = new HashMap<>();
    // By table, in the order of keys, so that a range finds what is in it.
    private final Map<Integer, NavigableMap<byte[], HeldWrite>> written = new HashMap<>();
    private final Map<HeldKey, List<BlockCommand.Prepare>> read = new HashMap<>();
    // Rows that must stay.
    private final Map<HeldKey, List<BlockCommand.Prepare>> kept = new HashMap<>();
    private final Map<Long, HeldRanges> readRanges = new HashMap<>();

    boolean isPrepared(long transaction) {
        return prepared.containsKey(transaction);
    }

    Collection<BlockCommand.Prepare> prepared() {
        return prepared.values();
    }

    void add(BlockCommand.Prepare prepare) {
        prepared.put(prepare.transaction(), prepare);
        for (Write write : prepare.writes()) {
            written.computeIfAbsent(write.table(), _ -> new TreeMap<>(Arrays::compareUnsigned))
                    .put(write.key(), new HeldWrite(prepare, write.row() == null));
        }
        HeldRanges ranges = new HeldRanges();
        for (Read reading : prepare.reads()) {
            switch (reading) {
                case Read.Key(int table, byte[] key, long _) -> read.computeIfAbsent(new HeldKey(table, key), _ -> new ArrayList<>()).add(
                        prepare);
                case Read.Range(int table, KeyRange range, long _) -> ranges.add(table, range);
                case Read.Exists(int table, byte[] key) -> kept.computeIfAbsent(new HeldKey(table, key), _ -> new ArrayList<>()).add(
                        prepare);
            }
        }
        if (!ranges.isEmpty()) {
            readRanges.put(prepare.transaction(), ranges);
        }
    }

    /// What was prepared and is held no more; null where nothing was.
    BlockCommand.@Nullable Prepare remove(long transaction) {
        BlockCommand.Prepare prepare = prepared.remove(transaction);
        if (prepare == null) {
            return null;
        }
        for (Write write : prepare.writes()) {
            written.computeIfPresent(write.table(), (_, held) -> {
                held.remove(write.key());
                return held.isEmpty() ? null : held;
            });
        }
        for (Read reading : prepare.reads()) {
            switch (reading) {
                case Read.Key(int table, byte[] key, long _) -> remove(read, new HeldKey(table, key), prepare);
                case Read.Exists(int table, byte[] key) -> remove(kept, new HeldKey(table, key), prepare);
                case Read.Range _ -> {}
            }
        }
        readRanges.remove(transaction);
        return prepare;
    }

    private static void remove(Map<HeldKey, List<BlockCommand.Prepare>> from, HeldKey key, BlockCommand.Prepare prepare) {
        from.computeIfPresent(key, (_, readers) -> {
            readers.remove(prepare);
            return readers.isEmpty() ? null : readers;
        });
    }

    /// Somebody who will write to the table; null where nobody.
    BlockCommand.@Nullable Prepare writerOf(int table) {
        for (BlockCommand.Prepare prepare : prepared.values()) {
            if (prepare.writes().stream().anyMatch(write -> write.table() == table)) {
                return prepare;
            }
        }
        return null;
    }

    /// Somebody who may still commit and has read the key or will write it, so that nobody else may write it; null where nobody.
    ///
    /// @param deletes whether the row would be gone
    BlockCommand.@Nullable Prepare refusesWrite(int table, byte[] key, boolean deletes) {
        if (prepared.isEmpty()) {
            return null;
        }
        HeldWrite writer = written(table, key);
        if (writer != null) {
            return writer.by();
        }
        HeldKey held = new HeldKey(table, key);
        if (deletes) {
            List<BlockCommand.Prepare> keepers = kept.get(held);
            if (keepers != null) {
                return keepers.getFirst();
            }
        }
        List<BlockCommand.Prepare> readers = read.get(held);
        return readers != null ? readers.getFirst() : rangeReader(table, key);
    }

    private BlockCommand.@Nullable Prepare rangeReader(int table, byte[] key) {
        for (Map.Entry<Long, HeldRanges> ranges : readRanges.entrySet()) {
            if (ranges.getValue().contains(table, key)) {
                return prepared.get(ranges.getKey());
            }
        }
        return null;
    }

    private @Nullable HeldWrite written(int table, byte[] key) {
        NavigableMap<byte[], HeldWrite> ofTable = written.get(table);
        return ofTable == null ? null : ofTable.get(key);
    }

    /// Somebody who may still commit and will write what was read; null where nobody.
    BlockCommand.@Nullable Prepare refuses(Read reading) {
        NavigableMap<byte[], HeldWrite> ofTable = written.get(reading.table());
        if (ofTable == null) {
            return null;
        }
        HeldWrite held = switch (reading) {
            case Read.Key(int _, byte[] key, long _) -> ofTable.get(key);
            case Read.Range(int _, KeyRange range, long _) -> firstIn(ofTable, range);
            case Read.Exists _ -> throw new IllegalArgumentException("whether the row is there decides it: " + reading);
        };
        return held == null ? null : held.by();
    }

    /// Somebody who may still commit and on whom it depends whether the row will be there; null where nobody.
    ///
    /// @param isThere whether it is there now
    BlockCommand.@Nullable Prepare refusesExistence(Read.Exists reading, boolean isThere) {
        HeldWrite held = written(reading.table(), reading.key());
        return held == null || held.deletes() != isThere ? null : held.by();
    }

    private static @Nullable HeldWrite firstIn(NavigableMap<byte[], HeldWrite> writes, KeyRange range) {
        if (range.isEmpty()) {
            return null;
        }
        byte[] from = range.from();
        Map.Entry<byte[], HeldWrite> first = from == null ? writes.firstEntry() : writes.ceilingEntry(from);
        return first != null && range.contains(first.getKey()) ? first.getValue() : null;
    }

    private record HeldWrite(BlockCommand.Prepare by, boolean deletes) {}

    private record HeldKey(int table, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof HeldKey that && table == that.table && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(key) + table;
        }
    }
}
