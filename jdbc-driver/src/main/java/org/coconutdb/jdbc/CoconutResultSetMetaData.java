package org.coconutdb.jdbc;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;

/// Columns of an answer, as the session described them. Immutable.
final class CoconutResultSetMetaData implements ResultSetMetaData {
    private final List<ColumnInfo> columns;

    CoconutResultSetMetaData(List<ColumnInfo> columns) {
        this.columns = columns;
    }

    private ColumnInfo column(int index) throws SQLException {
        if (index < 1 || index > columns.size()) {
            throw Failures.invalidIndex("there is no column " + index + ": they are counted from 1 to " + columns.size());
        }
        return columns.get(index - 1);
    }

    @Override
    public int getColumnCount() {
        return columns.size();
    }

    @Override
    public String getColumnLabel(int index) throws SQLException {
        return column(index).label();
    }

    @Override
    public String getColumnName(int index) throws SQLException {
        return column(index).name();
    }

    @Override
    public String getTableName(int index) throws SQLException {
        return column(index).table();
    }

    @Override
    public String getSchemaName(int index) throws SQLException {
        return column(index).schema();
    }

    /// The database's one catalogue for a table's column, empty for a computed one.
    @Override
    public String getCatalogName(int index) throws SQLException {
        return column(index).table().isEmpty() ? "" : CoconutDatabaseMetaData.CATALOG;
    }

    @Override
    public int getColumnType(int index) throws SQLException {
        return column(index).jdbcType();
    }

    @Override
    public String getColumnTypeName(int index) throws SQLException {
        return column(index).typeName();
    }

    @Override
    public String getColumnClassName(int index) throws SQLException {
        return Values.defaultClassName(column(index));
    }

    @Override
    public int getPrecision(int index) throws SQLException {
        return column(index).precision();
    }

    @Override
    public int getScale(int index) throws SQLException {
        return column(index).scale();
    }

    @Override
    public int getColumnDisplaySize(int index) throws SQLException {
        return JdbcTypes.displaySize(column(index));
    }

    @Override
    public int isNullable(int index) throws SQLException {
        return column(index).nullable() ? columnNullable : columnNoNulls;
    }

    @Override
    public boolean isSigned(int index) throws SQLException {
        return JdbcTypes.isNumber(column(index).jdbcType());
    }

    @Override
    public boolean isCaseSensitive(int index) throws SQLException {
        return JdbcTypes.isText(column(index).jdbcType());
    }

    @Override
    public boolean isSearchable(int index) throws SQLException {
        column(index);
        return true;
    }

    @Override
    public boolean isAutoIncrement(int index) throws SQLException {
        return column(index).autoIncrement();
    }

    @Override
    public boolean isCurrency(int index) throws SQLException {
        column(index);
        return false;
    }

    /// True: a column is changed by a statement, never through the result set.
    @Override
    public boolean isReadOnly(int index) throws SQLException {
        column(index);
        return true;
    }

    @Override
    public boolean isWritable(int index) throws SQLException {
        column(index);
        return false;
    }

    @Override
    public boolean isDefinitelyWritable(int index) throws SQLException {
        column(index);
        return false;
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Wrappers.unwrap(this, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return Wrappers.isWrapperFor(this, type);
    }
}
