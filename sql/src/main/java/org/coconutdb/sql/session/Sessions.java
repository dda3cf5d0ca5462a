package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.SystemView;
import org.jspecify.annotations.Nullable;

/// The open sessions of a database in this process, for SYSTEM.SESSIONS and KILL QUERY. Any thread.
final class Sessions {
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, EmbeddedSession> open = new ConcurrentSkipListMap<>();

    /// Its number, which no other session of this process has or had.
    long add(EmbeddedSession session) {
        long number = last.incrementAndGet();
        open.put(number, session);
        return number;
    }

    void remove(long number) {
        open.remove(number);
    }

    /// Everybody sees their own sessions; those of ADMIN see all.
    SystemView view() {
        return SystemView.of(
                CatalogSnapshot.SYSTEM,
                "SESSIONS",
                List.of(SystemView.bigint("SESSION_ID"), SystemView.text("USER_NAME"), SystemView.moment("OPENED_AT"),
                        SystemView.text("STATEMENT"), SystemView.bigint("RUNNING_MILLIS")),
                this::rows);
    }

    /// One for each statement that runs, and one for each session that runs none.
    private List<@Nullable Object[]> rows(Viewer viewer) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        open.forEach((number, session) -> {
            if (isFor(viewer, session)) {
                List<RunningStatement> running = session.running();
                running.forEach(each -> rows.add(new @Nullable Object[] {number, session.userName(), session.openedMillis(), each.text(),
                        each.signal().runningMillis()}));
                if (running.isEmpty()) {
                    rows.add(new @Nullable Object[] {number, session.userName(), session.openedMillis(), null, null});
                }
            }
        });
        return rows;
    }

    private static boolean isFor(Viewer viewer, EmbeddedSession session) {
        return viewer.isAdmin() || (viewer.role() != null && Objects.equals(viewer.role(), session.userName()));
    }

    /// Cancels what a session runs. Answers how many statements.
    long kill(long number, Viewer by) {
        EmbeddedSession session = open.get(number);
        // Whose number one may not know is told as if it were none.
        if (session == null || !isFor(by, session)) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SESSION)
                    .with("session", number)
                    .mend("SYSTEM.SESSIONS has the sessions of this host that you may end: your own, or all for members of ADMIN.");
        }
        List<RunningStatement> running = session.running();
        running.forEach(each -> each.signal().cancel());
        return running.size();
    }
}
