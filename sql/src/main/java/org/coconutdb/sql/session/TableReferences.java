package org.coconutdb.sql.session;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.coconutdb.sql.catalog.CatalogForeignKey;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.parser.ReferentialAction;
import org.jspecify.annotations.Nullable;

/// The foreign keys that a write to a table has to do with. Immutable once it is compiled; any thread.
final class TableReferences {
    /// A table whose rows are written by actions.
    record Referring(TableWriter writer, TableRules rules) {}

    private final List<CatalogForeignKey> own;
    private final List<CatalogForeignKey> incoming;
    // By id: tables may refer to each other in a circle.
    private final Map<Integer, Referring> referring;

    private TableReferences(List<CatalogForeignKey> own, List<CatalogForeignKey> incoming, Map<Integer, Referring> referring) {
        this.own = own;
        this.incoming = incoming;
        this.referring = referring;
    }

    /// Those of a table; null where it refers to none and none refers to it.
    static @Nullable TableReferences of(CatalogTable table, StatementCompiler compiler, CatalogSnapshot catalog) {
        List<CatalogForeignKey> own = catalog.foreignKeys(table);
        List<CatalogForeignKey> incoming = catalog.references(table);
        if (own.isEmpty() && incoming.isEmpty()) {
            return null;
        }
        Map<Integer, Referring> referring = new HashMap<>();
        reach(incoming, compiler, catalog, referring);
        return new TableReferences(own, incoming, referring);
    }

    private static void reach(
            List<CatalogForeignKey> incoming,
            StatementCompiler compiler,
            CatalogSnapshot catalog,
            Map<Integer, Referring> referring) {
        for (CatalogForeignKey foreignKey : incoming) {
            CatalogTable child = foreignKey.child();
            boolean isWritten = writes(foreignKey.definition().onDelete()) || writes(foreignKey.definition().onUpdate());
            if (isWritten && !referring.containsKey(child.id())) {
                List<CatalogForeignKey> further = catalog.references(child);
                TableRules rules = TableRules.of(child, compiler);
                TableReferences references = new TableReferences(catalog.foreignKeys(child), further, referring);
                referring.put(child.id(), new Referring(new TableWriter(child, rules.checks(), references), rules));
                reach(further, compiler, catalog, referring);
            }
        }
    }

    private static boolean writes(ReferentialAction action) {
        return switch (action) {
            case NO_ACTION, RESTRICT -> false;
            case CASCADE, SET_NULL, SET_DEFAULT -> true;
        };
    }

    /// What the table refers to.
    List<CatalogForeignKey> own() {
        return own;
    }

    /// What refers to the table.
    List<CatalogForeignKey> incoming() {
        return incoming;
    }

    /// The table whose rows an action of the foreign key writes.
    Referring referring(CatalogForeignKey foreignKey) {
        return Objects.requireNonNull(referring.get(foreignKey.child().id()));
    }
}
