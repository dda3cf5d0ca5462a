package org.coconutdb.engine.cluster;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// What entries of a block's log touch that a replica does not show yet: those in its log that are not applied, and those of prepared transactions that are not
/// decided. Each mark has the timestamp of its entry; what comes of it has that one or a later one.
///
/// Any thread. A mark that was set before a call is seen by it; one that is taken away was there until what it stands for is shown.
final class PendingWrites {
    // By table, in the order of keys.
    private final Map<Integer, ConcurrentNavigableMap<byte[], MarkedTimestamps>> keys = new ConcurrentHashMap<>();
    // Whole tables.
    private final ConcurrentMap<Integer, MarkedTimestamps> tables = new ConcurrentHashMap<>();

    void add(int table, byte[] key, long timestamp) {
        add(keys.computeIfAbsent(table, _ -> new ConcurrentSkipListMap<>(Arrays::compareUnsigned)), key, timestamp);
    }

    void remove(int table, byte[] key, long timestamp) {
        ConcurrentMap<byte[], MarkedTimestamps> ofTable = keys.get(table);
        if (ofTable != null) {
            remove(ofTable, key, timestamp);
        }
    }

    void addTable(int table, long timestamp) {
        add(tables, table, timestamp);
    }

    void removeTable(int table, long timestamp) {
        remove(tables, table, timestamp);
    }

    private static <K> void add(ConcurrentMap<K, MarkedTimestamps> to, K key, long timestamp) {
        while (true) {
            MarkedTimestamps held = to.computeIfAbsent(key, _ -> new MarkedTimestamps());
            if (held.add(timestamp)) {
                return;
            }
            to.remove(key, held);
        }
    }

    private static <K> void remove(ConcurrentMap<K, MarkedTimestamps> from, K key, long timestamp) {
        MarkedTimestamps held = from.get(key);
        if (held != null && held.remove(timestamp)) {
            from.remove(key, held);
        }
    }

    /// Whether something at or below the timestamp may come of the key.
    boolean touches(int table, byte[] key, long timestamp) {
        if (isAny(tables.get(table), timestamp)) {
            return true;
        }
        Map<byte[], MarkedTimestamps> ofTable = keys.get(table);
        return ofTable != null && isAny(ofTable.get(key), timestamp);
    }

    /// The same of any key of the range.
    boolean touches(int table, KeyRange range, long timestamp) {
        if (isAny(tables.get(table), timestamp)) {
            return true;
        }
        NavigableMap<byte[], MarkedTimestamps> ofTable = keys.get(table);
        if (ofTable == null || ofTable.isEmpty() || range.isEmpty()) {
            return false;
        }
        byte[] from = range.from();
        byte[] to = range.to();
        NavigableMap<byte[], MarkedTimestamps> within = from == null ? ofTable : ofTable.tailMap(from, true);
        within = to == null ? within : within.headMap(to, false);
        for (MarkedTimestamps held : within.values()) {
            if (isAny(held, timestamp)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAny(@Nullable MarkedTimestamps held, long timestamp) {
        return held != null && held.least() <= timestamp;
    }
}
