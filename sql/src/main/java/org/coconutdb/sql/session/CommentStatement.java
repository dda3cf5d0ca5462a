package org.coconutdb.sql.session;

import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogSequence;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.Comments;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.TableName;
import org.coconutdb.sql.parser.SqlComment;
import org.jspecify.annotations.Nullable;

/// COMMENT ON.
final class CommentStatement {
    private final SqlIdentifier name;
    private final @Nullable String text;
    private final CatalogSnapshot catalog;
    private final String schema;

    private CommentStatement(SqlIdentifier name, @Nullable String text, CatalogSnapshot catalog, String schema) {
        this.name = name;
        this.text = text;
        this.catalog = catalog;
        this.schema = schema;
    }

    static CompiledStatement of(SqlComment comment, CatalogSnapshot catalog, String schema) {
        String text = comment.text() == null ? null : ((SqlLiteral) comment.text()).getValueAs(String.class);
        if (text != null && text.length() > Comments.LENGTH_MAX) {
            throw CoconutException.of(ErrorCode.STRING_TOO_LONG)
                    .with("characters", text.length())
                    .with("charactersMax", Comments.LENGTH_MAX)
                    .mend("Write a shorter comment.");
        }
        // Nothing and the empty text are one.
        CommentStatement statement = new CommentStatement(comment.name(), text == null || text.isEmpty() ? null : text, catalog, schema);
        return switch (comment.target()) {
            case TABLE, VIEW -> statement.ofTable(comment.target() == SqlComment.Target.VIEW);
            case COLUMN -> statement.ofColumn();
            case INDEX -> statement.ofIndex();
            case SCHEMA -> statement.ofSchema();
            case SEQUENCE -> statement.ofSequence();
        };
    }

    private CompiledStatement ofTable(boolean isView) {
        TableName table = table(name, isView ? "COMMENT ON VIEW" : "COMMENT ON TABLE", isView);
        return change(table, isView, comments -> comments.withOwn(text));
    }

    private CompiledStatement.Definition change(TableName table, boolean isView, UnaryOperator<Comments> change) {
        return (database, _) -> {
            if (isView) {
                database.catalog().commentView(table, view -> view.withComments(change.apply(view.comments())));
            } else {
                database.catalog().commentTable(table, one -> one.withComments(change.apply(one.comments())));
            }
        };
    }

    /// UNDEFINED_TABLE; READ_ONLY_TABLE where it is of the other sort.
    private TableName table(SqlIdentifier of, String statement, boolean isView) {
        String[] parts = TableDefinitions.resolve(of, schema);
        boolean isThere = isView ? catalog.view(parts[0], parts[1]).isPresent() : catalog.table(parts[0], parts[1]).isPresent();
        if (!isThere) {
            boolean isOther = isView ? catalog.table(parts[0], parts[1]).isPresent() : catalog.isReadOnly(parts[0], parts[1]);
            throw CoconutException.of(isOther ? ErrorCode.READ_ONLY_TABLE : ErrorCode.UNDEFINED_TABLE)
                    .with("table", parts[1])
                    .with("schema", parts[0])
                    .with("line", of.getParserPosition().getLineNum())
                    .with("column", of.getParserPosition().getColumnNum())
                    .mend(isOther ? "It is " + (isView ? "a table" : "a view") + ": " + statement + " is of another thing."
                            : "Check its spelling and schema.");
        }
        return new TableName(parts[0], parts[1]);
    }

    private CompiledStatement ofColumn() {
        int last = name.names.size() - 1;
        if (last == 0) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("column", name)
                    .mend("Write the table before it: COMMENT ON COLUMN table.column IS '…'.");
        }
        String column = name.names.get(last);
        SqlIdentifier of = name.getComponent(0, last);
        String[] parts = TableDefinitions.resolve(of, schema);
        boolean isView = catalog.view(parts[0], parts[1]).isPresent();
        TableName table = table(of, "COMMENT ON COLUMN", isView);
        List<ColumnDefinition> columns = isView
                ? catalog.view(table.schema(), table.name()).orElseThrow().definition().columns()
                : catalog.table(table.schema(), table.name()).orElseThrow().definition().columns();
        requireColumn(table, columns, column);
        return (CompiledStatement.Definition) (database, _) -> {
            if (isView) {
                database.catalog().commentView(table, view -> {
                    requireColumn(table, view.columns(), column);
                    return view.withComments(view.comments().withColumn(column, text));
                });
            } else {
                database.catalog().commentTable(table, one -> {
                    requireColumn(table, one.columns(), column);
                    return one.withComments(one.comments().withColumn(column, text));
                });
            }
        };
    }

    private static void requireColumn(TableName table, List<ColumnDefinition> columns, String column) {
        if (columns.stream().noneMatch(one -> one.name().equals(column))) {
            throw CoconutException.of(ErrorCode.UNDEFINED_COLUMN)
                    .with("table", table.qualified())
                    .with("column", column)
                    .mend("The table has " + String.join(", ", columns.stream().map(ColumnDefinition::name).toList()) + ".");
        }
    }

    private CompiledStatement ofIndex() {
        String[] parts = TableDefinitions.resolve(name, schema);
        TableDefinition table = indexed(catalog, parts);
        return (CompiledStatement.Definition) (database, _) -> database.catalog()
                .commentTable(new TableName(table.schema(), table.name()), one -> {
                    if (one.indexes().stream().noneMatch(index -> index.name().equals(parts[1]))) {
                        throw undefinedIndex(parts);
                    }
                    return one.withComments(one.comments().withIndex(parts[1], text));
                });
    }

    private static TableDefinition indexed(CatalogSnapshot catalog, String[] parts) {
        return catalog.tableOfIndex(parts[0], parts[1]).map(CatalogTable::definition).orElseThrow(() -> undefinedIndex(parts));
    }

    private static CoconutException undefinedIndex(String[] parts) {
        return CoconutException.of(ErrorCode.UNDEFINED_INDEX)
                .with("index", parts[0] + "." + parts[1])
                .mend("SELECT TABLE_NAME, INDEX_NAME FROM SYSTEM.INDEXES lists what there is.");
    }

    private CompiledStatement ofSchema() {
        String of = name.names.getLast();
        if (catalog.schema(of).isEmpty() || name.names.size() > 1) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SCHEMA)
                    .with("schema", name)
                    .mend("Name PUBLIC, or a schema that CREATE SCHEMA made.");
        }
        return (CompiledStatement.Definition) (database, _) -> database.catalog().commentSchema(of, comments -> comments.withOwn(text));
    }

    private CompiledStatement ofSequence() {
        CatalogSequence sequence = catalog.requireSequence(name, schema);
        return (CompiledStatement.Definition) (database, _) -> {
            database.catalog().snapshot().requireSequence(name, schema);
            database.catalog().commentSchema(sequence.schema(), comments -> comments.withColumn(sequence.name(), text));
        };
    }
}
