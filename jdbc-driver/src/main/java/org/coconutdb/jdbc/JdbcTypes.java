package org.coconutdb.jdbc;

import java.sql.Types;
import org.coconutdb.jdbc.session.ColumnInfo;

/// What the driver knows about the types of `java.sql.Types`.
final class JdbcTypes {
    /// Of +02:00. Some zones before 1972 have seconds too, which are not counted.
    static final int OFFSET_SIZE = 6;

    private JdbcTypes() {}

    static boolean isNumber(int jdbcType) {
        return switch (jdbcType) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.FLOAT, Types.DOUBLE, Types.DECIMAL,
                    Types.NUMERIC -> true;
            default -> false;
        };
    }

    static boolean isText(int jdbcType) {
        return switch (jdbcType) {
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR -> true;
            default -> false;
        };
    }

    /// Whether values are points on the time line rather than readings of a clock.
    static boolean isInstant(ColumnInfo column) {
        return column.jdbcType() == Types.TIMESTAMP_WITH_TIMEZONE
                || (column.jdbcType() == Types.TIMESTAMP && column.typeName().contains("WITH"));
    }

    /// Characters that `getString` answers at most; 0 where there is no bound.
    static int displaySize(ColumnInfo column) {
        return switch (column.jdbcType()) {
            case Types.BOOLEAN, Types.BIT -> 5;
            case Types.TINYINT -> 4;
            case Types.SMALLINT -> 6;
            case Types.INTEGER -> 11;
            case Types.BIGINT -> 20;
            case Types.REAL -> 15;
            case Types.FLOAT, Types.DOUBLE -> 24;
            case Types.DECIMAL, Types.NUMERIC -> column.precision() + 2; // sign and point
            case Types.BINARY, Types.VARBINARY -> (int) Math.min(2L * column.precision(), Integer.MAX_VALUE);
            case Types.DATE -> 10;
            case Types.TIME -> 8 + fraction(column.scale());
            case Types.TIMESTAMP -> 19 + fraction(column.scale());
            case Types.TIMESTAMP_WITH_TIMEZONE -> 19 + fraction(column.scale()) + OFFSET_SIZE;
            default -> Values.defaultClassName(column).equals("java.util.UUID") ? 36 : column.precision();
        };
    }

    private static int fraction(int digits) {
        return digits == 0 ? 0 : 1 + digits;
    }
}
