package org.coconutdb.jdbc.session;

/// A column of an answer, or a parameter.
///
/// @param label what the query calls it
/// @param name of the table's column, the label where it is computed
/// @param table empty where computed
/// @param schema empty where computed
/// @param jdbcType of `java.sql.Types`
/// @param typeName as SQL writes it, such as `VARCHAR`
/// @param className of the Java type that `getObject` answers
/// @param precision digits, characters or bytes; 0 where it has none
/// @param scale digits behind the point
/// @param nullable whether NULL can occur
/// @param autoIncrement whether it is an identity column
public record ColumnInfo(
        String label,
        String name,
        String table,
        String schema,
        int jdbcType,
        String typeName,
        String className,
        int precision,
        int scale,
        boolean nullable,
        boolean autoIncrement) {
    /// Of values that are given.
    public ColumnInfo(
            String label,
            String name,
            String table,
            String schema,
            int jdbcType,
            String typeName,
            String className,
            int precision,
            int scale,
            boolean nullable) {
        this(label, name, table, schema, jdbcType, typeName, className, precision, scale, nullable, false);
    }

    /// The same under another name of its type.
    public ColumnInfo withTypeName(String other) {
        return new ColumnInfo(label, name, table, schema, jdbcType, other, className, precision, scale, nullable, autoIncrement);
    }

    /// The same of a column that makes its own values.
    public ColumnInfo withAutoIncrement() {
        return new ColumnInfo(label, name, table, schema, jdbcType, typeName, className, precision, scale, nullable, true);
    }
}
