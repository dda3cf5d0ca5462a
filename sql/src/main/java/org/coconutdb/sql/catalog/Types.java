package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.StorageType;
import org.jspecify.annotations.Nullable;

/// The types that a column can have: how they are stored, and what JDBC calls them.
public final class Types {
    private static final Map<SqlTypeName, Facts> FACTS = new EnumMap<>(SqlTypeName.class);

    /// What is known of a type.
    ///
    /// @param type as Calcite names it
    /// @param name as SQL writes it
    /// @param storage how the engine keeps it
    /// @param jdbcType of `java.sql.Types`
    /// @param className of the Java value that JDBC answers
    /// @param precisionMax digits, characters, bytes or fractional digits; the fixed number where the type has no parameter
    /// @param createParameters what stands in parentheses behind the name, empty for nothing
    /// @param quoted whether literals stand in quotes
    public record Facts(
            SqlTypeName type,
            String name,
            StorageType storage,
            int jdbcType,
            String className,
            int precisionMax,
            String createParameters,
            boolean quoted) {
        /// What a literal begins with; null for nothing.
        public @Nullable String literalPrefix() {
            return switch (type) {
                case BINARY, VARBINARY -> "X'";
                case DATE -> "DATE '";
                case TIME -> "TIME '";
                case TIMESTAMP -> "TIMESTAMP '";
                case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> "TIMESTAMP WITH TIME ZONE '";
                case UUID -> "UUID '";
                default -> quoted ? "'" : null;
            };
        }
    }

    static {
        add(SqlTypeName.BOOLEAN, "BOOLEAN", StorageType.BOOLEAN, java.sql.Types.BOOLEAN, Boolean.class, 1, "", false);
        add(SqlTypeName.TINYINT, "TINYINT", StorageType.INT8, java.sql.Types.TINYINT, Byte.class, 3, "", false);
        add(SqlTypeName.SMALLINT, "SMALLINT", StorageType.INT16, java.sql.Types.SMALLINT, Short.class, 5, "", false);
        add(SqlTypeName.INTEGER, "INTEGER", StorageType.INT32, java.sql.Types.INTEGER, Integer.class, 10, "", false);
        add(SqlTypeName.BIGINT, "BIGINT", StorageType.INT64, java.sql.Types.BIGINT, Long.class, 19, "", false);
        add(SqlTypeName.DECIMAL, "DECIMAL", StorageType.DECIMAL, java.sql.Types.DECIMAL, java.math.BigDecimal.class,
                CoconutTypeSystem.DECIMAL_DIGITS_MAX, "precision, scale", false);
        add(SqlTypeName.REAL, "REAL", StorageType.FLOAT32, java.sql.Types.REAL, Float.class, 7, "", false);
        add(SqlTypeName.DOUBLE, "DOUBLE", StorageType.FLOAT64, java.sql.Types.DOUBLE, Double.class, 15, "", false);
        add(SqlTypeName.CHAR, "CHAR", StorageType.STRING, java.sql.Types.CHAR, String.class, CoconutTypeSystem.LENGTH_MAX, "length", true);
        add(SqlTypeName.VARCHAR, "VARCHAR", StorageType.STRING, java.sql.Types.VARCHAR, String.class, CoconutTypeSystem.LENGTH_MAX,
                "length", true);
        add(SqlTypeName.BINARY, "BINARY", StorageType.BYTES, java.sql.Types.BINARY, byte[].class, CoconutTypeSystem.LENGTH_MAX, "length",
                true);
        add(SqlTypeName.VARBINARY, "VARBINARY", StorageType.BYTES, java.sql.Types.VARBINARY, byte[].class, CoconutTypeSystem.LENGTH_MAX,
                "length", true);
        add(SqlTypeName.DATE, "DATE", StorageType.INT32, java.sql.Types.DATE, java.sql.Date.class, 10, "", true);
        add(SqlTypeName.TIME, "TIME", StorageType.INT32, java.sql.Types.TIME, java.sql.Time.class, CoconutTypeSystem.FRACTION_DIGITS_MAX,
                "fraction", true);
        add(SqlTypeName.TIMESTAMP, "TIMESTAMP", StorageType.INT64, java.sql.Types.TIMESTAMP, java.sql.Timestamp.class,
                CoconutTypeSystem.FRACTION_DIGITS_MAX, "fraction", true);
        add(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, "TIMESTAMP WITH TIME ZONE", StorageType.INT64,
                java.sql.Types.TIMESTAMP_WITH_TIMEZONE, java.time.OffsetDateTime.class, CoconutTypeSystem.FRACTION_DIGITS_MAX, "", true);
        add(SqlTypeName.UUID, "UUID", StorageType.UUID, java.sql.Types.OTHER, java.util.UUID.class, 36, "", true);
        add(SqlTypeName.ARRAY, "ARRAY", StorageType.ARRAY, java.sql.Types.ARRAY, java.sql.Array.class,
                CoconutTypeSystem.CARDINALITY_MAX, "", false);
    }

