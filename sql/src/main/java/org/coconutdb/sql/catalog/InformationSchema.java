package org.coconutdb.sql.catalog;

import static org.coconutdb.sql.catalog.SystemView.bigint;
import static org.coconutdb.sql.catalog.SystemView.integer;
import static org.coconutdb.sql.catalog.SystemView.text;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.sql.access.SecuredObject;
import org.jspecify.annotations.Nullable;

/// The standard's views of the catalogue (ISO/IEC 9075-11), as far as there is something to tell.
final class InformationSchema {
    /// The one catalogue that JDBC knows a database's schemas to be in.
    static final String CATALOG = "COCONUT";
    private static final String SYSTEM_VIEW = "SYSTEM VIEW";

    private InformationSchema() {}

    static List<SystemView> views(Catalog catalog) {
        return List.of(
                view("SCHEMATA", List.of(text("CATALOG_NAME"), text("SCHEMA_NAME"), text("REMARKS"), text("SCHEMA_OWNER")), () -> schemata(
                        catalog.snapshot())),
                view("TABLES",
                        List.of(text("TABLE_CATALOG"), text("TABLE_SCHEMA"), text("TABLE_NAME"), text("TABLE_TYPE"), text("TABLE_KIND"),
                                integer("TTL_SECONDS"), bigint("HOT_MEMORY"), integer("COLD_AFTER_SECONDS"), text("REMARKS"),
                                text("BLOCK_SPACE")),
                        () -> tables(catalog.snapshot())),
                view("VIEWS",
                        List.of(text("TABLE_CATALOG"), text("TABLE_SCHEMA"), text("TABLE_NAME"), text("VIEW_DEFINITION"),
                                text("CHECK_OPTION"), text("IS_UPDATABLE"), text("INSERTABLE_INTO")),
                        () -> views(catalog.snapshot())),
                view("COLUMNS",
                        List.of(text("TABLE_CATALOG"), text("TABLE_SCHEMA"), text("TABLE_NAME"), text("COLUMN_NAME"),
                                integer("ORDINAL_POSITION"), text("COLUMN_DEFAULT"), text("IS_NULLABLE"), text("DATA_TYPE"),
                                integer("JDBC_TYPE"), integer("CHARACTER_MAXIMUM_LENGTH"), integer("NUMERIC_PRECISION"),
                                integer("NUMERIC_SCALE"), integer("DATETIME_PRECISION"), text("IS_IDENTITY"), text("IDENTITY_GENERATION"),
                                bigint("IDENTITY_START"), bigint("IDENTITY_INCREMENT"), bigint("IDENTITY_MINIMUM"),
                                bigint("IDENTITY_MAXIMUM"), text("IDENTITY_CYCLE"), integer("MAXIMUM_CARDINALITY"), text("DTD_IDENTIFIER"),
                                text("TYPE_NAME"), text("REMARKS")),
                        () -> columns(catalog.snapshot())),
                view("ELEMENT_TYPES",
                        List.of(text("OBJECT_CATALOG"), text("OBJECT_SCHEMA"), text("OBJECT_NAME"), text("OBJECT_TYPE"),
                                text("COLLECTION_TYPE_IDENTIFIER"), text("DATA_TYPE"), integer("JDBC_TYPE"),
                                integer("CHARACTER_MAXIMUM_LENGTH"), integer("NUMERIC_PRECISION"), integer("NUMERIC_SCALE"),
                                integer("DATETIME_PRECISION"), integer("MAXIMUM_CARDINALITY"), text("DTD_IDENTIFIER")),
                        () -> elements(catalog.snapshot())),
                view("KEY_COLUMN_USAGE",
                        List.of(text("CONSTRAINT_SCHEMA"), text("CONSTRAINT_NAME"), text("TABLE_SCHEMA"), text("TABLE_NAME"),
                                text("COLUMN_NAME"), integer("ORDINAL_POSITION"), integer("POSITION_IN_UNIQUE_CONSTRAINT"),
                                text("REFERENCED_TABLE_SCHEMA"), text("REFERENCED_TABLE_NAME"), text("REFERENCED_COLUMN_NAME")),
                        () -> keys(catalog.snapshot())),
                view("TABLE_CONSTRAINTS",
                        List.of(text("CONSTRAINT_SCHEMA"), text("CONSTRAINT_NAME"), text("TABLE_SCHEMA"), text("TABLE_NAME"),
                                text("CONSTRAINT_TYPE")),
                        () -> constraints(catalog.snapshot())),
                view("REFERENTIAL_CONSTRAINTS",
                        List.of(text("CONSTRAINT_SCHEMA"), text("CONSTRAINT_NAME"), text("TABLE_SCHEMA"), text("TABLE_NAME"),
                                text("UNIQUE_CONSTRAINT_SCHEMA"), text("UNIQUE_CONSTRAINT_NAME"), text("REFERENCED_TABLE_SCHEMA"),
                                text("REFERENCED_TABLE_NAME"), text("MATCH_OPTION"), text("UPDATE_RULE"), text("DELETE_RULE")),
                        () -> references(catalog.snapshot())),
                view("CHECK_CONSTRAINTS",
                        List.of(text("CONSTRAINT_SCHEMA"), text("CONSTRAINT_NAME"), text("TABLE_SCHEMA"), text("TABLE_NAME"),
                                text("CHECK_CLAUSE")),
                        () -> checks(catalog.snapshot())),
                view("SEQUENCES",
                        List.of(text("SEQUENCE_CATALOG"), text("SEQUENCE_SCHEMA"), text("SEQUENCE_NAME"), text("DATA_TYPE"),
                                integer("NUMERIC_PRECISION"), integer("NUMERIC_SCALE"), bigint("START_VALUE"), bigint("MINIMUM_VALUE"),
                                bigint("MAXIMUM_VALUE"), bigint("INCREMENT"), text("CYCLE_OPTION"), integer("CACHE_SIZE"), text("REMARKS")),
                        () -> sequences(catalog.snapshot())));
    }

