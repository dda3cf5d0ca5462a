package org.coconutdb.avatica;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.wire.Protocol;
import org.coconutdb.jdbc.wire.Protocol.Ask;
import org.coconutdb.jdbc.wire.WireColumns;
import org.coconutdb.jdbc.wire.WireException;
import org.coconutdb.jdbc.wire.WireReader;
import org.jspecify.annotations.Nullable;

/// A request of our own driver, read and checked as far as that goes without its connection.
final class WireRequest {
    int operation;
    String connection = "";
    int statement;
    final List<String> sql = new ArrayList<>();
    KeyRequest keys = KeyRequest.NOTHING;
    @Nullable WireReader rows;
    int rowCount;
    long maxRows;
    int timeoutSeconds;
    int pageRows;
    Session.@Nullable Wanted wanted;
    long execution;
    final List<Integer> closed = new ArrayList<>();
    final List<Integer> closedCursors = new ArrayList<>();
    /// Of kind varint: each operation knows whether it may be below 0.
    long number;
    @Nullable String text;
    @Nullable String timeZone;
    @Nullable String timeZoneSet;
    @Nullable String read;
    long epoch;
    @Nullable String cluster;

    private WireRequest() {}

    /// WireException where the bytes are no request.
    static WireRequest read(WireReader in) {
        WireRequest request = new WireRequest();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case Ask.OPERATION -> request.operation = in.count();
                case Ask.CONNECTION -> request.connection = in.text();
                case Ask.STATEMENT -> request.statement = in.count();
                case Ask.SQL -> request.sql.add(in.text());
                case Ask.KEYS -> request.keys = WireColumns.readKeys(in.message());
                case Ask.ROWS -> request.rows = in.message();
                case Ask.ROW_COUNT -> request.rowCount = in.count();
                case Ask.MAX_ROWS -> request.maxRows = in.number();
                case Ask.TIMEOUT_SECONDS -> request.timeoutSeconds = in.count();
                case Ask.PAGE_ROWS -> request.pageRows = in.count();
                case Ask.WANTED -> request.wanted = Protocol.wanted(in.count());
                case Ask.EXECUTION -> request.execution = in.number();
                case Ask.CLOSED -> request.closed.add(in.count());
                case Ask.CLOSED_CURSOR -> request.closedCursors.add(in.count());
                case Ask.NUMBER -> request.number = in.number();
                case Ask.TEXT -> request.text = in.text();
                case Ask.TIME_ZONE -> request.timeZone = in.text();
                case Ask.TIME_ZONE_SET -> request.timeZoneSet = in.text();
                case Ask.READ -> request.read = in.text();
                case Ask.EPOCH -> request.epoch = in.number();
                case Ask.CLUSTER -> request.cluster = in.text();
                default -> in.skip();
            }
        }
        if (request.maxRows < 0) {
            throw new WireException("a maximum of " + request.maxRows + " rows");
        }
        return request;
    }

    Session.Limits limits() {
        return new Session.Limits(maxRows, timeoutSeconds, pageRows, () -> false);
    }

    /// How many values a row has.
    int width() {
        if (number < 0 || number > 65_535) {
            throw new WireException("a row of " + number + " values");
        }
        return (int) number;
    }
}
