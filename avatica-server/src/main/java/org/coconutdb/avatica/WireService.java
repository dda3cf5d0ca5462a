package org.coconutdb.avatica;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.coconutdb.avatica.connection.Client;
import org.coconutdb.avatica.connection.ServerConnection;
import org.coconutdb.avatica.connection.ServerConnections;
import org.coconutdb.avatica.connection.ServerStatement;
import org.coconutdb.jdbc.session.BlockTable;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRows;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.coconutdb.jdbc.wire.Protocol;
import org.coconutdb.jdbc.wire.Protocol.Operation;
import org.coconutdb.jdbc.wire.Protocol.Tell;
import org.coconutdb.jdbc.wire.WireBlockTable;
import org.coconutdb.jdbc.wire.WireColumns;
import org.coconutdb.jdbc.wire.WireException;
import org.coconutdb.jdbc.wire.WireFailures;
import org.coconutdb.jdbc.wire.WireReader;
import org.coconutdb.jdbc.wire.WireValues;
import org.coconutdb.jdbc.wire.WireWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers our own driver: each request is one call of the session interface. Any thread.
final class WireService {
    private static final Logger LOG = LoggerFactory.getLogger(WireService.class);
    private static final @Nullable Object[] NO_VALUES = {};
    private static final int COUNT_OFFSET = 4; // counts begin at -3, and a field of 0 would be left out

    private final ServerConnections connections;
    private final Supplier<@Nullable BlockTable> blockTable;

    /// @param blockTable of the cluster, as this host knows it now; null where it is no cluster's
    WireService(ServerConnections connections, Supplier<@Nullable BlockTable> blockTable) {
        this.connections = connections;
        this.blockTable = blockTable;
    }

    /// The answer to the request in these bytes, in its envelope.
    ///
    /// @param client who asks
    WireWriter answer(byte[] bytes, int length, Client client) {
        WireWriter out = new WireWriter();
        try {
            answer(WireRequest.read(Protocol.unwrap(bytes, length)), client, out);
        } catch (WireException malformed) {
            refuse(out, malformed(malformed));
        } catch (SQLException refused) {
            refuse(out, refused);
        } catch (RuntimeException | Error failure) {
            refuse(out, Unexpected.told(failure));
        }
        return Protocol.wrap(out);
    }

    /// An answer that refuses a request, whatever it is.
    static WireWriter refusal(SQLException refused) {
        WireWriter out = new WireWriter();
        refuse(out, refused);
        return Protocol.wrap(out);
    }

    private static SQLException malformed(WireException failure) {
        return new SQLNonTransientConnectionException("the request cannot be read: " + failure.getMessage(), "08P01");
    }

    /// In place of what was written of the answer so far.
    private static void refuse(WireWriter out, SQLException failure) {
        out.clear();
        WireFailures.write(out, Tell.FAILURE, failure);
    }

    private void answer(WireRequest request, Client client, WireWriter out) throws SQLException {
        switch (request.operation) {
            case Operation.OPEN -> open(request, client, out);
            case Operation.CLOSE -> connections.close(request.connection, client);
            case Operation.CANCEL -> cancel(request, client);
            default -> withConnection(request, client, out);
        }
    }

    private void open(WireRequest request, Client client, WireWriter out) throws SQLException {
        requireCluster(request.cluster);
        String schema = request.text;
        String timeZone = request.timeZone;
        ServerConnection opened = connections.open(client, schema == null ? "" : schema, timeZone == null ? "" : timeZone);
        ServerConnection connection = connections.enter(opened.id(), client);
        if (connection == null) {
            throw new SQLNonTransientConnectionException("the server is stopping", "08004");
        }
        try {
            if (request.number > 0) {
                settle(connection.session(), request.number - 1);
            }
            String set = request.timeZoneSet;
            if (set != null) {
                set(connection.session(), "TIME ZONE", set);
            }
            String read = request.read;
            if (read != null && !read.equals(connection.session().readPolicy())) {
                set(connection.session(), "READ", read);
            }
            if (request.epoch > 0) {
                connection.wantBlockTable(request.epoch - 1);
            }
            out.text(Tell.CONNECTION, connection.id());
            out.text(Tell.VERSION, connection.session().productVersion());
            state(connection, out);
        } finally {
            connection.leave();
        }
    }

