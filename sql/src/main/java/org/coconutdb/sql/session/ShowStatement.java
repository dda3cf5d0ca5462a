package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlIdentifier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogView;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.MetaTable;
import org.coconutdb.sql.catalog.SystemView;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.Types;
import org.coconutdb.sql.catalog.VisibleRows;
import org.coconutdb.sql.parser.SqlShow;
import org.jspecify.annotations.Nullable;

/// SHOW TABLES, SHOW COLUMNS and DESCRIBE: what the catalogue has, which is known when they are compiled.
final class ShowStatement {
    private ShowStatement() {}

    /// @param schema the session's
    static CompiledStatement of(SqlShow show, CatalogSnapshot catalog, String schema) {
        SqlIdentifier table = show.table();
        SqlIdentifier of = show.schema();
        return table == null ? tables(catalog, of == null ? schema : of.getSimple()) : columns(catalog, table, schema);
    }

    private static CompiledStatement tables(CatalogSnapshot catalog, String schema) {
        if (!catalog.schemas().contains(schema)) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SCHEMA).with("schema", schema).mend("There are " + String.join(", ", catalog
                    .schemas()) + ".");
        }
        Stream<List<@Nullable String>> stored = catalog.tables().stream()
                .map(table -> table.definition())
                .filter(definition -> definition.schema().equals(schema))
                .map(definition -> row(definition.name(), "BASE TABLE", definition.kind().name()));
        Stream<List<@Nullable String>> meta = catalog.metaTables().stream()
                .map(MetaTable::definition)
                .filter(definition -> definition.schema().equals(schema))
                .map(definition -> row(definition.name(), "SYSTEM VIEW", null));
        Stream<List<@Nullable String>> views = catalog.views().stream()
                .map(CatalogView::definition)
                .filter(view -> view.schema().equals(schema))
                .map(view -> row(view.name(), "VIEW", null));
        Stream<List<@Nullable String>> system = catalog.systemViews().stream()
                .filter(view -> view.schema().equals(schema))
                .map(view -> row(view.name(), "SYSTEM VIEW", null));
        List<List<@Nullable String>> rows = Stream.of(stored, meta, views, system)
                .flatMap(all -> all)
                .sorted(Comparator.comparing(row -> String.valueOf(row.getFirst())))
                .toList();
        return new FixedRows(List.of("TABLE_NAME", "TABLE_TYPE", "TABLE_KIND"), rows, List.of(), (viewer, row) -> viewer.isAdmin()
                || VisibleRows
                        .isSeen(viewer, schema, String.valueOf(row.getFirst())));
    }

    private static List<@Nullable String> row(@Nullable String... values) {
        List<@Nullable String> row = new ArrayList<>();
        for (String value : values) {
            row.add(value);
        }
        return row;
    }

    private static CompiledStatement columns(CatalogSnapshot catalog, SqlIdentifier table, String schema) {
        String[] name = TableDefinitions.resolve(table, schema);
        Optional<TableDefinition> stored = catalog.table(name[0], name[1]).map(found -> found.definition());
        Optional<List<ColumnDefinition>> columns = stored.map(TableDefinition::columns)
                .or(() -> catalog.metaTables().stream()
                        .map(MetaTable::definition)
                        .filter(definition -> definition.schema().equals(name[0]) && definition.name().equals(name[1]))
                        .map(TableDefinition::columns)
                        .findFirst())
                .or(() -> catalog.view(name[0], name[1]).map(view -> view.definition().columns()))
                .or(() -> catalog.systemViews().stream()
                        .filter(view -> view.schema().equals(name[0]) && view.name().equals(name[1]))
                        .map(SystemView::columns)
                        .findFirst());
        if (columns.isEmpty()) {
            throw CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                    .with("table", name[1])
                    .with("schema", name[0])
                    .mend("SHOW TABLES has the names; a name in double quotes keeps its case, any other is read in upper case.");
        }
        List<Integer> key = stored.map(TableDefinition::primaryKey).orElse(List.of());
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (int i = 0; i < columns.get().size(); i++) {
            ColumnDefinition column = columns.get().get(i);
            int place = key.indexOf(i);
            rows.add(row(column.name(), Types.text(column), column.nullable() ? "YES" : "NO", place < 0 ? null : Integer.toString(place
                    + 1), made(column)));
        }
        return new FixedRows(List.of("COLUMN_NAME", "DATA_TYPE", "IS_NULLABLE", "KEY_POSITION", "COLUMN_DEFAULT"), rows, List.of());
    }

    /// What a row gets that is inserted without a value.
    private static @Nullable String made(ColumnDefinition column) {
        if (column.identity() != null) {
            return column.identity().always() ? "GENERATED ALWAYS AS IDENTITY" : "GENERATED BY DEFAULT AS IDENTITY";
        }
        return column.defaultText();
    }
}
