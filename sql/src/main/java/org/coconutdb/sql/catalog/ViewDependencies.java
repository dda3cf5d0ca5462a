package org.coconutdb.sql.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What becomes of views when that changes which they read: no view is left that cannot be read.
final class ViewDependencies {
    private final CatalogSnapshot catalog;
    private final ViewReader reader;

    ViewDependencies(CatalogSnapshot catalog, ViewReader reader) {
        this.catalog = catalog;
        this.reader = reader;
    }

    /// Views that read a table or view, not through others.
    private List<CatalogView> readers(TableName table) {
        return catalog.views().stream().filter(view -> view.definition().reads(table)).toList();
    }

    /// The views, and all that read them, directly or not.
    private Set<CatalogView> withReaders(Collection<CatalogView> views) {
        Set<CatalogView> found = new LinkedHashSet<>(views);
        Deque<CatalogView> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            for (CatalogView next : readers(open.remove().definition().tableName())) {
                if (found.add(next)) {
                    open.add(next);
                }
            }
        }
        return found;
    }

    /// For a table or view that goes. DEPENDENT_OBJECTS where views read it.
    ///
    /// @param cascades whether they are dropped with it
    void drop(TableName going, boolean cascades, List<TableChange> changes) {
        List<CatalogView> readers = readers(going);
        if (!cascades && !readers.isEmpty()) {
            throw needed(going, readers, null, "drop them first, or say CASCADE.");
        }
        withReaders(readers).forEach(view -> changes.add(new TableChange.Drop(view.descriptor().id())));
    }

    /// For a table or view that gets other columns. DEPENDENT_OBJECTS where views then cannot be read as they are.
    ///
    /// @param cascades whether they are dropped
    void change(TableName changing, List<ColumnDefinition> columns, boolean cascades, List<TableChange> changes) {
        List<CatalogView> hindered = new ArrayList<>();
        String detail = null;
        for (CatalogView view : readers(changing)) {
            Optional<String> hindrance = reader.hindrance(view.definition(), catalog.rootSchema(changing, columns));
            if (hindrance.isPresent()) {
                hindered.add(view);
                detail = hindrance.get();
            }
        }
        if (!cascades && !hindered.isEmpty()) {
            throw needed(changing, hindered, detail, "drop them first, or DROP COLUMN … CASCADE.");
        }
        withReaders(hindered).forEach(view -> changes.add(new TableChange.Drop(view.descriptor().id())));
    }

    private static CoconutException needed(TableName table, List<CatalogView> views, @Nullable String detail, String mend) {
        CoconutException needed = CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                .with("table", table.qualified())
                .with("views", String.join(", ", views.stream().map(CatalogView::toString).toList()));
        if (detail != null) {
            needed.with("detail", detail);
        }
        return needed.mend("Views read it: " + mend);
    }

    /// INVALID_VIEW_DEFINITION where a view would read itself, directly or through others.
    void requireNoCycle(ViewDefinition view) {
        Deque<TableName> open = new ArrayDeque<>(view.reads());
        Set<TableName> seen = new LinkedHashSet<>(open);
        while (!open.isEmpty()) {
            TableName next = open.remove();
            if (next.equals(view.tableName())) {
                throw CoconutException.of(ErrorCode.INVALID_VIEW_DEFINITION)
                        .with("view", view.tableName().qualified())
                        .mend("The view would read itself: name tables and other views in its query; WITH RECURSIVE is a query's own.");
            }
            catalog.view(next.schema(), next.name())
                    .ifPresent(inner -> inner.definition().reads().stream().filter(seen::add).forEach(open::add));
        }
    }
}