    /// A client that knows this address from a block table alone does not take whoever has it by now for the host that it means.
    private void requireCluster(@Nullable String wanted) throws SQLException {
        if (wanted == null) {
            return;
        }
        BlockTable here = blockTable.get();
        if (here == null || !here.cluster().equals(wanted)) {
            throw new SQLNonTransientConnectionException("this server is no host of the cluster " + wanted
                    + ": name hosts in the URL that are", "08004");
        }
    }

    /// As the client's session was before its connection was lost.
    private static void settle(Session session, long wanted) throws SQLException {
        int level = (int) (wanted >> Tell.STATE_ISOLATION_SHIFT);
        if (level != session.isolation()) {
            session.setIsolation(level);
        }
        session.setReadOnly((wanted & Tell.STATE_READ_ONLY) != 0);
        session.setAutoCommit((wanted & Tell.STATE_AUTOCOMMIT) != 0);
    }

    private static void set(Session session, String setting, String value) throws SQLException {
        try (SessionStatement statement = session.prepare("SET " + setting + " '" + value.replace("'", "''") + "'")) {
            statement.execute(new Object[0], Session.Limits.NONE);
        }
    }

    private void cancel(WireRequest request, Client client) {
        ServerConnection connection = connections.find(request.connection, client);
        if (connection != null) {
            connection.cancel(request.statement, request.execution);
        }
    }

    private void withConnection(WireRequest request, Client client, WireWriter out) throws SQLException {
        ServerConnection connection = connections.enter(request.connection, client);
        if (connection == null) {
            out.flag(Tell.NO_CONNECTION, true);
            return;
        }
        try {
            try {
                closeWhatIsClosed(request, connection);
                answer(request, connection, out);
            } catch (WireException malformed) {
                refuse(out, malformed(malformed));
            } catch (SQLException refused) {
                refuse(out, refused);
            } catch (RuntimeException | Error failure) {
                refuse(out, Unexpected.told(failure));
            }
            state(connection, out);
        } finally {
            connection.leave();
        }
    }

    private static void closeWhatIsClosed(WireRequest request, ServerConnection connection) throws SQLException {
        for (int statement : request.closedCursors) {
            connection.closeCursor(statement);
        }
        for (int statement : request.closed) {
            connection.closeStatement(statement);
        }
    }

    private void state(ServerConnection connection, WireWriter out) throws SQLException {
        Session session = connection.session();
        int state = (session.autoCommit() ? Tell.STATE_AUTOCOMMIT : 0)
                | (session.inTransaction() ? Tell.STATE_IN_TRANSACTION : 0)
                | (session.isReadOnly() ? Tell.STATE_READ_ONLY : 0)
                | session.isolation() << Tell.STATE_ISOLATION_SHIFT;
        out.number(Tell.STATE, state + 1L);
        out.text(Tell.SCHEMA, connection.schemaNews());
        out.text(Tell.TIME_ZONE, connection.timeZoneNews());
        out.text(Tell.READ, connection.readNews());
        BlockTable table = connection.blockTableNews(blockTable);
        if (table != null) {
            WireBlockTable.write(out, Tell.BLOCK_TABLE, table);
        }
    }

