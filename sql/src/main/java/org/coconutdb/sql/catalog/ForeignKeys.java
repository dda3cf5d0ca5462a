package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.ForeignKeyClause;
import org.coconutdb.sql.parser.ReferentialAction;
import org.jspecify.annotations.Nullable;

/// FOREIGN KEY and REFERENCES as they were written → [ForeignKeyDefinition], checked.
public final class ForeignKeys {
    private static final String SUFFIX = "_FKEY";
    private static final String INDEX_SUFFIX = "_IDX";

    private ForeignKeys() {}

    /// A foreign key that is to be.
    ///
    /// @param definition ready
    /// @param index that the table needs for it and does not have; null where it has one
    public record Declared(ForeignKeyDefinition definition, @Nullable IndexDefinition index) {}

    /// The table with all the foreign keys that its statement declares, and indexes for them. Errors as those of [#declare].
    public static TableDefinition declareAll(
            List<ForeignKeyClause> clauses,
            TableDefinition table,
            CatalogSnapshot catalog,
            String defaultSchema) {
        TableDefinition declaredSoFar = table;
        Set<String> given = new HashSet<>();
        clauses.forEach(clause -> {
            if (clause.name() != null) {
                given.add(clause.name().getSimple());
            }
        });
        for (ForeignKeyClause clause : clauses) {
            Declared declared = declare(clause, declaredSoFar, given, catalog, defaultSchema);
            List<ForeignKeyDefinition> foreignKeys = new ArrayList<>(declaredSoFar.foreignKeys());
            foreignKeys.add(declared.definition());
            List<IndexDefinition> indexes = new ArrayList<>(declaredSoFar.indexes());
            if (declared.index() != null) {
                indexes.add(declared.index());
            }
            declaredSoFar = declaredSoFar.withForeignKeys(foreignKeys).withIndexes(indexes);
        }
        return declaredSoFar;
    }

    /// A foreign key of a table as it is. UNDEFINED_COLUMN, DUPLICATE_COLUMN, UNDEFINED_TABLE, READ_ONLY_TABLE, INVALID_FOREIGN_KEY where what it
    /// references is no key, TYPE_MISMATCH, INVALID_TABLE_DEFINITION.
    public static Declared declare(ForeignKeyClause clause, TableDefinition table, CatalogSnapshot catalog, String defaultSchema) {
        return declare(clause, table, Set.of(), catalog, defaultSchema);
    }

    /// @param reserved names that none is made up like
    private static Declared declare(
            ForeignKeyClause clause,
            TableDefinition table,
            Set<String> reserved,
            CatalogSnapshot catalog,
            String defaultSchema) {
        List<Integer> columns = TableDefinitions.listed("FOREIGN KEY", clause.columns(), table);
        Set<String> taken = table.constraintNames();
        String name = name(clause, table, columns, taken, reserved);
        taken.add(name);
        TableDefinition parent = parent(clause.parent(), table, catalog, defaultSchema);
        Key key = key(clause, name, parent);
        if (key.columns().size() != columns.size()) {
            throw CoconutException.of(ErrorCode.INVALID_FOREIGN_KEY)
                    .with("constraint", name)
                    .with("columns", columns.size())
                    .with("referencedColumns", key.columns().size())
                    .mend("Give as many columns as are referenced: " + names(parent, key.columns()) + " of " + parent.name() + ".");
        }
        // In the order of the parent's key.
        List<Integer> ordered = new ArrayList<>();
        for (int column : key.inKeyOrder()) {
            ordered.add(columns.get(key.columns().indexOf(column)));
        }
        for (int i = 0; i < ordered.size(); i++) {
            requireSameType(name, table.columns().get(ordered.get(i)), parent.columns().get(key.inKeyOrder().get(i)));
        }
        ReferentialAction onDelete = clause.onDelete() == null ? ReferentialAction.NO_ACTION : clause.onDelete();
        ReferentialAction onUpdate = clause.onUpdate() == null ? ReferentialAction.NO_ACTION : clause.onUpdate();
        TableName parentName = new TableName(parent.schema(), parent.name());
        IndexDefinition there = null;
        if (!keyBeginsWith(table, ordered)) {
            there = table.indexes().stream().filter(index -> index.ready() && beginsWith(index.positions(), ordered)).findFirst().orElse(
                    null);
        }
        IndexDefinition made = there == null && !keyBeginsWith(table, ordered) ? index(table, columns, ordered, catalog, taken, reserved)
                : null;
        String index = there != null ? there.name() : made != null ? made.name() : null;
        return new Declared(new ForeignKeyDefinition(name, ordered, parentName, key.name(), onDelete, onUpdate, index, made != null, true),
                made);
    }

