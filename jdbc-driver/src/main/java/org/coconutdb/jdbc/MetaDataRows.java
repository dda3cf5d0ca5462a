package org.coconutdb.jdbc;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.jspecify.annotations.Nullable;

/// An answer of `DatabaseMetaData` that is being built: columns by the JDBC specification, rows, and their order.
final class MetaDataRows {
    private final List<ColumnInfo> columns = new ArrayList<>();
    private final List<@Nullable Object[]> rows = new ArrayList<>();

    /// @param shape names with their types behind a colon: none for text, `i` INTEGER, `s` SMALLINT, `b` BOOLEAN, `l` BIGINT
    MetaDataRows(String shape) {
        for (String column : shape.split(" ", -1)) {
            int colon = column.indexOf(':');
            String name = colon < 0 ? column : column.substring(0, colon);
            char type = colon < 0 ? 't' : column.charAt(colon + 1);
            columns.add(switch (type) {
                case 'i' -> info(name, Types.INTEGER, "INTEGER", Integer.class, 10);
                case 's' -> info(name, Types.SMALLINT, "SMALLINT", Short.class, 5);
                case 'b' -> info(name, Types.BOOLEAN, "BOOLEAN", Boolean.class, 1);
                case 'l' -> info(name, Types.BIGINT, "BIGINT", Long.class, 19);
                default -> info(name, Types.VARCHAR, "VARCHAR", String.class, 0);
            });
        }
    }

    private static ColumnInfo info(String name, int jdbcType, String typeName, Class<?> type, int precision) {
        return new ColumnInfo(name, name, "", "", jdbcType, typeName, type.getName(), precision, 0, true);
    }

    void add(@Nullable Object... row) {
        assert row.length == columns.size() : row.length + " values for " + columns.size() + " columns";
        for (int i = 0; i < row.length; i++) {
            if (columns.get(i).jdbcType() == Types.SMALLINT && row[i] instanceof Integer number) {
                row[i] = number.shortValue();
            }
        }
        rows.add(row);
    }

    /// Orders the rows by these columns, in turn.
    MetaDataRows orderedBy(int... order) {
        rows.sort(Comparator.comparing((@Nullable Object[] row) -> row, (left, right) -> compare(left, right, order)));
        return this;
    }

    private static int compare(@Nullable Object[] left, @Nullable Object[] right, int[] order) {
        for (int column : order) {
            Object a = left[column];
            Object b = right[column];
            int result = a instanceof Number x && b instanceof Number y
                    ? Long.compare(x.longValue(), y.longValue())
                    : String.valueOf(a).compareTo(String.valueOf(b));
            if (result != 0) {
                return result;
            }
        }
        return 0;
    }

    CoconutResultSet on(CoconutConnection connection) {
        return new CoconutResultSet(connection, null, List.copyOf(columns), new ListRowCursor(rows), 0, 0, connection.timeZone());
    }
}
