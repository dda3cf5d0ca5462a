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
    private static final Map<String, SqlTypeName> NAMES = Map.of(
            "JSON", SqlTypeName.VARCHAR,
            "TEXT", SqlTypeName.VARCHAR,
            "INT2", SqlTypeName.SMALLINT,
            "INT4", SqlTypeName.INTEGER,
            "INT8", SqlTypeName.BIGINT,
            "FLOAT4", SqlTypeName.REAL,
            "FLOAT8", SqlTypeName.DOUBLE,
            "BOOL", SqlTypeName.BOOLEAN,
            "BYTEA", SqlTypeName.VARBINARY);

    private static final String JSON = "JSON";

    private TypeNames() {}

    /// The type of a name as it is written.
    public static SqlTypeNameSpec spec(String name, SqlParserPos position) {
        return name.equalsIgnoreCase(JSON)
                ? new SqlAlienSystemTypeNameSpec(JSON, SqlTypeName.VARCHAR, position)
                : new SqlBasicTypeNameSpec(find(name), position);
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
