package org.coconutdb.sql.parser;

import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlAlienSystemTypeNameSpec;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/// Other names of types, those of PostgreSQL. They are no reserved words.
public final class TypeNames {
    private static final Map<String, SqlTypeName> NAMES = Map.ofEntries(
            Map.entry("JSON", SqlTypeName.VARCHAR),
            Map.entry("TEXT", SqlTypeName.VARCHAR),
            Map.entry("INT2", SqlTypeName.SMALLINT),
            Map.entry("INT4", SqlTypeName.INTEGER),
            Map.entry("INT8", SqlTypeName.BIGINT),
            Map.entry("FLOAT4", SqlTypeName.REAL),
            Map.entry("FLOAT8", SqlTypeName.DOUBLE),
            Map.entry("BOOL", SqlTypeName.BOOLEAN),
            Map.entry("BYTEA", SqlTypeName.VARBINARY),
            Map.entry("TIMESTAMPTZ", SqlTypeName.TIMESTAMP_TZ),
            Map.entry("TIMETZ", SqlTypeName.TIME_TZ));

    private static final String JSON = "JSON";

    private TypeNames() {}

    /// The type of a name as it is written.
    ///
    /// @param precision -1: none is written
    public static SqlTypeNameSpec spec(String name, int precision, SqlParserPos position) {
        return name.equalsIgnoreCase(JSON)
                ? new SqlAlienSystemTypeNameSpec(JSON, SqlTypeName.VARCHAR, position)
                : new SqlBasicTypeNameSpec(find(name), precision, position);
    }

    /// Whether digits may stand behind a name in parentheses.
    public static boolean takesPrecision(String name) {
        SqlTypeName type = find(name);
        return type == SqlTypeName.TIMESTAMP_TZ || type == SqlTypeName.TIME_TZ;
    }

    /// Whether it is text that has to be JSON.
    public static boolean isJson(SqlTypeNameSpec type) {
        return type instanceof SqlAlienSystemTypeNameSpec;
    }

    /// The type of a name as it is written, without quotes; null where it is none of these.
    public static @Nullable SqlTypeName find(String name) {
        return NAMES.get(name.toUpperCase(Locale.ROOT));
    }
}
