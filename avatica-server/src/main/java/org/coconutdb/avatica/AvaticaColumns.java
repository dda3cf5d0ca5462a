package org.coconutdb.avatica;

import java.sql.DatabaseMetaData;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.AvaticaParameter;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.ColumnMetaData.Rep;
import org.apache.calcite.avatica.Meta;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.ElementTypes;

/// Columns and parameters as Avatica describes them. Types that its clients have no accessor for are described as what they are sent as: text.
final class AvaticaColumns {
    private static final String CATALOG = "COCONUT";

    private AvaticaColumns() {}

    static Meta.Signature signature(String sql, List<ColumnInfo> columns, List<ColumnInfo> parameters) {
        List<ColumnMetaData> described = new ArrayList<>(columns.size());
        for (ColumnInfo column : columns) {
            described.add(column(described.size(), column));
        }
        return new Meta.Signature(described, sql, parameters.stream().map(AvaticaColumns::parameter).toList(), Map.of(),
                Meta.CursorFactory.LIST, columns.isEmpty() ? Meta.StatementType.OTHER_DML : Meta.StatementType.SELECT);
    }

    /// Of what `java.sql` answers, such as metadata.
    static Meta.Signature signature(ResultSetMetaData metaData) throws SQLException {
        List<ColumnInfo> columns = new ArrayList<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            columns.add(new ColumnInfo(metaData.getColumnLabel(i), metaData.getColumnName(i), metaData.getTableName(i),
                    metaData.getSchemaName(i), metaData.getColumnType(i), metaData.getColumnTypeName(i), metaData.getColumnClassName(i),
                    metaData.getPrecision(i), metaData.getScale(i), metaData.isNullable(i) != ResultSetMetaData.columnNoNulls));
        }
        return signature("", columns, List.of());
    }

    private static ColumnMetaData column(int ordinal, ColumnInfo column) {
        int type = sentAs(column.jdbcType());
        boolean isText = type == Types.VARCHAR || type == Types.CHAR;
        return new ColumnMetaData(ordinal, column.autoIncrement(), isText, true, false,
                column.nullable() ? DatabaseMetaData.columnNullable : DatabaseMetaData.columnNoNulls, isNumber(type),
                Math.max(1, column.precision()), column.label(), column.name(), column.schema(), column.precision(), column.scale(),
                column.table(), CATALOG, avaticaType(column), true, false, false,
                type == column.jdbcType() ? column.className() : String.class.getName());
    }

    private static ColumnMetaData.AvaticaType avaticaType(ColumnInfo column) {
        int type = sentAs(column.jdbcType());
        return type == Types.ARRAY
                ? ColumnMetaData.array(avaticaType(ElementTypes.of(column)), column.typeName(), Rep.ARRAY)
                : ColumnMetaData.scalar(type, column.typeName(), rep(type));
    }

    private static AvaticaParameter parameter(ColumnInfo parameter) {
        int type = sentAs(parameter.jdbcType());
        return new AvaticaParameter(isNumber(type), parameter.precision(), parameter.scale(), type, parameter.typeName(),
                type == parameter.jdbcType() ? parameter.className() : String.class.getName(), parameter.name());
    }

    private static int sentAs(int jdbcType) {
        return switch (jdbcType) {
            case Types.BOOLEAN, Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.DOUBLE, Types.DECIMAL,
                    Types.CHAR, Types.VARCHAR, Types.BINARY, Types.VARBINARY, Types.DATE, Types.TIME, Types.TIMESTAMP, Types.NULL,
                    Types.ARRAY ->
                    jdbcType;
            default -> Types.VARCHAR;
        };
    }

    private static boolean isNumber(int jdbcType) {
        return switch (jdbcType) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.DOUBLE, Types.DECIMAL -> true;
            default -> false;
        };
    }

    /// How a value of the type lies in a frame.
    private static Rep rep(int jdbcType) {
        return switch (jdbcType) {
            case Types.BOOLEAN -> Rep.BOOLEAN;
            case Types.TINYINT -> Rep.BYTE;
            case Types.SMALLINT -> Rep.SHORT;
            case Types.INTEGER, Types.DATE, Types.TIME -> Rep.INTEGER;
            case Types.BIGINT, Types.TIMESTAMP -> Rep.LONG;
            case Types.REAL -> Rep.FLOAT;
            case Types.DOUBLE -> Rep.DOUBLE;
            case Types.DECIMAL -> Rep.NUMBER;
            case Types.BINARY, Types.VARBINARY -> Rep.BYTE_STRING;
            case Types.NULL -> Rep.OBJECT;
            default -> Rep.STRING;
        };
    }
}
