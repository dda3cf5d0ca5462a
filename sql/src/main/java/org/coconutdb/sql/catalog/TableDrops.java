package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What goes with tables that are dropped: their indexes, the sequences of their identity columns, their statistics, and by CASCADE the foreign keys of others that
/// refer to them and the views that read them.
final class TableDrops {
    private final CatalogSnapshot catalog;
    private final ViewDependencies views;
    private final Function<CatalogTable, List<TableDescriptor>> belongings;

    TableDrops(CatalogSnapshot catalog, ViewReader reader, Function<CatalogTable, List<TableDescriptor>> belongings) {
        this.catalog = catalog;
        this.views = new ViewDependencies(catalog, reader);
        this.belongings = belongings;
    }

    /// DEPENDENT_OBJECTS where another table refers to one of these, or a view reads it.
    List<TableChange> changes(Collection<CatalogTable> tables, boolean cascades) {
        Set<TableChange> changes = new LinkedHashSet<>();
        Map<CatalogTable, Set<String>> referring = new LinkedHashMap<>();
        Set<Integer> going = new HashSet<>();
        tables.forEach(table -> going.add(table.id()));
        for (CatalogTable table : tables) {
            for (CatalogForeignKey reference : catalog.references(table)) {
                if (going.contains(reference.child().id())) {
                    continue;
                }
                if (!cascades) {
                    throw needed(table, reference);
                }
                referring.computeIfAbsent(reference.child(), _ -> new HashSet<>()).add(reference.definition().name());
            }
        }
        referring.forEach((child, names) -> addWithout(child, names, changes));
        for (CatalogTable table : tables) {
            List<TableChange> reading = new ArrayList<>();
            views.drop(new TableName(table.definition().schema(), table.definition().name()), cascades, reading);
            changes.addAll(reading);
            changes.add(new TableChange.Drop(table.id()));
            table.indexes().forEach(index -> changes.add(new TableChange.Drop(index.descriptor().id())));
            belongings.apply(table).forEach(sequence -> changes.add(new TableChange.Drop(sequence.id())));
        }
        return List.copyOf(changes);
    }

    private static CoconutException needed(CatalogTable table, CatalogForeignKey reference) {
        return CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                .with("table", table)
                .with("constraint", reference)
                .with("referringTable", reference.child())
                .mend("Rows of " + reference.child()
                        + " refer to it: drop that table first, or DROP TABLE … CASCADE, which drops the "
                        + "foreign key.");
    }

    /// Drops foreign keys of a table, and the indexes that were made for them.
    private static void addWithout(CatalogTable table, Set<String> names, Set<TableChange> changes) {
        TableDefinition without = ForeignKeys.without(table.definition(), names);
        changes.add(new TableChange.Alter(table.descriptor(), without.toBytes()));
        for (CatalogIndex index : table.indexes()) {
            if (!without.indexes().contains(index.definition())) {
                changes.add(new TableChange.Drop(index.descriptor().id()));
            }
        }
    }
}
