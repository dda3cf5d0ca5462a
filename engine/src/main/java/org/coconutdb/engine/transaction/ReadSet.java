package org.coconutdb.engine.transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.block.Read;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// What a serializable transaction has read. One thread.
///
/// It is bounded: who reads very many keys, or scans very often, has read the whole table.
final class ReadSet {
    static final int KEYS_MAX = 1 << 16;
    static final int SCANS_MAX = 1 << 12;
    private static final int KEYS_FIRST = 1 << 10;
    // To judge a few keys twice costs less than to find out.
    private static final int KEYS_WORTH_TIDYING = 8;

    /// One thing that was read.
    record Item(TableDescriptor table, Read read) {}

    private record RowKey(TableDescriptor table, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof RowKey that && table.id() == that.table.id() && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(key) + table.id();
        }
    }

    // With repetitions, until there are many.
    private List<RowKey> keys = new ArrayList<>(1);
    private int keysUntilTidied = KEYS_FIRST;
    private List<Scan> scans = new ArrayList<>(0);
    private Map<Integer, TableDescriptor> wholeTables = Map.of();

    /// The array is not copied.
    void addKey(TableDescriptor table, byte[] key) {
        keys.add(new RowKey(table, key));
        if (keys.size() > keysUntilTidied) {
            tidyKeys();
        }
    }

    private void tidyKeys() {
        Set<RowKey> distinct = new HashSet<>(keys);
        distinct.removeIf(key -> wholeTables.containsKey(key.table().id()));
        if (distinct.size() > KEYS_MAX) {
            distinct.forEach(key -> addWhole(key.table()));
            distinct.clear();
        }
        keys = new ArrayList<>(distinct);
        keysUntilTidied = Math.max(KEYS_FIRST, 2 * keys.size());
    }

    private void addWhole(TableDescriptor table) {
        if (wholeTables.isEmpty()) {
            // Hardly ever: so most transactions have no such map.
            wholeTables = new HashMap<>();
        }
        wholeTables.put(table.id(), table);
    }

    void addScan(Scan scan) {
        if (wholeTables.containsKey(scan.table().id())) {
            return;
        }
        scans.add(scan);
        if (scans.size() > SCANS_MAX) {
            scans.forEach(each -> addWhole(each.table()));
            scans = new ArrayList<>();
        }
    }

    /// All that was read, but for keys whose own write is judged as strictly. While the snapshot is open.
    List<Item> items(WriteSet writes) {
        if (keys.size() > KEYS_WORTH_TIDYING) {
            tidyKeys();
        }
        List<Item> items = new ArrayList<>();
        for (RowKey key : keys) {
            WriteSet.Version written = writes.newest(key.table().id(), key.key());
            boolean isJudged = written != null && switch (written.write.condition()) {
                case ABSENT, UNCHANGED -> true;
                case NONE -> false;
            };
            if (!isJudged) {
                items.add(new Item(key.table(), new Read.Key(key.table().id(), key.key())));
            }
        }
        for (Scan scan : scans) {
            KeyRange seen = scan.seen();
            if (seen != null && !seen.isEmpty() && !wholeTables.containsKey(scan.table().id())) {
                items.add(new Item(scan.table(), new Read.Range(scan.table().id(), seen)));
            }
        }
        if (wholeTables.isEmpty()) {
            return items;
        }
        wholeTables.values().forEach(table -> items.add(new Item(table, new Read.Range(table.id(), KeyRange.ALL))));
        return items;
    }
}