    /// What stands behind the type of an array's elements.
    public static final String ARRAY_SUFFIX = " ARRAY";
    /// Arrays in each other.
    public static final int ARRAY_DEPTH_MAX = 6;

    /// The name of the type of texts that are JSON.
    public static final String JSON = "JSON";

    private Types() {}

    private static void add(
            SqlTypeName type,
            String name,
            StorageType storage,
            int jdbcType,
            Class<?> javaClass,
            int precisionMax,
            String createParameters,
            boolean quoted) {
        FACTS.put(type, new Facts(type, name, storage, jdbcType, javaClass.getName(), precisionMax, createParameters, quoted));
    }

    public static Collection<Facts> all() {
        return FACTS.values();
    }

    /// Null where no column can have the type.
    public static @Nullable Facts find(SqlTypeName type) {
        return FACTS.get(type == SqlTypeName.FLOAT ? SqlTypeName.DOUBLE : type);
    }

    /// Whether it is an array of what a column can have, or of nothing but NULL.
    public static boolean isArray(RelDataType type) {
        RelDataType component = type.getComponentType();
        if (type.getSqlTypeName() != SqlTypeName.ARRAY || component == null) {
            return false;
        }
        SqlTypeName element = component.getSqlTypeName();
        return element == SqlTypeName.ARRAY ? isArray(component) : element == SqlTypeName.NULL || find(element) != null;
    }

    /// NOT_SUPPORTED where no column can have the type.
    public static Facts of(SqlTypeName type) {
        Facts facts = find(type);
        if (facts == null) {
            List<String> names = new ArrayList<>();
            FACTS.values().forEach(known -> names.add(known.name()));
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("type", type.getName())
                    .mend("Columns can be " + String.join(", ", names) + ".");
        }
        return facts;
    }

    /// Whether CREATE TABLE could have made the column.
    static boolean isSound(ColumnDefinition column) {
        return isSound(column, 0);
    }

    /// @param depth in how many arrays it is
    private static boolean isSound(ColumnDefinition column, int depth) {
        Facts facts = FACTS.get(column.type());
        if (facts == null || (column.type() != SqlTypeName.DECIMAL && column.scale() != 0)) {
            return false;
        }
        int precision = column.precision();
        return switch (column.type()) {
            case DECIMAL -> precision >= 1 && precision <= facts.precisionMax() && column.scale() >= 0 && column.scale() <= precision;
            case CHAR, BINARY -> precision >= 1 && precision <= facts.precisionMax();
            case VARCHAR, VARBINARY -> precision == -1 || (precision >= 1 && precision <= facts.precisionMax());
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> precision >= -1 && precision <= facts.precisionMax();
            case ARRAY -> depth < ARRAY_DEPTH_MAX && precision >= -1 && precision <= facts.precisionMax()
                    && isSound(column.elementOrThrow(), depth + 1);
            default -> true;
        };
    }

