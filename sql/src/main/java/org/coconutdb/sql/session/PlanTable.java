package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What was compiled, by its text, up to a bound: the least recently used leaves first. Any thread.
final class PlanTable<T> {
    /// @param catalogVersion that it is for: a plan is never found once a table was made or dropped, and leaves by age
    record Key(String text, long catalogVersion, String schema) {}

    /// @param uses how often it was found
    record Cached<T>(Key key, T plan, long planningNanos, LongAdder uses) {}

    private final Map<Key, Cached<T>> entries;

    PlanTable(int plansMax) {
        this.entries = new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, Cached<T>> eldest) {
                return size() > plansMax;
            }
        };
    }

    @Nullable
    T find(Key key) {
        Cached<T> found;
        synchronized (entries) {
            found = entries.get(key);
        }
        if (found == null) {
            return null;
        }
        found.uses().increment();
        return found.plan();
    }

    void put(Key key, T plan, long planningNanos) {
        synchronized (entries) {
            entries.put(key, new Cached<>(key, plan, planningNanos, new LongAdder()));
        }
    }

    /// Those that are there now, the least recently used first.
    List<Cached<T>> all() {
        synchronized (entries) {
            return new ArrayList<>(entries.values());
        }
    }
}
