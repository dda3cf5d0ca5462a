package org.coconutdb.avatica;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.ConnectionPropertiesImpl;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.proto.Requests;
import org.apache.calcite.avatica.remote.JsonService;
import org.apache.calcite.avatica.remote.Service;
import org.apache.calcite.avatica.remote.Service.ExecuteResponse;
import org.apache.calcite.avatica.remote.Service.ResultSetResponse;
import org.apache.calcite.avatica.remote.Service.RpcMetadataResponse;
import org.apache.calcite.avatica.remote.TypedValue;
import org.coconutdb.avatica.connection.Client;
import org.coconutdb.avatica.connection.ServerConnection;
import org.coconutdb.avatica.connection.ServerConnections;
import org.coconutdb.avatica.connection.ServerStatement;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.TimeZones;
import org.jspecify.annotations.Nullable;

/// Answers Avatica's own requests, as its clients of 1.20 and later send them. Any thread.
///
/// An unknown connection is [NoConnection], an unknown statement a mark in the answer: of both the client makes new ones. A result that is
/// gone is an error (24000): its query is not run again behind the client's back, as the rows may be others by now.
final class AvaticaService {
    private static final @Nullable Object[] NO_VALUES = {};
    private static final String CATALOG = "COCONUT";
    // About what a row takes in Avatica's messages beside its values.
    private static final int COLUMN_BYTES = 24;

    // Their constructors are Avatica's own.
    private static final Service.CommitResponse COMMITTED =
            (Service.CommitResponse) empty("commit");
    private static final Service.RollbackResponse ROLLED_BACK =
            (Service.RollbackResponse) empty("rollback");

    private static Service.Response empty(String kind) {
        try {
            return JsonService.MAPPER.readValue(("{\"response\":\"" + kind + "\"}").getBytes(StandardCharsets.US_ASCII),
                    Service.Response.class);
        } catch (IOException failure) {
            throw new ExceptionInInitializerError(failure);
        }
    }

    /// The connection that a request names is not there, or not this user's.
    static final class NoConnection extends Exception {
        private static final long serialVersionUID = 1L;

        NoConnection() {
            super("the server has no such connection: it was closed after nobody had used it for long, or the server was started anew");
        }
    }

    private final ServerConnections connections;
    private final AvaticaMetaData metaData;
    private final RpcMetadataResponse origin;

    AvaticaService(ServerConnections connections, AvaticaMetaData metaData, RpcMetadataResponse origin) {
        this.connections = connections;
        this.metaData = metaData;
        this.origin = origin;
    }

    /// @param client who asks
    Service.Response answer(Service.Request request, Client client) throws SQLException, NoConnection {
        return switch (request) {
            case Service.OpenConnectionRequest asked -> open(asked, client);
            case Service.CloseConnectionRequest asked -> {
                connections.close(id(asked.connectionId), client);
                yield new Service.CloseConnectionResponse(origin);
            }
            case Service.CatalogsRequest asked -> metaData(asked, asked.connectionId, client);
            case Service.SchemasRequest asked -> metaData(asked, asked.connectionId, client);
            case Service.TablesRequest asked -> metaData(asked, asked.connectionId, client);
            case Service.TableTypesRequest asked -> metaData(asked, asked.connectionId, client);
            case Service.TypeInfoRequest asked -> metaData(asked, asked.connectionId, client);
            case Service.ColumnsRequest asked -> metaData(asked, asked.connectionId, client);
            case Service.DatabasePropertyRequest asked -> {
                within(asked.connectionId, client, _ -> true);
                yield new Service.DatabasePropertyResponse(metaData.properties(client), origin);
            }
            case Service.ConnectionSyncRequest asked -> within(asked.connectionId, client, connection -> synchronise(connection, asked));
            case Service.CreateStatementRequest asked -> within(asked.connectionId, client, connection -> {
                connection.requireRoom();
                ServerStatement made = connection.add(connection.nextStatement(), new UnpreparedStatement(), false);
                return new Service.CreateStatementResponse(connection.id(), made.id(), origin);
            });
            case Service.CloseStatementRequest asked -> within(asked.connectionId, client, connection -> {
                connection.closeStatement(asked.statementId);
                return new Service.CloseStatementResponse(origin);
            });
            case Service.PrepareRequest asked -> within(asked.connectionId, client, connection -> prepare(connection, asked));
            case Service.PrepareAndExecuteRequest asked -> within(asked.connectionId, client, connection -> prepareAndExecute(connection,
                    asked));
            case Service.ExecuteRequest asked -> {
                if (asked.statementHandle == null) {
                    throw malformed("an execution of no statement");
                }
                yield within(asked.statementHandle.connectionId, client, connection -> execute(connection, asked));
            }
            case Service.FetchRequest asked -> within(asked.connectionId, client, connection -> fetch(connection, asked));
            case Service.SyncResultsRequest _ -> throw resultGone();
            case Service.CommitRequest asked -> within(asked.connectionId, client, connection -> {
                connection.session().commit();
                return COMMITTED;
            });
            case Service.RollbackRequest asked -> within(asked.connectionId, client, connection -> {
                connection.session().rollback();
                return ROLLED_BACK;
            });
            case Service.PrepareAndExecuteBatchRequest asked -> within(asked.connectionId, client, connection -> batch(connection, asked));
            case Service.ExecuteBatchRequest asked -> within(asked.connectionId, client, connection -> batch(connection, asked));
            default -> throw malformed("a request of the unknown kind " + request.getClass().getSimpleName());
        };
    }

