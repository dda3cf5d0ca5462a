package org.coconutdb.sql.catalog;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.ScannableTable;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.sql.access.Viewer;
import org.jspecify.annotations.Nullable;

/// A view whose rows come from the running database. Read-only; each query asks anew.
public final class SystemView extends AbstractTable implements ScannableTable {
    /// The variable of a data context that says who reads.
    public static final String VIEWER = "viewer";

    private final String schema;
    private final String name;
    private final List<ColumnDefinition> columns;
    private final Function<Viewer, List<@Nullable Object[]>> rows;
    private final boolean isForAdmins;

    /// A view that shows each what it may see: of rows that name an object, those of objects that it has anything of ([VisibleRows]).
    ///
    /// @param rows values in Calcite's internal representation, one element a column
    public SystemView(String schema, String name, List<ColumnDefinition> columns, Supplier<List<@Nullable Object[]>> rows) {
        this(schema, name, columns, new VisibleRows(columns).of(rows), false);
    }

    private SystemView(
            String schema,
            String name,
            List<ColumnDefinition> columns,
            Function<Viewer, List<@Nullable Object[]>> rows,
            boolean isForAdmins) {
        this.schema = schema;
        this.name = name;
        this.columns = List.copyOf(columns);
        this.rows = rows;
        this.isForAdmins = isForAdmins;
    }

    /// A view that shows something else to each.
    public static SystemView of(String schema, String name, List<ColumnDefinition> columns, Function<Viewer, List<
            @Nullable Object[]>> rows) {
        return new SystemView(schema, name, columns, rows, false);
    }

    /// The same view for members of ADMIN alone.
    public SystemView forAdmins() {
        return new SystemView(schema, name, columns, rows, true);
    }

    public boolean isForAdmins() {
        return isForAdmins;
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
        return scan(root.get(VIEWER) instanceof Viewer viewer ? viewer : Viewer.OWNER);
    }

    /// What somebody sees.
    public Enumerable<@Nullable Object[]> scan(Viewer viewer) {
        return Linq4j.asEnumerable(rows.apply(viewer));
    }
}
