package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.SequenceUses;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.TableName;
import org.coconutdb.sql.catalog.ViewDefinition;
import org.coconutdb.sql.parser.Refusals;
import org.coconutdb.sql.parser.SqlCreateView;
import org.coconutdb.sql.parser.SqlDropView;
import org.coconutdb.sql.plan.ViewQuery;
import org.jspecify.annotations.Nullable;

/// CREATE and DROP VIEW.
final class ViewCompiler {
    private final StatementCompiler compiler;
    private final CatalogSnapshot catalog;
    private final String schema;

    ViewCompiler(StatementCompiler compiler, CatalogSnapshot catalog, String schema) {
        this.compiler = compiler;
        this.catalog = catalog;
        this.schema = schema;
    }

    CompiledStatement create(SqlCreateView create) {
        TableName name = TableDefinitions.newName("view", create.view(), schema);
        requireFixed(create.query().query());
        ViewQuery query = compiler.planning(context -> context.viewQuery(create.query().text()));
        if (query.text().length() > ViewDefinition.QUERY_LENGTH_MAX) {
            throw invalid(name).with("characters", query.text().length())
                    .with("charactersMax", ViewDefinition.QUERY_LENGTH_MAX)
                    .mend("Write a shorter query, or one over other views.");
        }
        ViewDefinition definition = new ViewDefinition(name.schema(), name.name(), columns(name, create.columns(), query), query.text(),
                query.reads());
        long version = catalog.version();
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                database.catalog().createView(definition, create.replace(), version);
            } catch (CoconutException failure) {
                if (!create.ifNotExists() || failure.code() != ErrorCode.DUPLICATE_TABLE) {
                    throw failure;
                }
            }
        };
    }

    /// Refuses what has no value but the one that a statement gives it.
    private static void requireFixed(SqlNode query) {
        if (Syntax.parameterCount(query) > 0) {
            throw Refusals.notYet("a parameter in a view", "Write the value, or leave the condition to those who read the view.",
                    query.getParserPosition());
        }
        for (SqlIdentifier sequence : SequenceUses.names(query)) {
            throw Refusals.notYet("a sequence in a view", "Take its values in the statement that reads the view.",
                    sequence.getParserPosition());
        }
    }

    private static List<ColumnDefinition> columns(TableName view, @Nullable SqlNodeList names, ViewQuery query) {
        if (query.columns().size() > TableDefinitions.COLUMNS_MAX) {
            throw invalid(view).with("columns", query.columns().size())
                    .mend("A view has at most " + TableDefinitions.COLUMNS_MAX + " columns.");
        }
        if (names != null && names.size() != query.columns().size()) {
            throw invalid(view).with("columns", names.size())
                    .with("columnsOfQuery", query.columns().size())
                    .mend("Name each column of the query, or none.");
        }
        if (names == null && !query.repeated().isEmpty()) {
            throw repeated(view, query.repeated().getFirst());
        }
        List<ColumnDefinition> columns = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ColumnDefinition column : query.columns()) {
            String name = names == null ? column.name() : ((SqlIdentifier) names.get(columns.size())).getSimple();
            if (!seen.add(name)) {
                throw repeated(view, name);
            }
            TableDefinitions.requireName("column", name);
            columns.add(column.typed(name, column.nullable()));
        }
        return columns;
    }

    private static CoconutException repeated(TableName view, String column) {
        return CoconutException.of(ErrorCode.DUPLICATE_COLUMN)
                .with("view", view.qualified())
                .with("column", column)
                .mend("Give one of them another name: AS behind it, or a list of names behind the view's.");
    }

    private static CoconutException invalid(TableName view) {
        return CoconutException.of(ErrorCode.INVALID_VIEW_DEFINITION).with("view", view.qualified());
    }

    CompiledStatement drop(SqlDropView drop) {
        String[] parts = TableDefinitions.resolve(drop.view(), schema);
        TableName name = new TableName(parts[0], parts[1]);
        if (catalog.table(name.schema(), name.name()).isPresent()) {
            throw CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                    .with("view", name.qualified())
                    .mend("It is a table: DROP TABLE drops it.");
        }
        if (catalog.view(name.schema(), name.name()).isEmpty() && catalog.isReadOnly(name.schema(), name.name())) {
            throw WriteCompiler.readOnly(parts);
        }
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                database.catalog().dropView(name, drop.cascades());
            } catch (CoconutException failure) {
                if (!drop.ifExists() || failure.code() != ErrorCode.UNDEFINED_TABLE) {
                    throw failure;
                }
            }
        };
    }
}
