package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogForeignKey;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.CheckDefinition;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.Comments;
import org.coconutdb.sql.catalog.ForeignKeyDefinition;
import org.coconutdb.sql.catalog.IdentityDefinition;
import org.coconutdb.sql.catalog.IndexDefinition;
import org.coconutdb.sql.catalog.SequenceDefinition;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.Types;
import org.coconutdb.sql.catalog.ViewDefinition;
import org.coconutdb.sql.parser.ReferentialAction;
import org.coconutdb.sql.parser.SqlParsing;
import org.coconutdb.sql.parser.SqlShowCreate;

/// SHOW CREATE TABLE and VIEW: the statements that make the same again where it is gone, one a row. What is kept of a table is its definition, not how it
/// came: what ALTER TABLE added stands in CREATE TABLE. The index that a foreign key makes for itself may get another name: columns stand in the order of the
/// key that they refer to.
final class ShowCreate {
    private final List<String> statements = new ArrayList<>();

    private ShowCreate() {}

    static CompiledStatement of(SqlShowCreate show, CatalogSnapshot catalog, String schema) {
        String[] name = TableDefinitions.resolve(show.name(), schema);
        ShowCreate shown = new ShowCreate();
        if (show.isView()) {
            shown.add(catalog.view(name[0], name[1]).orElseThrow(() -> undefined(name, catalog.table(name[0], name[1]).isPresent(), true))
                    .definition());
        } else {
            shown.add(catalog.table(name[0], name[1]).orElseThrow(() -> undefined(name, catalog.view(name[0], name[1]).isPresent(), false)),
                    catalog);
        }
        return FixedRows.of("STATEMENT", shown.statements, List.of());
    }

    private static CoconutException undefined(String[] name, boolean isOther, boolean isView) {
        return CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                .with("table", name[1])
                .with("schema", name[0])
                .mend(isOther
                        ? "Say SHOW CREATE " + (isView ? "TABLE" : "VIEW") + " of it."
                        : "It can be shown of tables and views that were made; a name in double quotes keeps its case, any other is read in upper case.");
    }

    private static String whole(String schema, String name) {
        return SqlParsing.written(schema) + "." + SqlParsing.written(name);
    }

    private void add(ViewDefinition view) {
        String name = whole(view.schema(), view.name());
        statements.add("CREATE VIEW " + name + " (" + names(view.columns().stream().map(ColumnDefinition::name).toList()) + ") AS\n"
                + view.query());
        addComments("VIEW", view.schema(), name, view.comments());
    }

    private static String names(List<String> names) {
        return String.join(", ", names.stream().map(SqlParsing::written).toList());
    }

    private void add(CatalogTable table, CatalogSnapshot catalog) {
        TableDefinition definition = table.definition();
        String name = whole(definition.schema(), definition.name());
        List<String> elements = new ArrayList<>();
        definition.columns().forEach(column -> elements.add(column(definition, column)));
        elements.add("CONSTRAINT " + SqlParsing.written(definition.keyName()) + " PRIMARY KEY (" + columns(definition, definition
                .primaryKey()) + ")");
        for (IndexDefinition index : definition.indexes()) {
            if (index.constraint()) {
                elements.add("CONSTRAINT " + SqlParsing.written(index.name()) + " UNIQUE (" + columns(definition, index.positions()) + ")");
            }
        }
        for (CheckDefinition check : definition.checks()) {
            elements.add("CONSTRAINT " + SqlParsing.written(check.name()) + " CHECK (" + check.text() + ")");
        }
        List<String> later = new ArrayList<>();
        for (CatalogForeignKey foreignKey : catalog.foreignKeys(table)) {
            if (isLater(foreignKey)) {
                later.add("ALTER TABLE " + name + " ADD " + foreignKey(foreignKey));
            } else {
                elements.add(foreignKey(foreignKey));
            }
        }
        statements.add("CREATE TABLE " + name + " (\n    " + String.join(",\n    ", elements) + "\n) USING " + definition.kind() + space(
                table)
                + options(definition, table.descriptor().options()));
        for (IndexDefinition index : definition.indexes()) {
            if (!index.constraint() && definition.foreignKeys().stream().noneMatch(key -> key.ownsIndex() && index.name().equals(key
                    .index()))) {
                statements.add(index(definition, name, index));
            }
        }
        statements.addAll(later);
        addComments("TABLE", definition.schema(), name, definition.comments());
    }

