package org.coconutdb.spark;

import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.execution.datasources.jdbc.JdbcOptionsInWrite;
import org.apache.spark.sql.jdbc.JdbcDialect;
import org.apache.spark.sql.jdbc.JdbcType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import scala.Option;

/// The types of both sides, and tables that Spark makes: these need a primary key, with which the option
/// `createTableOptions` begins: `PRIMARY KEY ("id") USING SORTED`.
///
/// Spark's `TimestampType` is a point on the time line, and so becomes `TIMESTAMP WITH TIME ZONE`; `TimestampNTZType` becomes `TIMESTAMP`.
/// Found by `ServiceLoader`, which needs it public.
public final class CoconutDialect extends JdbcDialect {
    private static final long serialVersionUID = 1;
    /// A key, and what stands behind the parentheses of `CREATE TABLE`.
    private static final Pattern KEY_AND_OPTIONS = Pattern.compile("\\s*(?<key>PRIMARY\\s+KEY\\s*\\([^)]*\\))(?<options>.*)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    /// Functions that mean the same on both sides.
    private static final Set<String> PUSHED_DOWN = Set.of("MIN", "MAX", "SUM", "COUNT", "ABS", "COALESCE", "UPPER", "LOWER");
    private static final int TEXT_LENGTH_MAX = 1_048_576;

    @Override
    public boolean canHandle(String url) {
        return url.startsWith("jdbc:coconut:");
    }

    @Override
    public Option<DataType> getCatalystType(int sqlType, String typeName, int size, MetadataBuilder metadata) {
        return switch (sqlType) {
            case Types.OTHER -> typeName.equals("UUID") ? Option.apply(DataTypes.StringType) : Option.empty();
            case Types.TIMESTAMP_WITH_TIMEZONE -> Option.apply(DataTypes.TimestampType);
            case Types.TINYINT -> Option.apply(DataTypes.ByteType);
            case Types.SMALLINT -> Option.apply(DataTypes.ShortType);
            case Types.REAL -> Option.apply(DataTypes.FloatType);
            default -> Option.empty(); // as Spark reads it
        };
    }

    @Override
    public Option<JdbcType> getJDBCType(DataType type) {
        if (type instanceof StringType) {
            return column("VARCHAR(" + TEXT_LENGTH_MAX + ")", Types.VARCHAR);
        }
        if (type instanceof BinaryType) {
            return column("VARBINARY(" + TEXT_LENGTH_MAX + ")", Types.VARBINARY);
        }
        if (type instanceof BooleanType) {
            return column("BOOLEAN", Types.BOOLEAN);
        }
        if (type instanceof ByteType) {
            return column("TINYINT", Types.TINYINT);
        }
        if (type instanceof ShortType) {
            return column("SMALLINT", Types.SMALLINT);
        }
        if (type instanceof TimestampType) {
            return column("TIMESTAMP WITH TIME ZONE", Types.TIMESTAMP_WITH_TIMEZONE);
        }
        if (type instanceof TimestampNTZType) {
            return column("TIMESTAMP", Types.TIMESTAMP);
        }
        return Option.empty(); // as Spark writes it
    }

    private static Option<JdbcType> column(String definition, int jdbcType) {
        return Option.apply(new JdbcType(definition, jdbcType));
    }

    /// `TRUNCATE` leaves tables alone that refer to this one, and is refused where there are any.
    @Override
    public Option<Object> isCascadingTruncateTable() {
        return Option.apply(false);
    }

    @Override
    public boolean isSupportedFunction(String name) {
        return PUSHED_DOWN.contains(name);
    }

    @Override
    public void createTable(Statement statement, String table, String columns, JdbcOptionsInWrite options) {
        Matcher given = KEY_AND_OPTIONS.matcher(options.createTableOptions());
        if (!given.matches()) {
            throw new IllegalArgumentException("CoconutDB's tables have a primary key: begin the option createTableOptions with "
                    + "PRIMARY KEY (\"column\"), or make the table " + table
                    + " before and write with mode append, or overwrite and truncate=true");
        }
        try {
            statement.executeUpdate("CREATE TABLE " + table + " (" + columns + ", " + given.group("key") + ") " + given.group("options"));
        } catch (SQLException failure) {
            throw new IllegalStateException("the table " + table + " cannot be made: " + failure.getMessage(), failure);
        }
    }
}
