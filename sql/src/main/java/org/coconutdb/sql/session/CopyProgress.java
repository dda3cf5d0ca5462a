package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.SystemView;
import org.jspecify.annotations.Nullable;

/// How far the COPY statements of a database are, for SYSTEM.COPY_PROGRESS. Any thread.
final class CopyProgress {
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Running> running = new ConcurrentSkipListMap<>();

    /// One that runs. Its own thread writes.
    static final class Running implements AutoCloseable {
        /// Of one that nobody asks for.
        static Running unseen() {
            return new Running("", "", "", null, () -> {});
        }

        private final String command;
        private final String source;
        private final String file;
        private final @Nullable Long bytesTotal;
        private final long startedMillis = System.currentTimeMillis();
        private final Runnable whenOver;
        private volatile long rows;
        private volatile long rowsCommitted;
        private volatile long bytes;

        private Running(String command, String source, String file, @Nullable Long bytesTotal, Runnable whenOver) {
            this.command = command;
            this.source = source;
            this.file = file;
            this.bytesTotal = bytesTotal;
            this.whenOver = whenOver;
        }

        void reached(long rowsNow, long bytesNow) {
            rows = rowsNow;
            bytes = bytesNow;
        }

        void committed(long rowsNow) {
            rowsCommitted = rowsNow;
        }

        @Override
        public void close() {
            whenOver.run();
        }
    }

    /// @param source the table, or that it is a query
    /// @param bytesTotal of the file; null where that is not known
    Running begin(String command, String source, String file, @Nullable Long bytesTotal) {
        long id = lastId.incrementAndGet();
        Running begun = new Running(command, source, file, bytesTotal, () -> running.remove(id));
        running.put(id, begun);
        return begun;
    }

    SystemView view() {
        return new SystemView(
                CatalogSnapshot.SYSTEM,
                "COPY_PROGRESS",
                List.of(SystemView.bigint("COPY_ID"), SystemView.text("COMMAND"), SystemView.text("SOURCE_NAME"), SystemView.text("FILE"),
                        SystemView.moment("STARTED_AT"), SystemView.bigint("ROWS_DONE"), SystemView.bigint("ROWS_COMMITTED"),
                        SystemView.bigint("BYTES_DONE"), SystemView.bigint("BYTES_TOTAL")),
                this::rows);
    }

    private List<@Nullable Object[]> rows() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        running.forEach((id, each) -> rows.add(new @Nullable Object[] {id, each.command, each.source, each.file, each.startedMillis,
                each.rows, each.rowsCommitted, each.bytes, each.bytesTotal}));
        return rows;
    }
}
