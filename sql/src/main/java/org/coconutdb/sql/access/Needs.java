package org.coconutdb.sql.access;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a statement needs, gathered while it is compiled. One thread.
public final class Needs {
    private final Set<Need> all = new LinkedHashSet<>();

    public void add(Need need) {
        all.add(need);
    }

    public void addAll(Collection<? extends Need> needs) {
        all.addAll(needs);
    }

    public List<Need> toList() {
        return List.copyOf(all);
    }
}
