package org.coconutdb.sql.plan;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.jspecify.annotations.Nullable;

/// Makes the types of one statement. Text has all characters: Calcite's own default, ISO-8859-1, refuses literals such as `'日本'`.
final class StatementTypes extends JavaTypeFactoryImpl {
    private static final Pattern ZONED = Pattern.compile("TIMESTAMP_(?:WITH_LOCAL_TIME_ZONE|TZ)(\\(\\d\\))?");

    StatementTypes() {
        super(CoconutTypeSystem.INSTANCE);
    }

    @Override
    public Charset getDefaultCharset() {
        return StandardCharsets.UTF_8;
    }

    /// TIMESTAMP WITH TIME ZONE and WITH LOCAL TIME ZONE are one type, which Calcite has the second name for.
    private static SqlTypeName one(SqlTypeName type) {
        return type == SqlTypeName.TIMESTAMP_TZ ? SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE : type;
    }

    @Override
    public RelDataType createSqlType(SqlTypeName type) {
        return super.createSqlType(one(type));
    }

    @Override
    public RelDataType createSqlType(SqlTypeName type, int precision) {
        return super.createSqlType(one(type), precision);
    }

    /// A date or a timestamp beside a point on the time line becomes one, with as many digits as any of them has; null where others are there.
    private @Nullable RelDataType commonMoment(List<RelDataType> types) {
        int precision = 0;
        for (RelDataType type : types) {
            switch (type.getSqlTypeName()) {
                case TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> precision = Math.max(precision, type.getPrecision());
                case DATE, NULL -> {}
                default -> {
                    return null;
                }
            }
        }
        return createTypeWithNullability(createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, precision), types.stream()
                .anyMatch(type -> type.isNullable() || type.getSqlTypeName() == SqlTypeName.NULL));
    }

    /// Of whole numbers and decimals the one that keeps every digit behind the point. Where all digits would be more than a decimal has, the
    /// number that does not fit is an error: Calcite leaves digits behind the point out, unseen.
    @Override
    public @Nullable RelDataType leastRestrictive(List<RelDataType> types, SqlTypeMappingRule rule) {
        if (types.stream().anyMatch(type -> type.getSqlTypeName() == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE)) {
            RelDataType moment = commonMoment(types);
            return moment == null ? super.leastRestrictive(types, rule) : moment;
        }
        boolean isExact = types.stream().allMatch(type -> SqlTypeUtil.isExactNumeric(type) || type.getSqlTypeName() == SqlTypeName.NULL);
        if (!isExact || types.stream().noneMatch(type -> type.getSqlTypeName() == SqlTypeName.DECIMAL)) {
            return super.leastRestrictive(types, rule);
        }
        int before = 0;
        int scale = 0;
        for (RelDataType type : types) {
            if (type.getSqlTypeName() != SqlTypeName.NULL) {
                before = Math.max(before, type.getPrecision() - type.getScale());
                scale = Math.max(scale, type.getScale());
            }
        }
        RelDataType common =
                createSqlType(SqlTypeName.DECIMAL, Math.clamp(before + scale, 1, CoconutTypeSystem.DECIMAL_DIGITS_MAX), scale);
        return createTypeWithNullability(common, types.stream().anyMatch(RelDataType::isNullable));
    }

    /// What Calcite says of types, without the character set, which users never see, and with SQL's names.
    static String withoutCharset(String text) {
        return ZONED.matcher(text.replace(" CHARACTER SET \"UTF-8\"", "")).replaceAll("TIMESTAMP$1 WITH TIME ZONE");
    }
}
