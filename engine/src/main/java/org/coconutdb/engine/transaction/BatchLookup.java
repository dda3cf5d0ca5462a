package org.coconutdb.engine.transaction;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.RecordView;

/// Lookups of several keys of a table at once, which answer as [Transaction#get] of each does. One lookup waits for memory several times, one
/// time after the other; those of a batch wait side by side. One thread, the transaction's.
public final class BatchLookup {
    /// As many keys are worth it: more would not be on their way at once.
    public static final int WORTHWHILE_MAX = 64;
    private static final int DONE = -1;

    private final Transaction transaction;
    private final TableDescriptor table;
    private final List<RecordView> views = new ArrayList<>();
    private boolean[] found = {};
    private long[] records = {};
    // Of the keys that are not looked up yet.
    private int[] blocks = {};
    // The keys of one block, and where they stand among all.
    private byte[][] ofBlock = {};
    private int[] places = {};

    BatchLookup(Transaction transaction, TableDescriptor table) {
        this.transaction = transaction;
        this.table = table;
    }

    /// Looks up the first keys of the array; [#isFound] and [#row] tell the answers. Keys are not copied.
    public void find(byte[][] keys, int count) {
        transaction.requireOpen();
        makeRoom(count);
        if (count == 1 || transaction.hasWritten(table)) {
            for (int i = 0; i < count; i++) {
                found[i] = transaction.get(table, keys[i], views.get(i));
            }
        } else {
            findByBlock(keys, count);
        }
    }

    private void makeRoom(int count) {
        while (views.size() < count) {
            views.add(new RecordView());
        }
        if (found.length < count) {
            found = new boolean[count];
            records = new long[count];
            blocks = new int[count];
            ofBlock = new byte[count][];
            places = new int[count];
        }
    }

    private void findByBlock(byte[][] keys, int count) {
        for (int i = 0; i < count; i++) {
            blocks[i] = transaction.blockOf(table, keys[i]);
        }
        for (int first = 0; first < count; first++) {
            int block = blocks[first];
            if (block == DONE) {
                continue;
            }
            int size = 0;
            for (int i = first; i < count; i++) {
                if (blocks[i] == block) {
                    blocks[i] = DONE;
                    places[size] = i;
                    ofBlock[size++] = keys[i];
                }
            }
            TableSlice slice = transaction.findAll(table, ofBlock, size, records);
            for (int i = 0; i < size; i++) {
                found[places[i]] = records[i] != 0;
                if (records[i] != 0) {
                    transaction.show(slice, records[i], views.get(places[i]));
                }
            }
        }
    }

    /// Whether the key at that place has a row.
    public boolean isFound(int i) {
        return found[i];
    }

    /// The row of the key at that place, where it [#isFound]: until the transaction's next operation.
    public RecordView row(int i) {
        return views.get(i);
    }
}
