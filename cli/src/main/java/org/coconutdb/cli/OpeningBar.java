package org.coconutdb.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.coconutdb.cli.Screen.Style;
import org.coconutdb.sql.session.OpeningListener;
import org.coconutdb.sql.session.Openings;
import org.jspecify.annotations.Nullable;

/// How far a database is that a command opens: one line that rewrites itself, from half a second on, and is gone when the database is open
/// or cannot be opened. Commands open one database at a time.
final class OpeningBar implements OpeningListener {
    private static final long PATIENCE_NANOS = 500_000_000;
    private static final double MIB = 1 << 20;

    private final Screen screen;
    private final LongSupplier nanoTime;
    private @Nullable Path opening;
    private long startNanos;
    private boolean drawn;

    /// @param nanoTime a clock in nanoseconds
    OpeningBar(Screen screen, LongSupplier nanoTime) {
        this.screen = screen;
        this.nanoTime = nanoTime;
    }

    /// Shows databases that are opened until the answer is closed; nothing where the screen is no terminal.
    static Openings.Listening show(Screen screen) {
        return screen.facts().terminal() ? Openings.listen(new OpeningBar(screen, System::nanoTime)) : () -> {};
    }

    @Override
    public synchronized void reached(Path directory, long bytes, long bytesTotal) {
        if (!directory.equals(opening)) {
            opening = directory;
            startNanos = nanoTime.getAsLong();
        }
        if (bytesTotal > 0 && nanoTime.getAsLong() - startNanos >= PATIENCE_NANOS) {
            drawn = true;
            double done = (double) bytes / bytesTotal;
            screen.rewriteLine("  " + screen.bar(done) + String.format(Locale.ROOT, " %3.0f%%  ", done * 100)
                    + screen.styled(Style.QUIET, String.format(Locale.ROOT, "opening: %,.0f of %,.0f MiB", bytes / MIB, bytesTotal / MIB)));
        }
    }

    @Override
    public synchronized void ended(Path directory) {
        if (drawn) {
            screen.rewriteLine("");
        }
        opening = null;
        drawn = false;
    }
}
