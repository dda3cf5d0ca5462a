package org.coconutdb.engine.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// What the prepared transactions of a block hold until they are decided: the keys that they will write, from everybody, and what they
/// have read, from writers.
///
/// Threads: the block's writer alone.
final class Holds {
    private final Map<Long, BlockCommand.Prepare> prepared = new HashMap<>();
    private final Map<HeldKey, BlockCommand.Prepare> written = new HashMap<>();
    private final Map<HeldKey, List<BlockCommand.Prepare>> read = new HashMap<>();
    private final Map<Long, List<Read.Range>> readRanges = new HashMap<>();

    boolean isPrepared(long transaction) {
        return prepared.containsKey(transaction);
    }

    Collection<BlockCommand.Prepare> prepared() {
        return prepared.values();
    }

    void add(BlockCommand.Prepare prepare) {
        prepared.put(prepare.transaction(), prepare);
        for (Write write : prepare.writes()) {
            written.put(new HeldKey(write.table(), write.key()), prepare);
        }
        List<Read.Range> ranges = new ArrayList<>();
        for (Read reading : prepare.reads()) {
            switch (reading) {
                case Read.Key(int table, byte[] key, long _) -> read.computeIfAbsent(new HeldKey(table, key), _ -> new ArrayList<>()).add(
                        prepare);
                case Read.Range range -> ranges.add(range);
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
            written.remove(new HeldKey(write.table(), write.key()));
        }
        for (Read reading : prepare.reads()) {
            if (reading instanceof Read.Key(int table, byte[] key, long _)) {
                read.computeIfPresent(new HeldKey(table, key), (_, readers) -> {
                    readers.remove(prepare);
                    return readers.isEmpty() ? null : readers;
                });
            }
        }
        readRanges.remove(transaction);
        return prepare;
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
    BlockCommand.@Nullable Prepare refusesWrite(int table, byte[] key) {
        if (prepared.isEmpty()) {
            return null;
        }
        HeldKey held = new HeldKey(table, key);
        BlockCommand.Prepare writer = written.get(held);
        if (writer != null) {
            return writer;
        }
        List<BlockCommand.Prepare> readers = read.get(held);
        return readers != null ? readers.getFirst() : rangeReader(table, key);
    }

    private BlockCommand.@Nullable Prepare rangeReader(int table, byte[] key) {
        for (Map.Entry<Long, List<Read.Range>> ranges : readRanges.entrySet()) {
            for (Read.Range range : ranges.getValue()) {
                if (range.table() == table && range.range().contains(key)) {
                    return prepared.get(ranges.getKey());
                }
            }
        }
        return null;
    }

    /// Somebody who may still commit and will write what was read; null where nobody.
    BlockCommand.@Nullable Prepare refuses(Read reading) {
        if (written.isEmpty()) {
            return null;
        }
        return switch (reading) {
            case Read.Key(int table, byte[] key, long _) -> written.get(new HeldKey(table, key));
            case Read.Range(int table, KeyRange range) -> {
                for (Map.Entry<HeldKey, BlockCommand.Prepare> held : written.entrySet()) {
                    if (held.getKey().table() == table && range.contains(held.getKey().key())) {
                        yield held.getValue();
                    }
                }
                yield null;
            }
        };
    }

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
