package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.coconutdb.engine.row.Column;

/// A table of the meta space: of each row of a table its key, and what its record's header says of it. Read-only; lookups and scans by
/// the key work as in the table itself.
public final class MetaTable implements QueryTable {
    private static final String PREFIX = "META_";
    private static final HeaderColumn[] HEADER = HeaderColumn.values();

    private final CatalogTable rows;
    private final TableDefinition definition;
    private final List<Column> columns;

    MetaTable(CatalogTable rows) {
        this.rows = rows;
        TableDefinition of = rows.definition();
        List<ColumnDefinition> shown = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int column : of.primaryKey()) {
            shown.add(of.columns().get(column).withDefault(null));
            names.add(of.columns().get(column).name());
        }
        for (HeaderColumn column : HEADER) {
            String name = column.name();
            // A column of the key has its own name here, too: queries are written by it.
            while (!names.add(name)) {
                name = PREFIX + name;
            }
            shown.add(column.definition(name));
        }
        List<Integer> key = IntStream.range(0, of.primaryKey().size()).boxed().toList();
        this.definition = new TableDefinition(CatalogSnapshot.metaSpace(of.schema()), of.name(), of.kind(), shown, key, of.keyName());
        this.columns = shown.stream().map(Types::column).toList();
    }

    @Override
    public TableDefinition definition() {
        return definition;
    }

    @Override
    public CatalogTable rows() {
        return rows;
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    @Override
    public int rowColumn(int column) {
        List<Integer> key = rows.definition().primaryKey();
        return column < key.size() ? key.get(column) : -1;
    }

    @Override
    public HeaderColumn headerColumn(int column) {
        return HEADER[column - rows.definition().primaryKey().size()];
    }

    @Override
    public String toString() {
        return definition.qualifiedName();
    }
}
