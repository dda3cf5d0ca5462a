package org.coconutdb.cli.quickstart;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.coconutdb.cli.Screen;
import org.coconutdb.cli.Screen.Style;
import org.coconutdb.cli.shell.ResultPrinter;

/// Where a database's memory lies, and whether the operating system holds it in physical memory: the kernel's own figures, asked
/// for by SQL.
final class MemoryShow {
    private static final String BY_TABLE = """
            SELECT table_name, purpose, COUNT(DISTINCT block_id) AS blocks, SUM(mapped_bytes) AS mapped_bytes,
                   SUM(resident_bytes) AS resident_bytes, SUM(locked_bytes) AS locked_bytes
              FROM "SYSTEM".block_memory
             GROUP BY table_name, purpose
             ORDER BY table_name, purpose""";
    private static final String TOTAL = """
            SELECT SUM(resident_bytes), SUM(locked_bytes) FROM "SYSTEM".block_memory""";

    private final Screen screen;
    private final Connection connection;

    MemoryShow(Screen screen, Connection connection) {
        this.screen = screen;
        this.connection = connection;
    }

    void run() throws SQLException {
        BY_TABLE.lines().forEach(line -> screen.println("     " + screen.styled(Style.COMMAND, line)));
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(BY_TABLE)) {
                new ResultPrinter(screen.out()).table(rows, "     ");
            }
            try (ResultSet rows = statement.executeQuery(TOTAL)) {
                rows.next();
                sayLocked(rows.getLong(1), rows.getLong(2));
            }
        }
    }

    private void sayLocked(long residentBytes, long lockedBytes) {
        if (lockedBytes >= residentBytes) {
            screen.println("  " + screen.styled(Style.GOOD, "Locked: ") + mebibytes(lockedBytes)
                    + ", all that is in use, off heap: the kernel cannot page it out (its own figures: mincore and smaps).");
            return;
        }
        screen.println("  " + screen.styled(Style.WARNING, lockedBytes == 0 ? "Not locked: " : "Not all locked: ")
                + mebibytes(lockedBytes) + " of " + mebibytes(residentBytes)
                + " in use. Under memory pressure the kernel may page it out.");
        screen.println("  Raise the limit and run again: 'ulimit -l unlimited' in this shell (as root, or by memlock in");
        screen.println("  /etc/security/limits.conf), LimitMEMLOCK=infinity in a systemd unit, --ulimit memlock=-1 for a container.");
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
