package org.coconutdb.jdbc.remote;

import java.sql.SQLException;
import java.util.List;
import org.coconutdb.jdbc.remote.RemoteSession.Effect;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.Session.Answer;
import org.coconutdb.jdbc.session.Session.Limits;
import org.coconutdb.jdbc.session.SessionStatement;
import org.coconutdb.jdbc.wire.Protocol.Ask;
import org.coconutdb.jdbc.wire.Protocol.Operation;
import org.jspecify.annotations.Nullable;

/// Several texts that run as a batch, in one round trip.
final class RemoteBatch implements SessionStatement {
    private final RemoteSession session;
    private final int id;
    private final List<String> texts;
    private volatile long running; // execution that cancel() ends, 0: none

    RemoteBatch(RemoteSession session, int id, List<String> texts) {
        this.session = session;
        this.id = id;
        this.texts = List.copyOf(texts);
    }

    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return List.of();
    }

    @Override
    public Answer execute(@Nullable Object[] parameters, Limits limits) throws SQLException {
        throw new SQLException("several statements are executed as a batch. Call executeBatch().", "07005");
    }

    @Override
    public long[] executeBatch(List<@Nullable Object[]> rows, Limits limits) throws SQLException {
        long execution = session.nextExecution();
        running = execution;
        try {
            // A COMMIT may be among them.
            Reply reply = session.ask(Operation.BATCH, Effect.COMMIT, out -> {
                out.number(Ask.STATEMENT, id);
                out.number(Ask.EXECUTION, execution);
                out.number(Ask.TIMEOUT_SECONDS, limits.timeoutSeconds());
                texts.forEach(text -> out.element(Ask.SQL, text));
                out.number(Ask.ROW_COUNT, rows.size());
            });
            return reply.counts.stream().mapToLong(Long::longValue).toArray();
        } finally {
            running = 0;
        }
    }

    @Override
    public void cancel() {
        long execution = running;
        if (execution != 0) {
            session.cancel(id, execution);
        }
    }

    @Override
    public void close() {
        // The server keeps nothing of it.
    }
}
