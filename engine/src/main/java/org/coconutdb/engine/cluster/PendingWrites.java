package org.coconutdb.engine.cluster;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// What entries of a block's log touch that a replica does not show yet: those in its log that are not applied, and those of prepared transactions that are not
/// decided. Each mark has the timestamp of its entry; what comes of it has that one or a later one.
///
/// Any thread. A mark that was set before a call is seen by it; one that is taken away was there until what it stands for is shown.
final class PendingWrites {
    private static final long[] NONE = {};

    // By table, in the order of keys; of each key the timestamps, in any order.
    private final Map<Integer, NavigableMap<byte[], long[]>> keys = new ConcurrentHashMap<>();
    // Whole tables.
    private final Map<Integer, long[]> tables = new ConcurrentHashMap<>();

    void add(int table, byte[] key, long timestamp) {
        keys.computeIfAbsent(table, _ -> new ConcurrentSkipListMap<>(Arrays::compareUnsigned))
                .merge(key, new long[] {timestamp}, (held, more) -> with(held, more[0]));
    }

    void remove(int table, byte[] key, long timestamp) {
        NavigableMap<byte[], long[]> ofTable = keys.get(table);
        if (ofTable != null) {
            ofTable.computeIfPresent(key, (_, held) -> without(held, timestamp));
        }
    }

    void addTable(int table, long timestamp) {
        tables.merge(table, new long[] {timestamp}, (held, more) -> with(held, more[0]));
    }

    void removeTable(int table, long timestamp) {
        tables.computeIfPresent(table, (_, held) -> without(held, timestamp));
    }

    private static long[] with(long[] held, long timestamp) {
        long[] more = Arrays.copyOf(held, held.length + 1);
        more[held.length] = timestamp;
        return more;
    }

    private static long @Nullable [] without(long[] held, long timestamp) {
        long[] fewer = NONE;
        boolean isFound = false;
        for (long each : held) {
            if (each == timestamp && !isFound) {
                isFound = true;
            } else {
                fewer = with(fewer, each);
            }
        }
        return fewer.length == 0 ? null : fewer;
    }

    /// Whether something at or below the timestamp may come of the key.
    boolean touches(int table, byte[] key, long timestamp) {
        if (isAny(tables.get(table), timestamp)) {
            return true;
        }
        NavigableMap<byte[], long[]> ofTable = keys.get(table);
        return ofTable != null && isAny(ofTable.get(key), timestamp);
    }

    /// The same of any key of the range.
    boolean touches(int table, KeyRange range, long timestamp) {
        if (isAny(tables.get(table), timestamp)) {
            return true;
        }
        NavigableMap<byte[], long[]> ofTable = keys.get(table);
        if (ofTable == null || ofTable.isEmpty() || range.isEmpty()) {
            return false;
        }
        byte[] from = range.from();
        byte[] to = range.to();
        NavigableMap<byte[], long[]> within = from == null ? ofTable : ofTable.tailMap(from, true);
        within = to == null ? within : within.headMap(to, false);
        for (long[] held : within.values()) {
            if (isAny(held, timestamp)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAny(long @Nullable [] held, long timestamp) {
        if (held != null) {
            for (long each : held) {
                if (each <= timestamp) {
                    return true;
                }
            }
        }
        return false;
    }
}
