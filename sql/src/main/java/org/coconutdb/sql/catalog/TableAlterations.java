package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.AlterAction;
import org.coconutdb.sql.parser.CheckClause;
import org.coconutdb.sql.parser.ColumnClause;
import org.coconutdb.sql.parser.ForeignKeyClause;
import org.coconutdb.sql.parser.SqlAlterTable;

/// ALTER TABLE as it was written → [TableAlteration], checked against the table as it is.
public final class TableAlterations {
    private final TableDefinition table;
    private final Set<String> names;
    private final List<ColumnDefinition> columns = new ArrayList<>();
    private final List<CheckDefinition> checks = new ArrayList<>();
    private final List<IndexDefinition> indexes = new ArrayList<>();
    private final List<TableAlteration.Default> defaults = new ArrayList<>();
    private final List<TableRemoval> removals = new ArrayList<>();
    // What the columns that are added were written as, in order.
    private final List<ColumnClause> columnClauses = new ArrayList<>();
    private final List<CheckClause> checkClauses = new ArrayList<>();
    private final List<ForeignKeyClause> foreignKeys = new ArrayList<>();

    private TableAlterations(TableDefinition table) {
        this.table = table;
        this.names = table.constraintNames();
    }

    /// What the statement asks for.
    ///
    /// @param columnClauses as the columns of the alteration were written, in its order
    /// @param checkClauses as its checks were written, in its order
    /// @param foreignKeys that come behind the alteration's additions and before its removals
    public record Asked(
            TableAlteration alteration,
            List<ColumnClause> columnClauses,
            List<CheckClause> checkClauses,
            List<ForeignKeyClause> foreignKeys) {
        public Asked {
            foreignKeys = List.copyOf(foreignKeys);
            columnClauses = List.copyOf(columnClauses);
            checkClauses = List.copyOf(checkClauses);
        }
    }

    /// DUPLICATE_COLUMN, UNDEFINED_COLUMN, UNDEFINED_CONSTRAINT, INVALID_TABLE_DEFINITION, DEPENDENT_OBJECTS, NOT_SUPPORTED.
    public static Asked of(SqlAlterTable statement, TableDefinition table) {
        TableAlterations asked = new TableAlterations(table);
        for (AlterAction action : statement.actions()) {
            switch (action) {
                case AlterAction.Add add -> asked.add(add);
                case AlterAction.DropColumn drop -> asked.dropColumn(drop);
                case AlterAction.DropConstraint drop -> asked.dropConstraint(drop);
                case AlterAction.ChangeDefault change -> asked.changeDefault(change);
            }
        }
        TableDefinition left = table;
        for (TableRemoval removal : asked.removals) {
            left = removal.from(left);
        }
        requireCounts(table, asked);
        return new Asked(new TableAlteration(asked.columns, asked.checks, asked.indexes, asked.defaults, asked.removals),
                asked.columnClauses,
                asked.checkClauses, asked.foreignKeys);
    }

    private static void requireCounts(TableDefinition table, TableAlterations asked) {
        int columns = table.columns().size() + asked.columns.size();
        if (columns > TableDefinitions.COLUMNS_MAX) {
            throw TableDefinitions.invalid(table.name()).with("columns", columns)
                    .mend("A table has at most " + TableDefinitions.COLUMNS_MAX + " columns.");
        }
        TableDefinitions.requireIndexCount(table.name(), table.indexes().size() + asked.indexes.size());
        TableDefinitions.requireCheckCount(table.name(), table.checks().size() + asked.checks.size());
    }

    private List<ColumnDefinition> allColumns() {
        List<ColumnDefinition> all = new ArrayList<>(table.columns());
        all.addAll(columns);
        return all;
    }

    private void add(AlterAction.Add add) {
        if (!add.keys().isEmpty()) {
            throw TableDefinitions.invalid(table.name())
                    .with("line", add.position().getLineNum())
                    .mend("A table has one primary key, and keeps it: make a new table and INSERT INTO it a SELECT from this one.");
        }
        for (ColumnClause clause : add.columns()) {
            String name = clause.name().getSimple();
            if (allColumns().stream().anyMatch(column -> column.name().equals(name))) {
                if (add.ifNotExists()) {
                    // With its constraints.
                    return;
                }
                throw CoconutException.of(ErrorCode.DUPLICATE_COLUMN)
                        .with("table", table.qualifiedName())
                        .with("column", name)
                        .mend("The table has a column of this name: take another one, drop that first, in a statement of its own, or say IF NOT EXISTS.");
            }
            TableDefinitions.requireName("column", name);
            columns.add(TableDefinitions.withValue(TableDefinitions.column(clause, false), clause));
            columnClauses.add(clause);
        }
        TableDefinitions.requireOwnNames(add.checks(), add.uniques(), table.name(), names);
        Set<String> added = columns.stream().map(ColumnDefinition::name).collect(Collectors.toSet());
        for (CheckDefinition check : TableDefinitions.checks(add.checks(), table.name(), names)) {
            // Over values that all rows which are there have alike, it need not look at each.
            checks.add(new CheckDefinition(check.name(), check.text(), added.containsAll(check.columns(allColumns()))));
        }
        checkClauses.addAll(add.checks());
        foreignKeys.addAll(add.foreignKeys());
        for (IndexDefinition unique : TableDefinitions.uniques(add.uniques(), table.name(), allColumns(), names)) {
            indexes.add(unique.unbuilt());
        }
    }

    private void dropColumn(AlterAction.DropColumn drop) {
        String name = drop.name().getSimple();
        if (columns.stream().anyMatch(column -> column.name().equals(name))) {
            throw refused(drop.name(), "Leave out what the same statement would drop again.");
        }
        if (!drop.ifExists() || table.position(name).isPresent()) {
            removals.add(new TableRemoval.Column(name, drop.cascade()));
        }
    }

    private void dropConstraint(AlterAction.DropConstraint drop) {
        String name = drop.name().getSimple();
        if (!drop.ifExists() || table.constraintNames().contains(name)) {
            removals.add(new TableRemoval.Constraint(name));
        }
    }

    private void changeDefault(AlterAction.ChangeDefault change) {
        String name = change.column().getSimple();
        ColumnDefinition column = table.columns().get(table.position(name).orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_COLUMN)
                .with("table", table.qualifiedName())
                .with("column", name)
                .mend("The table has " + String.join(", ", table.columns().stream().map(ColumnDefinition::name).toList()) + ".")));
        if (defaults.stream().anyMatch(other -> other.column().equals(name))) {
            throw refused(change.column(), "Change the DEFAULT of a column once in a statement.");
        }
        if (column.identity() != null) {
            throw refused(change.column(), "An identity column makes its own values and has no DEFAULT.");
        }
        defaults.add(new TableAlteration.Default(name, change.value() == null ? null : TableDefinitions.text(change.value())));
    }

    private CoconutException refused(SqlIdentifier name, String mend) {
        SqlParserPos position = name.getParserPosition();
        return TableDefinitions.invalid(table.name())
                .with("what", name.getSimple())
                .with("line", position.getLineNum())
                .with("column", position.getColumnNum())
                .mend(mend);
    }
}
