package org.coconutdb.sql.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Compiled statements of one database, the least recently used leaves first. Used by any thread.
///
/// The catalogue's version is part of the key, so that a plan is never found once a table was made or dropped. What it was made for
/// is older then and leaves by age. Types of parameters come from the statement, not from the values, and so from the text.
final class PlanCache {
    static final int PLANS_MAX = 1_000;
    /// A longer text is mostly data (a VALUES list) that does not come a second time.
    static final int TEXT_LENGTH_MAX = 16 << 10;

    /// @param text by [StatementText#normalise]
    record Key(String text, long catalogVersion, String schema) {}

    private final Map<Key, CompiledStatement> plans =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, CompiledStatement> eldest) {
                    return size() > PLANS_MAX;
                }
            };
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder plannings = new LongAdder();

    @Nullable
    CompiledStatement find(Key key) {
        CompiledStatement found;
        synchronized (plans) {
            found = plans.get(key);
        }
        (found == null ? misses : hits).increment();
        return found;
    }

    void put(Key key, CompiledStatement statement) {
        if (key.text().length() <= TEXT_LENGTH_MAX) {
            synchronized (plans) {
                plans.put(key, statement);
            }
        }
    }

    /// Counts a run of the parser, the validator and the planner.
    void countPlanning() {
        plannings.increment();
    }

    int size() {
        synchronized (plans) {
            return plans.size();
        }
    }

    long hits() {
        return hits.sum();
    }

    long misses() {
        return misses.sum();
    }

    long plannings() {
        return plannings.sum();
    }
}
