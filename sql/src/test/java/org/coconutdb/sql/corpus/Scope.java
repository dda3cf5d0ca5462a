package org.coconutdb.sql.corpus;

import java.util.ArrayList;
import java.util.List;

/// The columns that an expression may name.
///
/// @param own of the query's own FROM
/// @param outer of the queries around it
/// @param keys names that tell the rows of FROM apart, all together
record Scope(List<Name> own, List<Name> outer, List<Name> keys) {
    /// A qualified name of a column.
    record Name(String text, Kind kind) {}

    static Scope empty() {
        return new Scope(List.of(), List.of(), List.of());
    }

    /// What a subquery begins with.
    Scope around() {
        List<Name> all = new ArrayList<>(own);
        all.addAll(outer);
        return new Scope(List.of(), all, List.of());
    }

    Scope with(Scope other) {
        List<Name> all = new ArrayList<>(own);
        all.addAll(other.own);
        List<Name> allKeys = new ArrayList<>(keys);
        allKeys.addAll(other.keys);
        return new Scope(all, outer, allKeys);
    }

    Scope onlyOwn() {
        return new Scope(own, List.of(), keys);
    }
}
