package org.coconutdb.jdbc.remote;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.jdbc.session.BlockTable;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRows;
import org.coconutdb.jdbc.wire.Protocol.Tell;
import org.coconutdb.jdbc.wire.WireBlockTable;
import org.coconutdb.jdbc.wire.WireColumns;
import org.coconutdb.jdbc.wire.WireFailures;
import org.coconutdb.jdbc.wire.WireReader;
import org.coconutdb.jdbc.wire.WireValues;
import org.jspecify.annotations.Nullable;

/// A server's answer, read.
final class Reply {
    private static final WireReader NO_ROWS = new WireReader(new byte[0]);

    final List<ColumnInfo> columns = new ArrayList<>();
    final List<ColumnInfo> parameters = new ArrayList<>();
    final List<Long> counts = new ArrayList<>();
    boolean hasRows;
    WireReader page = NO_ROWS;
    int pageRowCount;
    boolean done;
    long updateCount = -1;
    KeyRows keys = KeyRows.EMPTY;
    int state = -1;
    @Nullable String schema;
    @Nullable String timeZone;
    @Nullable String read;
    @Nullable String connection;
    @Nullable BlockTable blockTable;
    String version = "";
    long number;
    @Nullable SQLException failure;
    @Nullable SQLException pageFailure;
    boolean noConnection;
    boolean noStatement;

    static Reply read(WireReader in) {
        Reply reply = new Reply();
        List<ColumnInfo> keyColumns = new ArrayList<>();
        WireReader keyRows = NO_ROWS;
        int keyRowCount = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case Tell.COLUMN -> reply.columns.add(WireColumns.read(in.message()));
                case Tell.PARAMETER -> reply.parameters.add(WireColumns.read(in.message()));
                case Tell.HAS_ROWS -> reply.hasRows = in.flag();
                case Tell.PAGE -> reply.page = in.message();
                case Tell.PAGE_ROW_COUNT -> reply.pageRowCount = in.count();
                case Tell.DONE -> reply.done = in.flag();
                case Tell.UPDATE_COUNT -> reply.updateCount = in.number() - 1;
                case Tell.COUNT -> reply.counts.add(in.number() - 4);
                case Tell.KEY_COLUMN -> keyColumns.add(WireColumns.read(in.message()));
                case Tell.KEY_ROWS -> keyRows = in.message();
                case Tell.KEY_ROW_COUNT -> keyRowCount = in.count();
                case Tell.STATE -> reply.state = in.count() - 1;
                case Tell.SCHEMA -> reply.schema = in.text();
                case Tell.TIME_ZONE -> reply.timeZone = in.text();
                case Tell.READ -> reply.read = in.text();
                case Tell.CONNECTION -> reply.connection = in.text();
                case Tell.BLOCK_TABLE -> reply.blockTable = WireBlockTable.read(in.message());
                case Tell.VERSION -> reply.version = in.text();
                case Tell.NUMBER -> reply.number = in.signed();
                case Tell.FAILURE -> reply.failure = WireFailures.read(in.message());
                case Tell.PAGE_FAILURE -> reply.pageFailure = WireFailures.read(in.message());
                case Tell.NO_CONNECTION -> reply.noConnection = in.flag();
                case Tell.NO_STATEMENT -> reply.noStatement = in.flag();
                default -> in.skip();
            }
        }
        if (!keyColumns.isEmpty()) {
            List<@Nullable Object[]> rows = new ArrayList<>();
            for (int i = 0; i < keyRowCount; i++) {
                rows.add(WireValues.readRow(keyRows, keyColumns.size()));
            }
            reply.keys = new KeyRows(List.copyOf(keyColumns), rows);
        }
        return reply;
    }
}