    /// Whether it needs an index of the table's own that CREATE INDEX makes.
    private static boolean isLater(CatalogForeignKey foreignKey) {
        ForeignKeyDefinition definition = foreignKey.definition();
        TableDefinition child = foreignKey.child().definition();
        boolean isSelf = foreignKey.child().id() == foreignKey.parent().id();
        return child.indexes().stream()
                .filter(index -> !index.constraint())
                .anyMatch(index -> (index.name().equals(definition.index()) && !definition.ownsIndex())
                        || (isSelf && index.name().equals(definition.parentKey())));
    }

    private static String columns(TableDefinition table, List<Integer> positions) {
        return names(positions.stream().map(position -> table.columns().get(position).name()).toList());
    }

    private static String column(TableDefinition table, ColumnDefinition column) {
        StringBuilder text = new StringBuilder(SqlParsing.written(column.name())).append(' ').append(Types.text(column));
        IdentityDefinition identity = column.identity();
        if (identity != null) {
            text.append(" GENERATED ").append(identity.always() ? "ALWAYS" : "BY DEFAULT").append(" AS IDENTITY (").append(values(identity
                    .values())).append(')');
        } else if (column.defaultText() != null) {
            text.append(" DEFAULT ").append(column.defaultText());
        }
        boolean isKey = table.primaryKey().stream().anyMatch(position -> table.columns().get(position).name().equals(column.name()));
        return text.append(column.nullable() || isKey || identity != null ? "" : " NOT NULL").toString();
    }

    private static String values(SequenceDefinition values) {
        return "START WITH " + values.start() + " INCREMENT BY " + values.increment() + " MINVALUE " + values.min() + " MAXVALUE "
                + values.max() + (values.cycle() ? " CYCLE" : " NO CYCLE") + " CACHE " + values.cache();
    }

    private static String foreignKey(CatalogForeignKey foreignKey) {
        ForeignKeyDefinition definition = foreignKey.definition();
        TableDefinition parent = foreignKey.parent().definition();
        return "CONSTRAINT " + SqlParsing.written(definition.name()) + " FOREIGN KEY (" + columns(foreignKey.child().definition(),
                definition.columns()) + ") REFERENCES " + whole(parent.schema(), parent.name()) + " (" + columns(parent, foreignKey
                        .parentColumns()) + ")" + action(" ON DELETE ", definition.onDelete()) + action(" ON UPDATE ", definition
                                .onUpdate());
    }

    private static String action(String when, ReferentialAction action) {
        return action == ReferentialAction.NO_ACTION ? "" : when + action.sql();
    }

    private static String space(CatalogTable table) {
        return table.descriptor().options().space() == 0 ? "" : " IN SPACE " + SqlParsing.written(table.space());
    }

    private static String options(TableDefinition definition, StorageOptions storage) {
        List<String> options = new ArrayList<>();
        if (definition.ttlSeconds() > 0) {
            options.add("TTL = " + definition.ttlSeconds());
        }
        if (storage.hotBytesMax() > 0) {
            options.add("HOT_MEMORY = " + storage.hotBytesMax());
        }
        if (storage.coldAfterSeconds() > 0) {
            options.add("COLD_AFTER = " + storage.coldAfterSeconds());
        }
        return options.isEmpty() ? "" : " WITH (" + String.join(", ", options) + ")";
    }

    private static String index(TableDefinition table, String name, IndexDefinition index) {
        List<String> parts = new ArrayList<>();
        for (IndexDefinition.Part part : index.columns()) {
            parts.add(SqlParsing.written(table.columns().get(part.column()).name()) + (part.descending() ? " DESC" : ""));
        }
        return "CREATE " + (index.unique() ? "UNIQUE " : "") + "INDEX " + SqlParsing.written(index.name()) + " ON " + name + " (" + String
                .join(", ", parts) + ")";
    }

    private void addComments(String kind, String schema, String name, Comments comments) {
        if (comments.own() != null) {
            addComment(kind, name, comments.own());
        }
        for (Map.Entry<String, String> column : new TreeMap<>(comments.columns()).entrySet()) {
            addComment("COLUMN", name + "." + SqlParsing.written(column.getKey()), column.getValue());
        }
        for (Map.Entry<String, String> index : new TreeMap<>(comments.indexes()).entrySet()) {
            addComment("INDEX", whole(schema, index.getKey()), index.getValue());
        }
    }

    private void addComment(String kind, String name, String text) {
        statements.add("COMMENT ON " + kind + " " + name + " IS " + SqlParsing.literal(text));
    }
}
