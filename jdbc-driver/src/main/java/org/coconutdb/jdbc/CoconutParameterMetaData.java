package org.coconutdb.jdbc;

import java.sql.ParameterMetaData;
import java.sql.SQLException;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;

/// Parameters of a prepared statement, as the session described them. Immutable.
final class CoconutParameterMetaData implements ParameterMetaData {
    private final List<ColumnInfo> parameters;

    CoconutParameterMetaData(List<ColumnInfo> parameters) {
        this.parameters = parameters;
    }

    private ColumnInfo parameter(int index) throws SQLException {
        if (index < 1 || index > parameters.size()) {
            throw Failures.invalidIndex(CoconutPreparedStatement.noSuchParameter(index, parameters.size()));
        }
        return parameters.get(index - 1);
    }

    @Override
    public int getParameterCount() {
        return parameters.size();
    }

    @Override
    public int isNullable(int index) throws SQLException {
        return parameter(index).nullable() ? parameterNullable : parameterNoNulls;
    }

    @Override
    public boolean isSigned(int index) throws SQLException {
        return JdbcTypes.isNumber(parameter(index).jdbcType());
    }

    @Override
    public int getPrecision(int index) throws SQLException {
        return parameter(index).precision();
    }

    @Override
    public int getScale(int index) throws SQLException {
        return parameter(index).scale();
    }

    @Override
    public int getParameterType(int index) throws SQLException {
        return parameter(index).jdbcType();
    }

    @Override
    public String getParameterTypeName(int index) throws SQLException {
        return parameter(index).typeName();
    }

    @Override
    public String getParameterClassName(int index) throws SQLException {
        return Values.defaultClassName(parameter(index));
    }

    @Override
    public int getParameterMode(int index) throws SQLException {
        parameter(index);
        return parameterModeIn;
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