    private void answer(WireRequest request, ServerConnection connection, WireWriter out) throws SQLException {
        Session session = connection.session();
        switch (request.operation) {
            case Operation.PREPARE -> prepare(request, connection, out);
            case Operation.EXECUTE -> execute(request, connection, out);
            case Operation.BATCH -> batch(request, connection, out);
            case Operation.FETCH -> fetch(request, connection, out);
            case Operation.PING -> LOG.trace("a client asks whether its connection lives");
            case Operation.SET_AUTOCOMMIT -> session.setAutoCommit(request.number != 0);
            case Operation.COMMIT -> session.commit();
            case Operation.ROLLBACK -> session.rollback();
            case Operation.SAVEPOINT -> out.signed(Tell.NUMBER, session.setSavepoint(request.text));
            case Operation.ROLLBACK_TO -> session.rollbackTo(unzigzag(request.number));
            case Operation.RELEASE -> session.releaseSavepoint(unzigzag(request.number));
            case Operation.SET_ISOLATION -> session.setIsolation((int) request.number);
            case Operation.SET_READ_ONLY -> session.setReadOnly(request.number != 0);
            case Operation.SET_SCHEMA -> session.setSchema(request.text == null ? "" : request.text);
            default -> throw new WireException("an unknown operation " + request.operation);
        }
    }

    private static int unzigzag(long number) {
        return (int) ((number >>> 1) ^ -(number & 1));
    }

    private static void prepare(WireRequest request, ServerConnection connection, WireWriter out) throws SQLException {
        ServerStatement prepared = connection.prepare(request.statement, onlyText(request), request.keys);
        List<ColumnInfo> columns = prepared.statement().columns();
        prepared.isNews(columns);
        WireColumns.write(out, Tell.COLUMN, columns);
        WireColumns.write(out, Tell.PARAMETER, prepared.statement().parameters());
    }

    private static String onlyText(WireRequest request) {
        if (request.sql.size() != 1) {
            throw new WireException(request.sql.size() + " texts where one was expected");
        }
        return request.sql.get(0);
    }

    /// The statement, prepared where the text came with the request; null where it is not known.
    private static @Nullable ServerStatement known(WireRequest request, ServerConnection connection, WireWriter out)
            throws SQLException {
        if (!request.sql.isEmpty()) {
            return request.wanted == null ? connection.prepare(request.statement, onlyText(request), request.keys)
                    : connection.text(request.statement, onlyText(request), request.keys);
        }
        ServerStatement found = connection.statement(request.statement);
        if (found == null) {
            out.flag(Tell.NO_STATEMENT, true);
        }
        return found;
    }

    private static void execute(WireRequest request, ServerConnection connection, WireWriter out) throws SQLException {
        ServerStatement target = known(request, connection, out);
        if (target == null) {
            return;
        }
        SessionStatement statement = target.statement();
        target.closeCursor();
        target.setExecution(request.execution);
        boolean streams = false;
        try {
            Session.Answer answer = request.wanted != null ? statement.run(request.wanted, request.limits())
                    : statement.execute(onlyRow(request), request.limits());
            RowCursor rows = answer.rows();
            if (rows == null) {
                out.number(Tell.UPDATE_COUNT, answer.updateCount() + 1);
                keys(statement.keys(), out);
            } else {
                target.setCursor(rows);
                List<ColumnInfo> columns = statement.columns();
                if (target.isNews(columns)) {
                    WireColumns.write(out, Tell.COLUMN, columns);
                }
                out.flag(Tell.HAS_ROWS, true);
                streams = page(request, connection, target, columns.size(), out);
            }
        } finally {
            if (!streams) {
                target.setExecution(0);
                if (request.wanted != null) {
                    connection.closeStatement(target.id());
                }
            }
        }
    }

    private static @Nullable Object[] onlyRow(WireRequest request) {
        WireReader rows = request.rows;
        if (rows == null) {
            return NO_VALUES;
        }
        int width = request.width();
        if (request.rowCount != 1 || width > rows.remaining()) {
            throw new WireException("values of " + request.rowCount + " rows where those of one were expected");
        }
        return WireValues.readRow(rows, width);
    }

