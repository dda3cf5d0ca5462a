package org.coconutdb.jdbc.session;

import java.sql.Array;
import java.sql.Types;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What elements of arrays are, by the names of their types.
public final class ElementTypes {
    /// What stands behind the name of an array's element type.
    private static final String SUFFIX = " ARRAY";

    // SQL's names and those of PostgreSQL.
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("BOOLEAN", Types.BOOLEAN),
            Map.entry("BOOL", Types.BOOLEAN),
            Map.entry("TINYINT", Types.TINYINT),
            Map.entry("SMALLINT", Types.SMALLINT),
            Map.entry("INT2", Types.SMALLINT),
            Map.entry("INTEGER", Types.INTEGER),
            Map.entry("INT", Types.INTEGER),
            Map.entry("INT4", Types.INTEGER),
            Map.entry("BIGINT", Types.BIGINT),
            Map.entry("INT8", Types.BIGINT),
            Map.entry("REAL", Types.REAL),
            Map.entry("FLOAT4", Types.REAL),
            Map.entry("DOUBLE", Types.DOUBLE),
            Map.entry("FLOAT", Types.DOUBLE),
            Map.entry("FLOAT8", Types.DOUBLE),
            Map.entry("DECIMAL", Types.DECIMAL),
            Map.entry("NUMERIC", Types.DECIMAL),
            Map.entry("CHAR", Types.CHAR),
            Map.entry("VARCHAR", Types.VARCHAR),
            Map.entry("TEXT", Types.VARCHAR),
            Map.entry("JSON", Types.VARCHAR),
            Map.entry("BINARY", Types.BINARY),
            Map.entry("VARBINARY", Types.VARBINARY),
            Map.entry("BYTEA", Types.VARBINARY),
            Map.entry("DATE", Types.DATE),
            Map.entry("TIME", Types.TIME),
            Map.entry("TIMESTAMP", Types.TIMESTAMP),
            Map.entry("TIMESTAMP WITH LOCAL TIME ZONE", Types.TIMESTAMP_WITH_TIMEZONE),
            Map.entry("UUID", Types.OTHER));

    private ElementTypes() {}

    /// Of an array: a column `VALUE` with the precision and scale that the array has of its elements.
    public static ColumnInfo of(ColumnInfo array) {
        String name = array.typeName();
        String element = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        return element(element, array.precision(), array.scale());
    }

    /// Of the name of an element's type, whatever the case of its letters; null where there is no such type.
    public static @Nullable ColumnInfo named(String typeName) {
        String name = typeName.strip().toUpperCase(Locale.ROOT);
        String base = name;
        while (base.endsWith(SUFFIX)) {
            base = base.substring(0, base.length() - SUFFIX.length());
        }
        return NUMBERS.containsKey(base) ? element(name, 0, 0) : null;
    }

    private static ColumnInfo element(String typeName, int precision, int scale) {
        boolean isArray = typeName.endsWith(SUFFIX);
        int number = isArray ? Types.ARRAY : NUMBERS.getOrDefault(typeName, Types.OTHER);
        String className = isArray ? Array.class.getName()
                : typeName.equals("UUID") ? UUID.class.getName() : Object.class.getName();
        return new ColumnInfo("VALUE", "VALUE", "", "", number, typeName, className, precision, scale, true);
    }
}