    // ---- connections

    private interface Work<T> {
        T run(ServerConnection connection) throws SQLException;
    }

    private <T> T within(@Nullable String connectionId, Client client, Work<T> work) throws SQLException, NoConnection {
        ServerConnection connection = connections.enter(id(connectionId), client);
        if (connection == null) {
            throw new NoConnection();
        }
        try {
            return work.run(connection);
        } finally {
            connection.leave();
        }
    }

    private static String id(@Nullable String connectionId) throws SQLException {
        if (connectionId == null) {
            throw malformed("a request without a connection");
        }
        return connectionId;
    }

    private static SQLException malformed(String what) {
        return new SQLException("the request cannot be read: " + what, "08P01");
    }

    private static SQLException resultGone() {
        return new SQLException("the result set is gone with its statement: run the query again", "24000");
    }

    private Service.Response open(Service.OpenConnectionRequest asked, Client client) throws SQLException {
        Map<String, String> info = asked.info;
        connections.open(id(asked.connectionId), client, property(info, "schema"), property(info, TimeZones.PROPERTY));
        return new Service.OpenConnectionResponse(origin);
    }

    /// Empty where it is not given. What Avatica has a property for itself its clients do not send.
    private static String property(@Nullable Map<String, String> info, String name) {
        String value = info == null ? null : info.get(name);
        return value == null ? "" : value;
    }

    private ResultSetResponse metaData(Service.Request asked, @Nullable String connectionId, Client client)
            throws SQLException, NoConnection {
        int statement = within(connectionId, client, ServerConnection::nextStatement);
        return metaData.answer(asked, id(connectionId), statement, client);
    }

    /// The client's settings, where they differ: a level cannot be set again within a transaction.
    private Service.Response synchronise(ServerConnection connection, Service.ConnectionSyncRequest asked) throws SQLException {
        Session session = connection.session();
        Meta.ConnectionProperties wanted = asked.connProps;
        if (wanted != null) {
            Integer level = wanted.getTransactionIsolation();
            if (level != null && level != session.isolation()) {
                session.setIsolation(level);
            }
            Boolean readOnly = wanted.isReadOnly();
            if (readOnly != null && readOnly != session.isReadOnly()) {
                session.setReadOnly(readOnly);
            }
            String schema = wanted.getSchema();
            if (schema != null && !schema.isEmpty() && !schema.equals(session.schema())) {
                session.setSchema(schema);
            }
            Boolean autoCommit = wanted.isAutoCommit();
            if (autoCommit != null && autoCommit != session.autoCommit()) {
                session.setAutoCommit(autoCommit);
            }
        }
        return new Service.ConnectionSyncResponse(
                new ConnectionPropertiesImpl(session.autoCommit(), session.isReadOnly(), session.isolation(), CATALOG, session.schema()),
                origin);
    }

    // ---- statements

    private Service.Response prepare(ServerConnection connection, Service.PrepareRequest asked) throws SQLException {
        String sql = text(asked.sql);
        ServerStatement prepared = connection.prepare(connection.nextStatement(), sql, KeyRequest.NOTHING);
        prepared.setRowsMax(Math.max(0, asked.maxRowCount));
        return new Service.PrepareResponse(new Meta.StatementHandle(connection.id(), prepared.id(),
                AvaticaColumns.signature(sql, prepared.statement().columns(), prepared.statement().parameters())), origin);
    }

    private static String text(@Nullable String sql) throws SQLException {
        if (sql == null) {
            throw malformed("a statement without a text");
        }
        return sql;
    }

    private ExecuteResponse missingStatement() {
        return new ExecuteResponse(null, true, origin);
    }

    private Service.Response prepareAndExecute(ServerConnection connection, Service.PrepareAndExecuteRequest asked) throws SQLException {
        if (connection.statement(asked.statementId) == null) {
            return missingStatement();
        }
        String sql = text(asked.sql);
        ServerStatement target = connection.replace(asked.statementId, sql);
        target.setRowsMax(Math.max(0, asked.maxRowCount));
        return execute(connection, target, sql, target.statement().run(Session.Wanted.ANYTHING, target.limits()),
                asked.maxRowsInFirstFrame);
    }

