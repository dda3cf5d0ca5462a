package org.coconutdb.sql.catalog;

import java.math.RoundingMode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/// Bounds of types: decimals of 38 digits, times in milliseconds, long strings.
public final class CoconutTypeSystem extends RelDataTypeSystemImpl {
    public static final CoconutTypeSystem INSTANCE = new CoconutTypeSystem();

    public static final int DECIMAL_DIGITS_MAX = 38;
    public static final int FRACTION_DIGITS_MAX = 3;
    /// Characters or bytes: no value can be longer than a row.
    public static final int LENGTH_MAX = 1 << 20;

    /// Elements of an array: no more fit into a row.
    public static final int CARDINALITY_MAX = 1 << 20;

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

    /// CASE, UNION and VALUES of texts of different lengths have the texts as they are, not filled up with spaces to the longest.
    @Override
    public boolean shouldConvertRaggedUnionTypesToVarying() {
        return true;
    }

    /// Wider than its argument, so that a sum of many rows fits: BIGINT for smaller whole numbers, DECIMAL for BIGINT.
    @Override
    public RelDataType deriveSumType(RelDataTypeFactory factory, RelDataType argument) {
        return switch (argument.getSqlTypeName()) {
            case TINYINT, SMALLINT, INTEGER -> nullableAs(factory, factory.createSqlType(SqlTypeName.BIGINT), argument);
            case BIGINT -> nullableAs(factory, factory.createSqlType(SqlTypeName.DECIMAL, DECIMAL_DIGITS_MAX, 0), argument);
            case REAL, FLOAT -> nullableAs(factory, factory.createSqlType(SqlTypeName.DOUBLE), argument);
            default -> super.deriveSumType(factory, argument);
        };
    }

    /// Of exact numbers ten digits behind the point more than they have, of others DOUBLE.
    @Override
    public RelDataType deriveAvgAggType(RelDataTypeFactory factory, RelDataType argument) {
        return switch (argument.getSqlTypeName()) {
            case TINYINT, SMALLINT, INTEGER, BIGINT, DECIMAL -> nullableAs(
                    factory,
                    factory.createSqlType(SqlTypeName.DECIMAL, DECIMAL_DIGITS_MAX, Math.min(DECIMAL_DIGITS_MAX, Math.max(0, argument
                            .getScale()) + 10)),
                    argument);
            case REAL, FLOAT -> nullableAs(factory, factory.createSqlType(SqlTypeName.DOUBLE), argument);
            default -> super.deriveAvgAggType(factory, argument);
        };
    }

    /// Keeps the digits before the point that the quotient can have, then as many behind it as fit: at least 6, and those of the dividend.
    @Override
    public @Nullable RelDataType deriveDecimalDivideType(RelDataTypeFactory factory, RelDataType dividend, RelDataType divisor) {
        boolean exact = SqlTypeUtil.isExactNumeric(dividend) && SqlTypeUtil.isExactNumeric(divisor);
        if (!exact || !(SqlTypeUtil.isDecimal(dividend) || SqlTypeUtil.isDecimal(divisor))) {
            return null;
        }
        int before = dividend.getPrecision() - dividend.getScale() + divisor.getScale();
        int wanted = dividend.getScale() + divisor.getPrecision() + 1;
        int scale = Math.max(Math.max(6, dividend.getScale()), Math.min(wanted, DECIMAL_DIGITS_MAX - before));
        RelDataType type = factory.createSqlType(SqlTypeName.DECIMAL, Math.min(DECIMAL_DIGITS_MAX, before + scale), scale);
        return factory.createTypeWithNullability(type, dividend.isNullable() || divisor.isNullable());
    }

    private static RelDataType nullableAs(RelDataTypeFactory factory, RelDataType type, RelDataType argument) {
        return factory.createTypeWithNullability(type, argument.isNullable());
    }

    /// A CAST to fewer digits rounds as storing does: halves away from 0.
    @Override
    public RoundingMode roundingMode() {
        return RoundingMode.HALF_UP;
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