    /// How the engine stores the column.
    public static Column column(ColumnDefinition column) {
        if (column.element() != null) {
            return Column.array(column(column.element()), column.nullable());
        }
        StorageType storage = of(column.type()).storage();
        return storage == StorageType.DECIMAL
                ? Column.decimal(column.precision(), column.scale(), column.nullable())
                : Column.of(storage, column.nullable());
    }

    /// The column's type as Calcite sees it.
    public static RelDataType relType(RelDataTypeFactory factory, ColumnDefinition column) {
        RelDataType type;
        if (column.element() != null) {
            // Without a bound: what is computed of arrays has none, and types are the same or not.
            type = factory.createArrayType(relType(factory, column.element()), -1);
        } else if (column.type() == SqlTypeName.DECIMAL) {
            type = factory.createSqlType(column.type(), column.precision(), column.scale());
        } else if (column.precision() >= 0 && column.type().allowsPrec()) {
            type = factory.createSqlType(column.type(), column.precision());
        } else {
            type = factory.createSqlType(column.type());
        }
        return factory.createTypeWithNullability(type, column.nullable());
    }

    /// A row of these columns as Calcite sees it.
    public static RelDataType rowType(RelDataTypeFactory factory, List<ColumnDefinition> columns) {
        RelDataTypeFactory.Builder builder = factory.builder();
        for (ColumnDefinition column : columns) {
            builder.add(column.name(), relType(factory, column));
        }
        return builder.build();
    }

    /// A column for what a query computes. NOT_SUPPORTED where no column can have the type.
    public static ColumnDefinition computed(String name, RelDataType type) {
        SqlTypeName typeName = type.getSqlTypeName();
        if (typeName == SqlTypeName.ARRAY && type.getComponentType() != null) {
            return ColumnDefinition.ofArrays(name, computed(name, type.getComponentType()), -1, type.isNullable());
        }
        if (find(typeName) == null) {
            List<String> names = FACTS.values().stream().map(Facts::name).toList();
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("column", name)
                    .with("type", type)
                    .mend("CAST it to one of the types of columns: " + String.join(", ", names) + ".");
        }
        SqlTypeName stored = typeName == SqlTypeName.FLOAT ? SqlTypeName.DOUBLE : typeName;
        int precision = switch (stored) {
            case DECIMAL, CHAR, VARCHAR, BINARY, VARBINARY, TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> type.getPrecision();
            default -> -1;
        };
        return new ColumnDefinition(name, stored, precision, stored == SqlTypeName.DECIMAL ? type.getScale() : 0, type.isNullable());
    }

    /// What the elements of an array are, or those of arrays in it; a column of another type as it is.
    public static ColumnDefinition innermost(ColumnDefinition column) {
        return column.element() == null ? column : innermost(column.element());
    }

    /// Digits, characters, bytes or elements that a value of the column has at most.
    public static int precision(ColumnDefinition column) {
        return column.precision() >= 0 ? column.precision() : of(column.type()).precisionMax();
    }

    /// The type's name, without its length.
    public static String name(ColumnDefinition column) {
        if (column.element() != null) {
            return name(column.element()) + ARRAY_SUFFIX;
        }
        return column.json() ? JSON : of(column.type()).name();
    }

    /// The type as it is written in CREATE TABLE.
    public static String text(ColumnDefinition column) {
        if (column.json()) {
            return JSON;
        }
        if (column.element() != null) {
            return text(column.element()) + ARRAY_SUFFIX + (column.precision() < 0 ? "" : "[" + column.precision() + "]");
        }
        String name = of(column.type()).name();
        if (column.type() == SqlTypeName.DECIMAL) {
            return name + "(" + column.precision() + ", " + column.scale() + ")";
        }
        if (column.type() == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE) {
            return column.precision() < 0 ? name : "TIMESTAMP(" + column.precision() + ") WITH TIME ZONE";
        }
        return column.precision() < 0 ? name : name + "(" + column.precision() + ")";
    }
}
