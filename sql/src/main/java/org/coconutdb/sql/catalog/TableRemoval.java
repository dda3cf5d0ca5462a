package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What ALTER TABLE takes out of a table's definition.
public sealed interface TableRemoval {
    /// The definition without it.
    TableDefinition from(TableDefinition table);

    /// A column. As the standard has it (ISO/IEC 9075-2, drop column definition), what needs this column alone goes with it: an index, a UNIQUE, a
    /// CHECK, a FOREIGN KEY. What needs others, too, goes by CASCADE only. UNDEFINED_COLUMN; INVALID_TABLE_DEFINITION for one of the primary key;
    /// DEPENDENT_OBJECTS.
    ///
    /// @param cascade whether what needs it and other columns goes with it
    record Column(String name, boolean cascade) implements TableRemoval {
        @Override
        public TableDefinition from(TableDefinition table) {
            int position = table.position(name).orElseThrow(() -> undefined(table));
            if (table.primaryKey().contains(position)) {
                throw TableDefinitions.invalid(table.name())
                        .with("column", name)
                        .mend("It is a column of the primary key: make a new table and INSERT INTO it a SELECT from this one.");
            }
            Set<String> going = new HashSet<>();
            List<String> needing = new ArrayList<>();
            for (IndexDefinition index : table.indexes()) {
                if (index.storedPositions().contains(position)) {
                    note(index.name(), index.storedPositions().size(), going, needing);
                }
            }
            for (CheckDefinition check : table.checks()) {
                Set<String> columns = check.columns(table.columns());
                if (columns.contains(name)) {
                    note(check.name(), columns.size(), going, needing);
                }
            }
            for (ForeignKeyDefinition foreignKey : table.foreignKeys()) {
                if (foreignKey.columns().contains(position)) {
                    note(foreignKey.name(), foreignKey.columns().size(), going, needing);
                }
            }
            if (!needing.isEmpty()) {
                throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                        .with("table", table.qualifiedName())
                        .with("column", name)
                        .with("neededBy", String.join(", ", needing))
                        .mend("They need other columns, too: drop them first, or say CASCADE.");
            }
            TableDefinition left = ForeignKeys.without(table, going);
            return left.withIndexes(TableAlteration.without(left.indexes(), index -> going.contains(index.name())))
                    .withChecks(TableAlteration.without(left.checks(), check -> going.contains(check.name())))
                    .without(Set.of(name));
        }

        private void note(String constraint, int columns, Set<String> going, List<String> needing) {
            going.add(constraint);
            if (columns > 1 && !cascade) {
                needing.add(constraint);
            }
        }

        private CoconutException undefined(TableDefinition table) {
            return CoconutException.of(ErrorCode.UNDEFINED_COLUMN)
                    .with("table", table.qualifiedName())
                    .with("column", name)
                    .mend("The table has " + String.join(", ", table.columns().stream().map(ColumnDefinition::name).toList()) + ".");
        }
    }

    /// A CHECK, a UNIQUE or a FOREIGN KEY. UNDEFINED_CONSTRAINT; INVALID_TABLE_DEFINITION for the primary key.
    record Constraint(String name) implements TableRemoval {
        @Override
        public TableDefinition from(TableDefinition table) {
            if (name.equals(table.keyName())) {
                throw TableDefinitions.invalid(table.name())
                        .with("constraint", name)
                        .mend("It is the primary key, which every table needs: make a new table and INSERT INTO it a SELECT from this one.");
            }
            if (names(table).stream().noneMatch(name::equals)) {
                throw CoconutException.of(ErrorCode.UNDEFINED_CONSTRAINT)
                        .with("table", table.qualifiedName())
                        .with("constraint", name)
                        .mend(names(table).isEmpty() ? "The table has no constraints but its primary key and NOT NULL."
                                : "The table has " + String.join(", ", names(table)) + "; an index goes by DROP INDEX.");
            }
            TableDefinition left = ForeignKeys.without(table, Set.of(name));
            return left.withChecks(TableAlteration.without(left.checks(), check -> check.name().equals(name)))
                    .withIndexes(TableAlteration.without(left.indexes(), index -> index.constraint() && index.name().equals(name)));
        }

        private static List<String> names(TableDefinition table) {
            List<String> names = new ArrayList<>();
            table.checks().forEach(check -> names.add(check.name()));
            table.indexes().stream().filter(IndexDefinition::constraint).forEach(index -> names.add(index.name()));
            table.foreignKeys().forEach(foreignKey -> names.add(foreignKey.name()));
            return names;
        }
    }
}
