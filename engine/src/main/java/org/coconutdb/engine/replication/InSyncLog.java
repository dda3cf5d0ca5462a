package org.coconutdb.engine.replication;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who is in sync, as the entries of one replica's log say: all by whom the cluster was formed at first; entries evict and admit. It follows the log, also where that
/// loses its end. One thread at a time.
final class InSyncLog {
    /// An entry that evicts or admits a replica.
    record Change(long index, int replica, boolean admits) {}

    /// Before the first entry. Members that came later are as if they had been evicted then.
    private static final long FORMING = -1;

    private final ReplicaSet members;
    private final ReplicaSet formedBy;
    // By index.
    private final List<Change> changes = new ArrayList<>();

    InSyncLog(ReplicaSet members) {
        this(members, members);
    }

    /// @param formedBy members that were there when the cluster was formed
    InSyncLog(ReplicaSet members, ReplicaSet formedBy) {
        this.members = members;
        this.formedBy = formedBy.and(members);
        members.and(formedBy.not()).stream().forEach(late -> changes.add(new Change(FORMING, late, false)));
    }

    ReplicaSet members() {
        return members;
    }

    void append(Change change) {
        changes.add(change);
    }

    /// Entries from an index on are not in the log any more.
    void truncate(long from) {
        while (!changes.isEmpty() && changes.getLast().index() >= from) {
            changes.removeLast();
        }
    }

    /// The newest entries about each replica up to an index, in their order: they say all that the entries up to it say.
    List<Change> newestUpTo(long index) {
        return changes.stream()
                .filter(change -> change.index() > FORMING && change.index() <= index)
                .filter(change -> changes.stream()
                        .noneMatch(later -> later.replica() == change.replica() && later.index() > change.index() && later.index()
                                <= index))
                .toList();
    }

    /// The newest entry about a replica; null where there is none, so that it is in sync.
    @Nullable
    Change newest(int replica) {
        for (int i = changes.size() - 1; i >= 0; i--) {
            if (changes.get(i).replica() == replica) {
                return changes.get(i);
            }
        }
        return null;
    }

    /// Whether a replica is in sync by all entries, those that may yet be lost included.
    boolean contains(int replica) {
        Change newest = newest(replica);
        return newest == null || newest.admits();
    }

    /// Who is in sync by the entries up to an index.
    ReplicaSet upTo(long index) {
        ReplicaSet set = formedBy;
        for (Change change : changes) {
            if (change.index() <= index) {
                set = change.admits() ? set.with(change.replica()) : set.without(change.replica());
            }
        }
        return set;
    }

    /// The same by all entries.
    ReplicaSet all() {
        return upTo(Long.MAX_VALUE);
    }

    /// The last entry up to an index that evicts or admits; 0 where there is none.
    long lastUpTo(long index) {
        for (int i = changes.size() - 1; i >= 0; i--) {
            if (changes.get(i).index() <= index) {
                return changes.get(i).index();
            }
        }
        return 0;
    }
}
