package org.coconutdb.engine.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.coconutdb.engine.version.ColdRef;

/// Cold records that a scan in no order met and shows later, in the order in which they lie on disk: so each frame is read about once,
/// instead of once for each of its rows.
final class ColdLast {
    /// About as many frames as rows are met at random in a large table, so that it is worth to gather many. Each takes some 50 bytes.
    private static final int RECORDS_MAX = 1 << 16;
    private static final Comparator<Later> ORDER = Comparator.<Later> comparingInt(later -> later.ref.file())
            .thenComparingInt(later -> later.ref.frame())
            .thenComparingInt(later -> later.ref.rowAt());

    private record Later(ColdRef ref, long record) {}

    private final List<Later> gathered = new ArrayList<>();
    private int shown;
    private boolean showing;

    void add(ColdRef ref, long record) {
        gathered.add(new Later(ref, record));
    }

    boolean isFull() {
        return gathered.size() >= RECORDS_MAX;
    }

    /// The next record on disk; 0 when all were shown, and gathering may begin again.
    long next() {
        if (!showing) {
            gathered.sort(ORDER);
            showing = true;
        }
        if (shown == gathered.size()) {
            gathered.clear();
            shown = 0;
            showing = false;
            return 0;
        }
        return gathered.get(shown++).record;
    }
}
