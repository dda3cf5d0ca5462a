package org.coconutdb.engine.replication;

import java.util.List;

/// What an image of a state has to know of the log: where in it the state stands, and who is in sync by the entries up to there.
record SnapshotMark(long index, long term, List<InSyncLog.Change> changes) {
    SnapshotMark {
        changes = List.copyOf(changes);
    }
}
