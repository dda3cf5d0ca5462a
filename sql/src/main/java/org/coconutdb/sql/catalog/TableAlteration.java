package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What ALTER TABLE or CREATE INDEX makes of a table's definition. Where rows that are there must be looked at, it takes two changes of the
/// catalogue: in the first comes what is added, not ready yet; what goes, goes in the second. Otherwise it is one.
/// ```
///  begun ──► (rows are looked at) ──► finished
///    └─────► undone
/// ```
///
/// @param columns that come
/// @param checks that come; those that are ready need no look at the rows
/// @param indexes that come, not ready; positions count the columns that come
/// @param defaults that change
/// @param removals what goes
public record TableAlteration(
        List<ColumnDefinition> columns,
        List<CheckDefinition> checks,
        List<IndexDefinition> indexes,
        List<Default> defaults,
        List<TableRemoval> removals) {
    /// @param text the expression; null: none
    record Default(String column, @Nullable String text) {}

    public TableAlteration {
        columns = List.copyOf(columns);
        checks = List.copyOf(checks);
        indexes = List.copyOf(indexes);
        defaults = List.copyOf(defaults);
        removals = List.copyOf(removals);
    }

    /// CREATE INDEX.
    public static TableAlteration ofIndex(IndexDefinition index) {
        return new TableAlteration(List.of(), List.of(), List.of(index), List.of(), List.of());
    }

    /// The same without what goes.
    public TableAlteration additions() {
        return new TableAlteration(columns, checks, indexes, defaults, List.of());
    }

    /// Whether what needs a column that goes is to go with it.
    public boolean cascades() {
        return removals.stream().anyMatch(removal -> removal instanceof TableRemoval.Column column && column.cascade());
    }

    /// Whether nothing comes or changes.
    public boolean isEmpty() {
        return columns.isEmpty() && checks.isEmpty() && indexes.isEmpty() && defaults.isEmpty() && removals.isEmpty();
    }

    /// Whether the rows that are there must be looked at.
    public boolean needsBuild() {
        return !indexes.isEmpty() || checks.stream().anyMatch(check -> !check.ready());
    }

    /// The definition after the first change.
    ///
    /// @param missing a value for each column that comes, which it has in rows that are there
    public TableDefinition begun(TableDefinition before, List<@Nullable Object> missing) {
        TableDefinition begun = before;
        if (!columns.isEmpty()) {
            begun = begun.withAdded(columns, missing);
        }
        begun = begun.withColumns(begun.columns().stream().map(this::withDefault).toList())
                .withChecks(joined(begun.checks(), checks))
                .withIndexes(joined(begun.indexes(), indexes));
        return needsBuild() ? begun : removed(begun);
    }

    private ColumnDefinition withDefault(ColumnDefinition column) {
        for (Default changed : defaults) {
            if (changed.column().equals(column.name())) {
                return column.withDefault(changed.text());
            }
        }
        return column;
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> joined = new ArrayList<>(first);
        joined.addAll(second);
        return joined;
    }

    /// The definition after the second change, made of what it is by then. UNDEFINED_INDEX where somebody dropped what was built.
    public TableDefinition finished(TableDefinition now) {
        Set<String> there = now.indexes().stream().map(IndexDefinition::name).collect(Collectors.toSet());
        for (IndexDefinition index : indexes) {
            if (!there.contains(index.name())) {
                throw CoconutException.of(ErrorCode.UNDEFINED_INDEX)
                        .with("index", index.name())
                        .mend("It was dropped while it was built.");
            }
        }
        Set<String> built = indexes.stream().map(IndexDefinition::name).collect(Collectors.toSet());
        Set<String> validated = checks.stream().map(CheckDefinition::name).collect(Collectors.toSet());
        return removed(now.withIndexes(now.indexes().stream().map(index -> built.contains(index.name()) ? index.built() : index).toList())
                .withChecks(now.checks().stream().map(check -> validated.contains(check.name()) ? check.validated() : check).toList()));
    }

    /// The definition without what came in the first change, made of what it is by then.
    public TableDefinition undone(TableDefinition now) {
        Set<String> indexNames = indexes.stream().map(IndexDefinition::name).collect(Collectors.toSet());
        Set<String> checkNames = checks.stream().map(CheckDefinition::name).collect(Collectors.toSet());
        Set<String> columnNames = columns.stream().map(ColumnDefinition::name).collect(Collectors.toSet());
        TableDefinition undone = now.withIndexes(without(now.indexes(), index -> indexNames.contains(index.name())))
                .withChecks(without(now.checks(), check -> checkNames.contains(check.name())));
        for (String column : columnNames) {
            undone = new TableRemoval.Column(column, true).from(undone);
        }
        return undone;
    }

    /// The definition without what goes.
    public TableDefinition removed(TableDefinition now) {
        TableDefinition left = now;
        for (TableRemoval removal : removals) {
            left = removal.from(left);
        }
        return left;
    }

    static <T> List<T> without(List<T> all, Predicate<T> goes) {
        return all.stream().filter(goes.negate()).toList();
    }

    /// The definition without what is not ready: what a crash has left half built. The same where all is ready.
    public static TableDefinition swept(TableDefinition definition) {
        boolean isReady = definition.indexes().stream().allMatch(IndexDefinition::ready)
                && definition.checks().stream().allMatch(CheckDefinition::ready)
                && definition.foreignKeys().stream().allMatch(ForeignKeyDefinition::ready);
        if (isReady) {
            return definition;
        }
        Set<String> halfAdded = definition.foreignKeys().stream()
                .filter(foreignKey -> !foreignKey.ready())
                .map(ForeignKeyDefinition::name)
                .collect(Collectors.toSet());
        TableDefinition swept = ForeignKeys.without(definition, halfAdded);
        return swept.withIndexes(without(swept.indexes(), index -> !index.ready()))
                .withChecks(without(swept.checks(), check -> !check.ready()));
    }
}
