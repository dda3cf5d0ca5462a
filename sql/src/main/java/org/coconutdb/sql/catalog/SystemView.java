package org.coconutdb.sql.catalog;

import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.ScannableTable;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/// A view whose rows come from the running database. Read-only; each query asks anew.
public final class SystemView extends AbstractTable implements ScannableTable {
    private final String schema;
    private final String name;
    private final List<ColumnDefinition> columns;
    private final Supplier<List<@Nullable Object[]>> rows;

    /// @param rows values in Calcite's internal representation, one element a column
    public SystemView(String schema, String name, List<ColumnDefinition> columns, Supplier<List<@Nullable Object[]>> rows) {
        this.schema = schema;
        this.name = name;
        this.columns = List.copyOf(columns);
        this.rows = rows;
    }

    public static ColumnDefinition text(String name) {
        return new ColumnDefinition(name, SqlTypeName.VARCHAR, -1, 0, true);
    }

    public static ColumnDefinition integer(String name) {
        return new ColumnDefinition(name, SqlTypeName.INTEGER, -1, 0, true);
    }

    public static ColumnDefinition bigint(String name) {
        return new ColumnDefinition(name, SqlTypeName.BIGINT, -1, 0, true);
    }

    /// A point on the time line, in milliseconds since 1970.
    public static ColumnDefinition moment(String name) {
        return new ColumnDefinition(name, SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, CoconutTypeSystem.FRACTION_DIGITS_MAX, 0, true);
    }

    public static ColumnDefinition number(String name) {
        return new ColumnDefinition(name, SqlTypeName.DOUBLE, -1, 0, true);
    }

    public static ColumnDefinition bool(String name) {
        return new ColumnDefinition(name, SqlTypeName.BOOLEAN, -1, 0, true);
    }

    public String schema() {
        return schema;
    }

    public String name() {
        return name;
    }

    public List<ColumnDefinition> columns() {
        return columns;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory factory) {
        return Types.rowType(factory, columns);
    }

    @Override
    public Enumerable<@Nullable Object[]> scan(DataContext root) {
        return Linq4j.asEnumerable(rows.get());
    }
}
