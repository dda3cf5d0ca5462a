package org.coconutdb.sql.corpus;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/// Checks that need no other database, after M. Rigger and Z. Su: Finding Bugs in Database Systems via Query Partitioning (OOPSLA 2020), and
/// Detecting Optimization Bugs in Database Engines via Non-Optimizing Reference Engine Construction (ESEC/FSE 2020).
///
/// Of each row a condition is true, false or unknown. So the rows of a query are those of the three together; and as many rows pass the
/// condition behind WHERE as it is true for in the select list, where no rule, key or index looks at it.
final class Partitions {
    private final Connection connection;
    private final Statistics statistics;

    Partitions(Connection connection, Statistics statistics) {
        this.connection = connection;
        this.statistics = statistics;
    }

    @Nullable
    Difference of(Selection selection) {
        Piece condition = selection.condition();
        Piece negation = Piece.of(Kind.CONDITION, "(NOT ", condition, ")");
        Piece unknown = Piece.of(Kind.CONDITION, "(", condition, " IS NULL)");
        Piece whole = Piece.of(Kind.QUERY, "SELECT ", selection.columns(), selection.from());
        Piece all = union(" UNION ALL ", selection, condition, negation, unknown);
        Difference difference = same("partitions", whole, all);
        difference = difference != null ? difference : same("partitions, distinct", Piece.of(Kind.QUERY, "SELECT DISTINCT ", selection
                .columns(), selection.from()), union(" UNION ", selection, condition, negation, unknown));
        difference = difference != null ? difference : same("partitions, aggregates", aggregates(whole), aggregates(all));
        return difference != null ? difference : same(
                "where and select",
                Piece.of(Kind.QUERY, "SELECT COUNT(*)", selection.from(), " WHERE ", condition),
                Piece.of(Kind.QUERY, "SELECT COALESCE(SUM(CASE WHEN ", condition, " THEN 1 ELSE 0 END), 0)", selection.from()));
    }

    private static Piece union(String operation, Selection selection, Piece condition, Piece negation, Piece unknown) {
        return Piece.of(Kind.QUERY, selection.where(condition), operation, selection.where(negation), operation, selection.where(unknown));
    }

    private static Piece aggregates(Piece query) {
        return Piece.of(Kind.QUERY, "SELECT COUNT(*), COUNT(v0), COUNT(DISTINCT v0), MIN(v0), MAX(v0) FROM (", query, ") p");
    }

    private @Nullable Difference same(String what, Piece one, Piece other) {
        Answer first = Answer.of(connection, one.text(Peer.COCONUT), null);
        Answer second = Answer.of(connection, other.text(Peer.COCONUT), null);
        for (Answer answer : new Answer[] {first, second}) {
            if (answer instanceof Answer.Refused refused && !refused.isToBeExpected()) {
                return new Difference(what + " refused " + refused.kind(), one.text(Peer.COCONUT) + "\n" + other.text(Peer.COCONUT) + "\n"
                        + Checks.trace(refused.failure()));
            }
        }
        if (!(first instanceof Answer.Rows ours) || !(second instanceof Answer.Rows theirs)) {
            return null;
        }
        statistics.count(Peer.COCONUT.name());
        return Checks.compare(what, ours, theirs, false, one.text(Peer.COCONUT) + "\n" + other.text(Peer.COCONUT));
    }
}
