package org.coconutdb.sql.plan;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.jspecify.annotations.Nullable;

/// Makes the types of one statement. Text has all characters: Calcite's own default, ISO-8859-1, refuses literals such as `'日本'`.
final class StatementTypes extends JavaTypeFactoryImpl {
    StatementTypes() {
        super(CoconutTypeSystem.INSTANCE);
    }

    @Override
    public Charset getDefaultCharset() {
        return StandardCharsets.UTF_8;
    }

    /// Of whole numbers and decimals the one that keeps every digit behind the point. Where all digits would be more than a decimal has, the
    /// number that does not fit is an error: Calcite leaves digits behind the point out, unseen.
    @Override
    public @Nullable RelDataType leastRestrictive(List<RelDataType> types, SqlTypeMappingRule rule) {
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

    /// What Calcite says of types, without the character set, which users never see.
    static String withoutCharset(String text) {
        return text.replace(" CHARACTER SET \"UTF-8\"", "");
    }
}
