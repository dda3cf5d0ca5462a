package org.coconutdb.sql.catalog;

import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/// Bounds of types: decimals of 38 digits, times in milliseconds, long strings.
public final class CoconutTypeSystem extends RelDataTypeSystemImpl {
    public static final CoconutTypeSystem INSTANCE = new CoconutTypeSystem();

    public static final int DECIMAL_DIGITS_MAX = 38;
    public static final int FRACTION_DIGITS_MAX = 3;
    /// Characters or bytes: no value can be longer than a row.
    public static final int LENGTH_MAX = 1 << 20;

    private CoconutTypeSystem() {}

    @Override
    public int getMaxPrecision(SqlTypeName type) {
        return switch (type) {
            case DECIMAL -> DECIMAL_DIGITS_MAX;
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIME_WITH_LOCAL_TIME_ZONE -> FRACTION_DIGITS_MAX;
            case CHAR, VARCHAR, BINARY, VARBINARY -> LENGTH_MAX;
            default -> super.getMaxPrecision(type);
        };
    }

    @Override
    public int getMaxScale(SqlTypeName type) {
        return type == SqlTypeName.DECIMAL ? DECIMAL_DIGITS_MAX : super.getMaxScale(type);
    }

    /// A time loses nothing by default that it can hold.
    @Override
    public int getDefaultPrecision(SqlTypeName type) {
        return switch (type) {
            case DECIMAL -> DECIMAL_DIGITS_MAX;
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIME_WITH_LOCAL_TIME_ZONE -> FRACTION_DIGITS_MAX;
            default -> super.getDefaultPrecision(type);
        };
    }
}