    private static void keys(KeyRows keys, WireWriter out) {
        if (!keys.columns().isEmpty()) {
            WireColumns.write(out, Tell.KEY_COLUMN, keys.columns());
            WireWriter rows = new WireWriter(Math.max(64, keys.rows().size() * 8));
            keys.rows().forEach(row -> WireValues.writeRow(rows, row));
            out.message(Tell.KEY_ROWS, rows);
            out.number(Tell.KEY_ROW_COUNT, keys.rows().size());
        }
    }

    private static void batch(WireRequest request, ServerConnection connection, WireWriter out) throws SQLException {
        WireReader rows = request.rows;
        if (rows == null) {
            connection.requireRoom();
            // A batch of texts runs once for each text, whatever rows it is given.
            ServerStatement texts =
                    connection.add(request.statement, connection.session().prepareBatch(request.sql), true);
            try {
                batch(request, texts, Collections.nCopies(request.sql.size(), NO_VALUES), out);
            } finally {
                connection.closeStatement(texts.id());
            }
            return;
        }
        ServerStatement target = known(request, connection, out);
        if (target != null) {
            List<@Nullable Object[]> values = rows(request, rows);
            target.closeCursor();
            batch(request, target, values, out);
        }
    }

    private static List<@Nullable Object[]> rows(WireRequest request, WireReader rows) {
        int width = request.width();
        // Each value is a byte at least; without values, what bounds them is the request's own word.
        if ((long) request.rowCount * Math.max(1, width) > Math.max(rows.remaining(), 1_000_000)) {
            throw new WireException(request.rowCount + " rows of " + width + " values in " + rows.remaining() + " bytes");
        }
        List<@Nullable Object[]> values = new ArrayList<>(request.rowCount);
        for (int i = 0; i < request.rowCount; i++) {
            values.add(WireValues.readRow(rows, width));
        }
        return values;
    }

    private static void batch(WireRequest request, ServerStatement target, List<@Nullable Object[]> values, WireWriter out)
            throws SQLException {
        Session.Wanted.COUNT.check(target.statement().columns());
        target.setExecution(request.execution);
        try {
            for (long count : target.statement().executeBatch(values, request.limits())) {
                out.number(Tell.COUNT, count + COUNT_OFFSET);
            }
            keys(target.statement().keys(), out);
        } finally {
            target.setExecution(0);
        }
    }

    private static void fetch(WireRequest request, ServerConnection connection, WireWriter out) throws SQLException {
        ServerStatement target = connection.statement(request.statement);
        if (target == null || target.cursor() == null) {
            throw new SQLException("the result set is closed: run the query again", "24000");
        }
        page(request, connection, target, target.statement().columns().size(), out);
    }

    /// Rows until a bound is met; whether more may follow. What fails behind the first rows is told behind them.
    private static boolean page(
            WireRequest request,
            ServerConnection connection,
            ServerStatement target,
            int columnCount,
            WireWriter out) throws SQLException {
        RowCursor cursor = target.cursor();
        if (cursor == null) {
            throw new IllegalStateException("a page of no cursor");
        }
        int rowsMax = request.pageRows == 0 ? connection.limits().pageRows() : Math.min(request.pageRows, connection.limits().pageRows());
        int bytesMax = connection.limits().pageBytes();
        WireWriter page = new WireWriter(256);
        int count = 0;
        boolean done = false;
        try {
            while (count < rowsMax && page.length() < bytesMax && !done) {
                if (cursor.next()) {
                    for (int i = 0; i < columnCount; i++) {
                        WireValues.write(page, cursor.get(i));
                    }
                    count++;
                } else {
                    done = true;
                }
            }
        } catch (SQLException failure) {
            WireFailures.write(out, Tell.PAGE_FAILURE, failure);
            done = true;
        } catch (RuntimeException | Error failure) {
            WireFailures.write(out, Tell.PAGE_FAILURE, Unexpected.told(failure));
            done = true;
        }
        out.message(Tell.PAGE, page);
        out.number(Tell.PAGE_ROW_COUNT, count);
        out.flag(Tell.DONE, done);
        if (done) {
            connection.closeCursor(target.id());
        }
        return !done;
    }
}
