package org.coconutdb.sql.catalog;

import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.coconutdb.sql.parser.ReferentialAction;
import org.jspecify.annotations.Nullable;

/// A foreign key of a table as it was declared: a row without NULL in its columns has a row of the parent with the same values.
///
/// @param name of the constraint, given or made up; the table has no other of this name
/// @param columns positions in the table, in the order of the parent's key; at least one
/// @param parent the table that is referenced, perhaps the table itself
/// @param parentKey name of the parent's primary key, or of a unique index of it
/// @param index name of the table's index that finds the rows with given values; null where its own key begins with them
/// @param ownsIndex whether the index was made for the foreign key, and goes with it
/// @param ready whether all rows fulfil it; one that is being added is kept by every write already
public record ForeignKeyDefinition(
        String name,
        List<Integer> columns,
        TableName parent,
        String parentKey,
        ReferentialAction onDelete,
        ReferentialAction onUpdate,
        @Nullable String index,
        boolean ownsIndex,
        boolean ready) {
    public ForeignKeyDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(parent);
        Objects.requireNonNull(parentKey);
        Objects.requireNonNull(onDelete);
        Objects.requireNonNull(onUpdate);
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("a foreign key needs a column");
        }
        if (index == null && ownsIndex) {
            throw new IllegalArgumentException("a foreign key owns no index that is not there");
        }
    }

    /// The same in a table whose columns have other positions.
    ForeignKeyDefinition at(IntUnaryOperator position) {
        List<Integer> moved = columns.stream().map(position::applyAsInt).toList();
        return new ForeignKeyDefinition(name, moved, parent, parentKey, onDelete, onUpdate, index, ownsIndex, ready);
    }

    /// The same, fulfilled or not by all rows.
    public ForeignKeyDefinition withReady(boolean isFulfilled) {
        return new ForeignKeyDefinition(name, columns, parent, parentKey, onDelete, onUpdate, index, ownsIndex, isFulfilled);
    }

    /// The same with an index of its own or another's.
    ForeignKeyDefinition withOwnsIndex(boolean owns) {
        return new ForeignKeyDefinition(name, columns, parent, parentKey, onDelete, onUpdate, index, owns, ready);
    }
}
