package org.coconutdb.sql.plan;

import java.util.List;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.TableName;

/// A query as a view keeps it.
///
/// @param text with every table's schema, every column's table, and every `*` written out
/// @param columns what it answers
/// @param repeated names of columns that `*` answers a second time, and that got others
/// @param reads tables and views that it names, each once
public record ViewQuery(String text, List<ColumnDefinition> columns, List<String> repeated, List<TableName> reads) {
    public ViewQuery {
        columns = List.copyOf(columns);
        repeated = List.copyOf(repeated);
        reads = List.copyOf(reads);
    }
}
