package org.coconutdb.sql.access;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happened to roles, privileges and logins: each event is logged as `org.coconutdb.audit`, and the last ones are kept. Any thread.
public final class Audit {
    static final int KEPT_MAX = 1_000;
    // Of names that somebody sent who need not be anybody.
    private static final int TEXT_LENGTH_MAX = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger("org.coconutdb.audit");

    /// @param role null: the database's owner, in this process
    /// @param address of the client; empty in this process
    public record Event(long atMillis, String event, @Nullable String role, String detail, String address) {}

    private final Deque<Event> last = new ArrayDeque<>();

    public void note(String event, @Nullable String role, String detail, String address) {
        Event noted = new Event(System.currentTimeMillis(), event, role == null ? null : shortened(role), shortened(detail), address);
        synchronized (last) {
            if (last.size() == KEPT_MAX) {
                last.removeFirst();
            }
            last.addLast(noted);
        }
        LOG.atInfo()
                .addKeyValue("user", noted.role() == null ? "" : noted.role())
                .addKeyValue("detail", noted.detail())
                .addKeyValue("address", address)
                .log(event);
    }

    /// Lines of a log are told apart by their ends.
    private static String shortened(String text) {
        StringBuilder told = new StringBuilder();
        text.codePoints().limit(TEXT_LENGTH_MAX).forEach(c -> told.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return told.toString();
    }

    /// The last one first.
    public List<Event> last() {
        List<Event> events = new ArrayList<>();
        synchronized (last) {
            last.descendingIterator().forEachRemaining(events::add);
        }
        return events;
    }
}
