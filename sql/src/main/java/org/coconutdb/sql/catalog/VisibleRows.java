package org.coconutdb.sql.catalog;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.coconutdb.sql.access.SecuredObject;
import org.coconutdb.sql.access.Viewer;
import org.jspecify.annotations.Nullable;

/// Which rows of a system view somebody sees, by the object that their columns name: a table and perhaps a column, a sequence, or a schema. What names none
/// is seen by all. Immutable.
public final class VisibleRows {
    private final int schema;
    private final int table;
    private final int column;
    private final int sequence;
    private final int owned;

    VisibleRows(List<ColumnDefinition> columns) {
        List<String> names = columns.stream().map(ColumnDefinition::name).toList();
        table = Math.max(names.indexOf("TABLE_NAME"), names.indexOf("OBJECT_NAME"));
        sequence = names.indexOf("SEQUENCE_NAME");
        column = table < 0 ? -1 : names.indexOf("COLUMN_NAME");
        schema = table >= 0
                ? Math.max(names.indexOf("TABLE_SCHEMA"), names.indexOf("OBJECT_SCHEMA"))
                : sequence >= 0 ? names.indexOf("SEQUENCE_SCHEMA") : names.indexOf("SCHEMA_NAME");
        owned = names.indexOf("VIEW_DEFINITION");
    }

    /// The rows by who reads them.
    Function<Viewer, List<@Nullable Object[]>> of(Supplier<List<@Nullable Object[]>> rows) {
        return viewer -> {
            List<@Nullable Object[]> all = rows.get();
            if (viewer.isAdmin() || schema < 0) {
                return all;
            }
            List<@Nullable Object[]> seen = all.stream().filter(row -> isSeen(row, viewer)).toList();
            if (owned >= 0) {
                seen.forEach(row -> hide(row, viewer));
            }
            return seen;
        };
    }

    private boolean isSeen(@Nullable Object[] row, Viewer viewer) {
        String in = String.valueOf(row[schema]);
        String rows = CatalogSnapshot.ofMetaSpace(in);
        if (table >= 0) {
            Object name = column < 0 || rows != null || CatalogSnapshot.isSystemSchema(in) ? null : row[column];
            return name == null
                    ? isSeen(viewer, in, String.valueOf(row[table]))
                    : viewer.sees(SecuredObject.table(in, String.valueOf(row[table])), String.valueOf(name));
        }
        if (sequence >= 0) {
            return viewer.sees(SecuredObject.sequence(in, String.valueOf(row[sequence])));
        }
        return (rows == null && CatalogSnapshot.isSystemSchema(in)) || viewer.sees(SecuredObject.schema(rows == null ? in : rows));
    }

    /// Whether somebody sees that there is a table: of the system's all do.
    public static boolean isSeen(Viewer viewer, String schema, String table) {
        String rows = CatalogSnapshot.ofMetaSpace(schema);
        return (rows == null && CatalogSnapshot.isSystemSchema(schema)) || viewer.sees(SecuredObject.table(rows == null ? schema : rows,
                table));
    }

    /// The text of a view is for its owner, as the standard has it.
    private void hide(@Nullable Object[] row, Viewer viewer) {
        if (!viewer.owns(SecuredObject.table(String.valueOf(row[schema]), String.valueOf(row[table])))) {
            row[owned] = null;
        }
    }
}
