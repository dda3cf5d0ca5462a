package org.coconutdb.sql.session;

import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.jspecify.annotations.Nullable;

/// Types of answers and parameters as JDBC describes them.
final class ColumnInfos {
    private ColumnInfos() {}

    /// @param labels of the columns
    /// @param catalog that the query was compiled for
    /// @param origins of each column: catalogue, schema, table, column as far as it has one; null where it is computed
    static List<ColumnInfo> columns(
            RelDataType row,
            List<String> labels,
            List<? extends @Nullable List<String>> origins,
            CatalogSnapshot catalog) {
        List<ColumnInfo> columns = new ArrayList<>();
        for (RelDataTypeField field : row.getFieldList()) {
            List<String> origin = field.getIndex() < origins.size() ? origins.get(field.getIndex()) : null;
            int size = origin == null ? 0 : origin.size();
            String label = labels.get(field.getIndex());
            String name = origin == null || size == 0 ? label : origin.get(size - 1);
            String table = origin == null || size < 2 ? "" : origin.get(size - 2);
            String schema = origin == null || size < 3 ? "" : origin.get(size - 3);
            ColumnInfo info = info(label, name, table, schema, field.getType());
            Optional<ColumnDefinition> of = catalog.table(schema, table)
                    .stream()
                    .flatMap(found -> found.definition().columns().stream())
                    .filter(definition -> definition.name().equals(name))
                    .findFirst();
            // What Calcite's type does not tell: that it is JSON, or an array of that.
            ColumnInfo typed = of.filter(definition -> org.coconutdb.sql.catalog.Types.innermost(definition).json())
                    .map(definition -> info.withTypeName(org.coconutdb.sql.catalog.Types.name(definition)))
                    .orElse(info);
            columns.add(of.filter(definition -> definition.identity() != null).isPresent() ? typed.withAutoIncrement() : typed);
        }
        return List.copyOf(columns);
    }

    static List<ColumnInfo> parameters(RelDataType types) {
        List<ColumnInfo> parameters = new ArrayList<>();
        for (RelDataTypeField field : types.getFieldList()) {
            String name = "?" + (field.getIndex() + 1);
            parameters.add(info(name, name, "", "", field.getType()));
        }
        return List.copyOf(parameters);
    }

    /// A parameter of which nothing says a type.
    static ColumnInfo untyped(int index) {
        String name = "?" + (index + 1);
        return new ColumnInfo(name, name, "", "", Types.NULL, "NULL", String.class.getName(), 0, 0, true);
    }

    /// What is computed from a row.
    static List<ColumnInfo> computed(RelDataType row) {
        return row.getFieldList().stream().map(field -> info(field.getName(), field.getName(), "", "", field.getType())).toList();
    }

    /// The same with another label, which is its name, too, where it is of no table.
    static ColumnInfo labelled(ColumnInfo info, String label) {
        return new ColumnInfo(label, info.table().isEmpty() ? label : info.name(), info.table(), info.schema(), info.jdbcType(),
                info.typeName(), info.className(), info.precision(), info.scale(), info.nullable(), info.autoIncrement());
    }

    /// A parameter that is assigned to a column.
    static ColumnInfo parameter(int index, ColumnDefinition column) {
        var facts = org.coconutdb.sql.catalog.Types.of(column.type());
        String name = "?" + (index + 1);
        ColumnDefinition innermost = org.coconutdb.sql.catalog.Types.innermost(column);
        return new ColumnInfo(name, name, "", "", facts.jdbcType(), org.coconutdb.sql.catalog.Types.name(column), facts.className(),
                org.coconutdb.sql.catalog.Types.precision(innermost), innermost.scale(), column.nullable());
    }

    /// A column of a table.
    static ColumnInfo stored(CatalogTable table, int position) {
        ColumnDefinition column = table.definition().columns().get(position);
        ColumnDefinition innermost = org.coconutdb.sql.catalog.Types.innermost(column);
        var facts = org.coconutdb.sql.catalog.Types.of(column.type());
        return new ColumnInfo(column.name(), column.name(), table.definition().name(), table.definition().schema(), facts.jdbcType(),
                org.coconutdb.sql.catalog.Types.name(column), facts.className(), org.coconutdb.sql.catalog.Types.precision(
                        innermost), innermost.scale(), column.nullable(),
                column.identity() != null);
    }

    private static ColumnInfo info(String label, String name, String table, String schema, RelDataType type) {
        var facts = org.coconutdb.sql.catalog.Types.find(type.getSqlTypeName());
        RelDataType component = type.getComponentType();
        if (component != null && org.coconutdb.sql.catalog.Types.isArray(type)) {
            // Precision and scale are those of the elements.
            ColumnInfo element = info(label, name, table, schema, component);
            return new ColumnInfo(label, name, table, schema, Types.ARRAY, (element.jdbcType() == Types.NULL ? "VARCHAR" : element
                    .typeName()) + org.coconutdb.sql.catalog.Types.ARRAY_SUFFIX, java.sql.Array.class.getName(), element.precision(),
                    element.scale(),
                    type.isNullable());
        }
        if (facts == null || component != null) {
            // NULL has no type of its own; intervals, arrays and rows come as text.
            boolean isNull = type.getSqlTypeName() == SqlTypeName.NULL;
            return new ColumnInfo(label, name, table, schema, isNull ? Types.NULL : Types.VARCHAR, isNull ? "NULL" : "VARCHAR",
                    String.class.getName(), 0, 0, true);
        }
        SqlTypeName typeName = facts.type();
        boolean isTime = typeName == SqlTypeName.TIME || typeName == SqlTypeName.TIMESTAMP
                || typeName == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
        int precision = isTime ? timePrecision(typeName, type) : type.getPrecision() > 0 ? type.getPrecision() : facts.precisionMax();
        int scale = typeName == SqlTypeName.DECIMAL ? type.getScale() : isTime ? Math.max(0, type.getPrecision()) : 0;
        return new ColumnInfo(label, name, table, schema, facts.jdbcType(), facts.name(), facts.className(), precision, scale,
                type.isNullable());
    }

    /// Characters of the printed value, as JDBC counts the precision of times.
    private static int timePrecision(SqlTypeName name, RelDataType type) {
        int digits = Math.max(0, type.getPrecision());
        return (name == SqlTypeName.TIME ? 8 : 19) + (digits == 0 ? 0 : digits + 1);
    }
}
