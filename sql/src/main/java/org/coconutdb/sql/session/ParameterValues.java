package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.Types;
import org.jspecify.annotations.Nullable;

/// Values of parameters → Calcite's internal representation of the parameter's type.
///
/// Nothing is rounded or cut, because a parameter is compared as well as stored: `WHERE id = ?` with 1.5 must not find 1.
final class ParameterValues {
    private ParameterValues() {}

    /// @param index from 0
    static @Nullable Object toPlan(RelDataType type, int index, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        SqlTypeName name = type.getSqlTypeName();
        return switch (name) {
            // Not the plan's: it is assigned to a column as it is.
            case NULL -> null;
            case TINYINT, SMALLINT, INTEGER, BIGINT -> whole(name, index, value);
            case DECIMAL -> value instanceof BigDecimal decimal ? decimal : StorageValues.of(column(type, index, 38, scale(value)), value);
            case CHAR, VARCHAR -> StorageValues.of(column(SqlTypeName.VARCHAR, index, -1, 0), value);
            case BINARY, VARBINARY -> new ByteString((byte[]) stored(SqlTypeName.VARBINARY, index, value));
            case BOOLEAN, REAL, DOUBLE, DATE, TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, UUID -> stored(name, index, value);
            case FLOAT -> stored(SqlTypeName.DOUBLE, index, value);
            default -> throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("parameter", index + 1)
                    .with("type", name.getName())
                    .mend("CAST the parameter to a type that columns can have.");
        };
    }

    private static Object whole(SqlTypeName type, int index, Object value) {
        // As it comes most often.
        if ((type == SqlTypeName.BIGINT && value instanceof Long) || (type == SqlTypeName.INTEGER && value instanceof Integer)) {
            return value;
        }
        Object number = value;
        if (value instanceof BigDecimal || value instanceof Float || value instanceof Double) {
            try {
                number = new BigDecimal(value.toString()).toBigIntegerExact().longValueExact();
            } catch (ArithmeticException | NumberFormatException failure) {
                throw CoconutException.of(ErrorCode.VALUE_OUT_OF_RANGE)
                        .with("parameter", index + 1)
                        .with("type", type.getName())
                        .with("value", EdgeValues.text(value))
                        .mend("Write CAST(? AS DECIMAL(38, 10)) where fractions are meant.");
            }
        }
        return stored(type, index, number);
    }

    private static int scale(Object value) {
        return switch (value) {
            case Float _,Double _,String _ -> 10;
            case BigInteger _ -> 0;
            default -> 0;
        };
    }

    private static Object stored(SqlTypeName type, int index, Object value) {
        Object stored = StorageValues.of(column(type, index, -1, 0), value);
        if (stored == null) {
            throw new IllegalStateException("a value became null");
        }
        return stored;
    }

    private static ColumnDefinition column(RelDataType type, int index, int precision, int scale) {
        return column(type.getSqlTypeName(), index, precision, scale);
    }

    private static ColumnDefinition column(SqlTypeName type, int index, int precision, int scale) {
        return new ColumnDefinition("parameter " + (index + 1), Types.of(type).type(), precision, scale, true);
    }
}
