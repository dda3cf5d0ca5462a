package org.coconutdb.sql.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Asks one query in several ways, which have to agree.
final class Checks {
    private final Databases databases;
    private final Statistics statistics;

    Checks(Databases databases, Statistics statistics) {
        this.databases = databases;
        this.statistics = statistics;
    }

    /// All ways.
    @Nullable
    Difference of(Piece query) {
        Answer plain = Answer.of(databases.plain, query.text(Peer.COCONUT), null);
        if (plain instanceof Answer.Refused refused) {
            if (!refused.isToBeExpected()) {
                return new Difference("refused " + refused.kind(), trace(refused.failure()));
            }
            return null;
        }
        Answer.Rows rows = (Answer.Rows) plain;
        for (Peer peer : List.of(Peer.H2, Peer.SQLITE)) {
            Difference difference = query.isFor(peer) ? withPeer(query, peer, rows) : null;
            if (difference != null) {
                return difference;
            }
        }
        return withSelf(query, rows);
    }

    private @Nullable Difference withPeer(Piece query, Peer peer, Answer.Rows rows) {
        String sql = query.text(peer);
        Answer answer = Answer.of(peer == Peer.H2 ? databases.h2 : databases.sqlite, sql, null);
        return switch (answer) {
            case Answer.Rows theirs -> {
                statistics.count(peer.name());
                yield compare(peer.name(), rows, theirs, query, sql);
            }
            case Answer.Refused refused -> {
                statistics.count(peer + " refused " + refused.state());
                yield null;
            }
        };
    }

    private @Nullable Difference withSelf(Piece query, Answer.Rows rows) {
        List<@Nullable Object> parameters = new ArrayList<>();
        String prepared = query.text(Peer.COCONUT, parameters);
        Difference difference = parameters.isEmpty() ? null : again("prepared", query, rows, Answer.of(databases.plain, prepared,
                parameters),
                prepared + "\n" + parameters);
        String sql = query.text(Peer.COCONUT);
        difference = difference == null ? again("without indexes", query, rows, Answer.of(databases.otherwise, sql, null), sql)
                : difference;
        difference = difference == null ? withLittleMemory(query, rows, sql) : difference;
        return difference == null ? again("own writes", query, rows, Answer.of(databases.own, sql, null), sql) : difference;
    }

    /// The same rows, or a refusal for want of memory.
    private @Nullable Difference withLittleMemory(Piece query, Answer.Rows rows, String sql) {
        Answer answer = Answer.of(databases.tight, sql, null);
        boolean isRefused = answer instanceof Answer.Refused refused && refused.state().equals("53200");
        statistics.count(isRefused ? "little memory: refused 53200" : "little memory: answered");
        return isRefused ? null : again("little memory", query, rows, answer, sql);
    }

    private static @Nullable Difference again(String what, Piece query, Answer.Rows rows, Answer again, String sql) {
        return switch (again) {
            case Answer.Rows found -> compare(what, rows, found, query, sql);
            case Answer.Refused refused when refused.isToBeExpected() -> null;
            case Answer.Refused refused -> new Difference(what + " refused " + refused.kind(), sql + "\n" + trace(refused.failure()));
        };
    }

    private static @Nullable Difference compare(String what, Answer.Rows ours, Answer.Rows theirs, Piece query, String sql) {
        return compare(what, ours, theirs, query.text(Peer.COCONUT).contains(" ORDER BY v0"), sql);
    }

    static @Nullable Difference compare(String what, Answer.Rows ours, Answer.Rows theirs, boolean inOrder, String sql) {
        List<String> found = ours.lines(ours.types(), inOrder);
        List<String> expected = theirs.lines(ours.types(), inOrder);
        return found.equals(expected) ? null
                : new Difference(what, sql + "\nfound    " + limited(found) + "\nexpected " + limited(expected));
    }

    private static String limited(List<String> lines) {
        return lines.size() + " " + lines.stream().limit(12).toList();
    }

    static String trace(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return failure + "\n  cause " + String.valueOf(cause).lines().limit(6).reduce("", (all, line) -> all + line + "\n    ")
                + Stream.of(cause.getStackTrace()).limit(8).map(Object::toString).reduce("", (all, line) -> all + "\n    at " + line);
    }
}
