package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
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
    /// @param zone of the session
    static @Nullable Object toPlan(RelDataType type, int index, @Nullable Object value, ZoneId zone) {
        if (value == null) {
            return null;
        }
        SqlTypeName name = type.getSqlTypeName();
        return switch (name) {
            // Not the plan's: it is assigned to a column as it is.
            case NULL -> null;
            case TINYINT, SMALLINT, INTEGER, BIGINT -> whole(name, index, value, zone);
            case DECIMAL -> value instanceof BigDecimal decimal ? decimal : StorageValues.of(column(type, index, 38, scale(value)), value,
                    zone);
            case CHAR, VARCHAR -> StorageValues.of(column(SqlTypeName.VARCHAR, index, -1, 0), value, zone);
            case BINARY, VARBINARY -> new ByteString((byte[]) stored(SqlTypeName.VARBINARY, index, value, zone));
            case BOOLEAN, REAL, DOUBLE, DATE, TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, UUID -> stored(name, index, value, zone);
            case FLOAT -> stored(SqlTypeName.DOUBLE, index, value, zone);
            case ARRAY -> array(type, index, value, zone);
            default -> throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("parameter", index + 1)
                    .with("type", name.getName())
                    .mend("CAST the parameter to a type that columns can have.");
        };
    }

    /// An array, or the text of one.
    private static List<@Nullable Object> array(RelDataType type, int index, Object value, ZoneId zone) {
        RelDataType component = Objects.requireNonNull(type.getComponentType());
        if (!(value instanceof List<?>) && !(value instanceof String)) {
            throw CoconutException.of(ErrorCode.TYPE_MISMATCH)
                    .with("parameter", index + 1)
                    .with("type", Types.name(Types.computed("", type)))
                    .with("value", EdgeValues.text(value))
                    .mend("Give an array: setArray, or setObject with a List or a Java array.");
        }
        // As a text is read by the rules of assignment, and comes back as it went by any other way.
        List<?> elements = value instanceof List<?> list ? list : (List<?>) EdgeValues.fromStorage(Types.computed("parameter " + (index
                + 1),
                type), StorageValues.of(Types.computed("parameter " + (index + 1), type), value, zone));
        List<@Nullable Object> values = new ArrayList<>();
        for (Object element : elements == null ? List.of() : elements) {
            values.add(toPlan(component, index, element, zone));
        }
        return Collections.unmodifiableList(values);
    }

    private static Object whole(SqlTypeName type, int index, Object value, ZoneId zone) {
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
        return stored(type, index, number, zone);
    }

    private static int scale(Object value) {
        return switch (value) {
            case Float _,Double _,String _ -> 10;
            case BigInteger _ -> 0;
            default -> 0;
        };
    }

    private static Object stored(SqlTypeName type, int index, Object value, ZoneId zone) {
        Object stored = StorageValues.of(column(type, index, -1, 0), value, zone);
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
