package org.coconutdb.avatica;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.Meta.DatabaseProperty;
import org.apache.calcite.avatica.remote.Service;
import org.apache.calcite.avatica.remote.Service.ResultSetResponse;
import org.apache.calcite.avatica.remote.Service.RpcMetadataResponse;
import org.coconutdb.avatica.connection.Client;
import org.jspecify.annotations.Nullable;

/// What Avatica's clients ask of the database's metadata: answered by our own driver's, over a connection of their own, so that all see the
/// same. Any thread.
final class AvaticaMetaData {
    /// Opens connections for it.
    interface Opener {
        /// @param client whose it is, and what is seen
        Connection open(Client client) throws SQLException;
    }

    private interface Question {
        ResultSet ask(DatabaseMetaData metaData) throws SQLException;
    }

    private final Opener opener;
    private final RpcMetadataResponse origin;

    AvaticaMetaData(Opener opener, RpcMetadataResponse origin) {
        this.opener = opener;
        this.origin = origin;
    }

    /// @param statement a number for the answer, which is whole: nothing is kept under it
    ResultSetResponse answer(Service.Request request, String connection, int statement, Client client) throws SQLException {
        Question question = switch (request) {
            case Service.CatalogsRequest _ -> DatabaseMetaData::getCatalogs;
            case Service.TableTypesRequest _ -> DatabaseMetaData::getTableTypes;
            case Service.TypeInfoRequest _ -> DatabaseMetaData::getTypeInfo;
            case Service.SchemasRequest asked -> metaData -> metaData.getSchemas(asked.catalog, asked.schemaPattern);
            case Service.TablesRequest asked -> metaData -> metaData.getTables(asked.catalog, asked.schemaPattern,
                    asked.tableNamePattern == null ? "%" : asked.tableNamePattern, types(asked.typeList));
            case Service.ColumnsRequest asked -> metaData -> metaData.getColumns(asked.catalog, asked.schemaPattern,
                    asked.tableNamePattern == null ? "%" : asked.tableNamePattern,
                    asked.columnNamePattern == null ? "%" : asked.columnNamePattern);
            default -> throw new IllegalArgumentException("no request for metadata: " + request.getClass().getName());
        };
        try (Connection own = opener.open(client); ResultSet found = question.ask(own.getMetaData())) {
            List<Object> rows = new ArrayList<>();
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                List<@Nullable Object> row = new ArrayList<>(columns);
                for (int i = 1; i <= columns; i++) {
                    row.add(AvaticaValues.toFrame(found.getObject(i), ZoneOffset.UTC));
                }
                rows.add(row);
            }
            return new ResultSetResponse(connection, statement, true, AvaticaColumns.signature(found.getMetaData()),
                    Meta.Frame.create(0, true, rows), -1, origin);
        }
    }

    private static String @Nullable [] types(@Nullable List<String> types) {
        // Protocol Buffers do not tell an empty list from none; a client that wants no table at all would not ask.
        return types == null || types.isEmpty() ? null : types.toArray(String[]::new);
    }

    Map<DatabaseProperty, Object> properties(Client client) throws SQLException {
        Map<DatabaseProperty, Object> properties = new EnumMap<>(DatabaseProperty.class);
        try (Connection own = opener.open(client)) {
            DatabaseMetaData metaData = own.getMetaData();
            for (DatabaseProperty property : DatabaseProperty.values()) {
                properties.put(property, switch (property) {
                    case GET_NUMERIC_FUNCTIONS -> metaData.getNumericFunctions();
                    case GET_STRING_FUNCTIONS -> metaData.getStringFunctions();
                    case GET_SYSTEM_FUNCTIONS -> metaData.getSystemFunctions();
                    case GET_TIME_DATE_FUNCTIONS -> metaData.getTimeDateFunctions();
                    case GET_S_Q_L_KEYWORDS -> metaData.getSQLKeywords();
                    case GET_DEFAULT_TRANSACTION_ISOLATION -> metaData.getDefaultTransactionIsolation();
                    case AVATICA_VERSION -> property.defaultValue;
                    case GET_DRIVER_VERSION -> metaData.getDriverVersion();
                    case GET_DRIVER_MINOR_VERSION -> metaData.getDriverMinorVersion();
                    case GET_DRIVER_MAJOR_VERSION -> metaData.getDriverMajorVersion();
                    case GET_DRIVER_NAME -> metaData.getDriverName();
                    case GET_DATABASE_MINOR_VERSION -> metaData.getDatabaseMinorVersion();
                    case GET_DATABASE_MAJOR_VERSION -> metaData.getDatabaseMajorVersion();
                    case GET_DATABASE_PRODUCT_NAME -> metaData.getDatabaseProductName();
                    case GET_DATABASE_PRODUCT_VERSION -> metaData.getDatabaseProductVersion();
                });
            }
        }
        return properties;
    }
}
