package org.coconutdb.cli.quickstart;

import java.util.Locale;
import org.coconutdb.cli.Screen;

/// How far loading is: one line that rewrites itself on a terminal, a line a table elsewhere.
final class Progress implements AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;

    private final Screen screen;
    private final long expected;
    private final long startNanos = System.nanoTime();
    private long drawnNanos;
    private long rows;
    private long tableRows;
    private long tableStartNanos;
    private String table = "";

    Progress(Screen screen, long expected) {
        this.screen = screen;
        this.expected = expected;
    }

    void begin(String nextTable) {
        endTable();
        table = nextTable;
        tableRows = 0;
        tableStartNanos = System.nanoTime();
    }

    void add(long moreRows) {
        rows += moreRows;
        tableRows += moreRows;
        long now = System.nanoTime();
        if (screen.facts().terminal() && now - drawnNanos > REDRAW_NANOS) {
            drawnNanos = now;
            draw(now);
        }
    }

    /// Ends the last table and says how long all took.
    @Override
    public void close() {
        endTable();
        table = "";
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        clearLine();
        screen.println(String.format(Locale.ROOT, "  %-8s  %,10d rows  %,9.0f rows/s  %.1f s", "all", rows, rows / seconds, seconds));
    }

    private void endTable() {
        if (!table.isEmpty()) {
            double seconds = Math.max(1e-9, (System.nanoTime() - tableStartNanos) / 1e9);
            clearLine();
            screen.println(String.format(Locale.ROOT, "  %-8s  %,10d rows  %,9.0f rows/s", table, tableRows, tableRows / seconds));
            screen.flush();
        }
    }

    private void draw(long now) {
        double done = Math.min(1, (double) rows / expected);
        double seconds = (now - startNanos) / 1e9;
        screen.rewriteLine("  " + screen.bar(done) + String.format(Locale.ROOT, " %3.0f%%  %s  %,.0f rows/s  %.0f s left", done * 100,
                table, rows / seconds, Math.ceil(seconds / Math.max(done, 1e-9) - seconds)));
    }

    private void clearLine() {
        if (screen.facts().terminal()) {
            screen.rewriteLine("");
        }
    }
}
