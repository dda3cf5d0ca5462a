package org.coconutdb.engine.row;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The columns that rows of a table have had since it was made, and which of them the rows of each version have. A row is never written anew
/// because a column came or went: it says which version it is of ([RowLayout]), and [RowVersions] reads it as one of the newest.
///
/// A column's place in `columns` is its id, which is never used again.
///
/// @param columns all of them, in the order in which they came
/// @param first how many of them rows of version 0 have: the first ones
/// @param changes what leads from each version to the next
public record RowHistory(List<Kept> columns, int first, List<Change> changes) {
    /// A column that rows have or had.
    ///
    /// @param missing its value in rows of versions before it came, in the Java type that its [StorageType] names; null for NULL, and
    ///     where no row is without it
    public record Kept(Column column, @Nullable Object missing) {
        public Kept {
            Objects.requireNonNull(column);
        }
    }

    /// @param removed ids of columns that rows of the next version have no more
    /// @param added how many columns it has behind the others: the next ids
    public record Change(List<Integer> removed, int added) {
        public Change {
            removed = List.copyOf(removed);
        }
    }

    public RowHistory {
        columns = List.copyOf(columns);
        changes = List.copyOf(changes);
        if (changes.size() > RowLayout.VERSION_MAX) {
            throw new IllegalArgumentException("more changes than versions: " + changes.size());
        }
        int known = first;
        List<Integer> ids = ids(first);
        for (Change change : changes) {
            if (change.added() < 0 || new HashSet<>(change.removed()).size() != change.removed().size()
                    || !ids.containsAll(change.removed())) {
                throw new IllegalArgumentException("a change that cannot be: " + change + " of columns " + ids);
            }
            ids = next(ids, change, known);
            known += change.added();
        }
        if (first < 0 || known != columns.size()) {
            throw new IllegalArgumentException(columns.size() + " columns, of which the versions have " + known);
        }
    }

    /// Of a table that was never changed.
    public static RowHistory of(List<Column> columns) {
        return new RowHistory(columns.stream().map(column -> new Kept(column, null)).toList(), columns.size(), List.of());
    }

    private static List<Integer> ids(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static List<Integer> next(List<Integer> ids, Change change, int known) {
        List<Integer> next = new ArrayList<>(ids);
        next.removeAll(change.removed());
        for (int i = 0; i < change.added(); i++) {
            next.add(known + i);
        }
        return next;
    }

    /// The newest version.
    public int version() {
        return changes.size();
    }

    /// Ids of the columns that rows of a version have, in their order, for each version.
    public List<List<Integer>> versions() {
        List<List<Integer>> versions = new ArrayList<>();
        List<Integer> ids = ids(first);
        versions.add(ids);
        int known = first;
        for (Change change : changes) {
            ids = next(ids, change, known);
            known += change.added();
            versions.add(List.copyOf(ids));
        }
        return versions;
    }

    /// The columns of the newest version.
    public List<Column> current() {
        return versions().getLast().stream().map(id -> columns.get(id).column()).toList();
    }

    /// The history with another version behind it.
    ///
    /// @param removed places of columns in the newest version
    /// @param added behind those that stay
    public RowHistory changed(List<Integer> removed, List<Kept> added) {
        List<Integer> ids = versions().getLast();
        List<Kept> all = new ArrayList<>(columns);
        all.addAll(added);
        List<Change> more = new ArrayList<>(changes);
        more.add(new Change(removed.stream().map(ids::get).toList(), added.size()));
        return new RowHistory(all, first, more);
    }
}