    private static SystemView view(
            String name,
            List<ColumnDefinition> columns,
            java.util.function.Supplier<List<@Nullable Object[]>> rows) {
        return new SystemView(CatalogSnapshot.INFORMATION_SCHEMA, name, columns, rows);
    }

    private static List<@Nullable Object[]> schemata(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (String schema : catalog.schemas()) {
            String remarks = catalog.schema(schema).map(made -> made.comments().own()).orElse(null);
            rows.add(new @Nullable Object[] {CATALOG, schema, remarks, catalog.access().of(SecuredObject.schema(schema)).owner()});
        }
        return rows;
    }

    private static List<@Nullable Object[]> tables(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.tables()) {
            TableDefinition definition = table.definition();
            StorageOptions options = table.descriptor().options();
            rows.add(new @Nullable Object[] {CATALOG, definition.schema(), definition.name(), "BASE TABLE", definition.kind().name(),
                    definition.ttlSeconds() == 0 ? null : definition.ttlSeconds(),
                    options.hotBytesMax() == 0 ? null : options.hotBytesMax(),
                    options.coldAfterSeconds() == 0 ? null : options.coldAfterSeconds(), definition.comments().own(), table.space()});
        }
        for (MetaTable table : catalog.metaTables()) {
            TableDefinition definition = table.definition();
            rows.add(new @Nullable Object[] {CATALOG, definition.schema(), definition.name(), SYSTEM_VIEW, definition.kind().name(),
                    null, null, null, null, null});
        }
        for (CatalogView view : catalog.views()) {
            rows.add(new @Nullable Object[] {CATALOG, view.definition().schema(), view.definition().name(), "VIEW", null, null, null,
                    null, view.definition().comments().own(), null});
        }
        for (SystemView view : catalog.systemViews()) {
            rows.add(new @Nullable Object[] {CATALOG, view.schema(), view.name(), SYSTEM_VIEW, null, null, null, null, null, null});
        }
        return rows;
    }

    private static List<@Nullable Object[]> views(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogView view : catalog.views()) {
            ViewDefinition definition = view.definition();
            rows.add(new @Nullable Object[] {CATALOG, definition.schema(), definition.name(), definition.query(), "NONE", "NO", "NO"});
        }
        return rows;
    }

    private static List<@Nullable Object[]> columns(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.tables()) {
            addColumns(table.definition().schema(), table.definition().name(), table.definition().columns(), table.definition().comments(),
                    rows);
        }
        for (MetaTable table : catalog.metaTables()) {
            addColumns(table.definition().schema(), table.definition().name(), table.definition().columns(), Comments.NONE, rows);
        }
        for (CatalogView view : catalog.views()) {
            addColumns(view.definition().schema(), view.definition().name(), view.definition().columns(), view.definition().comments(),
                    rows);
        }
        for (SystemView view : catalog.systemViews()) {
            addColumns(view.schema(), view.name(), view.columns(), Comments.NONE, rows);
        }
        return rows;
    }

    /// What the standard's views say of a type, each null where it says nothing.
    ///
    /// @param text characters or bytes
    /// @param number digits
    /// @param scale of those the ones behind the point
    /// @param time fractional digits
    /// @param cardinality elements of an array
    private record Lengths(
            @Nullable Integer text,
            @Nullable Integer number,
            @Nullable Integer scale,
            @Nullable Integer time,
            @Nullable Integer cardinality) {
        static Lengths of(ColumnDefinition column) {
            int precision = Types.precision(column);
            boolean isNumber = SqlTypeName.NUMERIC_TYPES.contains(column.type());
            boolean isText = Types.of(column.type()).createParameters().equals("length");
            boolean isTime = SqlTypeName.DATETIME_TYPES.contains(column.type()) && column.type() != SqlTypeName.DATE;
            return new Lengths(isText ? precision : null, isNumber ? precision : null, isNumber ? column.scale() : null,
                    isTime ? precision : null, column.element() == null || column.precision() < 0 ? null : column.precision());
        }
    }

    private static void addColumns(
            String schema,
            String table,
            List<ColumnDefinition> columns,
            Comments comments,
            List<@Nullable Object[]> rows) {
        int position = 0;
        for (ColumnDefinition column : columns) {
            position++;
            Types.Facts facts = Types.of(column.type());
            Lengths lengths = Lengths.of(column);
            IdentityDefinition identity = column.identity();
            SequenceDefinition values = identity == null ? null : identity.values();
            rows.add(new @Nullable Object[] {CATALOG, schema, table, column.name(), position, column.defaultText(), column.nullable()
                    ? "YES" : "NO",
                    column.element() == null ? Types.name(column) : facts.name(), facts.jdbcType(), lengths.text(), lengths.number(),
                    lengths.scale(), lengths.time(),
                    identity == null ? "NO" : "YES", identity == null ? null : identity.always() ? "ALWAYS" : "BY DEFAULT",
                    values == null ? null : values.start(), values == null ? null : values.increment(),
                    values == null ? null : values.min(), values == null ? null : values.max(),
                    values == null ? null : values.cycle() ? "YES" : "NO", lengths.cardinality(),
                    Integer.toString(position), Types.name(column), comments.columns().get(column.name())});
        }
    }

    private static List<@Nullable Object[]> elements(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.tables()) {
            addElements(table.definition().schema(), table.definition().name(), "TABLE", table.definition().columns(), rows);
        }
        for (CatalogView view : catalog.views()) {
            addElements(view.definition().schema(), view.definition().name(), "VIEW", view.definition().columns(), rows);
        }
        return rows;
    }

    /// A row for each array: of arrays of arrays one for the inner ones, too, with the identifier that the outer one's row has.
    private static void addElements(
            String schema,
            String object,
            String objectType,
            List<ColumnDefinition> columns,
            List<@Nullable Object[]> rows) {
        for (int i = 0; i < columns.size(); i++) {
            String identifier = Integer.toString(i + 1);
            for (ColumnDefinition element = columns.get(i).element(); element != null; element = element.element()) {
                Lengths lengths = Lengths.of(element);
                String own = identifier + ".e";
                rows.add(new @Nullable Object[] {CATALOG, schema, object, objectType, identifier, element.element() == null ? Types.name(
                        element) : Types.of(element.type()).name(), Types.of(element.type()).jdbcType(), lengths.text(), lengths.number(),
                        lengths.scale(), lengths.time(), lengths.cardinality(), own});
                identifier = own;
            }
        }
    }

    private static List<@Nullable Object[]> keys(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.tables()) {
            TableDefinition definition = table.definition();
            int position = 0;
            for (int column : definition.primaryKey()) {
                position++;
                rows.add(new @Nullable Object[] {definition.schema(), definition.keyName(), definition.schema(), definition.name(),
                        definition.columns().get(column).name(), position, null, null, null, null});
            }
            for (IndexDefinition index : definition.indexes()) {
                for (int i = 0; index.constraint() && i < index.columns().size(); i++) {
                    rows.add(new @Nullable Object[] {definition.schema(), index.name(), definition.schema(), definition.name(),
                            definition.columns().get(index.positions().get(i)).name(), i + 1, null, null, null, null});
                }
            }
            for (CatalogForeignKey foreignKey : catalog.foreignKeys(table)) {
                TableDefinition parent = foreignKey.parent().definition();
                List<Integer> columns = foreignKey.definition().columns();
                for (int i = 0; i < columns.size(); i++) {
                    rows.add(new @Nullable Object[] {definition.schema(), foreignKey.definition().name(), definition.schema(),
                            definition.name(), definition.columns().get(columns.get(i)).name(), i + 1, i + 1, parent.schema(),
                            parent.name(), parent.columns().get(foreignKey.parentColumns().get(i)).name()});
                }
            }
        }
        return rows;
    }

    private static List<@Nullable Object[]> constraints(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.tables()) {
            TableDefinition definition = table.definition();
            rows.add(constraint(definition, definition.keyName(), "PRIMARY KEY"));
            definition.indexes().stream()
                    .filter(IndexDefinition::constraint)
                    .forEach(index -> rows.add(constraint(definition, index.name(), "UNIQUE")));
            for (ForeignKeyDefinition foreignKey : definition.foreignKeys()) {
                rows.add(constraint(definition, foreignKey.name(), "FOREIGN KEY"));
            }
            for (CheckDefinition check : definition.checks()) {
                rows.add(constraint(definition, check.name(), "CHECK"));
            }
        }
        return rows;
    }

    /// The standard's name for MATCH SIMPLE is NONE.
    private static List<@Nullable Object[]> references(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.tables()) {
            TableDefinition definition = table.definition();
            for (ForeignKeyDefinition foreignKey : definition.foreignKeys()) {
                rows.add(new @Nullable Object[] {definition.schema(), foreignKey.name(), definition.schema(), definition.name(),
                        foreignKey.parent().schema(), foreignKey.parentKey(), foreignKey.parent().schema(), foreignKey.parent().name(),
                        "NONE", foreignKey.onUpdate().sql(), foreignKey.onDelete().sql()});
            }
        }
        return rows;
    }

    private static List<@Nullable Object[]> checks(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.tables()) {
            for (CheckDefinition check : table.definition().checks()) {
                rows.add(constraint(table.definition(), check.name(), check.text()));
            }
        }
        return rows;
    }

    private static List<@Nullable Object[]> sequences(CatalogSnapshot catalog) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogSequence sequence : catalog.sequences()) {
            SequenceDefinition definition = sequence.definition();
            Types.Facts facts = Types.of(definition.type());
            rows.add(new @Nullable Object[] {CATALOG, sequence.schema(), sequence.name(), facts.name(), facts.precisionMax(), 0,
                    definition.start(), definition.min(), definition.max(), definition.increment(), definition.cycle() ? "YES" : "NO",
                    definition.cache(), catalog.schema(sequence.schema()).map(schema -> schema.comments().columns().get(sequence.name()))
                            .orElse(null)});
        }
        return rows;
    }

    private static @Nullable Object[] constraint(TableDefinition table, String name, String last) {
        return new @Nullable Object[] {table.schema(), name, table.schema(), table.name(), last};
    }
}