    private static String name(
            ForeignKeyClause clause,
            TableDefinition table,
            List<Integer> columns,
            Set<String> taken,
            Set<String> reserved) {
        SqlIdentifier given = clause.name();
        if (given == null) {
            Set<String> all = new HashSet<>(taken);
            all.addAll(reserved);
            return TableDefinitions.madeUp(table.name() + "_" + joined(table, columns) + SUFFIX, all);
        }
        String name = TableDefinitions.requireName("constraint", given.getSimple());
        if (taken.contains(name)) {
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                    .with("table", table.name())
                    .with("constraint", name)
                    .with("line", given.getParserPosition().getLineNum())
                    .with("column", given.getParserPosition().getColumnNum())
                    .mend("The table has another constraint of this name: choose a different one.");
        }
        return name;
    }

    private static String joined(TableDefinition table, List<Integer> columns) {
        return String.join("_", columns.stream().map(column -> table.columns().get(column).name()).toList());
    }

    private static TableDefinition parent(SqlIdentifier name, TableDefinition table, CatalogSnapshot catalog, String defaultSchema) {
        String[] parts = TableDefinitions.resolve(name, defaultSchema);
        if (parts[0].equals(table.schema()) && parts[1].equals(table.name())) {
            return requireLasting(table);
        }
        TableDefinition parent = catalog.table(parts[0], parts[1]).map(CatalogTable::definition).orElse(null);
        if (parent == null) {
            boolean isReadOnly = catalog.isReadOnly(parts[0], parts[1]);
            throw CoconutException.of(isReadOnly ? ErrorCode.READ_ONLY_TABLE : ErrorCode.UNDEFINED_TABLE)
                    .with("table", parts[1])
                    .with("schema", parts[0])
                    .with("line", name.getParserPosition().getLineNum())
                    .with("column", name.getParserPosition().getColumnNum())
                    .mend(isReadOnly ? "Reference a table, rather than a view." : "Make the table that is referenced first.");
        }
        return requireLasting(parent);
    }

    private static TableDefinition requireLasting(TableDefinition parent) {
        if (parent.ttlSeconds() != 0) {
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                    .with("table", parent.name())
                    .with("ttlSeconds", parent.ttlSeconds())
                    .mend("Rows that expire cannot be referenced, since those that refer to them would be left: reference a table without a "
                            + "time to live.");
        }
        return parent;
    }

    /// A key of the parent.
    ///
    /// @param columns as they were listed
    /// @param inKeyOrder the same as the key has them
    private record Key(String name, List<Integer> columns, List<Integer> inKeyOrder) {}

    private static Key key(ForeignKeyClause clause, String constraint, TableDefinition parent) {
        SqlNodeList listed = clause.parentColumns();
        if (listed == null) {
            return new Key(parent.keyName(), parent.primaryKey(), parent.primaryKey());
        }
        List<Integer> columns = TableDefinitions.listed("REFERENCES", listed, parent);
        Set<Integer> wanted = new HashSet<>(columns);
        if (wanted.equals(new HashSet<>(parent.primaryKey()))) {
            return new Key(parent.keyName(), columns, parent.primaryKey());
        }
        List<String> keys = new ArrayList<>(List.of(names(parent, parent.primaryKey())));
        for (IndexDefinition index : parent.indexes()) {
            if (index.unique() && index.ready()) {
                if (wanted.equals(new HashSet<>(index.positions()))) {
                    return new Key(index.name(), columns, index.positions());
                }
                keys.add(names(parent, index.positions()));
            }
        }
        throw CoconutException.of(ErrorCode.INVALID_FOREIGN_KEY)
                .with("constraint", constraint)
                .with("referenced", parent.name() + " " + names(parent, columns))
                .with("line", clause.position().getLineNum())
                .with("column", clause.position().getColumnNum())
                .mend("Reference the primary key or unique columns of " + parent.name() + ", " + String.join(" or ", keys)
                        + ", or make a unique index over these.");
    }

    private static String names(TableDefinition table, List<Integer> columns) {
        return "(" + String.join(", ", columns.stream().map(column -> table.columns().get(column).name()).toList()) + ")";
    }

    /// Values of the one column are those of the other, to the byte.
    private static boolean isSameType(ColumnDefinition column, ColumnDefinition referenced) {
        boolean sizeMatters =
                column.type() == SqlTypeName.DECIMAL || column.type() == SqlTypeName.CHAR || column.type() == SqlTypeName.BINARY;
        return column.type() == referenced.type()
                && (!sizeMatters || (column.precision() == referenced.precision() && column.scale() == referenced.scale()));
    }

