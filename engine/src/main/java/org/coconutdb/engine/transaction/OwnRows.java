package org.coconutdb.engine.transaction;

import java.util.Map;
import java.util.NavigableMap;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// A scan's rows where its transaction has written to the table: what is stored, with what earlier statements wrote in its place. In key
/// order for a sorted table; own rows behind the stored ones for a hash table.
///
/// Later statements may write while the scan goes on: it looks keys up one after the other and takes of each what it may see.
final class OwnRows {
    private final Transaction transaction;
    private final WriteSet.Table written;
    private final boolean ordered;
    // The range's, in the direction of the scan.
    private final NavigableMap<byte[], WriteSet.Version> own;
    private final int direction;
    private final int statement;
    private final RecordView stored = new RecordView();
    private boolean hasStored;
    private boolean storedIsOver;
    private byte @Nullable [] ownKey;
    private WriteSet.@Nullable Version ownVersion;
    private boolean ownIsOver;

    /// @param statement as of which the scan sees
    OwnRows(Transaction transaction, WriteSet.Table written, KeyRange range, boolean reverse, int statement) {
        this.transaction = transaction;
        this.written = written;
        this.ordered = written.descriptor.kind() == TableKind.SORTED;
        this.direction = reverse ? -1 : 1;
        this.statement = statement;
        NavigableMap<byte[], WriteSet.Version> inRange = inRange(written.inOrder(), range);
        this.own = reverse ? inRange.descendingMap() : inRange;
    }

    private static NavigableMap<byte[], WriteSet.Version> inRange(NavigableMap<byte[], WriteSet.Version> all, KeyRange range) {
        byte[] from = range.from();
        byte[] to = range.to();
        if (range.isEmpty()) {
            return all.headMap(new byte[0], false);
        }
        NavigableMap<byte[], WriteSet.Version> above = from == null ? all : all.tailMap(from, true);
        return to == null ? above : above.headMap(to, false);
    }

    boolean next(Scan scan, RecordView into) {
        while (true) {
            if (!hasStored && !storedIsOver) {
                hasStored = scan.nextStored(stored);
                storedIsOver = !hasStored;
            }
            if (hasStored && !ordered) {
                hasStored = false;
                if (written.visible(stored.keyBytes(), statement) == null) {
                    into.at(stored);
                    return true;
                }
                continue;
            }
            WriteSet.Version version = ownVersion();
            byte[] key = ownKey;
            if (version == null || key == null) {
                if (!hasStored) {
                    return false;
                }
                hasStored = false;
                into.at(stored);
                return true;
            }
            int order = hasStored ? direction * stored.compareKey(key) : 1;
            if (order < 0) {
                hasStored = false;
                into.at(stored);
                return true;
            }
            if (order == 0) {
                hasStored = false;
            }
            ownVersion = null;
            if (version.write.row() != null) {
                transaction.show(written.descriptor, version, into);
                return true;
            }
        }
    }

    /// The next own write, null at the end; the same until it is taken.
    private WriteSet.@Nullable Version ownVersion() {
        while (ownVersion == null && !ownIsOver) {
            byte[] before = ownKey;
            Map.Entry<byte[], WriteSet.Version> entry = before == null ? own.firstEntry() : own.higherEntry(before);
            if (entry == null) {
                ownIsOver = true;
            } else {
                ownKey = entry.getKey();
                ownVersion = WriteSet.visible(entry.getValue(), statement);
            }
        }
        return ownVersion;
    }
}
