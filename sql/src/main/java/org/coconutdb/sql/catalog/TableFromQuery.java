package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.KeyClause;
import org.coconutdb.sql.parser.SqlCreateTableAs;

/// CREATE TABLE … AS as it was written → [TableDefinition], checked.
public final class TableFromQuery {
    private TableFromQuery() {}

    /// The definition of a table that is made from a query. INVALID_TABLE_DEFINITION, DUPLICATE_COLUMN, UNDEFINED_COLUMN, UNDEFINED_SCHEMA,
    /// NOT_SUPPORTED.
    ///
    /// @param computed the query's columns
    public static TableDefinition of(SqlCreateTableAs statement, List<ColumnDefinition> computed, String defaultSchema) {
        String[] name = TableDefinitions.tableName(statement.table(), statement.replace(), defaultSchema);
        if (!statement.columns().isEmpty() && statement.columns().size() != computed.size()) {
            throw TableDefinitions.invalid(name[1]).with("columns", statement.columns().size())
                    .with("columnsOfQuery", computed.size())
                    .mend("Name each column of the query, or none.");
        }
        if (computed.size() > TableDefinitions.COLUMNS_MAX) {
            throw TableDefinitions.invalid(name[1]).with("columns", computed.size()).mend("A table has at most "
                    + TableDefinitions.COLUMNS_MAX + " columns.");
        }
        Map<String, Integer> positions = new LinkedHashMap<>();
        for (int i = 0; i < computed.size(); i++) {
            String column = statement.columns().isEmpty() ? computed.get(i).name() : statement.columns().get(i).getSimple();
            if (positions.putIfAbsent(TableDefinitions.requireName("column", column), i) != null) {
                throw CoconutException.of(ErrorCode.DUPLICATE_COLUMN)
                        .with("table", name[1])
                        .with("column", column)
                        .mend("Name each column once: AS behind it, or a list of names behind the table's.");
            }
        }
        List<String> names = List.copyOf(positions.keySet());
        if (statement.keys().size() != 1) {
            throw TableDefinitions.invalid(name[1]).with("primaryKeys", statement.keys().size())
                    .mend("Say which columns of the query are the table's one key: CREATE TABLE " + name[1] + " (PRIMARY KEY (" + names
                            .getFirst()
                            + ")) AS ….");
        }
        KeyClause key = statement.keys().getFirst();
        List<Integer> primaryKey = TableDefinitions.listed("primary key", key.columns(), name[1], positions);
        List<ColumnDefinition> columns = new ArrayList<>();
        for (ColumnDefinition column : computed) {
            int position = columns.size();
            ColumnDefinition named = TableDefinitions.withNullElements(column.typed(names.get(position), column.nullable()
                    && !primaryKey.contains(position)));
            if (!Types.isSound(named)) {
                throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                        .with("column", named.name())
                        .with("type", Types.text(named))
                        .mend("CAST it to a type that a column can have.");
            }
            columns.add(named);
        }
        TableDefinitions.requireNoArrays("primary key", primaryKey, columns);
        TableKind kind = statement.kind() == null ? TableKind.HASH : statement.kind();
        TableDefinition definition = key.name() == null
                ? new TableDefinition(name[0], name[1], kind, columns, primaryKey)
                : new TableDefinition(name[0], name[1], kind, columns, primaryKey, TableDefinitions.requireName("constraint", key.name()
                        .getSimple()));
        return definition.withTtlSeconds(TableOptions.of(statement.options()).ttlSeconds());
    }
}