    private static void requireSameType(String constraint, ColumnDefinition column, ColumnDefinition referenced) {
        if (!isSameType(column, referenced)) {
            throw CoconutException.of(ErrorCode.TYPE_MISMATCH)
                    .with("constraint", constraint)
                    .with("column", column.name())
                    .with("type", Types.text(column))
                    .with("referencedColumn", referenced.name())
                    .with("referencedType", Types.text(referenced))
                    .mend("Give the column the type of the one that it references, " + Types.text(referenced) + ".");
        }
    }

    /// Whether rows with the same values are next to each other in the table itself.
    private static boolean keyBeginsWith(TableDefinition table, List<Integer> columns) {
        return table.kind() == TableKind.SORTED && beginsWith(table.primaryKey(), columns);
    }

    private static boolean beginsWith(List<Integer> key, List<Integer> columns) {
        return key.size() >= columns.size() && new HashSet<>(key.subList(0, columns.size())).equals(new HashSet<>(columns));
    }

    /// The index that is made for a foreign key: ascending, not unique.
    ///
    /// @param columns the columns as they were listed
    private static IndexDefinition index(
            TableDefinition table,
            List<Integer> columns,
            List<Integer> ordered,
            CatalogSnapshot catalog,
            Set<String> taken,
            Set<String> reserved) {
        TableDefinitions.requireIndexCount(table.name(), table.indexes().size() + 1);
        Set<String> all = new HashSet<>(taken);
        all.addAll(reserved);
        for (CatalogTable other : catalog.tables()) {
            other.definition().indexes().forEach(index -> all.add(index.name()));
        }
        String name = TableDefinitions.madeUp(table.name() + "_" + joined(table, columns) + SUFFIX + INDEX_SUFFIX, all);
        return new IndexDefinition(name, ordered.stream().map(column -> new IndexDefinition.Part(column, false)).toList(), false, false,
                true);
    }

    /// TABLE_CHANGED where a foreign key of the table, which may be a new one, was declared for another parent, or index, than is there now: to
    /// be asked where nobody changes tables meanwhile.
    static void requireParent(ForeignKeyDefinition foreignKey, TableDefinition table, CatalogSnapshot catalog) {
        TableName name = foreignKey.parent();
        boolean isOwn = name.equals(new TableName(table.schema(), table.name()));
        TableDefinition parent = isOwn ? table : catalog.table(name.schema(), name.name()).map(CatalogTable::definition).orElse(null);
        if (parent == null || parent.ttlSeconds() != 0 || !fits(foreignKey, table, parent)) {
            throw CoconutException.of(ErrorCode.TABLE_CHANGED).with("table", name.qualified()).mend("Nothing was changed: run it again.");
        }
    }

    private static boolean fits(ForeignKeyDefinition foreignKey, TableDefinition table, TableDefinition parent) {
        List<Integer> key = foreignKey.parentKey().equals(parent.keyName())
                ? parent.primaryKey()
                : parent.indexes()
                        .stream()
                        .filter(index -> index.name().equals(foreignKey.parentKey()) && index.unique() && index.ready())
                        .map(IndexDefinition::positions)
                        .findFirst()
                        .orElse(List.of());
        if (key.size() != foreignKey.columns().size()) {
            return false;
        }
        for (int i = 0; i < key.size(); i++) {
            if (!isSameType(table.columns().get(foreignKey.columns().get(i)), parent.columns().get(key.get(i)))) {
                return false;
            }
        }
        return foreignKey.index() == null
                ? keyBeginsWith(table, foreignKey.columns())
                : table.indexes().stream().anyMatch(index -> Objects.equals(index.name(), foreignKey.index()) && index.ready()
                        && beginsWith(index.positions(), foreignKey.columns()));
    }

    /// The table without some of its foreign keys, and without the indexes that only they need.
    ///
    /// @param dropped names
    static TableDefinition without(TableDefinition table, Set<String> dropped) {
        List<ForeignKeyDefinition> kept = new ArrayList<>();
        Set<String> owned = new HashSet<>();
        for (ForeignKeyDefinition foreignKey : table.foreignKeys()) {
            if (!dropped.contains(foreignKey.name())) {
                kept.add(foreignKey);
            } else if (foreignKey.ownsIndex() && foreignKey.index() != null) {
                owned.add(foreignKey.index());
            }
        }
        // Another one that uses the index has it for its own from now on.
        for (int i = 0; i < kept.size(); i++) {
            ForeignKeyDefinition foreignKey = kept.get(i);
            if (foreignKey.index() != null && owned.remove(foreignKey.index())) {
                kept.set(i, foreignKey.withOwnsIndex(true));
            }
        }
        return table.withForeignKeys(kept).withIndexes(table.indexes().stream().filter(index -> !owned.contains(index.name())).toList());
    }
}
