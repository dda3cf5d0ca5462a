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
    private final Map<HeldKey, Long> written = new HashMap<>();
    // With the number of transactions that have read it.
    private final Map<HeldKey, Integer> read = new HashMap<>();
    private final Map<Long, List<Read.Range>> readRanges = new HashMap<>();

    boolean isEmpty() {
        return prepared.isEmpty();
    }

    Collection<BlockCommand.Prepare> prepared() {
        return prepared.values();
    }

    void add(BlockCommand.Prepare prepare) {
        prepared.put(prepare.transaction(), prepare);
        for (Write write : prepare.writes()) {
            written.put(new HeldKey(write.table(), write.key()), prepare.transaction());
        }
        List<Read.Range> ranges = new ArrayList<>();
        for (Read reading : prepare.reads()) {
            switch (reading) {
                case Read.Key(int table, byte[] key) -> read.merge(new HeldKey(table, key), 1, Integer::sum);
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
            if (reading instanceof Read.Key(int table, byte[] key)) {
                read.computeIfPresent(new HeldKey(table, key), (_, readers) -> readers == 1 ? null : readers - 1);
            }
        }
        readRanges.remove(transaction);
        return prepare;
    }

    /// Whether somebody who may still commit has read the key or will write it, so that nobody else may write it.
    boolean refusesWrite(int table, byte[] key) {
        if (prepared.isEmpty()) {
            return false;
        }
        HeldKey held = new HeldKey(table, key);
        return written.containsKey(held) || read.containsKey(held) || isInReadRange(table, key);
    }

    private boolean isInReadRange(int table, byte[] key) {
        for (List<Read.Range> ranges : readRanges.values()) {
            for (Read.Range range : ranges) {
                if (range.table() == table && range.range().contains(key)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Whether somebody who may still commit will write what was read.
    boolean refuses(Read reading) {
        if (written.isEmpty()) {
            return false;
        }
        return switch (reading) {
            case Read.Key(int table, byte[] key) -> written.containsKey(new HeldKey(table, key));
            case Read.Range(int table, KeyRange range) -> written.keySet()
                    .stream()
                    .anyMatch(held -> held.table() == table && range.contains(held.key()));
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