    private Service.Response execute(ServerConnection connection, Service.ExecuteRequest asked) throws SQLException {
        ServerStatement target = connection.statement(asked.statementHandle.id);
        if (target == null) {
            return missingStatement();
        }
        target.closeCursor();
        Session.Answer answer = target.statement().execute(AvaticaValues.toSession(asked.parameterValues), target.limits());
        return execute(connection, target, "", answer, asked.maxRowCount);
    }

    private ExecuteResponse execute(ServerConnection connection, ServerStatement target, String sql, Session.Answer answer, int rowsMax)
            throws SQLException {
        RowCursor rows = answer.rows();
        if (rows == null) {
            return new ExecuteResponse(
                    List.of(new ResultSetResponse(connection.id(), target.id(), false, null, null, answer.updateCount(), origin)), false,
                    origin);
        }
        target.setCursor(rows);
        Meta.Signature signature = AvaticaColumns.signature(sql, target.statement().columns(), target.statement().parameters());
        Meta.Frame frame = frame(connection, target, rowsMax);
        return new ExecuteResponse(List.of(new ResultSetResponse(connection.id(), target.id(), false, signature, frame, -1, origin)), false,
                origin);
    }

    /// The next rows, until a bound is met. 0 rows and less: as many as a page takes, since that is what JDBC's fetch size of 0 means.
    private static Meta.Frame frame(ServerConnection connection, ServerStatement target, int wanted) throws SQLException {
        RowCursor cursor = target.cursor();
        long offset = target.offset();
        if (cursor == null) {
            return Meta.Frame.create(offset, true, List.of());
        }
        int rowsMax = wanted <= 0 ? connection.limits().pageRows() : Math.min(wanted, connection.limits().pageRows());
        List<ColumnInfo> columns = target.statement().columns();
        List<Object> rows = new ArrayList<>();
        long bytes = 0;
        boolean done = false;
        while (!done && rows.size() < rowsMax && bytes < connection.limits().pageBytes()) {
            if (!cursor.next()) {
                done = true;
                continue;
            }
            List<@Nullable Object> row = new ArrayList<>(columns.size());
            for (int i = 0; i < columns.size(); i++) {
                Object value = cursor.get(i);
                row.add(AvaticaValues.toFrame(value, connection.session().timeZone()));
                bytes += COLUMN_BYTES + (value instanceof String text ? text.length() : value instanceof byte[] array ? array.length : 0);
            }
            rows.add(row);
        }
        target.advance(rows.size());
        if (done) {
            target.closeCursor();
        }
        return new Meta.Frame(offset, done, rows);
    }

    private Service.Response fetch(ServerConnection connection, Service.FetchRequest asked) throws SQLException {
        ServerStatement target = connection.statement(asked.statementId);
        if (target == null) {
            return new Service.FetchResponse(null, true, true, origin);
        }
        if (asked.offset < target.offset()) {
            throw resultGone();
        }
        while (target.offset() < asked.offset && target.cursor() != null) {
            frame(connection, target, (int) Math.min(asked.offset - target.offset(), Integer.MAX_VALUE));
        }
        return new Service.FetchResponse(frame(connection, target, asked.fetchMaxRowCount), false, false, origin);
    }

    // ---- batches

    private Service.Response batch(ServerConnection connection, Service.PrepareAndExecuteBatchRequest asked) throws SQLException {
        if (connection.statement(asked.statementId) == null) {
            return new Service.ExecuteBatchResponse(connection.id(), asked.statementId, null, true, origin);
        }
        List<String> texts = asked.sqlCommands == null ? List.of() : asked.sqlCommands;
        ServerStatement target = connection.add(asked.statementId, connection.session().prepareBatch(texts), false);
        return counts(connection, target, Collections.nCopies(texts.size(), NO_VALUES));
    }

    private Service.Response batch(ServerConnection connection, Service.ExecuteBatchRequest asked) throws SQLException {
        ServerStatement target = connection.statement(asked.statementId);
        if (target == null) {
            return new Service.ExecuteBatchResponse(connection.id(), asked.statementId, null, true, origin);
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        if (asked.hasProtoUpdateBatches()) {
            for (Requests.UpdateBatch update : asked.getProtoUpdateBatches()) {
                List<@Nullable TypedValue> values = new ArrayList<>();
                update.getParameterValuesList().forEach(value -> values.add(TypedValue.fromProto(value)));
                rows.add(AvaticaValues.toSession(values));
            }
        } else if (asked.parameterValues != null) {
            for (List<@Nullable TypedValue> values : asked.parameterValues) {
                rows.add(AvaticaValues.toSession(values));
            }
        }
        Session.Wanted.COUNT.check(target.statement().columns());
        return counts(connection, target, rows);
    }

    private Service.Response counts(ServerConnection connection, ServerStatement target, List<@Nullable Object[]> rows)
            throws SQLException {
        target.closeCursor();
        return new Service.ExecuteBatchResponse(connection.id(), target.id(), target.statement().executeBatch(rows, Session.Limits.NONE),
                false, origin);
    }
}
