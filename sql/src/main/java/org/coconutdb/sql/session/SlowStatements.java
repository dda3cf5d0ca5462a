package org.coconutdb.sql.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.SystemView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Statements of a database that took long: each is logged, and the last ones are kept for SYSTEM.SLOW_STATEMENTS. Any thread.
///
/// Texts are told as they were written, with their literals; values of parameters are not.
final class SlowStatements {
    static final int KEPT_MAX = 100;
    private static final int TEXT_LENGTH_MAX = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(SlowStatements.class);

    private record Slow(long startedMillis, String statement, String schema, long nanos, long rows) {}

    private final long thresholdNanos;
    private final Deque<Slow> last = new ArrayDeque<>();

    /// @param thresholdMillis that a statement takes at least; 0: none is slow
    SlowStatements(long thresholdMillis) {
        this.thresholdNanos = thresholdMillis * 1_000_000;
    }

    /// One execution that may become slow; null where none can. One thread.
    @Nullable
    Watch watch(String statement, String schema) {
        return thresholdNanos == 0 ? null : new Watch(statement, schema);
    }

    /// Counts the time that an execution takes, but not what its client takes between two rows.
    final class Watch {
        private final String statement;
        private final String schema;
        private final long startedMillis = System.currentTimeMillis();
        private long since = System.nanoTime();
        private long nanos;
        private long rows;
        private boolean isRunning = true;
        private boolean isOver;

        private Watch(String statement, String schema) {
            this.statement = statement;
            this.schema = schema;
        }

        void pause() {
            if (isRunning) {
                nanos += System.nanoTime() - since;
                isRunning = false;
            }
        }

        void resume() {
            if (!isRunning) {
                since = System.nanoTime();
                isRunning = true;
            }
        }

        /// Answered or changed.
        void addRows(long count) {
            rows += count;
        }

        /// The execution is over, whether it failed or not. Only the first call counts.
        void end() {
            pause();
            if (!isOver && nanos >= thresholdNanos) {
                add(new Slow(startedMillis, shortened(statement), schema, nanos, rows));
            }
            isOver = true;
        }
    }

    private static String shortened(String statement) {
        return statement.length() <= TEXT_LENGTH_MAX ? statement : statement.substring(0, TEXT_LENGTH_MAX) + "…";
    }

    private void add(Slow slow) {
        synchronized (last) {
            if (last.size() == KEPT_MAX) {
                last.removeFirst();
            }
            last.addLast(slow);
        }
        LOG.atWarn()
                .addKeyValue("statement", slow.statement())
                .addKeyValue("millis", slow.nanos() / 1_000_000)
                .addKeyValue("rows", slow.rows())
                .log("slow statement");
    }

    SystemView view() {
        return new SystemView(
                CatalogSnapshot.SYSTEM,
                "SLOW_STATEMENTS",
                List.of(SystemView.moment("STARTED_AT"), SystemView.text("STATEMENT"), SystemView.text("DEFAULT_SCHEMA"),
                        SystemView.bigint("DURATION_MICROS"), SystemView.bigint("ROW_COUNT")),
                this::rows);
    }

    /// The last one first.
    private List<@Nullable Object[]> rows() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        synchronized (last) {
            last.descendingIterator().forEachRemaining(slow -> rows.add(new @Nullable Object[] {slow.startedMillis(), slow.statement(),
                    slow.schema(), slow.nanos() / 1_000, slow.rows()}));
        }
        return rows;
    }
}
