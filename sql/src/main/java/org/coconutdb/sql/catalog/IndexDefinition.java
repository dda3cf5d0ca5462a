package org.coconutdb.sql.catalog;

import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;

/// A secondary index of a table as it was declared.
///
/// @param name unique in the schema
/// @param columns in the index's order; at least one
/// @param included positions of more columns, whose values stand in the entries beside the key: none of `columns`, no two alike
/// @param unique whether two rows without NULL in these columns must differ in them
/// @param constraint whether it was made by a UNIQUE of the table, and so goes with the table alone
/// @param ready whether it has an entry for each row; an index that is being built is written and not read
public record IndexDefinition(
        String name,
        List<Part> columns,
        List<Integer> included,
        boolean unique,
        boolean constraint,
        boolean ready) {
    /// @param column position in the table
    public record Part(int column, boolean descending) {}

    public IndexDefinition {
        Objects.requireNonNull(name);
        columns = List.copyOf(columns);
        included = List.copyOf(included);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("an index needs a column");
        }
    }

    /// Of nothing but its key.
    public IndexDefinition(String name, List<Part> columns, boolean unique, boolean constraint, boolean ready) {
        this(name, columns, List.of(), unique, constraint, ready);
    }

    /// The same with an entry for each row.
    IndexDefinition built() {
        return new IndexDefinition(name, columns, included, unique, constraint, true);
    }

    /// The same before there is an entry for each row.
    public IndexDefinition unbuilt() {
        return new IndexDefinition(name, columns, included, unique, constraint, false);
    }

    /// The same in a table whose columns have other positions.
    IndexDefinition at(IntUnaryOperator position) {
        List<Part> moved = columns.stream().map(part -> new Part(position.applyAsInt(part.column()), part.descending())).toList();
        return new IndexDefinition(name, moved, included.stream().map(position::applyAsInt).toList(), unique, constraint, ready);
    }

    /// Positions of the key's columns in the table.
    public List<Integer> positions() {
        return columns.stream().map(Part::column).toList();
    }

    /// Positions of all columns whose values stand in the entries: the key's, and those that are included.
    public List<Integer> storedPositions() {
        return Stream.concat(columns.stream().map(Part::column), included.stream()).toList();
    }
}
